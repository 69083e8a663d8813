"""Time in two taps: what runs, what was seen and not yet written down, one typed line, and what it would come to."""
