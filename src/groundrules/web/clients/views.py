"""The client list, one client, and one agreement version as the sentences people sign."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from groundrules.core.lifecycle.shown import ShownState
from groundrules.core.parties import Authority
from groundrules.records.agreements import Agreement, AgreementVersion
from groundrules.records.conversations import Message
from groundrules.records.invoices import Issued
from groundrules.records.letters import Letter, LetterDraft
from groundrules.records.parties import Asset, Client, Contact
from groundrules.records.portal import Delegation
from groundrules.records.users import Role
from groundrules.services.actor import NotAllowed, require
from groundrules.services.coverage_states import states_at
from groundrules.services.door import AREAS, NotToBeInvited, end_delegation, invite
from groundrules.services.notice_address import AddressRefused, change_notice_address
from groundrules.web.access import actor_of, area, may_open
from groundrules.web.clients.tables import CLIENTS
from groundrules.web.tables.kit import respond
from groundrules.web.times import minute
from groundrules.web.words import sentence

_AUTHORITY_WORDS = {
    Authority.REQUEST_AFTER_HOURS: "ask for work after hours",
    Authority.RATIFY: "ratify a request",
    Authority.RECEIVE_NOTICE: "receive notices",
    Authority.SIGN: "sign",
    Authority.COMMIT: "commit the client",
    Authority.APPROVE_ACCESS: "approve access",
}
_LATEST = 20
_SERVERS = 50


@dataclass(frozen=True, slots=True)
class ServerRow:
    """A server of the client with its state now."""

    asset: Asset
    state: ShownState | None
    since: str


@dataclass(frozen=True, slots=True)
class ContactRow:
    """A person and what they may do, in words."""

    contact: Contact
    may: str


@area("clients")
def clients(request: HttpRequest) -> HttpResponseBase:
    """Every client."""
    rows = Client.objects.annotate(servers=Count("assets"))
    return respond(request, CLIENTS, rows, "web/clients/list.html")


def _servers(client: Client, asked: str) -> tuple[Page[Asset], list[ServerRow]]:
    """A page of the client's servers by name, and each with its state now."""
    assets = client.assets.select_related("client").order_by("name", "pk")
    page: Page[Asset] = Paginator(assets, _SERVERS).get_page(asked)
    states = states_at(page.object_list, timezone.now())
    rows = []
    for asset in page.object_list:
        state = states.get(asset.pk)
        rows.append(ServerRow(asset, state, minute(state.since, client.zone) if state else ""))
    return page, rows


def _contacts(client: Client) -> list[ContactRow]:
    rows = []
    for contact in client.contacts.order_by("name"):
        words = [_AUTHORITY_WORDS[a] for a in Authority if a.value in contact.authorities]
        rows.append(ContactRow(contact, ", ".join(words) or "do nothing on the client's behalf"))
    return rows


def _delegations(client: Client) -> list[tuple[Delegation, bool, str]]:
    """Whom the client let in, whether they still are, and until when."""
    at = timezone.now()
    rows = client.delegations.select_related("delegate", "granted_by").order_by("-ends_at", "-pk")
    return [(held, held.holds_at(at), minute(held.ends_at, client.zone)) for held in rows]


@area("clients")
@require_POST
def let_in(request: HttpRequest, code: str) -> HttpResponse:
    """Mail a contact their link to the client's door, or end a delegation."""
    row = get_object_or_404(Client, code=code)
    at, actor = timezone.now(), actor_of(request)
    try:
        if "end" in request.POST:
            held = get_object_or_404(row.delegations, pk=_number(request.POST["end"]))
            require(actor, Role.TECHNICIAN)
            end_delegation(held, actor, at)
            messages.info(request, f"{held.delegate.name} is let in no longer.")
        else:
            contact = get_object_or_404(row.contacts, code=request.POST.get("contact", ""))
            invite(contact, tuple(request.POST.getlist("areas")), actor=actor, at=at)
            messages.info(request, f"A personal link was mailed to {contact.email}.")
    except (NotAllowed, NotToBeInvited) as refused:
        messages.error(request, str(refused))
    return redirect("web:client", code)


@area("letters")
@require_POST
def notice_address(request: HttpRequest, code: str) -> HttpResponse:
    """Send notices to another address from now on."""
    row = get_object_or_404(Client, code=code)
    said = request.POST
    try:
        changed = change_notice_address(
            row,
            said.get("address", ""),
            said.get("reason", ""),
            actor=actor_of(request),
            at=timezone.now(),
        )
        messages.info(request, f"Notices go to {changed.notice_email} from now on.")
    except (AddressRefused, NotAllowed) as refused:
        messages.error(request, f"Nothing was changed. {sentence(refused)}")
    return redirect("web:client", code)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else 0


@area("clients")
def client(request: HttpRequest, code: str) -> HttpResponse:
    """One client: servers, sites, people, agreement versions, letters, invoices, conversations."""
    row = get_object_or_404(Client, code=code)
    agreements = Agreement.objects.filter(client=row).prefetch_related("versions").order_by("code")
    page, servers = _servers(row, request.GET.get("servers", ""))
    said = Message.objects.current().filter(client=row).order_by("-sent_at")[:_LATEST]
    context = {
        "client": row,
        "servers": servers,
        "page": page,
        "contacts": _contacts(row),
        "sites": [
            (one, ", ".join(one.address.splitlines()))
            for one in row.sites.annotate(servers=Count("assets")).order_by("name", "pk")
        ],
        "delegations": _delegations(row),
        "door_areas": AREAS.items(),
        "agreements": [
            (
                a,
                [
                    (minute(v.in_force_from, row.zone), v)
                    for v in sorted(a.versions.all(), key=lambda v: v.version)
                ],
            )
            for a in agreements
        ],
        "drafts": LetterDraft.objects.filter(client=row)
        .exclude(state=LetterDraft.SENT)
        .order_by("-drafted_at"),
        "letters": Letter.objects.filter(client=row).order_by("-sent_at")[:_LATEST],
        "documents": Issued.objects.filter(client=row).order_by("-issued_at")[:_LATEST]
        if may_open(request, "invoices")
        else (),
        "conversations": [(minute(m.sent_at, row.zone), m) for m in said]
        if may_open(request, "letters")
        else (),
        "may_letters": may_open(request, "letters"),
        "may_invoices": may_open(request, "invoices"),
        "may_servers": may_open(request, "servers"),
    }
    return render(request, "web/clients/client.html", context)


@area("clients")
def agreement_version(
    request: HttpRequest, code: str, agreement: str, version: int
) -> HttpResponse:
    """One version of an agreement: its clauses as sentences, their legal text, and its digest."""
    row = get_object_or_404(
        AgreementVersion.objects.select_related("agreement__client"),
        agreement__client__code=code,
        agreement__code=agreement,
        version=version,
    )
    client_row = row.agreement.client
    context = {
        "version": row,
        "client": client_row,
        "core": row.to_core(),
        "assets": sorted(row.to_core().assets),
        "sentences": [line for line in row.sentences.splitlines() if line.strip()],
        "from": minute(row.in_force_from, client_row.zone),
        "until": minute(row.in_force_to, client_row.zone) if row.in_force_to else "",
        "signed": minute(row.signed_at, client_row.zone),
    }
    return render(request, "web/clients/agreement.html", context)
