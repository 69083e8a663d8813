"""What the doctor sees of what runs: the worker and its jobs, what waits, collectors, letters, mail both ways."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Max, Min

from groundrules.core.reasons import counted
from groundrules.gateways.certificates import takes_connections
from groundrules.gateways.mail_servers import MailServerUnusable, mail_server
from groundrules.records.models import Agent, AgentKey, LetterDraft, LongRun, PendingBatch
from groundrules.services import pulses
from groundrules.services.carrying import depth
from groundrules.services.doctor.finding import Finding, broken, fine, note, warning
from groundrules.services.long_runs import STANDS_STILL

_SERVE = "systemctl start groundrules-worker (or: groundrules serve)"
_READ_WITHIN = timedelta(minutes=30)
_LATE_BY = timedelta(hours=1)
_TAKEN_WITHIN = timedelta(minutes=10)
_MANY = 2


def look_at_worker(at: datetime) -> Finding:
    """This function will see whether a program does the work beside the pages, and how its jobs went."""
    running = pulses.living(at)
    if not running:
        return broken(
            "worker", "nothing reads evidence, sends letters or applies what is due", _SERVE
        )
    failing = sorted(
        {name for one in running for name, went in one.jobs.items() if not went.get("well", True)}
    )
    who = ", ".join(f"{one.program} on {one.host} (process {one.process})" for one in running)
    if failing:
        says = f"{who}; the last turn did not go well: {', '.join(failing)}"
        return warning("worker", says, "journalctl -u groundrules-worker -n 100")
    return fine("worker", who)


def look_at_backlog(at: datetime) -> Finding:
    """This function will see whether evidence waits to be read."""
    waiting = PendingBatch.objects.aggregate(oldest=Min("batch__recorded_at"))["oldest"]
    count = PendingBatch.objects.count()
    stuck = PendingBatch.objects.filter(attempts__gte=_MANY).first()
    if stuck is not None:
        return warning(
            "backlog", f"{stuck}: {stuck.problem or 'not read yet'}", "groundrules worker --once"
        )
    if count * 2 > settings.GROUNDRULES_RECEIVE_BACKLOG or (
        waiting and at - waiting > _READ_WITHIN
    ):
        return warning("backlog", f"{counted(count, 'batch', 'batches')} wait to be read", _SERVE)
    return fine("backlog", f"{counted(count, 'batch', 'batches')} wait to be read")


def look_at_collectors(at: datetime) -> Finding:
    """This function will see which collectors should have been heard of."""
    trusted = AgentKey.objects.standing().filter(revoked=False).values("agent")
    heard = (
        Agent.objects.filter(pk__in=trusted)
        .annotate(last=Max("batches__recorded_at"))
        .order_by("last")
    )
    # One that enrolled and never sent anything is as silent as one that fell silent.
    silent = [one for one in heard if at - (one.last or one.enrolled_at) > _allowed(one)]
    if silent:
        names = ", ".join(one.code for one in silent[:5])
        says = f"{len(silent)} of {counted(len(heard), 'collector')} silent: {names}"
        return warning("collectors", says, "groundrules-collector status (on the host)")
    return fine("collectors", f"{counted(len(heard), 'collector')} enrolled, none silent")


def _allowed(agent: Agent) -> timedelta:
    return timedelta(seconds=agent.heartbeat_seconds * settings.GROUNDRULES_SILENT_AFTER)


def look_at_letters(at: datetime) -> Finding:
    """This function will see whether a letter that should have left is still here."""
    late = LetterDraft.objects.filter(
        state=LetterDraft.APPROVED, leaves_at__lt=at - _LATE_BY
    ).count()
    if late:
        says = f"{counted(late, 'letter')} should have left more than an hour ago"
        return broken("letters", says, "groundrules worker --once, and read what it says of mail")
    return fine("letters", "none is late")


def look_at_long_runs(at: datetime) -> Finding:
    """This function will see whether something long stands still, waits for too long, or failed."""
    own = LongRun.objects.going_on().filter(kind="", beat_at__lt=at - STANDS_STILL).order_by("pk")
    if own:
        says = f"{own[0].what} by {own[0].by} stands still: it was cut off"
        return note("long runs", says, f"groundrules runs stop {own[0].pk}")
    deep = depth(at)
    waits = (
        f"{deep.waiting} wait, the oldest since {deep.oldest:%Y-%m-%d %H:%M} UTC"
        if deep.oldest
        else "none waits"
    )
    if deep.oldest and at - deep.oldest > _TAKEN_WITHIN and not deep.running:
        return warning("long runs", f"{waits}, and no worker takes them", _SERVE)
    if deep.failed:
        says = f"{counted(deep.failed, 'long run')} failed in the last 7 days; {waits}"
        return note("long runs", says, "groundrules runs list, then groundrules runs again NUMBER")
    return fine("long runs", f"none stands still; {waits}, {deep.running} in hand")


def look_at_mail_out(_at: datetime) -> Finding:
    """This function will see whether letters can leave."""
    given = settings.GROUNDRULES_MAIL
    if given in {"outbox", "null"}:
        says = (
            "letters are written as files into the data folder"
            if given == "outbox"
            else "letters go nowhere"
        )
        mend = "set GROUNDRULES_MAIL=smtp://user@host:587 (docs/how-to/send-letters.md)"
        return warning("mail out", f"{says}: nobody gets one", mend)
    return _server("mail out", given, "smtp", "GROUNDRULES_MAIL")


def look_at_mail_in(_at: datetime) -> Finding:
    """This function will see whether answers can come in."""
    given = settings.GROUNDRULES_IMAP_URL
    if not given:
        return note(
            "mail in",
            "no mailbox is read; answers to letters are not seen",
            "set GROUNDRULES_IMAP_URL",
        )
    return _server("mail in", given, "imap", "GROUNDRULES_IMAP_URL")


def _server(name: str, url: str, kind: str, setting: str) -> Finding:
    try:
        server = mail_server(url, "", kind=kind)
    except MailServerUnusable as problem:
        return broken(name, f"{problem}", f"correct {setting}")
    try:
        takes_connections(server.host, server.port)
    except OSError as problem:
        says = f"{server} takes no connections ({problem.strerror or problem})"
        return broken(name, says, f"start that server, or correct {setting}")
    return fine(name, f"{server} takes connections")
