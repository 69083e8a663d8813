"""Write foreign worlds: python -m tests.independent.foreign_worlds PROFILE FIRST LAST FOLDER."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tests.independent.foreign_worlds.making import make

if __name__ == "__main__":
    profile, first, last, folder = sys.argv[1:]
    Path(folder).mkdir(parents=True, exist_ok=True)
    for seed in range(int(first), int(last) + 1):
        world = json.dumps(make(profile, seed), ensure_ascii=False, indent=1)
        (Path(folder) / f"{profile}-{seed:05}.json").write_text(world, encoding="utf-8")
