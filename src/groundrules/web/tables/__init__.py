"""The table kit: one way to show, filter, sort, choose columns of, page and export every list in the product."""
