"""What is said of a record that a letter encloses, in German. A person's own words are kept as they were written."""

from __future__ import annotations

PAIRS = (
    (
        "{moment}, by {channel}, {free_who}: “{free_words}”",
        "{moment}, {channel}, {free_who}: „{free_words}“",
    ),
    (
        "{moment}: {what}. Who made it is not known.",
        "{moment}: {what}. Wer das war, ist nicht bekannt.",
    ),
    (
        "{moment}: {what}. The record names the account {own_account} of {own_who} ({strength}).",
        "{moment}: {what}. Genannt ist das Konto {own_account} von {own_who} (Beleg: {strength}).",
    ),
    (
        "{moment}: {what}. The record names the {own_who} ({strength}).",
        "{moment}: {what}. Genannt ist {own_who} (Beleg: {strength}).",
    ),
    (
        "{moment}: login of {free_account} on {free_server}.",
        "{moment}: Anmeldung von {free_account} an {free_server}.",
    ),
    (
        "The file {free_name} ({free_bytes} bytes), received {day}.",
        "Die Datei {free_name} ({free_bytes} Bytes), eingegangen {day}.",
    ),
)
