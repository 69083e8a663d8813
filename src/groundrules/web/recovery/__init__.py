"""The page of a recovery."""
