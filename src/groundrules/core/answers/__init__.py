"""Answers: everything one world says at one instant, from who made a change to what the invoice shows.

The top of the core. It decides nothing itself: it hands each question to the room that answers it and collects the
values, so that a case file, the database and the web pages can only agree.
"""
