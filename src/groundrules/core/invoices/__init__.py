"""Invoices: fees in advance, charges with clause and working, covered work at its value and 0.00, and credit notes."""
