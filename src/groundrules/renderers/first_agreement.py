"""A first agreement as a case file: the parties, the servers and the sentences, ready to be checked or taken over."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

import yaml

from groundrules.core.plain_text import unaccented

_WIDTH = 110


@dataclass(frozen=True, slots=True)
class FirstAgreement:
    """Everything a case file needs to hold one signed version."""

    client: str
    provider: str
    contact: str
    authorities: tuple[str, ...]
    servers: tuple[str, ...]
    zone: str
    currency: str
    begins: date
    signed: date
    sentences: tuple[str, ...]


class _Written(yaml.SafeDumper):
    """Writes everything out: case files have no anchors."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - the signature is the library's
        """This function will never let a value be written as a reference to another."""
        return True


def _id_of(name: str) -> str:
    """Letters and digits of a name, the rest as dashes."""
    return re.sub(r"[^A-Z0-9]+", "-", unaccented(name).upper()).strip("-") or "ONE"


def to_case_file(first: FirstAgreement) -> str:
    """This function will write the agreement as a case file's YAML."""
    client = _id_of(first.client)
    written = {
        "case": 1,
        "title": f"The agreement with {first.client}",
        "zone": first.zone,
        "provider": {
            "id": f"{_id_of(first.provider)}-PROVIDER",
            "name": first.provider,
            "zone": first.zone,
        },
        "client": {
            "id": client,
            "name": first.client,
            "zone": first.zone,
            "currency": first.currency,
            "contacts": [
                {
                    "id": f"{client}-CONTACT",
                    "name": first.contact,
                    "authorities": list(first.authorities),
                    "authorised": {"from": first.begins},
                }
            ],
        },
        "assets": [{"id": server, "name": server} for server in first.servers],
        "agreement": {
            "id": f"{client}-AGREEMENT",
            "title": f"Managed services for {first.client}",
            "versions": [
                {
                    "version": 1,
                    "in_force": {"from": first.begins},
                    "signed_at": f"{first.signed.isoformat()} 00:00",
                    "assets": list(first.servers),
                    "sentences": list(first.sentences),
                }
            ],
        },
    }
    text: str = yaml.dump(
        written, Dumper=_Written, sort_keys=False, allow_unicode=True, width=_WIDTH
    )
    return text
