"""Vendors under management: who they are, what they asked for, the decision on it, and what each visit was."""
