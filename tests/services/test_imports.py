"""Bringing in what other programs know: rehearsed, row by row, twice without harm, and taken back."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from groundrules.cli.main import main
from groundrules.core.ids import TechnicianId
from groundrules.core.parties import Technician
from groundrules.records import models as books
from groundrules.records.models import AuditEntry, ImportBatch, Role
from groundrules.services.actor import Actor, NotAllowed
from groundrules.services.cards import keep_technician
from groundrules.services.imports.mapping import (
    Mapped,
    MappingRefused,
    RowRefused,
    length_in,
    read_mapping_file,
)
from groundrules.services.imports.running import ImportCame, ImportRefused, Source, bring_in
from groundrules.services.imports.undoing import NothingToUndo, undo
from groundrules.services.shelf import short_digest
from tests.web import harbor_books

AT = datetime(2007, 3, 1, 12, 0, tzinfo=UTC)
KIM = harbor_books.KIM
USUAL = Mapped(zone="America/Los_Angeles", currency="USD")
CLIENTS = b"Company Name,Time Zone,E-mail\nHarbor View Dental,,pat@harbor.example\nQuay Foods,Europe/Berlin,\n"
SERVERS = (
    b"Client Name,Device Hostname,Device Type,OS\n"
    b"Harbor View Dental,HD-SQL01,Server,Windows Server 2003\n"
    b"quay foods,QF-1,Server,Debian 12\n"
)
WITH_INSTANTS = (
    b"Company,Autotask Ticket Number,Resource Name,Start Date/Time,End Date/Time,Summary Notes\n"
    b"HARBOR,T20070220.0012,K,02/20/2007 10:00 AM,02/20/2007 10:45 AM,Looked at the index\n"
)
WITH_DAY = (
    b"Company,Member,Date,Start Time,End Time,Ticket #,Work Role\n"
    b"HARBOR,K,2007-02-10,22:30,01:15,4711,Engineer\n"
)
ITFLOW = b"""
CREATE TABLE `clients` (
  `client_id` int(11),
  `client_name` varchar(200),
  `client_currency_code` varchar(200),
  `client_archived_at` datetime
);
INSERT INTO `clients` VALUES (4,'Harbor View Dental','USD',NULL),(5,'Gone Ltd','USD','2006-01-01 00:00:00');
CREATE TABLE `contacts` (
  `contact_id` int(11),
  `contact_name` varchar(200),
  `contact_title` varchar(200),
  `contact_email` varchar(200),
  `contact_client_id` int(11)
);
INSERT INTO `contacts` VALUES (1,'Pat Park','Office manager','pat@harbor.example',4);
CREATE TABLE `locations` (
  `location_id` int(11),
  `location_name` varchar(200),
  `location_description` text,
  `location_address` varchar(200),
  `location_city` varchar(200),
  `location_state` varchar(200),
  `location_zip` varchar(200),
  `location_country` varchar(200),
  `location_phone_country_code` varchar(10),
  `location_phone` varchar(200),
  `location_phone_extension` varchar(10),
  `location_fax` varchar(200),
  `location_hours` text,
  `location_primary` tinyint(1),
  `location_notes` text,
  `location_archived_at` datetime,
  `location_contact_id` int(11),
  `location_client_id` int(11)
);
INSERT INTO `locations` VALUES
(1,'Quay Street','Head office','12 Quay Street','Harbor','CA','90731','USA',
'1','555 0100','7','555 0199','8 to 17',1,'Ring twice',NULL,1,4),
(2,'Store',NULL,'1 Hill Road',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,0,4),
(3,'Store',NULL,'2 Hill Road',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,0,4),
(4,'Old barn',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,'2006-01-01 00:00:00',0,4);
CREATE TABLE `vendors` (
  `vendor_id` int(11),
  `vendor_name` varchar(200)
);
INSERT INTO `vendors` VALUES (1,'Rogue Dental Software');
CREATE TABLE `assets` (
  `asset_id` int(11),
  `asset_type` varchar(200),
  `asset_name` varchar(200),
  `asset_os` varchar(200),
  `asset_location_id` int(11),
  `asset_client_id` int(11)
);
INSERT INTO `assets` VALUES (9,'Server','HD-SQL01','Windows Server 2003',3,4);
CREATE TABLE `users` (
  `user_id` int(11),
  `user_name` varchar(200)
);
INSERT INTO `users` VALUES (2,'Alex');
CREATE TABLE `tickets` (
  `ticket_id` int(11),
  `ticket_prefix` varchar(200),
  `ticket_number` int(11),
  `ticket_subject` varchar(500),
  `ticket_client_id` int(11),
  `ticket_asset_id` int(11)
);
INSERT INTO `tickets` VALUES (7,'TCK-',12,'Database is slow',4,9);
CREATE TABLE `ticket_replies` (
  `ticket_reply_id` int(11),
  `ticket_reply_time_worked` time,
  `ticket_reply_created_at` datetime,
  `ticket_reply_by` int(11),
  `ticket_reply_ticket_id` int(11)
);
INSERT INTO `ticket_replies` VALUES (31,'00:45:00','2007-02-20 10:45:00',2,7),(32,'00:00:00','2007-02-20 11:00:00',2,7);
"""

pytestmark = pytest.mark.django_db


def bring(kind: str, raw: bytes, mapping: Mapped = USUAL, *, keep: bool = True) -> ImportCame:
    """The owner brings a file in."""
    return bring_in(Source(kind, f"{kind}.csv", raw, mapping), keep=keep, actor=KIM, at=AT)


class TestCards:
    def test_are_added_by_usual_headings_and_twice_do_no_harm(self) -> None:
        """Columns are found by what other programs call them; the same file again adds nothing."""
        first = [bring("clients", CLIENTS), bring("assets", SERVERS)]
        again = [bring("clients", CLIENTS), bring("assets", SERVERS)]

        assert [one.counts for one in first] == [{"add": 2}, {"add": 2}]
        assert [one.counts for one in again] == [{"same": 2}, {"same": 2}]
        quay = books.Client.objects.get(name="Quay Foods")
        assert (quay.code, quay.zone, quay.currency) == ("QUAY-FOODS", "Europe/Berlin", "USD")
        assert quay.assets.get().operating_system == "Debian 12"

    def test_are_rehearsed_without_a_trace(self) -> None:
        """A dry run says what would come, and not even the audit book remembers it."""
        before = AuditEntry.objects.count()

        came = bring("clients", CLIENTS, keep=False)

        assert (came.counts, came.batch) == ({"add": 2}, None)
        assert books.Client.objects.count() == 0
        assert AuditEntry.objects.count() == before

    def test_are_kept_whole_or_not_at_all(self) -> None:
        """A row at fault keeps the others back, unless it is to be left out; each says its number and field."""
        wrong = CLIENTS + b"Third,Mars/Olympus,\n,,\nFourth,UTC,no address\n"

        refused = bring("clients", wrong)
        kept = bring_in(
            Source("clients", "c", wrong, USUAL), keep=True, without_errors=True, actor=KIM, at=AT
        )

        faults = [(row.number, row.says) for row in refused.rows if row.action == "error"]
        assert refused.batch is None
        assert [number for number, _ in faults] == [4, 6]
        assert "Mars/Olympus is no time zone" in faults[0][1]
        assert "no address" in faults[1][1]
        assert kept.counts == {"add": 2, "error": 2}
        assert books.Client.objects.count() == 2

    def test_leave_alone_what_says_otherwise(self) -> None:
        """Nothing that was decided here is changed by somebody else's export."""
        bring("clients", CLIENTS)
        bring("contacts", b"Company,Contact,E-mail\nQuay Foods,Pat,pat@quay.example\n")
        pat = books.Contact.objects.get()
        books.Contact.objects.filter(pk=pat.pk).update(authorities=["approve_work"])

        came = bring("contacts", b"Company,Contact,E-mail\nQuay Foods,Pat,mallory@evil.example\n")

        pat.refresh_from_db()
        assert came.counts == {"left": 1}
        assert "another email, and was left" in came.rows[0].says
        assert (pat.email, pat.authorities) == ("pat@quay.example", ["approve_work"])

    def test_name_nobody_where_more_than_one_is_called_so(self) -> None:
        """A row that could mean any of several is refused, and no card of theirs counts as added by it."""
        bring("vendors", b"Vendor,Code\nQuay Software,QUAY-A\nquay software,QUAY-B\n")

        fresh = bring("vendors", b"Vendor\nQUAY SOFTWARE\n")
        twin = f"Vendor,Code\nQuay Software,QUAY-SOFTWARE-{short_digest('QUAY SOFTWARE')[:4]}\n"
        bring("vendors", twin.encode())
        again = bring("vendors", b"Vendor\nQUAY SOFTWARE\n")

        assert fresh.rows[0].says == "QUAY-SOFTWARE QUAY SOFTWARE"
        assert again.rows[0].action == "error"
        assert "say which by its code" in again.rows[0].says
        assert books.Vendor.objects.count() == 4

    def test_go_again_as_far_as_nothing_rests_on_them(self) -> None:
        """Undoing takes away what the import added; what is used or was changed since stays, and says why."""
        clients, assets = bring("clients", CLIENTS), bring("assets", SERVERS)
        books.Asset.objects.filter(code="QF-1").update(name="QF-ONE")
        assert clients.batch is not None
        assert assets.batch is not None

        held = undo(clients.batch, actor=KIM, at=AT)
        some = undo(assets.batch, actor=KIM, at=AT)

        assert (held.gone, len(held.stay)) == (0, 2)
        assert "by the audit book for good" in held.stay[0]
        assert (some.gone, some.stay) == (1, ("QF-1 was changed since",))
        verbs = AuditEntry.objects.filter(verb="imports.undo", subject__startswith="asset:")
        assert verbs.get().details["before"]["name"] == "HD-SQL01"

    @pytest.mark.parametrize("role", [role for role in Role.values if role != "owner"])
    def test_are_brought_in_by_owners(self, role: str) -> None:
        """Nobody else names people and charges time by the file."""
        somebody = Actor("x@y.example", Role(role))

        with pytest.raises(NotAllowed):
            bring_in(Source("clients", "c", CLIENTS, USUAL), keep=True, actor=somebody, at=AT)
        with pytest.raises(NotAllowed):
            undo(1, actor=somebody, at=AT)


