"""Signatures as we keep them: the signed file and its evidence, given out to save."""
