"""Groundrules: what changed on a server, who did it, what it broke and who pays."""
