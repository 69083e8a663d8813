"""Today: a short list of things only the reader can unblock."""
