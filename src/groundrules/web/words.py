"""What a refusal says, as a sentence of its own on a page."""

from __future__ import annotations


def sentence(refused: Exception | str) -> str:
    """This function will begin a refusal's words with a capital and end them with a full stop."""
    words = str(refused).strip()
    end = "" if words.endswith((".", "!", "?")) else "."
    return f"{words[:1].upper()}{words[1:]}{end}"
