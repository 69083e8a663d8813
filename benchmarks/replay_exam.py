"""The replay exam on real servers: five kinds of fault x N orders x two images, each judged against the truth.

    scripts/build-replay-images && .venv/bin/python -m benchmarks.replay_exam --orders 20

`--first 11 --orders 9` sits orders 11 to 19 only. Prints one line per image and kind: exact verdicts, those that also
say rightly what a running copy does, innocents blamed, runs, and seconds (median and worst).
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from dataclasses import asdict, dataclass
from itertools import groupby, product

from groundrules.core.ids import IncidentId
from groundrules.gateways.replay import LinuxReplay
from groundrules.services.replaying import carry_out, plan_for
from tests.replay.scenes import BOTH_IMAGES, KINDS, TWENTY, Scene, make_scene


@dataclass(frozen=True)
class Mark:
    """How one question was answered."""

    image: str
    kind: str
    exact: bool
    running: bool
    innocents: int
    states: int
    runs: int
    seconds: float
    obstacle: str


def sit(scene: Scene) -> Mark:
    """This function will replay one scene and compare the findings with the truth."""
    began = time.monotonic()
    backend = LinuxReplay()
    try:
        result = carry_out(plan_for(scene.site, IncidentId("INC-EXAM")), scene.site, backend).result
    finally:
        backend.close()
    found = {finding.change: finding.verdict for finding in result.findings}
    running = {finding.change: finding.running for finding in result.findings}
    innocents = len(set(result.proven) - set(scene.truth))
    states = len({run.state for run in result.runs})
    return Mark(
        scene.image.name,
        scene.kind,
        found == scene.truth,
        running == scene.running,
        innocents,
        states,
        len(result.runs),
        round(time.monotonic() - began, 2),
        result.obstacle,
    )


def line(marks: list[Mark]) -> str:
    """This function will sum up the marks of one image and kind."""
    seconds = [mark.seconds for mark in marks]
    return (
        f"{marks[0].image:13} {marks[0].kind:23} {sum(m.exact for m in marks):3}/{len(marks):<3} "
        f"{sum(m.running for m in marks):7}/{len(marks):<3} "
        f"{sum(m.innocents for m in marks):9} {statistics.median(m.states for m in marks):7} "
        f"{statistics.median(m.runs for m in marks):6} {statistics.median(seconds):8.1f} {max(seconds):7.1f}"
    )


def table(every: list[Mark]) -> None:
    """This function will print one line per image and kind."""
    print(
        "image         kind                    exact       running innocents  states   runs  median s worst s",
        file=sys.stderr,
    )
    by_line = sorted(every, key=lambda mark: (mark.image, KINDS.index(mark.kind)))
    for _, marks in groupby(by_line, key=lambda mark: (mark.image, mark.kind)):
        print(line(list(marks)), file=sys.stderr)


def main() -> int:
    """This function will sit the whole exam; exit 0 only when every verdict is exact and no innocent is named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=20)
    parser.add_argument("--first", type=int, default=0, help="the first order")
    parser.add_argument("--changes", type=int, default=TWENTY)
    parser.add_argument("--image", choices=[image.name for image in BOTH_IMAGES])
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    every: list[Mark] = []
    chosen = [image for image in BOTH_IMAGES if asked.image in {None, image.name}]
    orders = range(asked.first, asked.first + asked.orders)
    for order, image, kind in product(orders, chosen, KINDS):
        mark = sit(make_scene(image, kind, order, changes=asked.changes))
        every.append(mark)
        if asked.json or not (mark.exact and mark.running):
            print(json.dumps(asdict(mark)), flush=True)
    table(every)
    return 0 if all(m.exact and m.running and not m.innocents for m in every) else 1


if __name__ == "__main__":
    sys.exit(main())
