"""A recovery on record: noted, listed right after, told apart from a vendor's change, and reported in a letter."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stdout
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, ClassVar

import pytest
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext

from groundrules.cli.main import main
from groundrules.core.answers.recovery_story import Origin, recovery_story
from groundrules.core.evidence import Citation, Item, ItemKind, Snapshot
from groundrules.core.ids import AssetId, EvidenceId, IncidentId
from groundrules.core.letters.answers import LetterKind
from groundrules.core.recovery import Recovery
from groundrules.records import models as books
from groundrules.services import incidents, letters, recovery
from groundrules.services.actor import NotAllowed
from groundrules.services.filing import Filing, file_facts
from groundrules.services.world import answer_for
from tests.cast import ANNA
from tests.web import harbor_books
from tests.web.harbor_books import ALEX, KIM

MINUTE = timedelta(minutes=1)


def listed(kind: ItemKind, at: datetime, digest: str, client: books.Client) -> None:
    """A list of one kind of SRV1, as its collector handed it in."""
    item = Item(kind, "hosts", {"sha256": digest})
    cited = Citation(EvidenceId(digest * 64), kind.value, "snapshot/1")
    seen = Snapshot(AssetId("SRV1"), at, frozenset({kind}), (item,), cited)
    file_facts((seen,), Filing(client, ALEX, at))


class TestDuringTheRecovery(TestCase):
    """Scenario 23 in the database: Rogue changed .NET while Alex restored SRV1."""

    told: ClassVar[harbor_books.Books]
    noted: ClassVar[Recovery]

    @classmethod
    def setUpTestData(cls) -> None:
        """The books are filled once."""
        cls.told = harbor_books.take_over("23-during-the-recovery.yaml")
        harbor_books.people(cls.told.at)
        (cls.noted,) = cls.told.world.recoveries

    def note(self, **other: Any) -> books.Recovery:  # noqa: ANN401 - any field of it
        """Note it anew, with some of it otherwise."""
        anew = replace(self.noted, **{"baseline": None, **other})
        return recovery.note(anew, client=self.told.client, actor=ALEX, at=self.told.at)

    def test_is_told_as_the_case_tells_it(self) -> None:
        """From the books the same comes as from the case file: Rogue's own act, the driver perhaps the restore's."""
        story = recovery.tell("INC-1", client=self.told.client, at=self.told.at)

        assert {one.change.id: one.origin for one in story.changes} == {
            "CHG-DRIVER": Origin.MAY_BE_FALLOUT,
            "CHG-1": Origin.ANOTHERS,
            "CHG-2": Origin.ANOTHERS,
            "CHG-HOSTS": Origin.NOT_FALLOUT,
        }
        (followed,) = story.followed
        assert (followed.incident.id, followed.origin) == ("INC-2", Origin.ANOTHERS)
        assert [(one.outcome.value, one.seconds) for one in story.hours] == [
            ("covered", 13_800),
            ("billable", 23_700),
        ]
        assert str(story.charged) == "$2,025.00"

    def test_asks_only_what_it_tells(self) -> None:
        """From the books it is about the same comes as from everything that can be answered about the client."""
        everything = answer_for(self.told.client, self.told.at)

        with CaptureQueriesContext(connection) as seen:
            story = recovery.tell("INC-1", client=self.told.client, at=self.told.at)

        assert story == recovery_story(everything, IncidentId("INC-1"))
        assert not any("letterdraft" in one["sql"] or "message" in one["sql"] for one in seen)

    def test_work_is_decided_on_whose_change_it_was(self) -> None:
        """The hours logged as fallout stand on Rogue's change, and count as forgone in the value report's decisions."""
        decision = books.Decision.objects.current().get(ref="W-SP").to_core()

        assert decision.caused_by_vendor == "V1"
        assert decision.caused_by == ("CHG-1",)
        assert str(decision.segments[0].forgone) == "$375.00"

    def test_letter_waits_for_review_like_any_other(self) -> None:
        """It is drafted once, rewritten by newer facts while nobody decided, and approved by somebody else."""
        client, at = self.told.client, self.told.at
        first = recovery.draft_letter("INC-1", client=client, actor=ALEX, at=at)
        assert first.kind == LetterKind.RECOVERY.value
        self.note(verified_by="Pat Owner")
        again = recovery.draft_letter("INC-1", client=client, actor=ALEX, at=at)

        assert again.ref == first.ref
        assert again.digest != first.digest
        with pytest.raises(letters.OwnLetter):
            letters.approve(draft=again, actor=ALEX, at=at)
        letters.approve(draft=again, actor=KIM, at=at)
        letter = letters.send(draft=again, actor=KIM, at=at)
        assert "It was made during the recovery." in " ".join(letter.text.split())
        assert letter.pdf is not None

    def test_baseline_is_the_first_list_since(self) -> None:
        """Each kind's first list after the return is kept, with its evidence; the later one is not."""
        back = self.noted.recovered_at
        assert back is not None
        self.note(recovered_at=back + 2 * MINUTE)
        client = self.told.client
        listed(ItemKind.PACKAGE, back - 600 * MINUTE, "a", client)
        with pytest.raises(recovery.NoBaselineYet, match="nothing of SRV1 was listed since"):
            recovery.keep_baseline("INC-1", client=client, actor=ALEX, at=self.told.at)
        listed(ItemKind.PACKAGE, back + 5 * MINUTE, "b", client)
        listed(ItemKind.PACKAGE, back + 9 * MINUTE, "c", client)
        assert recovery.keep_due(back + 10 * MINUTE) == ("INC-1",)

        (row,) = books.Recovery.objects.of_client(client).current()
        kept = row.to_core().baseline
        assert kept is not None
        assert (kept.taken_at, kept.kinds) == (back + 5 * MINUTE, ("package",))
        assert kept.evidence == ("b" * 64,)
        assert recovery.keep_due(back + 11 * MINUTE) == ()

    def test_baseline_waits_for_every_kind(self) -> None:
        """A kind that was listed before the failure is waited for a day; then what there is is kept."""
        back = self.noted.recovered_at
        assert back is not None
        self.note(recovered_at=back + MINUTE)
        client = self.told.client
        for kind in (ItemKind.PACKAGE, ItemKind.DRIVER):
            listed(kind, self.noted.failed_at - 60 * MINUTE, "a", client)
        listed(ItemKind.PACKAGE, back + 5 * MINUTE, "b", client)
        assert recovery.keep_due(back + 10 * MINUTE) == ()
        assert recovery.keep_due(back + 1441 * MINUTE) == ("INC-1",)

    def test_what_cannot_have_been_is_refused(self) -> None:
        """Each refusal says which part, and nothing is written."""
        back = self.noted.recovered_at
        assert back is not None
        before = books.Recovery.objects.count()
        for other, says in (
            ({"restore_point": back}, "the restore point is after the failure"),
            ({"recovered_at": self.noted.failed_at - MINUTE}, "back before it failed"),
            ({"verified_by": " "}, "say who verified"),
            ({"restored_at": back + MINUTE}, "between the failure and the return"),
            ({"incident": IncidentId("INC-9")}, "no incident INC-9"),
            ({"failed_at": self.noted.failed_at + MINUTE}, "give that instant"),
        ):
            with pytest.raises(recovery.RecoveryRefused, match=says):
                self.note(**other)
        with pytest.raises(NotAllowed):
            recovery.note(self.noted, client=self.told.client, actor=ANNA, at=self.told.at)
        assert books.Recovery.objects.count() == before

    def test_commands(self) -> None:
        """Noted, called, shown and reported, as somebody types it; a wrong name ends with its number."""
        by = ("--client", "HARBOR", "--as", ALEX.label)
        assert main(["recovery", "call", "INC-1", "--party", "Quanta", "--says", "sends a disk",
                     "--when", "2007-02-20T20:00", *by]) == 0  # fmt: skip
        assert main(["recovery", "note", "INC-1", "--failed", "2007-02-20T13:10", "--restored-to",
                     "2007-02-20T13:09", "--back", "2007-02-21T01:50", "--lost", "0",
                     "--verified-by", "Pat", *by]) == 0  # fmt: skip
        said = io.StringIO()
        with redirect_stdout(said):
            assert main(["recovery", "show", "INC-1", "--client", "HARBOR", "--json"]) == 0
        told = json.loads(said.getvalue())
        assert told["seconds_lost"] == 60
        assert any("Quanta was called: sends a disk" in one["says"] for one in told["timeline"])
        assert told["changes"][1]["origin"] == "another's"
        assert main(["recovery", "letter", "INC-1", *by]) == 0
        assert main(["recovery", "show", "INC-2", "--client", "HARBOR"]) == 3
        assert main(["recovery", "show", "INC-7", "--client", "HARBOR"]) == 3

    def test_an_incident_and_a_request_by_hand(self) -> None:
        """Opened, asked about and over by commands; what cannot have been is refused, and a message is one request."""
        by = ("--client", "HARBOR", "--as", ALEX.label)
        told = self._said("incident", "open", "SRV1", "Slow again", "--at", "2007-02-22T09:00", *by)
        ref = told["incident"]
        assert ref not in {"INC-1", "INC-2"}
        assert books.Cause.objects.current().filter(ref=ref).exists()
        spoken = ("message", "log", "Stay tonight", "--contact", "PAT", "--incident", ref)
        said = self._said(*spoken, "--at", "2007-02-22T16:00", *by)
        first = self._said("message", "asks", said["message"], *by)
        again = self._said("message", "asks", said["message"], *by)
        assert first["request"] == again["request"]
        asked = books.Request.objects.current().get(ref=first["request"]).to_core()
        assert (asked.contact, asked.message, asked.says) == (
            "PAT",
            said["message"],
            "Stay tonight",
        )
        stranger = self._said("message", "log", "Stay", "--sender", "Somebody", *by)
        assert main(["message", "asks", stranger["message"], *by]) == 8
        assert main(["incident", "open", "SRV1", " ", *by]) == 8
        assert main(["incident", "open", "SRV1", "x", "--at", "2099-01-01T00:00", *by]) == 8
        assert main(["incident", "open", "SRV9", "x", *by]) == 3
        assert main(["incident", "over", ref, "--at", "2007-02-22T08:00", *by]) == 8
        over = self._said("incident", "over", ref, "--at", "2007-02-22T18:00", *by)
        assert over["resolved_at"] == "2007-02-23T02:00:00+00:00"
        assert main(["incident", "over", ref, *by]) == 5
        reported = incidents.Reported("SRV1", "x", self.told.at)
        with pytest.raises(NotAllowed):
            incidents.report(reported, client=self.told.client, actor=ANNA, at=self.told.at)

    def _said(self, *words: str) -> dict[str, str]:
        """The one row a command tells of."""
        said = io.StringIO()
        with redirect_stdout(said):
            assert main([*words, "--json"]) == 0
        (row,) = json.loads(said.getvalue())
        return {name: str(value) for name, value in row.items()}
