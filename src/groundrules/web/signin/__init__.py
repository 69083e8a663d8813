"""Signing in and out, and the reader's own preferences."""
