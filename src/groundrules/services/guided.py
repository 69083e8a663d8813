"""A replay by a person, step by step: the answers are kept in a file, and the search is carried on from them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from groundrules.core.ids import ChangeId, IncidentId
from groundrules.core.replay.answers import Outcome, ReplayResult, Run, State, Wanted
from groundrules.core.replay.search import next_step
from groundrules.gateways.replay import instructions, site_digest
from groundrules.services.actor import Actor
from groundrules.services.replaying import Replay, plan_for
from groundrules.services.replays import Asked, Filed, check, file

ANSWERS: Mapping[str, Outcome] = {
    "passes": Outcome.PASSES,
    "same": Outcome.SAME_FAILURE,
    "other": Outcome.OTHER_FAILURE,
    "invalid": Outcome.INVALID,
}


class KeptForAnother(ValueError):
    """The file keeps the answers of another incident or another site."""


class AnswerUnusable(ValueError):
    """An answer that names no outcome, or says nothing about what was seen."""


def guide(
    asked: Asked, kept: Path, answer: tuple[str, str] | None, *, actor: Actor, at: datetime
) -> tuple[str, ...] | Filed:
    """This function will take down an answer, and return the next step, or file the replay when it is complete.

    Raises KeptForAnother or AnswerUnusable, and what `replays.check` raises, before anything is kept.
    """
    check(asked, actor)
    rows = _kept(asked, kept)
    step = _step(asked, rows)
    if answer is not None and isinstance(step, Wanted):
        rows = [*rows, _row(step, answer, at)]
        _keep(asked, kept, rows)
        step = _step(asked, rows)
    if isinstance(step, ReplayResult):
        logs = {_digest(row["saw"]): row["saw"] for row in rows}
        return file(asked, Replay(step, logs), actor=actor, at=at)
    return instructions(step, tuple(action.change for action in asked.site.actions))


def _step(asked: Asked, rows: list[dict[str, str]]) -> Wanted | ReplayResult:
    """Each answer belongs to the run the search asked for at that point, so only answers need keeping."""
    plan = plan_for(asked.site, IncidentId(asked.incident.ref))
    runs: list[Run] = []
    for row in rows:
        made = frozenset(ChangeId(word) for word in row["made"].split())
        state = State(made, row["end_copy"] == "yes", row.get("running") == "yes")
        outcome = ANSWERS[row["answer"]]
        runs.append(Run(len(runs) + 1, state, outcome, row["saw"][:200], _digest(row["saw"])))
    return next_step(plan, runs)


def _row(step: Wanted, answer: tuple[str, str], at: datetime) -> dict[str, str]:
    word, saw = answer
    if word not in ANSWERS or not saw.strip():
        raise AnswerUnusable("say what the health check showed with --saw; it becomes evidence")
    return {
        "made": " ".join(sorted(step.state.changes)),
        "end_copy": "yes" if step.state.end_copy else "no",
        "running": "yes" if step.state.running else "no",
        "answer": word,
        "saw": saw,
        "at": at.isoformat(),
    }


def _kept(asked: Asked, kept: Path) -> list[dict[str, str]]:
    if not kept.exists():
        return []
    told = json.loads(kept.read_text(encoding="utf-8"))
    if (told["incident"], told["site"]) != (asked.incident.ref, site_digest(asked.text)):
        raise KeptForAnother(
            f"{kept} keeps the answers of another replay ({told['incident']}); name another file"
        )
    rows: list[dict[str, str]] = told["answers"]
    return rows


def _keep(asked: Asked, kept: Path, rows: list[dict[str, str]]) -> None:
    told = {"incident": asked.incident.ref, "site": site_digest(asked.text), "answers": rows}
    kept.write_text(json.dumps(told, indent=1), encoding="utf-8")


def _digest(saw: str) -> str:
    return hashlib.sha256(saw.encode()).hexdigest()
