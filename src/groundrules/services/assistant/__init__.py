"""Tools for assistants (MCP): each is a question to our own interface, asked with its user's token.

So a tool opens nothing that the token does not, and no tool sends, approves, issues, suspends or opens access.
"""
