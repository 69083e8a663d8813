"""What other programs connect by: tokens, webhooks, calendars."""
