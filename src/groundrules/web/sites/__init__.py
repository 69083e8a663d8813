"""Sites of clients: their list, and each with its servers, people and open work."""
