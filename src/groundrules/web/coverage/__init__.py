"""Coverage decisions: verdict, because, clause, not used, what would change it; the same on every channel."""
