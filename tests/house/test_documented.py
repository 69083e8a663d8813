"""Every command, setting and record has its place in docs/reference."""

from __future__ import annotations

import argparse
import ast
import re

import pytest

from groundrules.core.letters.answers import LetterKind
from scripts.write_reference import PAGES, commands, parsers, records
from tests.house.sources import BUILDING, LODGE, ROOT, sources

REFERENCE = ROOT / "docs" / "reference"
SETTING = re.compile(r"^GROUNDRULES_[A-Z0-9_]*[A-Z0-9]$")


def _page(name: str) -> str:
    path = REFERENCE / name
    assert path.is_file(), f"docs/reference/{name} is missing"
    return path.read_text(encoding="utf-8")


def _headings(page: str) -> set[str]:
    """This function will return a page's headings as plain words, without code marks."""
    return {
        line.lstrip("#").replace("`", "").strip()
        for line in page.splitlines()
        if line.startswith("#")
    }


def settings_read() -> set[str]:
    """This function will return the environment variables the building and the collector name."""
    return {
        node.value
        for source in sources(BUILDING, LODGE)
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and SETTING.match(node.value)
    }


class TestReference:
    """The reference pages."""

    def test_have_a_section_for_every_command(self) -> None:
        """docs/reference/cli.md has a heading for each command, written as it is typed."""
        typed = {one.prog for program in parsers() for one in commands(program)}

        missing = sorted(typed - _headings(_page("cli.md")))

        assert not missing, f"docs/reference/cli.md has no heading for {missing}; run make docs"

    @pytest.mark.parametrize("name", sorted(PAGES))
    def test_say_what_the_code_says(self, name: str) -> None:
        """A page made from the code is as `make docs` would write it now."""
        made = PAGES[name]()

        assert _page(name) == made, f"docs/reference/{name} is out of date; run make docs"

    def test_have_every_setting(self) -> None:
        """docs/reference/settings.md names each environment variable that is read."""
        named = settings_read()

        missing = sorted(name for name in named if f"`{name}`" not in _page("settings.md"))

        assert named
        assert not missing, f"docs/reference/settings.md says nothing of {missing}"

    def test_have_every_record(self) -> None:
        """docs/reference/records.md has a heading for each table the house keeps."""
        missing = sorted({kind.__name__ for kind in records()} - _headings(_page("records.md")))

        assert records()
        assert not missing, f"docs/reference/records.md has no heading for {missing}; run make docs"


class TestLetters:
    """Where each kind of letter is drafted, as `docs/how-to/send-letters.md` says."""

    def test_have_a_row_for_every_kind_with_commands_there_are(self) -> None:
        """Whoever looks for a letter finds its page and its command."""
        page = (ROOT / "docs" / "how-to" / "send-letters.md").read_text()
        rows = re.findall(
            r"^\| ([a-z ]+) \| .+ \| `(groundrules [a-z -]+?)(?: --[a-z]+)?` \|$",
            page,
            re.MULTILINE,
        )
        known = {one.prog for parser in parsers() for one in commands(parser)}

        assert {kind for kind, _ in rows} == {kind.value for kind in LetterKind}
        assert {command for _, command in rows} <= known


class TestFinding:
    """What the tests above ask with."""

    def test_walks_to_the_last_command(self) -> None:
        """Only commands that do something are listed, each as it is typed."""
        parser = argparse.ArgumentParser(prog="groundrules")
        below = parser.add_subparsers()
        below.add_parser("demo")
        below.add_parser("case").add_subparsers().add_parser("run")

        found = [one.prog for one in commands(parser)]

        assert found == ["groundrules demo", "groundrules case run"]

    def test_reads_headings_without_marks(self) -> None:
        """A heading counts with and without code marks."""
        page = "# Commands\n\n## `groundrules demo`\n\ntext\n"

        found = _headings(page)

        assert found == {"Commands", "groundrules demo"}
