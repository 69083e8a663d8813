"""Every rule of the house is shown planted breaches and must see them, and innocent twins and must not."""

from __future__ import annotations

from functools import partial

import pytest

from tests.house import rules
from tests.house.rules import Rule
from tests.house.sizes import file_size, function_sizes, longest
from tests.house.sources import parsed

OWN = partial(rules.foreign_imports, own=frozenset({"groundrules.core"}))

PLANTED: list[tuple[Rule, str]] = [
    (rules.writes, "client.save()"),
    (rules.writes, "client.save(update_fields=['name'])"),
    (rules.writes, "Client.objects.create(name='Halden')"),
    (rules.writes, "Client.objects.filter(id=1).update(name='Halden')"),
    (rules.writes, "Client.objects.filter(id=1).delete()"),
    (rules.writes, "Change.objects.bulk_create(rows)"),
    (rules.writes, "cursor.execute('  insert into books values (1)')"),
    (rules.impurities, "from datetime import datetime\nat = datetime.now()"),
    (rules.impurities, "import datetime as d\nday = d.date.today()"),
    (rules.impurities, "import time"),
    (rules.impurities, "from random import choice"),
    (rules.impurities, "from uuid import uuid4\nidentity = uuid4()"),
    (rules.impurities, "text = open('books').read()"),
    (rules.impurities, "from os import environ"),
    (rules.impurities, "from pathlib import Path, PurePosixPath"),
    (rules.impurities, "def late():\n    import os.path"),
    (rules.floats, "rate = 0.1"),
    (rules.floats, "rate = float('0.1')"),
    (rules.floats, "def rate(hours: float) -> None: ..."),
    (rules.naive_times, "datetime(2026, 3, 1, 12, 0)"),
    (rules.naive_times, "datetime.datetime(2026, 3, 1)"),
    (rules.naive_times, "datetime.fromtimestamp(0)"),
    (rules.naive_times, "datetime.now()"),
    (rules.naive_times, "datetime.utcnow()"),
    (rules.naive_times, "datetime(2026, 3, 1)  # noqa: DTZ001"),
    (rules.silenced_errors, "try:\n    pass\nexcept:\n    raise"),
    (rules.silenced_errors, "try:\n    pass\nexcept Exception:\n    pass"),
    (rules.silenced_errors, "try:\n    pass\nexcept (OSError, Exception):\n    '''Well.'''"),
    (rules.silenced_errors, "for x in y:\n    try: z()\n    except BaseException: continue"),
    (rules.silenced_errors, "with suppress(Exception):\n    pass"),
    (rules.foreign_words, "class Customer: ..."),
    (rules.foreign_words, "def find(supplier_id): ..."),
    (rules.foreign_words, "class LetterManager: ..."),
    (OWN, "import django"),
    (OWN, "from groundrules.services import coverage"),
    (OWN, "def late():\n    from yaml import safe_load"),
]

INNOCENT: list[tuple[Rule, str]] = [
    (rules.writes, "picture.save(held, format='PNG', optimize=True)"),
    (rules.writes, "seen.update({'a': 1}); digest.update(b'x'); cursor.execute('select 1')"),
    (rules.impurities, "from datetime import UTC, datetime\nat = datetime(2026, 3, 1, tzinfo=UTC)"),
    (rules.impurities, "from pathlib import PurePosixPath\nfrom urllib.parse import quote"),
    (rules.floats, "rate = Decimal('0.1') * 3"),
    (rules.naive_times, "datetime(2026, 3, 1, tzinfo=UTC); datetime.fromtimestamp(0, UTC)"),
    (rules.naive_times, "datetime.now(UTC); datetime.fromtimestamp(0, tz=UTC); date(2026, 3, 1)"),
    (rules.naive_times, "datetime(2026, 3, 1)  # noqa: DTZ001 (a wall time)"),
    (rules.silenced_errors, "try:\n    pass\nexcept OSError:\n    pass"),
    (rules.silenced_errors, "try:\n    pass\nexcept Exception:\n    log('lost')\n    raise"),
    (rules.foreign_words, "class Client: ...\ndef find(vendor_id): ..."),
    (OWN, "import decimal\nfrom groundrules.core.money import Money"),
]


class TestRules:
    """Each rule of the house."""

    @pytest.mark.parametrize(("rule", "text"), PLANTED)
    def test_sees_a_planted_breach(self, rule: Rule, text: str) -> None:
        """A breach planted in a source text is found."""
        source = parsed(text)

        found = rule(source)

        assert found, f"not seen: {text}"

    @pytest.mark.parametrize(("rule", "text"), INNOCENT)
    def test_leaves_the_innocent_alone(self, rule: Rule, text: str) -> None:
        """What only looks like a breach is not reported."""
        source = parsed(text)

        found = rule(source)

        assert found == []

    def test_sees_an_empty_module_name(self) -> None:
        """A module named for nothing in particular is found by its path alone."""
        places = ["src/core/utils.py", "src/services/helpers/a.py", "src/core/data.py"]

        found = [rules.foreign_words(parsed("", place)) for place in places]

        assert all(found)

    def test_names_the_line(self) -> None:
        """A breach is told as file, line and reason."""
        source = parsed("\n\nclient.save()", "src/groundrules/web/clients.py")

        (breach,) = rules.writes(source)

        assert str(breach).startswith("src/groundrules/web/clients.py:3 writes rows with .save()")


class TestSizes:
    """Measuring."""

    def test_counts_a_function_with_its_docstring(self) -> None:
        """A function's length runs from its def line to its last line."""
        source = parsed("def decide():\n    '''Why.'''\n\n    return 1\n")

        (size,) = function_sizes(source)

        assert (size.lines, size.place) == (4, "planted.py:1 decide")
        assert file_size(source).lines == size.lines

    def test_puts_the_longest_first(self) -> None:
        """The report begins with what should be split next."""
        text = "def short():\n    pass\n\ndef long():\n    a = 1\n    return a\n"

        first = longest(function_sizes(parsed(text)))[0]

        assert first.place.endswith("long")
