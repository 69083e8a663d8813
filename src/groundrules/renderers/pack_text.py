"""What people read in an evidence pack: the timeline, the records behind it, and how to check all of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from textwrap import fill, indent

from groundrules.renderers.typesetting import typeset

_WIDTH = 100


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """One thing that happened: when (in words, with its zone), what kind, what it says, and the records it rests on."""

    when: str
    kind: str
    says: str
    records: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class RecordRow:
    """One record of the pack: its number in the log, where it lies in the pack, and what the log says about it."""

    number: int
    file: str
    asset: str
    format: str
    sha256: str
    length: int
    collected: str
    received: str
    redacted: str = ""


@dataclass(frozen=True, slots=True)
class PackText:
    """Everything a pack tells: whose, about what, the log and its checkpoint, the timeline, the records, remarks."""

    title: str
    provider: str
    provider_lines: tuple[str, ...]
    client: str
    log: str
    size: int
    signed: str
    timeline: tuple[TimelineRow, ...]
    records: tuple[RecordRow, ...]
    remarks: tuple[str, ...] = ()
    paper: str = "us-letter"


def timeline_text(pack: PackText) -> str:
    """This function will tell the timeline as plain text."""
    lines = [
        pack.title,
        "=" * len(pack.title),
        "",
        *_about(pack),
        "",
        "What happened",
        "-" * 13,
        "",
    ]
    lines += [line for row in pack.timeline for line in _row(row)] or ["Nothing is on record.", ""]
    lines += ["The records behind it", "-" * 21, ""]
    lines += [line for record in pack.records for line in _record(record)]
    if pack.remarks:
        lines += ["Worth knowing", "-" * 13, "", *(_filled(one) for one in pack.remarks), ""]
    return "\n".join(lines).rstrip() + "\n"


def timeline_pdf(pack: PackText, at: datetime) -> bytes:
    """This function will typeset the timeline; `at` is the pack's own time. Raises DocumentNotRendered."""
    values = {
        "title": pack.title,
        "sender": {"name": pack.provider, "lines": list(pack.provider_lines)},
        "about": _about(pack),
        "timeline": [
            {
                "when": row.when,
                "kind": row.kind,
                "says": row.says,
                "records": ", ".join(map(str, row.records)),
            }
            for row in pack.timeline
        ],
        "records": [
            {
                "number": str(row.number),
                "name": row.file or f"not in the pack: {row.redacted}",
                "lines": _facts(row),
                "sha256": row.sha256,
            }
            for row in pack.records
        ],
        "remarks": list(pack.remarks),
        "footer": f"{pack.title} · {pack.log}, checkpoint of {pack.size} entries",
        "paper": pack.paper,
        "draft": False,
        "language": "en",
    }
    return typeset("timeline", values, at)


def instructions(pack: PackText, keys: tuple[str, ...]) -> str:
    """This function will tell a stranger how to check the pack, and what that proves and what not."""
    return _INSTRUCTIONS.format(
        title=pack.title,
        provider=pack.provider,
        client=pack.client,
        log=pack.log,
        size=pack.size,
        count=len(pack.records),
        keys=indent("\n".join(keys), "    "),
    )


def _about(pack: PackText) -> list[str]:
    return [
        f"Client: {pack.client}",
        f"Put together by: {pack.provider}",
        f"Log: {pack.log}, checkpoint of {pack.size} entries signed {pack.signed}",
        "Every time is in UTC.",
    ]


def _row(row: TimelineRow) -> list[str]:
    numbers = ", ".join(map(str, row.records))
    rests = f" [record {numbers}]" if numbers else " [no raw record in this pack]"
    return [row.when, _filled(f"{row.kind}: {row.says}{rests}"), ""]


def _record(row: RecordRow) -> list[str]:
    where = row.file or f"not in the pack: {row.redacted}"
    return [
        f"{row.number}. {where}",
        *(f"    {fact}" for fact in _facts(row)),
        f"    SHA-256 {row.sha256}",
        "",
    ]


def _facts(row: RecordRow) -> list[str]:
    collected = f"collected {row.collected}, " if row.collected else ""
    return [
        f"{row.format} of {row.asset}, {row.length} bytes",
        f"{collected}received {row.received}",
    ]


def _filled(text: str) -> str:
    return fill(text, _WIDTH, initial_indent="    ", subsequent_indent="    ")


_INSTRUCTIONS = """\
HOW TO CHECK THIS EVIDENCE PACK
===============================

{title}
Client: {client}. Put together by: {provider}.

You do not have to believe {provider}. You can check on your own computer, without the internet,
that the {count} record(s) in this pack are exactly the bytes that were received, that they stood in the
log {log} when it had {size} entries, and that none of it was altered since.


In five minutes
---------------

1. Put the zip file on any computer with Python 3.9 or newer (python.org; Linux and macOS often have it).
2. Unpack it. Open a terminal (Windows: Command Prompt) in the folder it made.
3. Install the one package it needs, once:      pip install cryptography
4. Run:                                         python3 verify.py
   (on Windows:                                 py verify.py)
5. The last lines say GENUINE or NOT GENUINE, and why. The exit number is 0 or 1.

verify.py is short and plain. If you would rather not run a program we gave you, read it first, have
someone read it, or use any tool that knows C2SP tlog-proof (c2sp.org/tlog-proof) and RFC 6962: that is
what the files in proofs/ are.


The one thing you must compare yourself
---------------------------------------

Whoever forges a pack can also forge the key in it. So compare the key below with one you got another
way: from your agreement, from an earlier pack, or by telephone. Then run:  python3 verify.py --key KEY

{keys}

A line that says "the witness ... at ..." means that somebody else, whom the client chose, had seen this
very log by then. Then not even {provider} could have written it anew afterwards.


What is in the pack
-------------------

timeline.pdf, timeline.txt   what happened, in order, with the number of the record behind each line
chain.txt                    from the decision, line or change back to the raw records
records/                     the raw records, byte for byte as they were collected; the number is the
                             place in the log
entries/                     what the log says of each record: whose, received when, which SHA-256
proofs/                      for each record, the proof that its entry is in the log
checkpoint                   the signed sum of the whole log
keys.txt                     the keys of the log and of its witnesses
timestamp.tsr                when there is one: a time stamping authority's word (RFC 3161) that the file
                             timestamp-about, the checkpoint without its witnesses, existed by then. Check
                             it with the authority's own certificate:
                             openssl ts -verify -data timestamp-about -in timestamp.tsr -CAfile ROOTS.pem
LIST.txt                     every file with its SHA-256, signed
verify.py                    the program that checks all of this


What it proves, and what it does not
------------------------------------

It proves that these bytes were in {provider}'s hands, in this order, when the checkpoint was signed, and
that nothing about them was changed since. When that was is {provider}'s own word, unless a witness
cosigned the checkpoint or an authority stamped it: then it was by the time the witness or the stamp says.

It does not prove that the server they came from told the truth, nor that nothing else happened: look for
"evidence is missing" in the timeline. The timeline and the chain are readings of the records by
{provider}'s program; if you doubt one, open the record itself.
"""
