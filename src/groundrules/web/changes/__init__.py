"""One change: what, when, who (with every alternative and why it was rejected), permission, effect, raw evidence."""
