"""Every kind of page of the demo, found as a reader finds it: by its address or through a link."""

from __future__ import annotations

from playwright.sync_api import Page

PAGES: dict[str, tuple[str, str]] = {
    "today": ("/", ""),
    "servers": ("/servers/", ""),
    "timeline": ("/servers/HARBOR/SRV1/?from=2007-02-21T18:00&to=2007-02-22T09:00", ""),
    "quiet night": ("/servers/HARBOR/SRV2/?from=2007-01-21T18:00&to=2007-01-22T09:00", ""),
    "coverage": ("/servers/HARBOR/SRV1/coverage/", ""),
    "health": ("/servers/HARBOR/SRV1/health/", ""),
    "changes": ("/servers/HARBOR/SRV1/changes/", ""),
    "change": ("/servers/HARBOR/SRV1/changes/", "a[href^='/changes/']"),
    "login": (
        "/servers/HARBOR/SRV1/?from=2007-02-21T18:00&to=2007-02-22T09:00",
        "td a[href^='/logins/']",
    ),
    "incident": ("/incidents/HARBOR/INC-2/", ""),
    "open an incident": ("/servers/HARBOR/SRV1/incident/", ""),
    "recovery": ("/incidents/HARBOR/INC-1/recovery/", ""),
    "our own work": ("/patches/", ""),
    "our shells": ("/shells/", ""),
    "our own windows": ("/patches/HARBOR/windows/", ""),
    "time": ("/time/?line=45m+SRV1+patching", ""),
    "time without network": ("/time/offline/", ""),
    "work": ("/work/", ""),
    "review": ("/work/review/", ""),
    "decision": ("/work/", "td a[href^='/work/']"),
    "clients": ("/clients/", ""),
    "new client": ("/clients/new/", ""),
    "client": ("/clients/HARBOR/", ""),
    "sites": ("/sites/", ""),
    "new site": ("/clients/HARBOR/new-site/", ""),
    "client's billing": ("/clients/HARBOR/billing/", ""),
    "our billing": ("/provider/billing/", ""),
    "agreement": ("/clients/HARBOR/agreements/MSA-HARBOR/1/", ""),
    "prices": ("/clients/HARBOR/agreements/MSA-HARBOR/prices/", ""),
    "vendors": ("/vendors/", ""),
    "vendor": ("/vendors/HARBOR/V1/", ""),
    "letters of agency": ("/vendors/HARBOR/V1/agency/", ""),
    "planned work": ("/vendors/HARBOR/V1/planning/", ""),
    "vendor register": ("/vendors/HARBOR/V1/register/", ""),
    "rules of engagement": ("/vendors/HARBOR/V1/rules/", ""),
    "letters": ("/letters/", ""),
    "conversations": ("/conversations/", ""),
    "message": ("/conversations/", "td a[href^='/conversations/']"),
    "log a call": ("/conversations/HARBOR/log/?server=SRV1", ""),
    "letter": ("/letters/", "td a[href^='/letters/']"),
    "letter texts": ("/letters/texts/", ""),
    "letter text": ("/letters/texts/suspension/de/", ""),
    "invoices": ("/invoices/", ""),
    "invoice": ("/invoices/INV-00002/", ""),
    "disputes": ("/disputes/", ""),
    "evidence": ("/evidence/", ""),
    "evidence tray": ("/tray/", ""),
    "raw evidence": ("/evidence/", "td a[href^='/evidence/']"),
    "month end": ("/month-end/", ""),
    "client report": ("/clients/HARBOR/report/?from=2007-02-01&to=2007-04-01", ""),
    "relationships": ("/profit/?from=2007-02&to=2007-04", ""),
    "relationship": ("/profit/HARBOR/?from=2007-02&to=2007-04&by=vendor", ""),
    "relationship work": ("/profit/HARBOR/work/?from=2007-02&to=2007-04", ""),
    "relationships by vendor": ("/profit-by/vendor/?from=2007-02&to=2007-04", ""),
    "assumptions": ("/profit/assumptions/", ""),
    "chain": ("/explain/INV-00002/", ""),
    "search": ("/search/?q=rogue", ""),
    "installation": ("/installation/", ""),
    "first steps": ("/installation/first-steps/", ""),
    "reports owed": ("/reports/owed/", ""),
    "our company": ("/installation/company/", ""),
    "tokens": ("/connect/tokens/", ""),
    "webhooks": ("/connect/webhooks/", ""),
    "calendars": ("/connect/calendars/", ""),
    "bring things in": ("/connect/imports/", ""),
    "how I sign in": ("/account/", ""),
    "people": ("/people/", ""),
    "roles": ("/people/roles/", ""),
    "audit book": ("/people/audit/", ""),
    "sign-in": ("/sign-in/", ""),
    "sign-in link": ("/sign-in/not-a-token/", ""),
}
_PAINTED = """
() => {
  const pictures = [...document.querySelectorAll(".document img")];
  for (const picture of pictures) { picture.loading = "eager"; }
  return pictures.length > 0 && pictures.every((one) => one.complete && one.naturalWidth > 0);
}
"""


def find(page: Page, name: str) -> str:
    """The address of a kind of page: its own, or what the first such link of a list opens."""
    address, link = PAGES[name]
    if not link:
        return address
    page.goto(address)
    return page.locator(link).first.get_attribute("href") or ""


def settle(page: Page) -> None:
    """Wait until a document's pages are there as pictures, also those further down; raises TimeoutError.

    A click returns before the page it leads to is there: what is waited for is waited for over pages.
    """
    page.wait_for_function(_PAINTED)
