"""Who may sign in, what roles may do, and what everybody did."""
