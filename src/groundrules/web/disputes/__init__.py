"""Disputes: what waits for an answer, one dispute with its answer, and one opened for whoever called or wrote."""
