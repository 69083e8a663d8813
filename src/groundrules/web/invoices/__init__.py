"""Invoices and credit notes as issued, each line opening the decision behind it."""
