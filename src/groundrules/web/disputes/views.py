"""What is disputed; one dispute and its answer, whose price is shown first; and one opened on somebody's behalf."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from groundrules.core.disputes import (
    Dispute,
    DisputeOutcome,
    DisputeRefused,
    DisputeSubject,
    last_day,
)
from groundrules.core.money import Money
from groundrules.records import models as books
from groundrules.services import disputes
from groundrules.services.actor import NotAllowed
from groundrules.services.disputes import Given, Raised, client_speaker, vendor_named
from groundrules.services.overrides import PriceChanged
from groundrules.web.access import actor_of, area
from groundrules.web.tables.kit import csv_answer
from groundrules.web.times import minute
from groundrules.web.words import sentence

_SHOWN = 50
_WITHDRAW, _TIE = "withdraw", "tie"
_REFUSALS = (DisputeRefused, PriceChanged, NotAllowed)
ANSWERS = {
    DisputeOutcome.UPHELD.value: "Uphold it",
    DisputeOutcome.REJECTED.value: "Reject it",
    DisputeOutcome.SETTLED.value: "Note a settlement",
    _TIE: "Nobody can settle it: go by the clause",
}
WORDS = {
    DisputeSubject.DECISION.value: "the decision",
    DisputeSubject.LINE.value: "the invoice line",
    DisputeSubject.CHANGE.value: "the change",
    DisputeSubject.LOGIN.value: "the login",
    DisputeSubject.SCORE.value: "the score of",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A dispute as it is listed: the row, its value, what it is about, and until when it is answered."""

    row: books.Dispute
    core: Dispute
    about: str
    href: str
    answer_by: date
    late: bool
    raised: str


def shown(row: books.Dispute, at: datetime) -> Shown:
    """This function will show a dispute with the page of what is disputed."""
    core, zone = row.to_core(), row.client.zone
    return Shown(
        row,
        core,
        WORDS[row.subject],
        page_of(row),
        last_day(core, zone),
        core.is_late(at),
        minute(core.at, zone),
    )


def page_of(row: books.Dispute) -> str:
    """This function will return the address of what is disputed."""
    client, ref = row.client.code, row.about
    if row.subject == DisputeSubject.DECISION:
        return reverse("web:decision", args=[ref])
    if row.subject == DisputeSubject.LINE:
        return reverse("web:invoice", args=[ref.rpartition("/")[0]])
    names = {
        DisputeSubject.CHANGE.value: "web:change",
        DisputeSubject.LOGIN.value: "web:session",
        DisputeSubject.SCORE.value: "web:vendor",
    }
    return reverse(names[row.subject], args=[client, ref])


@area("disputes")
@require_safe
def listed(request: HttpRequest) -> HttpResponseBase:
    """What waits, the most pressing first; then what was answered last. As CSV all of them."""
    now = timezone.now()
    rows = books.Dispute.objects.current().select_related("client")
    if request.GET.get("format") == "csv":
        ordered = rows.order_by("answered_at", "answer_by", "pk").iterator(chunk_size=500)
        return csv_answer("disputes", _COLUMNS, (_cells(shown(row, now)) for row in ordered))
    closed = rows.filter(answered_at__isnull=False).order_by("-answered_at", "-pk")[:_SHOWN]
    context = {
        "waiting": [shown(r, now) for r in rows.waiting().order_by("answer_by", "pk")],
        "closed": [shown(r, now) for r in closed],
    }
    return render(request, "web/disputes/list.html", context)


_COLUMNS = (
    *("Dispute", "Client", "Raised", "By", "About", "Reference", "Held before tax", "Answer by"),
    *("Late", "Answer", "What was answered"),
)


def _cells(one: Shown) -> tuple[str, ...]:
    answer = one.core.answer
    return (
        one.row.ref,
        one.row.client.name,
        one.raised,
        one.core.person,
        one.about,
        str(one.core.ref),
        str(one.core.held or ""),
        one.answer_by.isoformat(),
        "yes" if one.late else "",
        answer.outcome.value if answer else "",
        answer.says if answer else "",
    )


def _row(client: str, ref: str) -> books.Dispute:
    rows = books.Dispute.objects.current().select_related("client", "contact", "vendor")
    return get_object_or_404(rows, client__code=client, ref=ref)


@area("disputes")
@require_safe
def dispute(request: HttpRequest, client: str, ref: str) -> HttpResponse:
    """One dispute: who says what, until when it is answered, and the answer."""
    return render(request, "web/disputes/dispute.html", _page(_row(client, ref)))


