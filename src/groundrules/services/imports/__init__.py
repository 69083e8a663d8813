"""Bringing in what other programs know: clients, people, servers, vendors, time, patches. Dry first, row by row."""
