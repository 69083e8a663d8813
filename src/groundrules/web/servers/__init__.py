"""Servers: "What happened on this server last night?" is the default page of each."""
