"""What can be brought in: each kind with its fields, and the headings other programs usually give them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Field:
    """One field: what it means, whether a row needs it, and headings it is known by."""

    name: str
    says: str
    needed: bool = False
    headings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of row."""

    name: str
    says: str
    fields: tuple[Field, ...]

    def named(self, name: str) -> Field | None:
        """This function will return the field of a name, if there is one."""
        return next((one for one in self.fields if one.name == name), None)


_CLIENT = Field(
    "client",
    "whose it is: a client's code or name",
    needed=True,
    headings=(
        "company",
        "company name",
        "client name",
        "customer",
        "organization",
        "organisation",
        "organization name",
        "customer name",
        "account",
        "account name",
        "site name",
    ),
)
# A monitoring program's site is mostly a client; where a column says the client, a site is a site.
_CLIENT_OR_SITE = replace(_CLIENT, headings=(*_CLIENT.headings, "site"))
_SITE_HEADINGS = ("site", "site name", "location", "location name", "branch", "office")
_SERVER_HEADINGS = (
    *("server", "computer name", "device name", "hostname", "host name", "configuration"),
    *("configuration name", "agent name", "endpoint"),
    *("device", "display name", "system name", "device hostname"),
)
_ALL = (
    Kind(
        "clients",
        "companies you look after",
        (
            Field(
                "name",
                "what it is called",
                needed=True,
                headings=(
                    "company",
                    "company name",
                    "client",
                    "client name",
                    "customer",
                    "organization",
                ),
            ),
            Field(
                "code",
                "its short code; else made from the name",
                headings=("id", "client id", "company id"),
            ),
            Field(
                "zone", "its time zone, such as America/Chicago", headings=("time zone", "timezone")
            ),
            Field("currency", "three letters", headings=("currency code",)),
            Field("email", "where notices go", headings=("e-mail", "email address")),
            Field("address", "on documents", headings=("street", "address 1", "location")),
        ),
    ),
    Kind(
        "contacts",
        "people at clients; none is authorised to decide anything until you say so",
        (
            _CLIENT,
            Field(
                "name", "the person", needed=True, headings=("contact", "contact name", "full name")
            ),
            Field("code", "their short code; else made from the name", headings=("contact id",)),
            Field("email", "their address", headings=("e-mail", "email address", "primary email")),
            Field("role", "what they are", headings=("title", "job title", "position")),
        ),
    ),
    Kind(
        "sites",
        "places of clients, where servers stand",
        (
            _CLIENT,
            Field("name", "what it is called", needed=True, headings=_SITE_HEADINGS),
            Field(
                "code",
                "its short code; else made from the name",
                headings=("site id", "location id", "site code"),
            ),
            Field("address", "street and number, or all of it", headings=("street", "address 1")),
            Field("city", "added to the address", headings=("town",)),
            Field("state", "added to the address", headings=("region", "province", "county")),
            Field("postcode", "added to the address", headings=("zip", "zip code", "postal code")),
            Field("country", "added to the address"),
            Field(
                "zone",
                "its time zone, where it is not the client's",
                headings=("time zone", "timezone"),
            ),
            Field("opening_hours", "in words", headings=("hours", "business hours")),
            Field("closed_days", "in words", headings=("holidays",)),
            Field("phone", "its number", headings=("telephone", "phone number", "main phone")),
            Field(
                "contact",
                "whom to ask for: a contact's code or name",
                headings=("contact name", "primary contact", "site contact"),
            ),
            Field(
                "notes",
                "how to get in; no passwords",
                headings=("note", "description", "comments"),
            ),
        ),
    ),
    Kind(
        "assets",
        "servers and endpoints",
        (
            _CLIENT_OR_SITE,
            Field("name", "what it is called", needed=True, headings=_SERVER_HEADINGS),
            Field(
                "code",
                "its short code; else made from the name",
                headings=("asset id", "asset tag"),
            ),
            Field(
                "kind",
                "server, workstation ...",
                headings=("type", "asset type", "device type", "class"),
            ),
            Field(
                "operating_system",
                "as the other program writes it",
                headings=("operating system", "os", "os name", "os version"),
            ),
            Field(
                "site",
                "where it stands: a site's code or name; one we do not know is added",
                headings=_SITE_HEADINGS,
            ),
        ),
    ),
    Kind(
        "vendors",
        "third parties whose applications run on clients' servers",
        (
            Field(
                "name",
                "what it is called",
                needed=True,
                headings=("vendor", "vendor name", "supplier"),
            ),
            Field("code", "its short code; else made from the name", headings=("vendor id",)),
            Field("email", "their address", headings=("e-mail", "email address", "support email")),
        ),
    ),
    Kind(
        "time",
        "work that was done; decided and charged by the agreement at once, as if it were typed",
        (
            _CLIENT,
            Field(
                "id",
                "its number in the other program, the same again is the same entry; else made of who, when, what",
                headings=("time entry id", "entry id", "time id", "timesheet id", "time recid"),
            ),
            Field(
                "technician",
                "a technician's code or name",
                needed=True,
                headings=(
                    *("member", "member name", "resource", "resource name", "agent"),
                    *("user", "worked by", "tech"),
                ),
            ),
            Field(
                "day",
                "the day, where start and end are times of day alone",
                headings=("date", "date worked", "worked date", "work date", "entry date"),
            ),
            Field(
                "started_at",
                "when it began; a time alone is one of day",
                needed=True,
                headings=("start", "start time", "started", "time start", "start date/time"),
            ),
            Field(
                "ended_at",
                "when it ended; or say how long",
                headings=("end", "end time", "ended", "time end", "end date/time"),
            ),
            Field(
                "hours",
                "how long, such as 1.25 or 1:15; instead of an end",
                headings=(
                    *("actual hours", "hours worked", "duration", "time worked", "time taken"),
                    "quantity",
                ),
            ),
            Field(
                "issue",
                "what it was about: the ticket's number or title",
                needed=True,
                headings=(
                    "ticket",
                    "ticket number",
                    "ticket #",
                    "autotask ticket number",
                    "ticket id",
                    "ticket summary",
                    "summary",
                    "subject",
                ),
            ),
            Field("asset", "the server's code or name", headings=_SERVER_HEADINGS),
            Field(
                "work_type",
                "maintenance, remediation, project ...",
                headings=("work type", "work type name", "type"),
            ),
            Field(
                "note",
                "what was done",
                headings=("notes", "summary notes", "description", "internal notes"),
            ),
        ),
    ),
    Kind(
        "patches",
        "patches another program of yours installed: our own runs, suspects like any other",
        (
            _CLIENT_OR_SITE,
            Field("asset", "the server's code or name", needed=True, headings=_SERVER_HEADINGS),
            Field(
                "title",
                "the patch, such as KB5034441",
                needed=True,
                headings=("patch", "patch name", "kb", "kb number", "update", "software"),
            ),
            Field(
                "installed_at",
                "when it was installed",
                needed=True,
                headings=(
                    "installed",
                    "install date",
                    "installed on",
                    "date installed",
                    "installation date",
                ),
            ),
            Field("tool", "the program that did it", headings=("source", "installed by")),
        ),
    ),
)
KINDS: Mapping[str, Kind] = MappingProxyType({kind.name: kind for kind in _ALL})
