"""Readers: raw evidence bytes into core evidence, one file per format. They read and count; they decide nothing."""
