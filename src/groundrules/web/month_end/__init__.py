"""The billing run: exceptions first, then everything that is clean."""
