"""Mails about access, with the calendar file where a time is agreed."""

from __future__ import annotations

from django.conf import settings

from groundrules.core.calendars import span_label
from groundrules.core.vendors import AccessWindow as CoreWindow
from groundrules.core.vendors.gate import window_end
from groundrules.gateways.mail import Attachment
from groundrules.records.models import (
    AccessRequest,
    AccessWindow,
    Asset,
    Certificate,
    Gate,
    Provider,
)
from groundrules.renderers.icalendar import CalendarEvent, icalendar
from groundrules.services.outgoing import post, provider_address

NO_GATE = (
    "This server has no gate: Groundrules records who logs in and what changes, and alerts, but it neither opens nor "
    "blocks access there."
)
BY_ACTIONS = (
    "This Windows server opens and closes by itself: the account is enabled when the window begins and disabled "
    "when it ends, and sessions that are open then are ended. It is logged into as always."
)
_CALENDAR = "text/calendar"


def gate_words(asset: Asset) -> str:
    """This function will say what a person must know of how a server opens; empty where a certificate says it."""
    if Gate.objects.by_ssh().filter(asset=asset).exists():
        return ""
    return BY_ACTIONS if Gate.objects.filter(asset=asset).exists() else NO_GATE


def each_zone(window: CoreWindow, row: AccessWindow) -> str:
    """This function will write a window's time in the site's zone, in ours, and in the vendor's; each zone once."""
    return "\n".join(f"  {label}" for label in zones_of_window(window, row))


def zones_of_window(window: CoreWindow, row: AccessWindow) -> dict[str, str]:
    """This function will return each way to write a window's time, and whose it is: the site's, ours, the vendor's."""
    ours = Provider.objects.order_by("pk").values_list("zone", flat=True).first()
    theirs = row.vendor.zone if row.vendor else ""
    period, labels = window.period, dict[str, str]()
    for zone, whose in ((row.client.zone, ""), (ours, "ours"), (theirs, "vendor")):
        if zone:
            labels.setdefault(span_label(period.start, period.end, zone), whose)
    return labels


def calendar_file(row: AccessWindow, attendees: tuple[str, ...]) -> bytes:
    """This function will write a window's calendar file; each later state of the window replaces the one before."""
    core = row.to_core()
    end = window_end(core) or core.period.start
    gone = core.denied_at is not None or end <= core.period.start
    return icalendar(
        CalendarEvent(
            uid=f"{row.ref}.{row.client.code}@groundrules.invalid",
            sequence=AccessWindow.objects.of_client(row.client).chain(row.ref).count(),
            stamp=row.recorded_at,
            starts_at=core.period.start,
            ends_at=core.period.end or core.period.start if gone else end,
            summary=f"{row.vendor.name if row.vendor else 'Access'} on {row.asset.name} ({row.ref})",
            description=each_zone(core, row),
            organizer=provider_address(),
            attendees=attendees,
            cancelled=gone,
        )
    )


def login_words(certificate: Certificate) -> str:
    """This function will say how to log in with a certificate."""
    gate = certificate.gate
    port = f"-p {gate.port} " if gate.port != 22 else ""  # noqa: PLR2004 - the port everybody leaves out
    return (
        "Save the certificate beside your private key as id_ed25519-cert.pub (the name of your key, then -cert.pub), "
        f"and log in from {', '.join(certificate.networks)}:\n\n  ssh {port}{certificate.account}@{gate.address}"
    )


def tell_approved(
    row: AccessWindow, request: AccessRequest, certificate: Certificate | None, approver: str
) -> None:
    """This function will tell the vendor's person and the approver, each with the calendar file."""
    core, at = row.to_core(), row.recorded_at
    person = request.link
    file = calendar_file(row, (person.email, approver))
    attached = [Attachment(f"{row.ref}.ics", _CALENDAR, file)]
    says = NO_GATE
    if certificate is not None:
        key = certificate.text + "\n"
        attached.append(Attachment(f"{row.ref}-cert.pub", "text/plain", key.encode()))
        says = login_words(certificate)
    elif Gate.objects.by_actions().filter(asset=row.asset).exists():
        says = BY_ACTIONS
    elif Gate.objects.filter(asset=row.asset).exists():
        says = f"No certificate was issued; {approver} will send it."
    window = f"Window {row.ref} on {row.asset.name} at {row.client.name}"
    text = f"{window} is approved:\n\n{each_zone(core, row)}\n\n{says}"
    subject = f"Approved: {row.asset.name}, {row.ref}"
    post(row.ref, person.email, subject, text, at, tuple(attached))
    post(row.ref, approver, subject, text, at, tuple(attached[:1]))


def tell(row: AccessWindow, request: AccessRequest, what: str, more: str) -> None:
    """This function will tell the vendor's person what became of their window; with its calendar file if approved."""
    attached: tuple[Attachment, ...] = ()
    if row.to_core().approved_at is not None:
        file = calendar_file(row, (request.link.email,))
        attached = (Attachment(f"{row.ref}.ics", _CALENDAR, file),)
    text = (
        f"Window {row.ref} on {row.asset.name} at {row.client.name} {what}:\n\n{each_zone(row.to_core(), row)}\n\n"
        f"{more}"
    )
    subject = f"{row.ref} {what}"
    post(row.ref, request.link.email, subject, text, row.recorded_at, attached)


def staff_page(row: AccessWindow) -> str:
    """This function will return the address of the page a request is decided on."""
    return f"{settings.GROUNDRULES_PUBLIC_URL}/vendors/windows/{row.client.code}/{row.ref}/"
