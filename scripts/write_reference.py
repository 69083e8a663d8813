"""Writes the reference pages that the code itself can tell: commands, settings, records, the case file's schema.

What a person should know beyond that stands in the docstrings and help texts these pages are made of, and in the
other folders of docs/. A page is the same for every Python version and every machine.
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import json
import os
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from types import ModuleType
from typing import Any

import django
from django.apps import apps
from django.db import models

from scripts import openapi_changes

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "groundrules.config.settings_test")
django.setup()

environment = importlib.import_module("groundrules.config.environment")
schema = importlib.import_module("groundrules.readers.case_file.schema")
clauses = importlib.import_module("groundrules.services.clause_library")
counsel = importlib.import_module("groundrules.core.agreements.library").COUNSEL
book = importlib.import_module("groundrules.records.book")
rights = importlib.import_module("groundrules.services.rights")
interface = importlib.import_module("groundrules.api.v1.interface")

ROOT = Path(__file__).resolve().parents[1]
REFERENCE = ROOT / "docs" / "reference"
MADE = "<!-- Made by `make docs` from the code; change the code's own words instead. -->"
PROGRAMS = ("groundrules.cli.main", "groundrules_collector.main")


class NoParser(LookupError):
    """A program's module has no function without arguments that returns its ArgumentParser."""


# -- Commands --------------------------------------------------------------------------------------


def parser_of(module: ModuleType) -> argparse.ArgumentParser:
    """This function will build a program's parser with the module's own function for it; raises NoParser."""
    for _, function in inspect.getmembers(module, inspect.isfunction):
        returned = str(inspect.signature(function).return_annotation)
        if "ArgumentParser" in returned and not inspect.signature(function).parameters:
            parser: argparse.ArgumentParser = function()
            return parser
    message = f"{module.__name__} has no function that returns its ArgumentParser"
    raise NoParser(message)


def parsers() -> Iterator[argparse.ArgumentParser]:
    """This function will yield the parser of every program that is built."""
    for name in PROGRAMS:
        yield parser_of(importlib.import_module(name))


