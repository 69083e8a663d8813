"""What Today says of a new installation: nothing can wait, and nothing be quiet, before there is a client."""

from __future__ import annotations

from django.http import HttpRequest

from groundrules.records.parties import Client, Provider
from groundrules.web.access import may_open


def what_comes_first(request: HttpRequest, provider: Provider | None) -> str:
    """This function will say what an owner does first; nothing once there is a client, and nothing to anybody else."""
    if not may_open(request, "installation"):
        return ""
    if provider is None:
        return "say who you are, then add your first client."
    return (
        "" if Client.objects.exists() else "add your first client, with its servers and agreement."
    )
