"""The list of messages, one message with what it meant and its reply, a call logged, and a mail filed by hand."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from groundrules.core.conversations import log as weigh
from groundrules.core.periods import ImpossibleLocalTime, local_instant, wall_time
from groundrules.core.work import Channel
from groundrules.records.conversations import IncomingMail, MailFiling, Message, Promise
from groundrules.records.outgoing import OutgoingMail
from groundrules.records.parties import Asset, Client, Vendor
from groundrules.services import approvals, conversations, mail_in, outgoing, requests
from groundrules.services.actor import NotAllowed
from groundrules.services.index import UnknownCard
from groundrules.services.world import NoAgreement, NoProvider
from groundrules.web.access import actor_of, area
from groundrules.web.conversations.tables import MESSAGES
from groundrules.web.documents import saved_file
from groundrules.web.tables.kit import respond
from groundrules.web.times import minute

_WALL = "%Y-%m-%dT%H:%M"
_CALLS = (Channel.CALL, Channel.MEETING, Channel.EMAIL, Channel.POST)


@area("letters")
def listed(request: HttpRequest) -> HttpResponseBase:
    """Every message, and first the mails that wait for a person, in or out."""
    cards = ("client", "asset", "contact", "vendor", "incident")
    rows = Message.objects.current().select_related(*cards)
    waiting = IncomingMail.objects.standing(MailFiling.WAITING).order_by("pk")
    more: dict[str, object] = {
        "waiting": [(one, mail_in.last_filing(one)) for one in waiting[:50]],
        "stuck": [(one, minute(one.changed_at, "UTC")) for one in outgoing.in_trouble()],
    }
    return respond(request, MESSAGES, rows, "web/conversations/list.html", more)


@area("letters")
@require_POST
def act_on_outgoing(request: HttpRequest, number: int) -> HttpResponse:
    """Send a mail of ours once more, or give it up."""
    row = get_object_or_404(OutgoingMail, pk=number)
    verb = outgoing.forget if request.POST.get("act") == "forget" else outgoing.repeat
    try:
        done = verb(row, actor=actor_of(request), at=timezone.now())
    except (outgoing.MailNotOpen, NotAllowed) as refused:
        messages.error(request, str(refused))
    else:
        said = "given up" if done.state == OutgoingMail.FORGOTTEN else "tried again"
        messages.info(request, f"“{done.subject}” to {done.to} is {said}.")
    return redirect("web:conversations")


@area("letters")
def message(request: HttpRequest, client: str, ref: str) -> HttpResponse:
    """One message: who said it and how far that is known, what it meant for the books, and the reply it gets."""
    row = _message(client, ref)
    core, zone = row.to_core(), row.client.zone
    filings = MailFiling.objects.filter(message__client=row.client_id, message__ref=row.ref)
    filing = filings.select_related("mail", "letter").order_by("number").first()
    read = filing.mail.to_core() if filing else None
    context = {
        "message": row,
        "client_code": client,
        "when": minute(row.sent_at, zone),
        "logged": weigh(core, row.client.to_core()) if row.inbound else None,
        "filing": filing,
        "answered": filings.filter(kind=MailFiling.ANSWERED).order_by("number").first(),
        "attachments": read.attachments if read else (),
        "problems": read.problems if read else (),
        "quoted": read.text if read and read.text != read.own_text else "",
        "thread": _thread(filing.mail, zone) if filing else (),
        "promise": Promise.objects.filter(client=row.client_id, ref=row.ref)
        .order_by("-pk")
        .first(),
        "incidents": conversations.incidents_of(row.client),
        "asked": requests.request_in(row),
        **_reply(row),
    }
    return render(request, "web/conversations/message.html", context)


def _message(client: str, ref: str) -> Message:
    rows = Message.objects.current().select_related(
        "client", "asset", "contact", "vendor", "incident"
    )
    return get_object_or_404(rows, client__code=client, ref=ref)


def _thread(mail: IncomingMail, zone: str) -> list[tuple[str, Message]]:
    rows = Message.objects.filter(filings__mail__thread=mail.thread).distinct()
    return [(minute(m.sent_at, zone), m) for m in rows.select_related("client").order_by("sent_at")]


def _reply(row: Message) -> dict[str, object]:
    if not row.inbound or row.vendor is not None:
        return {}
    try:
        return {"reply": conversations.reply_letters(row, timezone.now())}
    except (conversations.NothingToReply, NoAgreement, NoProvider) as nothing:
        return {"no_reply": str(nothing)}


@area("letters")
@require_POST
def act(request: HttpRequest, client: str, ref: str) -> HttpResponse:
    """Draft the reply, file to an incident, note what was asked, or put what was promised to who may decide."""
    row, actor, at = _message(client, ref), actor_of(request), timezone.now()
    try:
        if request.POST.get("act") == "draft":
            drafted = conversations.draft_reply(row, actor=actor, at=at)
            names = ", ".join(one.subject for one in drafted)
            messages.info(request, f"Drafted: {names}. Nothing is sent before it is reviewed.")
            return redirect("web:letter", drafted[0].ref)
        if request.POST.get("act") == "incident":
            chosen = request.POST.get("incident", "")
            conversations.file_to_incident(row, chosen, actor=actor, at=at)
            messages.info(request, f"Filed to {chosen}." if chosen else "Filed to no incident.")
            return redirect("web:message", client, ref)
        if request.POST.get("act") == "request":
            noted = requests.asked_in(row, actor=actor, at=at)
            messages.info(request, f"Noted as {noted.ref}: name it where the work is logged.")
            return redirect("web:message", client, ref)
        asked = approvals.ask_about_promise(row, actor=actor, at=at)
        names = ", ".join(one.name for one in asked)
        messages.info(
            request, f"{names} got a mail with a code. Until the answer nothing is promised."
        )
    except (
        conversations.NothingToReply,
        approvals.NobodyToAsk,
        requests.NoRequest,
        UnknownCard,
        NotAllowed,
    ) as refused:
        messages.error(request, str(refused))
    return redirect("web:message", client, ref)


@area("letters")
def log_call(request: HttpRequest, client: str) -> HttpResponse:
    """Write what was said; the button with a person's name logs it."""
    row = get_object_or_404(Client, code=client)
    if request.method == "POST":
        try:
            logged = conversations.note(
                _said(request, row), client=row, actor=actor_of(request), at=timezone.now()
            )
        except (conversations.NothingSaid, ImpossibleLocalTime, UnknownCard, NotAllowed) as refused:
            messages.error(request, str(refused))
        else:
            meant = (
                weigh(logged.to_core(), row.to_core()).sentence
                if logged.inbound
                else "It is logged."
            )
            messages.info(request, meant)
            return redirect("web:message", client, logged.ref)
    now = timezone.now().astimezone(ZoneInfo(row.zone)).strftime(_WALL)
    context = {
        "client": row,
        "contacts": row.contacts.order_by("name"),
        "vendors": Vendor.objects.filter(applications__client=row).distinct().order_by("name"),
        "assets": row.assets.order_by("name"),
        "asset": request.POST.get("asset") or request.GET.get("server", ""),
        "channels": [one.value for one in _CALLS],
        "channel": request.POST.get("channel", Channel.CALL.value),
        "now": request.POST.get("at") or now,
        "says": request.POST.get("says", ""),
        "sender": request.POST.get("sender", ""),
        "incidents": conversations.incidents_of(row),
        "incident": request.POST.get("incident") or request.GET.get("incident", ""),
    }
    return render(request, "web/conversations/log.html", context)


