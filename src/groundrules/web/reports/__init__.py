"""The client's report: the page and the PDF of the same value."""
