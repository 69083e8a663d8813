"""A billing run over a made provider: exceptions, approval, hold and issue, by people, workers and commands."""

from __future__ import annotations

import csv
import io
from contextlib import redirect_stdout
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from unittest.mock import patch

import pytest

from groundrules.cli.main import main
from groundrules.cli.month_end_words import LINE_COLUMNS
from groundrules.core.invoices.answers import DocumentKind
from groundrules.core.month_end import DoubtKind
from groundrules.core.periods import Period
from groundrules.records import models as books
from groundrules.records.models import Role, User
from groundrules.services import long_runs, month_end, users
from groundrules.services.actor import Actor, NotAllowed
from groundrules.services.carrying.carrier import Carrier
from groundrules.services.invoices import due
from groundrules.services.issuing import KeyTaken
from groundrules.services.long_runs import watched
from groundrules.services.month_end import Stage, issuing
from groundrules.services.work import correct
from groundrules.web.month_end import acts
from tests.services.made_june import NOW, June
from tests.web.harbor_books import ALEX, KIM


class TestRun(June):
    """What is decided of June, by whom, and what happens to it."""

    def test_opens_on_exceptions_with_their_money(self) -> None:
        """Each doubtful client has the one thing somebody must look at; the others are clean."""
        found = {
            one.client.code: [d.kind for d in one.open_doubts]
            for one in self.standing.of(Stage.DOUBTFUL)
        }

        assert found == {
            "C001": [DoubtKind.NO_NOTE],
            "C002": [DoubtKind.NOT_BILLED],
            "C003": [DoubtKind.NEEDS_PERSON],
            "C004": [DoubtKind.NO_ORDER],
            "C005": [DoubtKind.UNLOGGED],
        }
        assert len(self.standing.of(Stage.CLEAN)) == 4
        assert self.of("C003").at_stake > 0

    def test_collects_nobody_twice(self) -> None:
        """What is collected stays until it is sent back."""
        again = month_end.collect_all(self.standing.run, actor=KIM, now=lambda: NOW)

        assert again == 0

    def test_approves_only_what_is_clean(self) -> None:
        """All clean drafts go at once; a doubtful one is refused until it is answered with a reason."""
        steps = month_end.approve_clean(self.standing.run, actor=KIM, at=NOW)

        assert len(steps) == 4
        with pytest.raises(
            month_end.NotClean, match="1 exception nobody answered; answer it first"
        ):
            month_end.approve(self.of("C001"), actor=KIM, at=NOW)
        doubt = self.of("C001").open_doubts[0]
        with pytest.raises(month_end.NoReason, match="say why"):
            month_end.answer(
                self.standing.run, self.of("C001").client, doubt, (" ", None), actor=KIM, at=NOW
            )
        month_end.answer(
            self.standing.run,
            self.of("C001").client,
            doubt,
            ("asked, comes later", None),
            actor=KIM,
            at=NOW,
        )
        month_end.approve(self.of("C001"), actor=KIM, at=NOW)
        assert self.of("C001").stage is Stage.HELD

    def test_lets_no_reason_stand_for_a_purchase_order(self) -> None:
        """The order itself does, once the draft is collected again."""
        one = self.of("C004")
        with pytest.raises(month_end.NoReason, match="add the purchase order"):
            month_end.answer(
                self.standing.run,
                one.client,
                one.open_doubts[0],
                ("later", None),
                actor=KIM,
                at=NOW,
            )

        order = month_end.Order("PO-77", date(2026, 6, 1))
        month_end.state_order(one.client, order, actor=KIM, at=NOW)
        month_end.send_back(one, actor=KIM, at=NOW)
        month_end.collect(self.standing.run, one.client, actor=KIM, at=NOW)

        assert self.of("C004").stage is Stage.CLEAN

    def test_is_opened_for_a_month_that_can_be_and_a_hold_that_ends(self) -> None:
        """A hold beyond a month, a negative one, or the last month of the calendar: refused in words."""
        for hold in (-1, 745, 10**12):
            with pytest.raises(month_end.HoldRefused, match="choose 0 to 744"):
                month_end.open_run(date(2026, 5, 1), actor=KIM, at=NOW, hold_hours=hold)
        with pytest.raises(month_end.MonthNotOver, match="has not begun"):
            month_end.open_run(date(9999, 12, 1), actor=KIM, at=NOW)

        assert main(["month-end", "open", "2026-05", "--hold-hours", "99999999999"]) == 8

    def test_holds_before_it_issues_and_issues_once(self) -> None:
        """Nothing goes out within the hold; afterwards each once, also when asked twice."""
        run = self.standing.run
        month_end.approve_clean(run, actor=KIM, at=NOW)
        later = NOW + timedelta(hours=24)

        early = month_end.issue_due(run, actor=KIM, now=lambda: NOW + timedelta(hours=23))
        issued = month_end.issue_due(run, actor=KIM, now=lambda: later)
        again = month_end.issue_due(run, actor=KIM, now=lambda: later)

        assert (len(early), len(issued), len(again)) == (0, 4, 0)
        refs = list(books.Issued.objects.order_by("number").values_list("ref", flat=True))
        assert refs == ["INV-00001", "INV-00002", "INV-00003", "INV-00004"]

    def test_issues_what_was_approved_though_facts_changed(self) -> None:
        """Inputs are frozen at approval; what came later is for the next month."""
        run, one = self.standing.run, self.of("KEEL")
        month_end.approve(one, actor=KIM, at=NOW)
        entry = books.TimeEntry.objects.of_client(one.client).current()[0].to_core()
        half = replace(
            entry, period=Period(entry.period.start, entry.period.start + timedelta(minutes=1))
        )
        correct(
            half, client=one.client, why="typed wrongly", actor=KIM, at=NOW + timedelta(hours=1)
        )

        month_end.issue_due(run, actor=KIM, now=lambda: NOW + timedelta(hours=25))

        document = books.Issued.objects.get(client=one.client).to_core()
        assert document.value_uncharged == one.value
        (note,) = due(client=one.client, at=NOW + timedelta(hours=26))
        assert note.kind is DocumentKind.CREDIT_NOTE

    def test_takes_no_step_from_what_somebody_moved_on(self) -> None:
        """Two people with the same page: the second is told, and a draft that was taken back is not approved."""
        seen = self.of("KEEL")
        month_end.collect_again(self.standing.run, seen, actor=KIM, at=NOW)

        with pytest.raises(month_end.StandingMoved, match="was collected by kim@"):
            month_end.approve(seen, actor=KIM, at=NOW)
        with pytest.raises(month_end.StandingMoved):
            month_end.send_back(seen, actor=KIM, at=NOW)
        again = month_end.collect(self.standing.run, seen.client, actor=KIM, at=NOW)
        assert again == self.of("KEEL").step

    def test_issues_nothing_that_is_taken_back_in_that_moment(self) -> None:
        """Taken back after the run listed what is due, and before the number is given: it stays."""
        run, after = self.standing.run, NOW + timedelta(hours=25)
        month_end.approve(self.of("KEEL"), actor=KIM, at=NOW)
        asked: list[datetime] = []

        def now() -> datetime:
            asked.append(after)
            if len(asked) > 1:
                month_end.send_back(self.of("KEEL", after), actor=KIM, at=after)
            return after

        assert month_end.issue_due(run, actor=KIM, now=now) == ()

        assert not books.Issued.objects.exists()
        assert self.of("KEEL", after).stage is Stage.TO_COLLECT

    def test_bills_no_month_twice_from_two_runs(self) -> None:
        """June waits for an answer until July is collected too: whichever run issues June first, the other can't."""
        later = datetime(2026, 8, 1, 16, tzinfo=UTC)
        june = self.standing.run
        month_end.approve(self.of("KEEL"), actor=KIM, at=NOW)
        july = month_end.open_run(date(2026, 7, 1), actor=KIM, at=later, hold_hours=0)
        client = books.Client.objects.get(code="KEEL")
        month_end.collect(july, client, actor=KIM, at=later)
        one = next(
            c for c in month_end.standing_of(july, at=later).clients if c.client.code == "KEEL"
        )
        for doubt in one.open_doubts:
            month_end.answer(july, client, doubt, ("looked at", None), actor=KIM, at=later)
        one = next(
            c for c in month_end.standing_of(july, at=later).clients if c.client.code == "KEEL"
        )
        month_end.approve(one, actor=KIM, at=later)

        month_end.issue_due(june, actor=KIM, now=lambda: later)
        month_end.issue_due(july, actor=KIM, now=lambda: later)

        issued = books.Issued.objects.filter(client=client, kind=DocumentKind.INVOICE.value)
        periods = list(issued.values_list("period_start", "period_end"))
        assert periods == [(date(2026, 6, 1), date(2026, 7, 1))]
        last = july.steps.filter(client=client).order_by("pk").last()
        assert last is not None
        assert "was invoiced for 2026-06-01 to 2026-07-01 with INV-00001" in last.says

    def test_is_for_the_owner_and_the_accountant(self) -> None:
        """A technician neither opens nor approves."""
        with pytest.raises(NotAllowed):
            month_end.approve_clean(self.standing.run, actor=ALEX, at=NOW)
        with pytest.raises(NotAllowed):
            month_end.open_run(date(2026, 5, 1), actor=Actor("x", Role.TECHNICIAN), at=NOW)

    def test_refuses_a_month_that_is_not_over(self) -> None:
        """The last day is early enough."""
        with pytest.raises(month_end.MonthNotOver, match="2026-07-31"):
            month_end.open_run(date(2026, 7, 1), actor=KIM, at=NOW)

    def test_is_watched_and_stopped_between_two_clients(self) -> None:
        """Who asked is said, what was collected stays, and the next run collects the others only."""
        run = month_end.open_run(date(2026, 5, 1), actor=KIM, at=NOW)
        told: list[str] = []

        def stop(client: books.Client) -> None:
            told.append(client.code)
            long_runs.ask_to_stop(books.LongRun.objects.get().pk, actor=KIM, at=NOW)

        with (
            patch.object(watched, "_EVERY_SECONDS", 0.0),
            pytest.raises(long_runs.RunStopped, match="what was done stays"),
        ):
            month_end.collect_watched(run, actor=KIM, now=lambda: NOW, tell=stop)
        collected_before = books.BillingStep.objects.filter(run=run).count()
        rest = month_end.collect_watched(run, actor=KIM, now=lambda: NOW, tell=lambda _: None)

        assert (len(told), collected_before, rest) == (1, 1, len(self.standing.clients) - 1)
        runs = books.LongRun.objects.order_by("pk").values_list("what", "outcome")
        assert list(runs) == [
            ("collect RUN-2026-05", "stopped"),
            ("collect RUN-2026-05", "done"),
        ]

    def test_is_carried_by_workers_a_client_at_a_time(self) -> None:
        """Stopped with its worker, taken over by another: each client once; who can't be billed, too."""
        run = month_end.open_run(date(2026, 5, 1), actor=KIM, at=NOW)
        pressed = month_end.collect_later(run, actor=KIM, at=NOW)
        pressed_again = month_end.collect_later(run, actor=KIM, at=NOW)
        at = NOW
        Carrier("one|1|1", lambda: at, lambda: False, breath=0).carry_next()
        half = books.BillingStep.objects.filter(run=run).count()
        worker = Carrier("two|2|1", lambda: at, breath=0)
        worker.carry_next()
        collected_all = books.BillingStep.objects.filter(run=run).count()

        run, at = self.standing.run, NOW + timedelta(hours=25)
        month_end.approve_clean(run, actor=KIM, at=NOW)
        held = len(month_end.standing_of(run, at=NOW).of(Stage.HELD))
        issue = month_end.issue_later(run, actor=KIM, at=at)
        with patch(f"{issuing.__name__}.invoices.issue", side_effect=KeyTaken("taken")):
            Carrier("one|1|1", lambda: at, lambda: False, breath=0).carry_next()
        self.client.force_login(User.objects.get(email=KIM.label))
        page = self.client.get(f"/month-end/{run.ref}/").content.decode()
        worker.carry_next()

        pressed.refresh_from_db()
        issue.refresh_from_db()
        assert pressed_again == pressed
        assert (half, collected_all) == (1, len(self.standing.clients))
        assert (pressed.state, pressed.done, pressed.goal) == ("done", collected_all, collected_all)
        standing = month_end.standing_of(run, at=at)
        assert (len(standing.of(Stage.FAILED)), len(standing.of(Stage.ISSUED))) == (1, held - 1)
        assert issue.state == "done"
        assert f"{issue.done} documents issued, for 1 client nothing could be" in issue.says
        assert f'A worker goes on with it: <a href="/runs/{issue.pk}/">' in page

    def test_hands_to_a_worker_what_a_page_has_no_time_for(self) -> None:
        """The press leads to the run's page; a small month never gets there."""
        self.client.force_login(User.objects.get(email=KIM.label))
        with patch.object(acts, "_BUDGET_SECONDS", -1.0):
            pressed = self.client.post("/month-end/open/", {"month": "2026-05", "hold": "24"})
        page = self.client.get(pressed.headers["Location"]).content.decode()

        assert pressed.headers["Location"].startswith("/runs/")
        assert "Collect RUN-2026-05" in page
        assert books.BillingStep.objects.filter(run__ref="RUN-2026-05").count() == 1

    def test_answers_in_the_terminal(self) -> None:
        """Status, lines, settle and refusal, each with its exit number."""
        assert main(["month-end", "status", "--json"]) == 0
        assert main(["month-end", "lines"]) == 0
        assert main(["month-end", "settle", "1", "--client", "C003", "--why", "asked Pat"]) == 0
        assert main(["month-end", "settle", "9", "--client", "C003", "--why", "no"]) == 3
        assert main(["month-end", "approve", "--client", "C005"]) == 5
        assert main(["month-end", "status", "--run", "RUN-1999-01"]) == 3
        assert main(["month-end", "send-back", "--client", "NOBODY"]) == 3
        assert main(["month-end", "account", "--format", "xero", "--json"]) == 0

    def test_acts_as_who_is_named(self) -> None:
        """A command acts as the user it names, else the owner; nobody and a technician are refused in words."""
        settle = ["month-end", "settle", "1", "--client", "C003", "--why", "asked Pat", "--as"]
        users.let_in(email="sam@g.example", name="Sam", role=Role.TECHNICIAN, actor=KIM, at=NOW)
        users.let_in(email="ann@g.example", name="Ann", role=Role.ACCOUNTANT, actor=KIM, at=NOW)

        assert main([*settle, "who@nowhere.example"]) == 4
        assert main([*settle, "sam@g.example"]) == 4
        assert main([*settle, "ann@g.example", "--json"]) == 0
        assert books.BillingAnswer.objects.get().recorded_by == "ann@g.example"

    def test_writes_no_formula_into_the_lines(self) -> None:
        """What a client is called runs in nobody's spreadsheet, in the terminal's file neither."""
        with redirect_stdout(io.StringIO()) as out:
            books.Client.objects.filter(code="KEEL").update(name="=1+1")
            assert main(["month-end", "lines"]) == 0
        rows = list(csv.reader(io.StringIO(out.getvalue())))
        assert tuple(rows[0]) == LINE_COLUMNS
        assert {"'=1+1"} == {row[0] for row in rows if "1+1" in row[0]}
