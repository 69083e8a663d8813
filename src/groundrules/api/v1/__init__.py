"""Version 1 of the interface for other programs: read what the books say, write what a person would type."""
