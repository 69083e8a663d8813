"""Renderers: core drafts become text, PDF, SVG, CSV or JSON. Faces only; a renderer never decides anything."""
