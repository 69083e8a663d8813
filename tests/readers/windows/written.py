"""Envelopes in the form `groundrules-collect.ps1` writes, written by us: the script has not been run on Windows."""

from __future__ import annotations

import hashlib
import json
from typing import Any

TAKEN = "2026-03-05T18:00:00.000000+00:00"


def canonical(value: object) -> str:
    """This function will write JSON as ConvertTo-CanonicalJson does: sorted keys, no spaces, ASCII."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def document(*lines: object) -> bytes:
    """This function will write a document as New-DocumentPart does: a line each, every one ended."""
    return "".join(canonical(line) + "\n" for line in lines).encode("ascii")


def channel(name: str = "Security", **more: Any) -> dict[str, Any]:  # noqa: ANN401 - any value JSON can hold
    """This function will write what Get-ChannelFacts says of an event log."""
    return {
        "channel": name,
        "enabled": True,
        "mode": "Circular",
        "maximum_bytes": 1073741824,
        "bookmark": 100,
        "bookmark_at": "2026-03-05T17:00:00.000000+00:00",
        "bytes": 20971520,
        "records": 141,
        "error": "",
        "oldest": 1,
        "oldest_at": "2026-01-01T00:00:00.000000+00:00",
        "newest": 141,
        "newest_at": "2026-03-05T17:59:59.000000+00:00",
        "exported_from": 101,
        "exported_to": 141,
        **more,
    }


def channels(*told: dict[str, Any]) -> bytes:
    """This function will write the document about event logs."""
    return document({"channels": 1, "taken_at": TAKEN}, *told, {"end": len(told)})


def item(kind: str, key: str, dated_at: str = "", **attributes: str) -> dict[str, Any]:
    """This function will write an item as New-EvidenceItem does."""
    written: dict[str, Any] = {"kind": kind, "key": key, "attributes": attributes}
    return {**written, "dated_at": dated_at} if dated_at else written


def snapshot(probe: str, kinds: list[str], *items: dict[str, Any], taken_at: str = TAKEN) -> bytes:
    """This function will write a snapshot document as New-SnapshotPart does."""
    head = {
        "snapshot": 1,
        "probe": probe,
        "probe_version": "1",
        "kinds": kinds,
        "taken_at": taken_at,
    }
    return document(head, *items, {"end": len(items)})


def envelope(parts: dict[tuple[str, str], bytes], collected_at: str = TAKEN) -> bytes:
    """This function will write an envelope as Write-Envelope does; parts by name and format."""
    described = [
        {
            "name": name,
            "format": form,
            "probe": "written by us",
            "probe_version": "1",
            "source": "",
            "encoding": "",
            "first_at": "",
            "last_at": "",
            "errors": [],
            "notes": [],
            "length": len(payload),
            "sha256": hashlib.sha256(payload).hexdigest(),
        }
        for (name, form), payload in parts.items()
    ]
    manifest = {
        "version": 1,
        "host": {
            "name": "SRV1",
            "machine": "ab" * 32,
            "boot": "boot-20260301T060000Z",
            "architecture": "amd64",
            "system": "Microsoft Windows Server 2019 Standard 10.0.17763; time zone Pacific Standard Time",
        },
        "zone": "",
        "collected_at": collected_at,
        "collector": "groundrules-collect.ps1 1",
        "sequence": 1,
        "previous": "",
        "errors": [],
        "parts": described,
    }
    body = canonical(manifest).encode("ascii")
    digest = hashlib.sha256(body).hexdigest()
    head = f"groundrules-evidence 1 {len(body)} {digest}\n".encode("ascii")
    return head + body + b"\n" + b"".join(parts.values())