def _said(request: HttpRequest, client: Client) -> conversations.Said:
    kind, _, code = request.POST.get("who", "").partition(":")
    channel = request.POST.get("channel", "")
    if channel not in {one.value for one in _CALLS}:
        message = "choose how it was said; nothing was logged"
        raise conversations.NothingSaid(message)
    return conversations.Said(
        says=request.POST.get("says", ""),
        at=_instant(request.POST.get("at", ""), client.zone),
        channel=Channel(channel),
        contact=code if kind == "contact" else "",
        vendor=code if kind == "vendor" else "",
        sender=request.POST.get("sender", "") if kind == "other" else "",
        asset=request.POST.get("asset", ""),
        incident=request.POST.get("incident", ""),
    )


def _instant(text: str, zone: str) -> datetime:
    try:
        wall = wall_time(text)
    except ValueError as unreadable:
        message = f"'{text}' is no date and time; nothing was logged"
        raise conversations.NothingSaid(message) from unreadable
    return local_instant(zone, wall)


@area("letters")
def mail(request: HttpRequest, number: int) -> HttpResponse:
    """One mail: its text, how far its sender is believed, where it went; and the choice whose it is while it waits."""
    row = get_object_or_404(IncomingMail, pk=number)
    read, last = row.to_core(), mail_in.last_filing(row)
    client = last.client if last else None
    context = {
        "mail": row,
        "read": read,
        "last": last,
        "steps": [
            (minute(one.recorded_at, client.zone if client else "UTC"), one)
            for one in row.filings.exclude(kind=MailFiling.TRYING).order_by("number")
        ],
        "received": minute(row.received_at, client.zone if client else "UTC"),
        "open": last is not None and last.kind in mail_in.OPEN,
        "choices": _choices(),
        "reported": _reported_server(last),
    }
    return render(request, "web/conversations/mail.html", context)


