"""Whose turn it is with a client: who works something out from its books and writes it down does so one after another.

What is read before the turn came may be old. So a verb takes its turn first, and reads what it decides from afterwards.
"""

from __future__ import annotations

from groundrules.records.models import Client


def take_turn(client: Client) -> Client:
    """This function will wait until nobody else has the client's turn, and return its card as it is now.

    The turn ends with the transaction; call it inside one. Facts that only point at the client are filed meanwhile.
    """
    return lock(client.pk)


def lock(number: int) -> Client:
    """This function will lock a client's card until the transaction ends."""
    # A plain FOR UPDATE would also hold up every row that refers to the client, evidence that comes in among them.
    return Client.objects.select_for_update(no_key=True).get(pk=number)
