"""The portal: pages for people without an account, each behind a personal link, and nothing done without a code."""