def _page(row: books.Dispute) -> dict[str, object]:
    now = timezone.now()
    chain = books.Dispute.objects.of_client(row.client).chain(row.ref)
    terms = disputes.terms_of(row)
    return {
        "client_code": row.client.code,
        "one": shown(row, now),
        "history": [(minute(r.recorded_at, row.client.zone), r) for r in chain],
        "answered": minute(row.answered_at, row.client.zone) if row.answered_at else "",
        "answers": [
            (value, says) for value, says in ANSWERS.items() if value != _TIE or terms.ends_a_tie
        ],
        "terms": terms,
        "creditable": row.subject == DisputeSubject.LINE,
    }


@area("disputes")
@require_POST
def answer(request: HttpRequest, client: str, ref: str) -> HttpResponse:
    """Show what the answer comes to; with `confirmed`, give it at the price that was shown."""
    row = _row(client, ref)
    posted = request.POST
    try:
        if posted.get("outcome") == _WITHDRAW:
            return _withdraw(request, row)
        given = _given(request, row)
        actor, at = actor_of(request), timezone.now()
        if "confirmed" in posted:
            disputes.answer(row, given, _minor(request), actor=actor, at=at)
            messages.info(request, "The answer stands, and who raised the dispute is told.")
            return redirect("web:dispute", client, ref)
        difference = disputes.foreseen(row, given, actor=actor, at=at)
    except _REFUSALS as refused:
        context = _page(row) | {"problem": sentence(refused), "typed": posted}
        return render(request, "web/disputes/dispute.html", context, status=422)
    context = _page(row) | {
        "difference": difference,
        "says": ANSWERS[posted["outcome"]],
        "typed": posted,
    }
    return render(request, "web/disputes/answer.html", context)


def _withdraw(request: HttpRequest, row: books.Dispute) -> HttpResponse:
    by = row.to_core().person
    says = request.POST.get("says", "")
    disputes.withdraw(row, says, by=by, actor=actor_of(request), at=timezone.now())
    messages.info(request, f"{by} takes it back. What it held is due again.")
    return redirect("web:dispute", row.client.code, row.ref)


def _given(request: HttpRequest, row: books.Dispute) -> Given:
    wanted = request.POST.get("outcome", "")
    if wanted not in ANSWERS:
        message = "Choose one of the answers."
        raise DisputeRefused(message)
    says = request.POST.get("says", "")
    if not says.strip():
        message = "Write why; whoever raised it reads the reason."
        raise DisputeRefused(message)
    if wanted == _TIE:
        return Given(None, says)
    credit = request.POST.get("credit", "").strip()
    amount = _money(credit, row.client.currency) if credit else None
    return Given(DisputeOutcome(wanted), says, amount)


def _money(text: str, currency: str) -> Money:
    try:
        return Money.of(text, currency)
    except (ValueError, ArithmeticError) as wrong:
        message = f"{text[:30]} is no amount in {currency}; write one as 150.00."
        raise DisputeRefused(message) from wrong


def _minor(request: HttpRequest) -> int:
    text = request.POST.get("difference", "")
    if not text.lstrip("-").isdecimal() or len(text) > 18:  # noqa: PLR2004 - more than any amount has
        message = "the price that was shown is missing; look at it again and confirm"
        raise PriceChanged(message)
    return int(text)


@area("disputes")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Open a dispute for whoever called or wrote; the form names what it is about."""
    given = request.POST if request.method == "POST" else request.GET
    client = get_object_or_404(books.Client, code=given.get("client", ""))
    subject = next((s for s in DisputeSubject if s.value == given.get("subject")), None)
    if subject is None:
        return redirect("web:disputes")
    problem = ""
    if request.method == "POST":
        try:
            row = _open(request, client, subject)
        except (DisputeRefused, NotAllowed) as refused:
            problem = sentence(refused)
        else:
            messages.info(request, f"{row.ref} is open. Who raised it has it in writing.")
            return redirect("web:dispute", client.code, row.ref)
    context = {
        "client": client,
        "client_code": client.code,
        "subject": subject.value,
        "about": WORDS[subject.value],
        "ref": given.get("ref", ""),
        "contacts": client.contacts.order_by("name"),
        "vendors": books.Vendor.objects.order_by("name"),
        "problem": problem,
        "typed": given,
    }
    return render(request, "web/disputes/new.html", context, status=422 if problem else 200)


def _open(request: HttpRequest, client: books.Client, subject: DisputeSubject) -> books.Dispute:
    posted, at = request.POST, timezone.now()
    kind, _, code = posted.get("by", "").partition(":")
    if kind == "vendor":
        vendor = get_object_or_404(books.Vendor, code=code)
        by = vendor_named(vendor, posted.get("person", ""), posted.get("reply_to", ""))
    else:
        by = client_speaker(get_object_or_404(client.contacts, code=code), at)
    raised = Raised(
        subject,
        posted.get("ref", ""),
        posted.get("says", ""),
        by,
        posted.get("message", "").strip(),
    )
    return disputes.open_dispute(raised, client=client, actor=actor_of(request), at=at)