class TestBooks:
    TIME = (
        b"Company,Time Entry ID,Member,Start,Actual Hours,Ticket,Server,Notes\n"
        b"HARBOR,77,alex,2007-02-20 10:00,0.75,TCK-12,SRV1,Looked at the index\n"
    )

    def test_take_time_once_and_decide_it(self) -> None:
        """Time of another program's ticket is decided by the agreement as if it were typed here."""
        harbor_books.take_over("12-the-way-back.yaml")
        mapping = Mapped(values={"technician": {"alex": "K"}})

        first, again = bring("time", self.TIME, mapping), bring("time", self.TIME, mapping)

        entry = books.TimeEntry.objects.get(ref="EXT-77")
        assert (first.counts, again.counts) == ({"add": 1}, {"same": 1})
        assert (entry.started_at, entry.issue) == (
            datetime(2007, 2, 20, 18, 0, tzinfo=UTC),
            "TCK-12",
        )
        assert (entry.ended_at - entry.started_at).seconds == 45 * 60
        assert books.Decision.objects.filter(ref="EXT-77").exists()
        with pytest.raises(NothingToUndo, match="never taken back"):
            undo(first.batch or 0, actor=KIM, at=AT)

    @pytest.mark.parametrize(
        ("raw", "more", "span"),
        [
            (
                WITH_INSTANTS,
                {"instants": "%m/%d/%Y %I:%M %p"},
                ("2007-02-20T18:00", "2007-02-20T18:45"),
            ),
            (
                WITH_DAY,
                {},
                ("2007-02-11T06:30", "2007-02-11T09:15"),
            ),
            (
                b"Company,Member,Date,Hours,Ticket #,Time RecId\nHARBOR,K,2007-02-20,0.5,4711,99\n",
                {"constants": {"started_at": "09:00"}},
                ("2007-02-20T17:00", "2007-02-20T17:30"),
            ),
        ],
    )
    def test_take_time_as_ticket_systems_export_it(
        self, raw: bytes, more: dict[str, Any], span: tuple[str, str]
    ) -> None:
        """Day and times of it in columns apart, over midnight too; without a number of its own, and twice the same."""
        harbor_books.take_over("12-the-way-back.yaml")
        mapping = replace(USUAL, **more)

        first, again = bring("time", raw, mapping), bring("time", raw, mapping)

        entry = books.TimeEntry.objects.get(ref__startswith="EXT-")
        assert (first.counts, again.counts) == ({"add": 1}, {"same": 1})
        said = tuple(f"{one:%Y-%m-%dT%H:%M}" for one in (entry.started_at, entry.ended_at))
        assert said == span

    @pytest.mark.parametrize(
        ("day", "more", "says"),
        [
            (b"2007-02-20", {"columns": {"started_at": "Date"}}, "says no time of day"),
            (
                b"02/20/2007",
                {"columns": {"started_at": "Date"}, "instants": "%m/%d/%Y"},
                "says no time of day",
            ),
            (b"2007-02-20", {"constants": {"started_at": "09:00"}}, "id is empty"),
        ],
    )
    def test_take_no_time_without_an_hour(
        self, day: bytes, more: dict[str, Any], says: str
    ) -> None:
        """A day alone would begin at midnight, after hours; entries of one hour for all need a number each."""
        harbor_books.take_over("12-the-way-back.yaml")
        raw = b"Company,Member,Date,Hours,Ticket #\nHARBOR,K," + day + b",0.5,4711\n"

        came = bring("time", raw, replace(USUAL, **more), keep=False)

        assert came.counts == {"error": 1}
        assert says in came.rows[0].says

    def test_take_patches_as_our_own_runs(self) -> None:
        """What our RMM installed is a suspect of ours; a day alone is that whole local day."""
        harbor_books.take_over("12-the-way-back.yaml")
        raw = b"Client Name,Hostname,KB Number,Install Date\nHARBOR,SRV1,KB928366,2007-02-13\n"
        mapping = Mapped(columns={"client": "Client Name"})

        first, again = bring("patches", raw, mapping), bring("patches", raw, mapping)

        run = books.OwnRun.objects.get(kind="patch", ref__startswith="EXT-")
        assert (first.counts, again.counts) == ({"add": 1}, {"same": 1})
        assert run.started_at == datetime(2007, 2, 13, 8, 0, tzinfo=UTC)
        assert run.ended_at == datetime(2007, 2, 14, 8, 0, tzinfo=UTC)
        assert "KB928366" in run.to_core().says

    def test_take_a_day_that_is_written_otherwise_as_a_day(self) -> None:
        """A monitoring program's site is the client, and 02/13/2007 is that whole local day, too."""
        harbor_books.take_over("12-the-way-back.yaml")
        raw = b"Site,Device,KB Number,Install Date\nHARBOR,SRV1,KB928366,02/13/2007\n"

        came = bring("patches", raw, Mapped(instants="%m/%d/%Y"))

        run = books.OwnRun.objects.get(kind="patch", ref__startswith="EXT-")
        assert came.counts == {"add": 1}
        assert run.ended_at == run.started_at + timedelta(days=1)