def _reported_server(last: MailFiling | None) -> Asset | None:
    """The server whose backups a mail reported, where it was taken by itself."""
    if last is None or last.kind != MailFiling.REPORT or last.letter is not None:
        return None
    return last.evidence.asset if last.evidence else None


def _choices() -> list[tuple[Client, list[tuple[str, str]]]]:
    """Each client, and its servers; a mail may be about no server of it."""
    rows = Client.objects.prefetch_related("assets").order_by("name")
    return [
        (
            client,
            [
                (f"{client.code}:{a.code}", a.name)
                for a in sorted(client.assets.all(), key=lambda a: a.name)
            ],
        )
        for client in rows
    ]


@area("letters")
@require_POST
def file_mail(request: HttpRequest, number: int) -> HttpResponse:
    """File a waiting mail, or set it aside with a reason."""
    row, actor, at = get_object_or_404(IncomingMail, pk=number), actor_of(request), timezone.now()
    try:
        if request.POST.get("act") == "aside":
            mail_in.set_aside(row, request.POST.get("reason", ""), actor=actor, at=at)
            messages.info(request, f"{row} is set aside. It stays here and can still be filed.")
            return redirect("web:conversations")
        code, _, asset = request.POST.get("about", "").partition(":")
        client = _chosen(code)
        placing = mail_in.Placing(client, client.assets.filter(code=asset).first())
        filed = mail_in.file_by_hand(row, placing, actor=actor, at=at)
    except (mail_in.MailRefused, NotAllowed) as refused:
        messages.error(request, str(refused))
        return redirect("web:mail", number)
    assert filed.message is not None  # noqa: S101 - filing by hand always logs a message
    return redirect("web:message", client.code, filed.message.ref)


def _chosen(code: str) -> Client:
    client = Client.objects.filter(code=code).first()
    if client is None:
        message = "choose whose mail it is; nothing was filed"
        raise mail_in.MailRefused(message)
    return client


@area("letters")
def attachment(request: HttpRequest, number: int, file: int) -> HttpResponse:
    """One file out of a mail, saved by the browser and never shown in it."""
    row = get_object_or_404(IncomingMail, pk=number)
    try:
        found = mail_in.attachment(row, file)
    except mail_in.AttachmentMissing as missing:
        raise Http404(str(missing)) from missing
    return saved_file(found.content, found.attached.name)
