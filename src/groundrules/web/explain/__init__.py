"""From the cent to the byte: the chain behind any invoice line, decision or change."""
