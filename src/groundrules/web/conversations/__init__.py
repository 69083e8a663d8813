"""Conversations: calls and mails as logged, what waits to be filed, and the reply made of facts."""
