"""Config: the top floor, where settings are read and the parts are wired together."""
