"""A server in one span of time, usually a night: what is on record of it, as rows and as a short answer."""
