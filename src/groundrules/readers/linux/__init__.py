"""Readers of what Linux hosts record: package managers, logins, authentication, the journal, audit and snapshots."""
