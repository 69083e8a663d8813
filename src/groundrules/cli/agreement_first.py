"""`groundrules agreement library` and `agreement new`: what agreements say, and a first one from answers."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from groundrules.cli.exits import Exit
from groundrules.core.agreements.library import COUNSEL
from groundrules.services import clause_library, mapping


def add_library(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """This function will declare `library`."""
    library = actions.add_parser(
        "library",
        help="list the clauses a first agreement is made of",
        epilog="Exits: 0 listed, 2 wrong usage.",
    )
    library.add_argument("--json", action="store_true", help="print data")


def add_new(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """This function will declare `new`."""
    new = actions.add_parser(
        "new",
        help="draft and prove a first agreement from questions, as a case file",
        epilog="Exits: 0 drafted and proven, 2 wrong usage, 3 no such file, 5 OUTPUT is there already, 8 bad input.",
    )
    new.add_argument(
        "--answers", type=Path, help="a TOML file of answers; without it you are asked"
    )
    new.add_argument(
        "--mapping",
        type=Path,
        help="a CSV sheet: items of an agreement you have, mapped to entries",
    )
    new.add_argument(
        "--output", type=Path, help="the file to write; without it the draft is printed"
    )
    new.add_argument("--json", action="store_true", help="print data")


def run_library(args: argparse.Namespace) -> int:
    """This function will print every entry."""
    library = clause_library.load_library()
    if args.json:
        print(json.dumps({**asdict(library), "review": COUNSEL}, indent=2, ensure_ascii=False))
        return Exit.OK
    for entry in library.entries:
        marks = ["standard"] * entry.standard + [f"choice: {entry.choice}"] * bool(entry.choice)
        print(f"{entry.id} ({', '.join([entry.topic, *marks])})")
        print(f"  {entry.plain}")
    print(COUNSEL)
    return Exit.OK


def run_new(args: argparse.Namespace) -> int:
    """This function will draft a first agreement and print it, or write it to a new file."""
    try:
        answered, mapped = _answers(args.answers), None
        if args.mapping is not None:
            mapped = mapping.map_items(args.mapping.read_bytes(), answered)
            answered = mapped.answered
        drafted = clause_library.draft(answered)
    except clause_library.DraftRefused as refused:
        print(f"groundrules: {refused}", file=sys.stderr)
        return Exit.BAD_INPUT
    except OSError as error:
        print(f"groundrules: {error.filename} cannot be read: {error.strerror}", file=sys.stderr)
        return Exit.NOT_FOUND
    if mapped is not None:
        print("\n".join(_about(mapped, drafted)), file=sys.stderr)
    text = json.dumps(_as_data(drafted), indent=2, ensure_ascii=False) if args.json else ""
    if args.output is None:
        print(text or drafted.text, end="\n" if text else "")
        return Exit.OK
    return _written(args.output, drafted, text)


def _answers(path: Path | None) -> clause_library.Answered:
    if path is None:
        return clause_library.ask_for(_ask)
    return clause_library.read_answers(path.read_bytes())


def _ask(question: str, usual: str) -> str:
    """Questions go to the error stream, so that the draft alone is printed."""
    print(
        f"{question} [{usual}] " if usual else f"{question} ", end="", file=sys.stderr, flush=True
    )
    line = sys.stdin.readline()
    if not line:
        message = "the answers ended before the questions did; answer each, or use --answers FILE"
        raise clause_library.DraftRefused(message)
    return line.strip() or usual


def _about(mapped: mapping.Mapped, drafted: clause_library.Draft) -> list[str]:
    """What a person must still look at goes to the error stream, beside the draft."""
    total, left = len(mapped.items), len(mapped.unmapped)
    lines = [f"{total - left} of {total} items are mapped."]
    lines += [f"not mapped: row {item.row}, {item.item}" for item in mapped.unmapped]
    lines.append(f"usual clauses nobody mapped: {', '.join(mapped.added(drafted)) or 'none'}")
    return lines


def _as_data(drafted: clause_library.Draft) -> dict[str, object]:
    return {
        "entries": [entry.id for entry in drafted.entries],
        "sentences": drafted.sentences,
        "case_file": drafted.text,
        "review": COUNSEL,
    }


def _written(path: Path, drafted: clause_library.Draft, text: str) -> int:
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(drafted.text)
    except FileExistsError:
        print(f"groundrules: {path} is there already; name another file", file=sys.stderr)
        return Exit.CONFLICT
    except OSError as error:
        print(f"groundrules: {path} cannot be written: {error.strerror}", file=sys.stderr)
        return Exit.NOT_FOUND
    print(
        text or f"{path} holds a proven agreement of {len(drafted.sentences)} sentences. {COUNSEL}"
    )
    return Exit.OK
