"""What relationships earn, worst first; one relationship cut every way; and what the numbers rest on."""