class TestItflow:
    def test_comes_as_a_whole(self) -> None:
        """Clients, people, vendors, servers, and time on replies; what was archived stays behind."""
        keep_technician(Technician(TechnicianId("A"), "Alex"), actor=KIM, at=AT)

        came = bring("itflow", ITFLOW)

        assert came.counts == {"add": 8}
        harbor = books.Client.objects.get()
        entry = books.TimeEntry.objects.get()
        assert (harbor.contacts.get().name, harbor.contacts.get().authorities) == ("Pat Park", [])
        assert books.Vendor.objects.get().name == "Rogue Dental Software"
        assert (entry.ref, entry.issue) == ("EXT-ITF-31", "TCK-12 Database is slow")
        assert entry.started_at == datetime(2007, 2, 20, 18, 0, tzinfo=UTC)
        assert entry.asset == harbor.assets.get()

    def test_brings_every_location_and_who_stands_there(self) -> None:
        """Two of one name are told apart by number; the main one's address is the client's; archived ones stay."""
        keep_technician(Technician(TechnicianId("A"), "Alex"), actor=KIM, at=AT)

        bring("itflow", ITFLOW)

        harbor = books.Client.objects.get()
        main = harbor.sites.get(code="QUAY-STREET")
        assert main.address == "12 Quay Street\nHarbor, CA 90731\nUSA"
        assert main.contact == harbor.contacts.get()
        assert (main.phone, main.opening_hours) == ("+1 555 0100 ext. 7", "8 to 17")
        assert main.notes == "Head office · Ring twice · Fax: 555 0199"
        assert harbor.address == "12 Quay Street, Harbor, CA, 90731, USA"
        assert set(harbor.sites.values_list("code", flat=True)) == {"QUAY-STREET", "ITF-2", "ITF-3"}
        assert harbor.assets.get().site == harbor.sites.get(address="2 Hill Road")

    def test_says_what_a_zone_is_for(self) -> None:
        """A dump's instants have no zone; without one said, time is at fault and the rest is shown."""
        came = bring(
            "itflow", ITFLOW, Mapped(currency="USD", constants={"zone": "UTC"}), keep=False
        )

        assert came.counts == {"add": 7, "error": 1}
        assert "have no zone" in came.rows[-1].says


