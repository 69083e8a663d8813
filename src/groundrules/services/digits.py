"""The digits of every code that is mailed and then written back: computed from what they stand for, never kept."""

from __future__ import annotations

from django.utils.crypto import salted_hmac


def digits(purpose: str, said: str, count: int) -> str:
    """This function will return the `count` digits for what is said, which no other purpose and no outsider shares."""
    digest = salted_hmac(purpose, said, algorithm="sha256").digest()
    return f"{int.from_bytes(digest[:8]) % 10**count:0{count}}"


def in_halves(code: str) -> str:
    """This function will write a code as it is easiest to type, as `4821-5530`."""
    half = len(code) // 2
    return f"{code[:half]}-{code[half:]}"
