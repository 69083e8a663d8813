"""The table of sites."""

from __future__ import annotations

from django.db.models import Q
from django.urls import reverse

from groundrules.records.sites import Site
from groundrules.web.tables.kit import Column, Filter, Table


def site_href(site: Site) -> str:
    """This function will return where a site's page is."""
    return reverse("web:site", args=[site.client.code, site.code])


SITES: Table[Site] = Table(
    name="sites",
    columns=(
        Column("site", "Site", lambda s: s.name, sort="name", link=site_href),
        Column(
            "client",
            "Client",
            lambda s: s.client.name,
            sort="client__name",
            link=lambda s: reverse("web:client", args=[s.client.code]),
        ),
        Column("address", "Address", lambda s: ", ".join(s.address.splitlines())),
        Column(
            "servers",
            "Servers",
            lambda s: str(getattr(s, "servers", "")),
            sort="servers",
            kind="number",
        ),
        Column("hours", "Open", lambda s: s.opening_hours, hidden=True),
        Column("phone", "Phone", lambda s: s.phone),
        Column("contact", "Ask for", lambda s: s.contact.name if s.contact else ""),
        Column("zone", "Time zone", lambda s: s.zone or s.client.zone, hidden=True),
        Column("closed", "Closed", lambda s: " ".join(s.closed_days.split()), hidden=True),
        Column("code", "Code", lambda s: s.code, sort="code", hidden=True),
    ),
    filters=(
        Filter(
            "name",
            "Site",
            lambda rows, text: rows.filter(
                Q(name__icontains=text) | Q(code__icontains=text) | Q(address__icontains=text)
            ),
        ),
        Filter("client", "Client", lambda rows, text: rows.filter(client__name__icontains=text)),
    ),
    order="name",
    empty="No site yet. Add one on its client's page, or bring them in from a file.",
)