class TestMapping:
    @pytest.mark.parametrize(
        ("raw", "says"),
        [
            (b"=", "not TOML"),
            (b"colour = 'x'", "says colour"),
            (b"zone = 7", "in quotation marks"),
            (b"[columns]\nclient = 7", "tables of texts"),
            (b"values = 7", "tables of texts"),
        ],
    )
    def test_refuses_what_it_does_not_know(self, raw: bytes, says: str) -> None:
        """A misspelt key must not become a default."""
        with pytest.raises(MappingRefused, match=says):
            read_mapping_file(raw)

    @pytest.mark.parametrize(
        ("mapping", "says"),
        [
            (Mapped(), "no column is known for name"),
            (Mapped(columns={"name": "Firm"}), "the file has no column Firm"),
            (Mapped(columns={"fax": "Fax"}), "clients have no field fax"),
        ],
    )
    def test_says_what_is_missing(self, mapping: Mapped, says: str) -> None:
        """The refusal names the file's columns, to choose from."""
        with pytest.raises(ImportRefused, match=says):
            bring("clients", b"Fax,Colour\n1,2\n", mapping)

    @pytest.mark.parametrize(
        ("text", "minutes"),
        [("1.25", 75), ("1,25", 75), ("1:15", 75), ("00:45:00", 45), ("0.1", 6)],
    )
    def test_reads_lengths_as_programs_write_them(self, text: str, minutes: int) -> None:
        """Decimal hours, also with a comma, and hours with minutes."""
        assert length_in(text).total_seconds() == minutes * 60

    @pytest.mark.parametrize(
        "text", ["", "x", "-1", "0", "24:01", "NaN", "Infinity", "1e400", "9" * 400]
    )
    def test_refuses_lengths_that_are_none(self, text: str) -> None:
        """Nothing, more than a day, and numbers that are none."""
        with pytest.raises(RowRefused):
            length_in(text)


