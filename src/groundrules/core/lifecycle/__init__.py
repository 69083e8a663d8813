"""Lifecycle: per-server coverage states computed from dated entries; notice arithmetic; conditions for coming back."""
