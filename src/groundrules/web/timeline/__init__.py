"""The timeline: "What happened on this server last night?" as lanes, and as an equal table."""
