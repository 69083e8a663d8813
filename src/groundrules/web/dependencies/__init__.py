"""The dependency map of a server: a drawing, the equal table, and the edits people make."""
