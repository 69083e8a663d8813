"""A small case file in pieces, so that each test changes one thing."""

from __future__ import annotations

from groundrules.readers.case_file.case import Case
from groundrules.readers.case_file.load import read_case
from groundrules.readers.case_file.places import CaseFileRefused

SMALL = """\
case: 1
title: A small case
zone: America/Los_Angeles
at: 2007-03-01 12:00
provider: {id: P, name: Greenway, zone: America/Los_Angeles}
client:
  id: HARBOR
  name: Harbor Dental
  zone: America/Los_Angeles
  currency: USD
vendors:
  - {id: V1, name: Rogue}
accounts:
  - {name: rogue-svc, party: V1}
assets:
  - {id: SRV1, name: SRV1}
agreement:
  id: MSA
  title: The agreement
  versions:
    - version: 1
      in_force: {from: 2007-01-01}
      signed_at: 2006-12-18 10:00
      assets: [SRV1]
      calendar: {open: [{days: [mon, tue], opens: 8:00, closes: 17:00}]}
      rates: {hourly: 150.00 USD, multipliers: {after_hours: 2}}
      rounding: {increment: 15 min, unit: [issue, person], minimum: {after_hours: 1 h}}
      fees: {monthly: 350.00 USD}
      clauses:
        - {number: 3.2, title: Everything is covered, outcome: covered}
"""


def no_base(name: str) -> bytes:
    """This function will stand for a folder that holds no other file."""
    raise FileNotFoundError(name)


def read(text: str, name: str = "small.yaml", **bases: str) -> Case:
    """This function will read a case from text, with other files by name."""

    def open_base(wanted: str) -> bytes:
        if wanted.removesuffix(".yaml") in bases:
            return bases[wanted.removesuffix(".yaml")].encode()
        raise FileNotFoundError(wanted)

    return read_case(text.encode(), name, open_base)


def refusal_of(text: str, name: str = "small.yaml", **bases: str) -> list[str]:
    """This function will read a case that must be refused, and return what it was refused for."""
    try:
        read(text, name, **bases)
    except CaseFileRefused as refused:
        return [str(problem) for problem in refused.problems]
    raise AssertionError("this case file was accepted")


def with_line(addition: str, text: str = SMALL) -> str:
    """This function will add lines at the end of a case."""
    return f"{text}{addition}\n"
