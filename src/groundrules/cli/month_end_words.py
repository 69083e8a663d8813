"""A billing run as lines and as data, for `groundrules month-end`. Amounts are text, never floats."""

from __future__ import annotations

from groundrules.cli.profit_words import columns
from groundrules.core.month_end import Doubt
from groundrules.records.models import BillingStep
from groundrules.services.month_end import BilledLine, ClientStanding, Stage, Standing

LINE_COLUMNS = (
    *("client", "document", "kind", "position", "line", "description"),
    *("service day", "value", "amount", "currency", "clause"),
)


def line_cells(line: BilledLine) -> tuple[str, ...]:
    """This function will write one line of a document as the cells of LINE_COLUMNS."""
    return (
        *(line.client, line.document, line.kind, str(line.position), line.line_kind),
        *(line.description, line.service_day.isoformat()),
        *(str(line.value.amount), str(line.amount.amount), line.amount.currency, line.clause),
    )


def line_data(line: BilledLine) -> dict[str, str]:
    """This function will state one line of a document as data."""
    return dict(zip(LINE_COLUMNS, line_cells(line), strict=True))


def status_lines(standing: Standing) -> list[str]:
    """This function will write where a run stands: counts, then every exception, the dearest client first."""
    rows: list[tuple[str, ...]] = [
        ("Client", "Code", "No.", "At stake", "Exception", "What", "Owner", "By default")
    ]
    for one in standing.doubtful:
        rows += [
            _doubt_row(one, number, doubt) for number, doubt in enumerate(one.open_doubts, start=1)
        ]
    rows += [
        (
            one.client.name,
            one.client.code,
            "",
            str(one.total),
            "failed",
            one.step.says if one.step else "",
            "",
            "",
        )
        for one in standing.of(Stage.FAILED)
    ]
    table = ["", *columns(rows)] if len(rows) > 1 else []
    stuck = [
        f"{len(one.documents)} not handed to accounting ({one.form}), {', '.join(map(str, one.sums))}: {one.says}"
        for one in standing.stuck
    ]
    return [f"{standing.run.ref}: {_counts(standing)}", *([""] if stuck else []), *stuck, *table]


def _doubt_row(one: ClientStanding, number: int, doubt: Doubt) -> tuple[str, ...]:
    return (
        one.client.name,
        one.client.code,
        str(number),
        str(doubt.at_stake or "-"),
        doubt.kind.value,
        doubt.says,
        doubt.who or doubt.owner.value,
        doubt.action,
    )


def _counts(standing: Standing) -> str:
    parts = [
        f"{len(found)} {stage.value} ({_sums(standing, stage)})"
        for stage in Stage
        if (found := standing.of(stage))
    ]
    return ", ".join(parts) or "no client has an agreement"


def _sums(standing: Standing, stage: Stage) -> str:
    """Before tax, and with tax where that is another sum."""
    before, with_tax = standing.sum_of(stage), standing.to_pay_of(stage)
    taxed = f"; with tax {', '.join(map(str, with_tax))}" if with_tax not in {before, ()} else ""
    return f"{', '.join(map(str, before))}{taxed}"


def standing_data(standing: Standing) -> dict[str, object]:
    """This function will state a run as data."""
    return {
        "run": standing.run.ref,
        "first": standing.run.first.isoformat(),
        "end": standing.run.end.isoformat(),
        "not_handed_over": [
            {
                "form": one.form,
                "says": one.says,
                "documents": list(one.documents),
                "sums": [str(amount) for amount in one.sums],
            }
            for one in standing.stuck
        ],
        "clients": [_client_data(one) for one in standing.clients],
        "accounting": [
            {
                "document": step.document.ref,
                "form": step.form,
                "step": step.step,
                "file": step.file.name if step.file else "",
                "says": step.says,
            }
            for step in standing.accounting
        ],
    }


def _client_data(one: ClientStanding) -> dict[str, object]:
    return {
        "client": one.client.code,
        "name": one.client.name,
        "stage": one.stage.value,
        "total": str(one.total),
        "tax": str(one.tax) if one.tax is not None else "",
        "to_pay": str(one.to_pay) if one.to_pay is not None else "",
        "value_at_zero": str(one.value),
        "documents": one.step.documents if one.step else [],
        "exceptions": [
            {
                "number": number,
                "kind": doubt.kind.value,
                "says": doubt.says,
                "at_stake": str(doubt.at_stake or ""),
                "owner": doubt.who or doubt.owner.value,
                "default": doubt.action,
            }
            for number, doubt in enumerate(one.open_doubts, start=1)
        ],
    }


def step_data(step: BillingStep) -> dict[str, object]:
    """This function will state one step of a client as data."""
    return {
        "client": step.client.code,
        "step": step.step,
        "says": step.says,
        "documents": step.documents,
    }
