"""What the installation measures of itself, for a monitoring program; no client, person or vendor is named in it."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from importlib.metadata import version

from django.conf import settings
from django.db import connection
from django.db.models import Max

from groundrules.core.vendors.gate import GateRule, GateState
from groundrules.records.guards import missing_guards
from groundrules.records.models import (
    AgentKey,
    Attribution,
    AuditEntry,
    Batch,
    BillingRun,
    ChangesDue,
    GateStepTaken,
    LetterDraft,
    PendingBatch,
    User,
    book_tables,
)
from groundrules.renderers.prometheus import CONTENT_TYPE, Metric, Sample, exposition
from groundrules.services import counters, gate, month_end, pulses, timers
from groundrules.services.carrying import depth

__all__ = ["CONTENT_TYPE", "measured"]


def measured(at: datetime) -> str:
    """This function will return every metric as text (docs/reference/metrics.md)."""
    return exposition([*_programs(at), *_long_runs(at), *_requests(), *_books(at), *_business(at)])


def _gauge(name: str, means: str, *samples: Sample) -> Metric:
    return Metric(f"groundrules_{name}", "gauge", means, samples)


def _programs(at: datetime) -> Iterator[Metric]:
    yield _gauge(
        "info", "The version that answers.", Sample(1, {"version": version("groundrules")})
    )
    running = pulses.living(at)
    yield _gauge("workers", "Programs that do the work beside the pages.", Sample(len(running)))
    ages = [(at - one.beat_at).total_seconds() for one in running]
    newest = [Sample(min(ages))] if ages else []
    yield _gauge(
        "worker_beat_age_seconds", "How long ago the newest of them said it lives.", *newest
    )
    failing = Counter(
        name for one in running for name, went in one.jobs.items() if not went.get("well", True)
    )
    samples = [Sample(count, {"job": name}) for name, count in sorted(failing.items())]
    yield _gauge("jobs_failing", "Jobs whose last turn did not go well.", *samples)
    free = shutil.disk_usage(settings.GROUNDRULES_DATA)
    yield _gauge("data_disk_free_bytes", "Room left where the data folder lies.", Sample(free.free))
    yield _gauge("data_disk_bytes", "Size of the disk the data folder lies on.", Sample(free.total))


def _long_runs(at: datetime) -> Iterator[Metric]:
    deep = depth(at)
    yield _gauge("long_runs_waiting", "Long runs no worker has taken yet.", Sample(deep.waiting))
    yield _gauge("long_runs_running", "Long runs a worker has in hand.", Sample(deep.running))
    yield _gauge(
        "long_runs_failed", "Long runs that failed in the last 7 days.", Sample(deep.failed)
    )
    oldest = [Sample((at - deep.oldest).total_seconds())] if deep.oldest else []
    yield _gauge("long_run_oldest_seconds", "How long the oldest of those that wait does.", *oldest)


def _requests() -> Iterator[Metric]:
    requests, within, seconds, total = counters.counted()
    yield Metric(
        "groundrules_http_requests_total",
        "counter",
        "Requests this process answered, by the pattern of the address.",
        tuple(
            Sample(count, {"method": method, "route": route, "status": str(status)})
            for (method, route, status), count in sorted(requests.items())
        ),
    )
    bounds = [*counters.BOUNDS]
    yield Metric(
        "groundrules_http_request_seconds",
        "histogram",
        "How long this process took to answer.",
        (
            *(Sample(within.get(one, 0), {"le": f"{one:g}"}, "_bucket") for one in bounds),
            Sample(total, {"le": "+Inf"}, "_bucket"),
            Sample(seconds, suffix="_sum"),
            Sample(total, suffix="_count"),
        ),
    )


def _books(at: datetime) -> Iterator[Metric]:
    missing = missing_guards(connection, book_tables())
    yield _gauge("books_guarded", "1 while every book refuses change.", Sample(0 if missing else 1))
    for verb, name in (("backup", "backup"), ("verify", "restore_proven")):
        last = AuditEntry.objects.filter(verb=f"installation.{verb}").aggregate(
            at=Max("recorded_at")
        )
        samples = [Sample(last["at"].timestamp())] if last["at"] else []
        means = f"When this installation was last {'backed up' if verb == 'backup' else 'restored aside'}."
        yield _gauge(f"last_{name}_timestamp_seconds", means, *samples)
    waiting = PendingBatch.objects.count()
    yield _gauge("batches_waiting", "Batches of evidence still to be read.", Sample(waiting))
    yield _gauge(
        "changes_due",
        "Servers whose changes are to be worked out.",
        Sample(ChangesDue.objects.count()),
    )
    trusted = AgentKey.objects.standing().filter(revoked=False).values("agent")
    heard = Batch.objects.filter(agent__in=trusted).values("agent__code")
    lags = heard.annotate(at=Max("recorded_at")).order_by("agent__code")
    yield _gauge(
        "collector_lag_seconds",
        "How long ago each collector was last heard of.",
        *(Sample((at - one["at"]).total_seconds(), {"host": one["agent__code"]}) for one in lags),
    )


def _business(at: datetime) -> Iterator[Metric]:
    unnamed = Attribution.objects.current().filter(names_party=False).count()
    yield _gauge("changes_unattributed", "Changes that nobody is named for.", Sample(unnamed))
    states = Counter(one.answer.state for one in gate.standings(GateRule(), at))
    yield _gauge("windows_open", "Access that is open now.", Sample(states[GateState.OPEN]))
    yield _gauge(
        "windows_closing", "Access that is being closed.", Sample(states[GateState.CLOSING])
    )
    yield Metric(
        "groundrules_window_close_failures_total",
        "counter",
        "Attempts to close access that the host did not confirm.",
        (Sample(GateStepTaken.objects.filter(step="close", done=False).count()),),
    )
    held = LetterDraft.objects.filter(state=LetterDraft.APPROVED, leaves_at__gt=at).count()
    yield _gauge("letters_held", "Letters that leave when their hold is over.", Sample(held))
    users = User.objects.filter(is_active=True, technician__isnull=False).select_related(
        "technician"
    )
    minutes = sum(one.minutes for user in users for one in timers.suggestions(user, at))
    yield _gauge("time_unlogged_minutes", "Logins of ours without a time entry.", Sample(minutes))
    yield _gauge("billing_exceptions", "Open exceptions of the newest month end.", *_exceptions(at))


def _exceptions(at: datetime) -> Iterator[Sample]:
    run = BillingRun.objects.order_by("-pk").first()
    if run is None:
        return
    clients = month_end.standing_of(run, at=at).clients
    kinds = Counter(doubt.kind.value for one in clients for doubt in one.open_doubts)
    for kind, count in sorted(kinds.items()):
        yield Sample(count, {"kind": kind})
