"""This program will write measured worlds as case files: PROFILE FIRST LAST FOLDER [--replayed SHARE]."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from tests.independent.measured_worlds.making import make
from tests.independent.measured_worlds.profiles import PROFILES


def main() -> None:
    """This function will write the worlds of the seeds FIRST to LAST, both included, into FOLDER."""
    parser = argparse.ArgumentParser(prog="python -m tests.independent.measured_worlds")
    parser.add_argument("profile", choices=[*PROFILES])
    parser.add_argument("first", type=int)
    parser.add_argument("last", type=int)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--replayed", type=float, help="share of servers with a copy to replay on")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    for seed in range(asked.first, asked.last + 1):
        world = json.dumps(make(asked.profile, seed, asked.replayed), ensure_ascii=False, indent=1)
        (asked.folder / f"{asked.profile}-{seed:05}.json").write_text(
            world + "\n", encoding="utf-8"
        )


if __name__ == "__main__":
    main()
