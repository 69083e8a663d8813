"""Plots drawn on the server as SVG: bars, one stacked bar, a small trend. The figures stand beside them as text."""
