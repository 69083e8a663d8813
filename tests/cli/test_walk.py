"""Every command that acts for somebody (`--as`), walked by one who may only read: nothing is done, nothing is noted.

A new command is walked as soon as it takes `--as`; its needed arguments are filled by their names with what there is.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.utils import timezone
from pytest_django import Settings

from groundrules.cli.exits import Exit
from groundrules.cli.main import build_parser, main
from groundrules.records import models as books
from groundrules.services.rights import READERS
from tests.web import harbor_books

pytestmark = pytest.mark.django_db
Leaf = tuple[tuple[str, ...], argparse.ArgumentParser]
_TYPES = {
    **dict.fromkeys(("day", "_day"), "2007-04-01"),
    "_month": "2007-03",
    "local_time": "2007-04-01T10:00",
    "instant": "2007-04-01T10:00Z",
    "int": "1",
    "clock": "10:00",
    "days": "mon",
    "TaxCategory": "Z",
}
_NAMES = {
    "client": "HARBOR",
    "vendor": "V1",
    "signer": "PAT",
    "of": "PAT",
    "by": "PAT",
    **dict.fromkeys(("asset", "server", "host", "dependent"), "SRV1"),
    "letter": "LTR-1",
    "incident": "INC-1",
    "window": "WIN-1",
    "scope": "clients:read",
    "email": "alex@greenway.example",
    "kind": "hour-cost",
    "start": "2007-04-01",
}
# Whoever reads may read this by a command, too; ending sign-ins that one does not see ends none.
_READS = {
    *{("audit", "list"), ("events", "check"), ("inventory",), ("shell",), ("time", "list")},
    *{("token", "list"), ("user", "sign-ins"), ("user", "sign-out"), ("evidence", "tray")},
}
# A token for what one may read is one's own business.
_OWN = {("token", "make")}


@pytest.fixture(autouse=True)
def there(settings: Settings, tmp_path: Path) -> None:
    """One client with a server, a vendor and a person; and a person of each role at ours."""
    settings.GROUNDRULES_DATA = tmp_path
    (tmp_path / "there.csv").write_text("name\nx\n")
    client = books.Client.objects.create(code="HARBOR", name="Harbor", zone="UTC", currency="USD")
    books.Asset.objects.create(client=client, code="SRV1", name="SRV1")
    books.Contact.objects.create(client=client, code="PAT", name="Pat")
    books.Vendor.objects.create(code="V1", name="Rogue")
    harbor_books.people(timezone.now())


def leaves(parser: argparse.ArgumentParser, words: tuple[str, ...] = ()) -> Iterator[Leaf]:
    """Each command with the words that call it."""
    below = [one for one in parser._actions if isinstance(one, argparse._SubParsersAction)]  # noqa: SLF001 - argparse tells no other way
    if not below:
        yield words, parser
    for one in below:
        for word, inner in one.choices.items():
            yield from leaves(inner, (*words, word))


def acting() -> list[Leaf]:
    """Each command that acts for somebody."""
    return [
        (words, parser)
        for words, parser in leaves(build_parser())
        if words not in _OWN and any("--as" in one.option_strings for one in parser._actions)  # noqa: SLF001 - as above
    ]


def filled(parser: argparse.ArgumentParser, folder: Path) -> list[str]:
    """The arguments a command needs, each with something of its kind."""
    given: list[str] = []
    for one in parser._actions:  # noqa: SLF001 - as above
        if one.required:
            given += [*one.option_strings[-1:], _value(one, folder)]
    return given


def _value(one: argparse.Action, folder: Path) -> str:
    if one.choices:
        return str(next(iter(one.choices)))
    kind = getattr(one.type, "__name__", "")
    if kind == "Path":
        # A file that is there to be read, or a name to write to.
        return str(folder / ("new" if one.option_strings else "there.csv"))
    return _TYPES.get(kind) or _NAMES.get(one.dest, "1")


def counted() -> Counter[str]:
    """How many rows every table has."""
    return Counter({one._meta.label: one._default_manager.count() for one in apps.get_models()})


class TestActingCommands:
    """Nobody who only reads does anything by a command."""

    def test_refuse_whoever_only_reads(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Each ends with a sentence and a number that is not 0, no row of any table is new, no traceback is shown."""
        assert "observer" in READERS
        email = books.User.objects.get(role="observer").email
        before, ended = counted(), Counter[int]()
        for words, parser in acting():
            number = _ended([*words, *filled(parser, tmp_path), "--as", email])
            ended[number] += 1

            said = capsys.readouterr()
            assert books.AuditEntry.objects.count() == before["records.AuditEntry"], words
            assert words in _READS or (number != Exit.OK and said.err), words

        assert counted() == before
        # The others are told before that what they name is not there, or not in its form.
        assert ended[Exit.NOT_PERMITTED] >= 55, ended


def _ended(given: list[str]) -> int:
    try:
        return main(given)
    except SystemExit as usage:
        return int(usage.code or 0)
