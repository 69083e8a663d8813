"""Health: how a server and its applications stand."""
