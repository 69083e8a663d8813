"""Clients: servers with their states, people and what they may do, and the agreement as sentences by version."""
