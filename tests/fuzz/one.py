"""Fuzzes one target in this process: `python -m tests.fuzz.one TARGET FOLDER [libFuzzer options]`."""

from __future__ import annotations

import sys

import atheris


def main() -> None:
    """This function will load the readers so that coverage is seen, and hand over to libFuzzer."""
    with atheris.instrument_imports(include=["groundrules", "groundrules_wire"]):
        from tests.fuzz.targets import TARGETS  # noqa: PLC0415 - coverage is only seen of what is loaded here

    name = sys.argv.pop(1)
    target = TARGETS[name]
    atheris.Setup(sys.argv, lambda raw: target.feed(bytes(raw)) and None)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
