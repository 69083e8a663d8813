"""Segments: every raw event in immutable Parquet files, named by what they hold; and the ways to ask about them."""
