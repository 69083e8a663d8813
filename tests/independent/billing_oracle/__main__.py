"""Many worlds at once; each that differs is printed, and kept as a case file where a folder is named.

python -m tests.independent.billing_oracle [--keep FOLDER] FIRST END [AREA ...]
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from tests.independent.billing_oracle.compare import differences
from tests.independent.billing_oracle.worlds import AREAS, draw


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.independent.billing_oracle")
    parser.add_argument("--keep", type=Path, help="the folder for case files of worlds that differ")
    parser.add_argument("first", type=int)
    parser.add_argument("end", type=int)
    parser.add_argument("areas", nargs="*", choices=[*sorted(AREAS), "none", []])
    return parser.parse_args()


def main() -> int:
    """Ask about every seed from the first to before the end; the exit is 1 when any world differs."""
    asked = _arguments()
    wanted = frozenset(asked.areas) - {"none"} if asked.areas else None
    wrong = 0
    for seed in range(asked.first, asked.end):
        case = draw(seed, wanted)
        said = differences(case)
        if not said:
            continue
        wrong += 1
        sys.stdout.write("\n   ".join([f"world {seed}", *said]) + "\n")
        if asked.keep:
            (asked.keep / f"world-{seed}.json").write_text(json.dumps(case, indent=1))
    sys.stdout.write(f"{asked.end - asked.first} worlds, {wrong} differ\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
