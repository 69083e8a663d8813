"""Addresses of the records that people quote, and the one row a reference means at one client."""

from __future__ import annotations

from collections.abc import Container
from functools import lru_cache
from urllib.parse import quote

from django.urls import reverse

from groundrules.records.parties import Asset

_PAGES = {
    "change": "web:change",
    "incident": "web:incident",
    "message": "web:message",
    "session": "web:session",
}


@lru_cache(maxsize=256)
def _changes_of(client: str) -> str:
    return reverse("web:change", args=[client, "-"]).removesuffix("-/")


def change_page(client: str, ref: str) -> str:
    """This function will return the address of a change; a night may hold thousands, so the client's part is kept."""
    return f"{_changes_of(client)}{quote(ref)}/"


def incident_page(client: str, ref: str) -> str:
    """This function will return the address of an incident."""
    return reverse("web:incident", args=[client, ref])


def recovery_page(client: str, incident: str) -> str:
    """This function will return the address of the record of a recovery."""
    return reverse("web:recovery", args=[client, incident])


def own_run_page(client: str, kind: str, ref: str) -> str:
    """This function will return the address of a run of our own; empty for one that has no page of its own."""
    if kind == "shell":
        return f"{reverse('web:shells')}#{quote(ref)}"
    plan = ref.split(".", maxsplit=1)[0]
    planned = kind in {"patch run", "job"} and plan != ref
    return reverse("web:remote-plan", args=[client, plan]) if planned else ""


def health_page(asset: Asset) -> str:
    """This function will return the address of a server's health."""
    return reverse("web:health", args=[asset.client.code, asset.code])


def session_page(client: str, ref: str) -> str:
    """This function will return the address of a login."""
    return reverse("web:session", args=[client, ref])


def fact_page(client: str, kind: str, ref: str, raw_held: Container[str] = ()) -> str:
    """This function will return where a cited fact opens, or nothing when its kind has no page of its own.

    Raw evidence opens when it is held in the store, as `raw_held` says.
    """
    if kind == "raw evidence":
        return reverse("web:raw", args=[ref]) if ref in raw_held else ""
    name = _PAGES.get(kind)
    return reverse(name, args=[client, ref]) if name and client and ref else ""
