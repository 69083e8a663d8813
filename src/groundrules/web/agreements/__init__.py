"""Agreements: writing the next version, as a form and as sentences, with its proof while it is written."""