def commands(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """This function will yield the parser of each command that does something, in the order of the help."""
    below = _groups(parser)
    if not below:
        yield parser
    for group in below:
        said = {one.dest: one.help for one in group._choices_actions}  # noqa: SLF001 (as below)
        for child in dict.fromkeys(group.choices.values()):  # An alias is the same parser again.
            child.description = child.description or said.get(child.prog.rpartition(" ")[2])
            yield from commands(child)


def _groups(
    parser: argparse.ArgumentParser,
) -> list[argparse._SubParsersAction[argparse.ArgumentParser]]:
    return [one for one in parser._actions if isinstance(one, argparse._SubParsersAction)]  # noqa: SLF001 (argparse offers no other way to ask)


def commands_page() -> str:
    """This function will describe each command: what it does, its arguments, its exits."""
    sections = [_command(one) for program in parsers() for one in commands(program)]
    return _page("Commands", "Every command, as it is typed. Each also answers `--help`.", sections)


def _command(parser: argparse.ArgumentParser) -> str:
    rows = [_argument(action) for action in parser._actions if action.dest != "help"]  # noqa: SLF001 (as above)
    table = _table(("Argument", "Meaning", "When not given"), rows)
    parts = [f"## `{parser.prog}`", parser.description, table, parser.epilog]
    return "\n\n".join(part.strip() for part in parts if part)


def _argument(action: argparse.Action) -> tuple[str, str, str]:
    shown = action.metavar or (action.dest.upper() if action.option_strings else action.dest)
    value = (
        ""
        if action.nargs == 0
        else f" {'|'.join(map(str, action.choices)) if action.choices else shown}"
    )
    name = ", ".join(action.option_strings) + value
    absent = action.default in (None, False, "", argparse.SUPPRESS, [])
    default = "" if absent else f"`{action.default}`"
    needed = action.required and action.nargs not in ("?", "*")
    return f"`{name.strip()}`", action.help or "", "must be given" if needed else default


# -- Settings --------------------------------------------------------------------------------------

# What only tests and scripts read; the installation knows nothing of them.
FOR_TESTS = (
    ("GROUNDRULES_SAMPLES", "Folder of captured samples the readers are tested on."),
    ("GROUNDRULES_CHROMIUM", "The Chromium that browser tests and `make screenshots` drive."),
    ("GROUNDRULES_TEST_DATABASE_URL", "PostgreSQL for the tests; `scripts/with-postgres` sets it."),
    (
        "GROUNDRULES_TEST_CRASHES",
        "How often the crash loop kills the server (20), and all three together (a fifth).",
    ),
    ("GROUNDRULES_TEST_CRASH_SEED", "Other moments for the crash loop's kills."),
    ("GROUNDRULES_TEST_CRASH_DATABASE", "1 also crashes PostgreSQL: only alone on its cluster."),
    ("GROUNDRULES_TEST_SCREENSHOTS", "Folder for pictures of pages; `make screenshots` sets it."),
    (
        "GROUNDRULES_TEST_IMAGES",
        "Where `scripts/host-image` keeps the image of the tests' real hosts.",
    ),
    ("GROUNDRULES_TEST_MIRROR", "The Debian mirror that image is made from."),
    ("GROUNDRULES_TEST_WINDOWS", "How many windows the gate's test opens and closes at once (24)."),
    (
        "GROUNDRULES_TEST_WORKERS",
        "How many tests `make test` runs side by side (3 on SQLite, 2 on PostgreSQL).",
    ),
)


def settings_page() -> str:
    """This function will list what an installation may set, and apart from it what only tests read."""
    rows = [
        (f"`{one.name}`", f"`{one.key}`", one.meaning, f"`{one.default}`" if one.default else "")
        for one in environment.SETTINGS
    ]
    tests = [(f"`{name}`", meaning) for name, meaning in FOR_TESTS]
    introduction = (
        "An installation reads each setting from the environment first, then from `groundrules.toml` in its data"
        " folder (or the file `GROUNDRULES_CONFIG` names). A name that is not listed here is refused."
    )
    return _page(
        "Settings",
        introduction,
        [
            _table(("Environment", "In `groundrules.toml`", "Meaning", "When not set"), rows),
            "## For tests and scripts only",
            _table(("Environment", "Meaning"), tests),
        ],
    )


# -- Records ---------------------------------------------------------------------------------------


def records() -> list[type[models.Model]]:
    """This function will return every table the house keeps, by the file it is written in."""
    ours = [one for one in apps.get_models() if one.__module__.startswith("groundrules.")]
    return sorted(ours, key=lambda one: one.__module__)


def records_page() -> str:
    """This function will describe each table: what a row is, its columns, what the database refuses."""
    sections = []
    for module, kept in groupby(records(), key=lambda one: one.__module__):
        sections.append(f"## {module.rpartition('.')[2].replace('_', ' ').capitalize()}")
        sections.append(inspect.getdoc(importlib.import_module(module)) or "")
        sections.extend(_record(one) for one in kept)
    introduction = (
        "Every table, by the file that keeps it. *Books* only grow: the database itself refuses to change or remove"
        " their rows, on SQLite and on PostgreSQL. *Cards* are ordinary rows with an audit entry for each change."
    )
    return _page("Records", introduction, sections)


def _record(kind: type[models.Model]) -> str:
    own = [field for field in kind._meta.get_fields() if isinstance(field, models.Field)]
    rows = [(f"`{field.name}`", _kind_of(field), _limits_of(field)) for field in own]
    refused = [f"- `{one.name}`" for one in kind._meta.constraints]
    parts = [
        f"### `{kind.__name__}`",
        inspect.getdoc(kind),
        "*Book.*" if issubclass(kind, book.Book) else "*Card.*",
        _table(("Column", "Holds", "Limits"), rows),
    ]
    parts += ["The database also checks:", "\n".join(refused)] if refused else []
    return "\n\n".join(part for part in parts if part)


def _kind_of(field: models.Field[object, object]) -> str:
    if field.related_model and not isinstance(field.related_model, str):
        name = field.related_model.__name__
        article = "an" if name[0] in "AEIOU" else "a"
        return f"{article} {name}" if field.many_to_one or field.one_to_one else f"several {name}"
    return field.get_internal_type().removesuffix("Field")


def _limits_of(field: models.Field[object, object]) -> str:
    said = {
        "key": field.primary_key,
        "unique": field.unique and not field.primary_key,
        "may be empty": field.null,
        f"at most {field.max_length}": bool(field.max_length),
        f"one of {', '.join(str(value) for value, _ in field.choices or ())}": bool(field.choices),
    }
    return ", ".join(words for words, holds in said.items() if holds)


# -- Pages -----------------------------------------------------------------------------------------


def _table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    if not rows:
        return ""
    lines = [heads, tuple("---" for _ in heads), *rows]
    return "\n".join(f"| {' | '.join(_cell(text) for text in line)} |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _page(title: str, introduction: str, sections: list[str]) -> str:
    return "\n\n".join([f"# {title}", MADE, introduction, *(one for one in sections if one)]) + "\n"


def case_file_schema() -> str:
    """This function will write the JSON Schema of a case file."""
    return json.dumps(schema.case_file_schema(), indent=2, ensure_ascii=False) + "\n"


def clause_library_page() -> str:
    """This function will write the page of every clause the product offers for a first agreement."""
    library = clauses.load_library()
    sections = [_clause_entry(entry) for entry in library.entries]
    rows = [(f"`{{{p.name}}}`", p.question, p.default) for p in library.parameters]
    heads = ("Parameter", "Question", "Usual answer")
    return _page(
        "The clause library",
        "What agreements say, as sentences the engine decides by (see [clauses.md](clauses.md)). "
        "`groundrules agreement new` drafts a first agreement from them. Of entries with the same choice at most one "
        "is in an agreement; *standard* ones are in a first agreement unless another of the choice is taken. "
        "A drafted clause states precedence over those above it that speak of the same work.\n\n"
        "Every text here is a draft, not legal advice.",
        [*sections, f"## Parameters\n\n{_table(heads, rows)}"],
    )


def _clause_entry(entry: Any) -> str:  # noqa: ANN401 - imported by name, as everything of the product here
    marks = ["standard"] * entry.standard + [f"choice `{entry.choice}`"] * bool(entry.choice)
    marks += [f"requires `{other.replace(' or ', '` or `')}`" for other in entry.requires]
    said = "\n".join(entry.sentences)
    return (
        f"## {entry.title}\n\n`{entry.id}`: {'; '.join([entry.topic, *marks])}.\n\n{entry.plain} "
        f"*{counsel}*\n\n```text\n{said}\n```"
    )


class InterfaceBroken(ValueError):
    """The interface would no longer keep what its committed description promises; it needs a new version."""


def openapi_file() -> str:
    """This function will describe the interface; raises InterfaceBroken for what the committed file promises."""
    now = json.loads(json.dumps(interface.described()))
    kept = _now("openapi.json")
    broken = openapi_changes.breaks(json.loads(kept), now) if kept else []
    if broken:
        message = f"programs rely on version 1 as it is; {'; '.join(broken)}. Keep it, or make a version 2 beside it."
        raise InterfaceBroken(message)
    return json.dumps(now, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def rights_page() -> str:
    """This function will write the page of roles and rights."""
    roles = [
        _table(("Role", "What for"), [(f"`{one.role.value}`", one.says) for one in rights.ROLES])
    ]
    order = [one.role.value for one in rights.ROLES]
    rows = [
        (f"`{right.name}`", right.says, *("yes" if role in right.roles else "" for role in order))
        for right in (*rights.SEEING, *rights.ACTING)
    ]
    told = (
        "Everybody who signs in has one role. A right that begins with `see` opens pages, commands and scopes that "
        "read; one that begins with `act` is what changes ask for. A role with no right to act changes nothing."
    )
    return _page(
        "Roles and rights", told, [*roles, _table(("Right", "What it opens", *order), rows)]
    )


PAGES: dict[str, Callable[[], str]] = {
    "cli.md": commands_page,
    "settings.md": settings_page,
    "records.md": records_page,
    "case-file.schema.json": case_file_schema,
    "clause-library.md": clause_library_page,
    "rights.md": rights_page,
    "openapi.json": openapi_file,
}


def stale() -> list[str]:
    """This function will name the pages that do not say what the code says."""
    return [name for name, make in PAGES.items() if _now(name) != make()]


def _now(name: str) -> str:
    path = REFERENCE / name
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def main() -> None:
    """This function will write every page that is out of date, and name it."""
    REFERENCE.mkdir(parents=True, exist_ok=True)
    for name in stale():
        (REFERENCE / name).write_text(PAGES[name](), encoding="utf-8")
        print(f"docs/reference/{name} written")


if __name__ == "__main__":
    main()