class TestCommand:
    def test_rehearses_keeps_lists_and_takes_back(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """The whole way at the terminal, with the rows at fault in a file that can be mended and read again."""
        harbor_books.people(AT)
        file, faults, mapping = (tmp_path / name for name in ("c.csv", "faults.csv", "map.toml"))
        file.write_bytes(b"Vendor,E-mail\nRogue,ray@rogue.example\n=2+5,no address\n")
        mapping.write_text('zone = "America/Los_Angeles"\ncurrency = "USD"\n')
        words = ["imports", "run", str(file), "--kind", "vendors", "--map", str(mapping)]

        dry = main([*words, "--dry-run", "--errors", str(faults)])
        said = capsys.readouterr().out
        refused = main(words)
        kept = main([*words, "--without-errors", "--json"])
        capsys.readouterr()
        main(["imports", "list", "--json"])
        (told,) = json.loads(capsys.readouterr().out)
        back = main(["imports", "undo", str(told["import"])])

        assert (dry, refused, kept, back) == (7, 8, 7, 0)
        assert "A rehearsal: nothing was kept." in said
        with faults.open(newline="") as handle:
            (row,) = csv.DictReader(handle)
        assert row["Vendor"] == "'=2+5"
        assert "is no address" in row["what is at fault"]
        assert books.Vendor.objects.count() == 0
        assert ImportBatch.objects.get().undone_by == "kim@greenway.example"
