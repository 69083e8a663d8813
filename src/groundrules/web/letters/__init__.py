"""Letters: drafts, what was sent, and how each looks on paper."""
