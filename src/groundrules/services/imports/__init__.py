"""Bringing in what other programs know: cards of clients, sites, servers ..., time, patches. Dry first, row by row."""
