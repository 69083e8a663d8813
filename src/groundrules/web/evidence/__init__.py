"""Evidence as it was received: what each reader found, what it did not understand, and what did not verify."""
