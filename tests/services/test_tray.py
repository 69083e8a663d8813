"""The evidence tray: what people star, what becomes of it in letters and on tickets, and what is refused."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import ClassVar

import pytest
from django.db import DatabaseError, transaction
from django.test import TestCase

from groundrules.cli.main import main
from groundrules.core.ids import AssetId, MessageId
from groundrules.core.letters.answers import LetterKind
from groundrules.core.letters.enclosing import NotForThisLetter, StarKind
from groundrules.core.work import Channel, Message
from groundrules.records import models as books
from groundrules.services import letters, rewording, tray, tray_use
from groundrules.services.actor import ENGINE, Actor, NotAllowed
from groundrules.services.filing import Filing, file_facts
from groundrules.services.findings import Report
from groundrules.services.letter_paper import text_of
from groundrules.services.starred import NotOnRecord
from groundrules.services.verify_books import check_letters
from tests.web.harbor_books import ALEX, KIM, Books, with_people

SRV1 = AssetId("SRV1")
ADA = Actor("ada@audits.example", books.Role.AUDITOR)


def _forged(copy: books.FrozenCopy) -> books.FrozenCopy:
    kept = {
        field.attname: getattr(copy, field.attname)
        for field in copy._meta.concrete_fields
        if not field.primary_key
    }
    return books.FrozenCopy(**kept | {"content": copy.content.replace("removed", "added")})


class TestTray(TestCase):
    """Harbor after the rogue change: two proven changes, one incident, and what else is on record."""

    told: ClassVar[Books]

    @classmethod
    def setUpTestData(cls) -> None:
        """The books are filled once for the class."""
        cls.told = with_people("05-wasted-time.yaml")

    def _star(self, ref: str, kind: StarKind = StarKind.CHANGE, actor: Actor = ALEX) -> books.Star:
        return tray.star(client=self.told.client, kind=kind, ref=ref, actor=actor, at=self.told.at)

    def _notice(self, *stars: books.Star) -> books.LetterDraft:
        return tray_use.use_in_notice(
            stars, client=self.told.client, asset=SRV1, actor=ALEX, at=self.told.at
        )

    def _first(self, model: type[books.Incident | books.Session]) -> str:
        row = model.objects.filter(client=self.told.client).order_by("pk").first()
        assert row is not None
        return row.ref

    def _letter(self, kind: LetterKind) -> books.LetterDraft:
        letters.draft(client=self.told.client, actor=ALEX, at=self.told.at)
        return books.LetterDraft.objects.get(kind=kind.value)

    def test_holds_a_star_once_and_for_one_person(self) -> None:
        """The same star twice is one; a colleague's tray stays empty; a star taken away is gone."""
        assert self._star("CHG-1").pk == self._star("CHG-1").pk

        (row,) = tray.tray(ALEX)
        assert row.thing is not None
        assert row.thing.strength == "recorded"
        assert tray.tray(KIM) == ()
        assert tray.unstar(client=self.told.client, kind=StarKind.CHANGE, ref="CHG-1", actor=ALEX)
        assert tray.tray(ALEX) == ()

    def test_refuses_what_is_not_this_clients_and_who_may_not(self) -> None:
        """Another client's reference is not on record here; who only reads, and Groundrules itself, star nothing."""
        other = books.Client.objects.create(code="O", name="Other", zone="UTC", currency="USD")
        with pytest.raises(NotOnRecord, match="Other has no change 'CHG-1'"):
            tray.star(client=other, kind=StarKind.CHANGE, ref="CHG-1", actor=ALEX, at=self.told.at)
        with pytest.raises(NotAllowed):
            self._star("CHG-1", actor=ADA)
        with pytest.raises(NotAllowed):
            self._star("any", StarKind.INVOICE_LINE)
        with pytest.raises(tray.NobodysTray):
            self._star("CHG-1", actor=ENGINE)

    def test_turns_into_a_notice_with_frozen_copies(self) -> None:
        """The notice rests on the starred change alone and lists each copy with reference, strength and digest."""
        incident = self._first(books.Incident)
        row = self._notice(self._star("CHG-1"), self._star(incident, StarKind.INCIDENT))

        copies = books.FrozenCopy.objects.used_in("letter", row.ref)
        assert [copy.ref for copy in copies] == ["CHG-1", incident]
        text = " ".join(text_of(row).split())
        for copy in copies:
            assert copy.digest == hashlib.sha256(copy.content.encode()).hexdigest()
            assert f"{copy.ref}; SHA-256 of the copy: {copy.digest}" in text
        assert "(recorded). CHG-1;" in text
        core = row.to_core()
        assert {f.ref for p in core.paragraphs for f in p.facts if f.kind == "change"} == {"CHG-1"}
        assert core.warnings == ()
        assert books.AuditEntry.objects.filter(verb="tray.use_in_letter").count() == 1

    def test_keeps_its_copies_when_newer_facts_or_words_write_the_letter_anew(self) -> None:
        """Drafted again, reworded, used once more: the letter holds the same copies, each once."""
        star = self._star("CHG-1")
        row = self._notice(star)
        digest = books.FrozenCopy.objects.get().digest

        again = self._notice(star)
        letters.draft(client=self.told.client, actor=ALEX, at=self.told.at + timedelta(hours=1))
        wording = rewording.wording_of(again).replace(
            "One thing may change.", "A thing may change."
        )
        own = rewording.reword(draft=again, text=wording, actor=KIM, at=self.told.at)

        assert row.ref == own.ref
        assert text_of(own).count(digest) == 1
        assert books.FrozenCopy.objects.count() == 1

    def test_freezes_what_the_thing_said_then(self) -> None:
        """A message superseded after its use changes the tray, and neither the copy nor the letter."""
        self._say("MSG-77", "Please wait until Friday.")
        star = self._star("MSG-77", StarKind.MESSAGE)
        row = self._notice(self._star("CHG-1"), star)
        before = row.to_core().paragraphs[-1]
        self._say("MSG-77", "Please do not wait.")

        letters.draft(client=self.told.client, actor=ALEX, at=self.told.at)
        row.refresh_from_db()
        assert row.to_core().paragraphs[-1] == before
        assert any("wait until Friday" in item for item in before.items)
        shown = next(one for one in tray.tray(ALEX) if one.star == star)
        assert shown.thing is not None
        assert "do not wait" in shown.thing.says
        copy = books.FrozenCopy.objects.get(ref="MSG-77")
        with pytest.raises(DatabaseError), transaction.atomic():
            books.FrozenCopy.objects.filter(pk=copy.pk).update(says="other")

    def _say(self, ref: str, says: str) -> None:
        said = Message(MessageId(ref), self.told.at, Channel.CALL, "Pat Owner", says)
        file_facts([said], Filing(self.told.client, ALEX, self.told.at))

    def test_lets_nothing_internal_and_nothing_of_others_into_a_letter(self) -> None:
        """Our notes go on a ticket, never in a letter; what the client said goes to no vendor; clients never mix."""
        work = books.Decision.objects.current().filter(client=self.told.client)[0]
        star, change = self._star(work.number, StarKind.WORK), self._star("CHG-1")
        with pytest.raises(NotForThisLetter, match="internal"):
            self._notice(change, star)
        assert not books.FrozenCopy.objects.exists()
        assert not books.LetterDraft.objects.exists()

        self._say("MSG-78", "Between us.")
        said = self._star("MSG-78", StarKind.MESSAGE)
        to_vendor = self._letter(LetterKind.RIGHT_OF_REPLY)
        with pytest.raises(NotForThisLetter, match="goes to a vendor"):
            tray_use.use_in_letter([said], draft=to_vendor, actor=ALEX, at=self.told.at)
        tray_use.use_in_letter([change], draft=to_vendor, actor=ALEX, at=self.told.at)

        other = books.Client.objects.create(code="O", name="Other", zone="UTC", currency="USD")
        with pytest.raises(tray_use.OfAnotherClient, match="never mixed"):
            tray_use.use_in_ticket(
                [change], client=other, incident="INC-1", actor=ALEX, at=self.told.at
            )
        incident = self._first(books.Incident)
        used = tray_use.use_in_ticket(
            [star, said], client=self.told.client, incident=incident, actor=ALEX, at=self.told.at
        )
        assert [copy.ref for copy in used] == [work.number, "MSG-78"]

    def test_takes_a_copy_out_while_the_letter_is_open(self) -> None:
        """The letter is as before; the book keeps that it was there; an approved letter changes no more."""
        row = self._notice(self._star("CHG-1"))
        copy = books.FrozenCopy.objects.get()
        tray_use.take_out(copy.pk, draft=row, actor=ALEX, at=self.told.at)

        row.refresh_from_db()
        assert copy.digest not in text_of(row)
        assert books.FrozenCopy.objects.count() == 2
        with pytest.raises(tray_use.NotEnclosed):
            tray_use.take_out(copy.pk, draft=row, actor=ALEX, at=self.told.at)
        letters.approve(draft=row, actor=KIM, at=self.told.at)
        with pytest.raises(letters.LetterNotOpen):
            self._notice(self._star("CHG-1"))

    def test_tells_an_approver_that_copies_came_in_meanwhile(self) -> None:
        """Nobody approves an enclosure they did not see, and who put it there does not approve it."""
        row = self._letter(LetterKind.RIGHT_OF_REPLY)
        seen = row.digest
        tray_use.use_in_letter([self._star("CHG-1")], draft=row, actor=ALEX, at=self.told.at)

        with pytest.raises(letters.LetterChanged):
            letters.approve(draft=row, actor=KIM, at=self.told.at, seen=seen)
        row.refresh_from_db()
        with pytest.raises(letters.OwnLetter):
            letters.approve(draft=row, actor=ALEX, at=self.told.at)

    def test_copy_that_is_not_its_digest_is_found(self) -> None:
        """Whoever verifies the books is told which copy is not what its document names."""
        row = self._notice(self._star("CHG-1"))
        copy = books.FrozenCopy.objects.get()
        books.FrozenCopy.objects.bulk_create([_forged(copy)])

        report = Report()
        check_letters(report)

        assert [f"{one.kind} {one.where}" for one in report.findings] == [
            f"frozen copy CHG-1 in {row.ref}"
        ]

    def test_is_filled_and_used_from_a_shell(self) -> None:
        """Star, list, use, remove, with data for programs and a number for each refusal."""
        who = ["--client", "HARBOR", "--as", ALEX.label, "--json"]
        assert main(["evidence", "star", "change", "CHG-1", *who]) == 0
        assert main(["evidence", "tray", "--as", ALEX.label]) == 0
        assert main(["evidence", "use", "--notice", "SRV1", *who]) == 0
        assert main(["evidence", "use", "CHG-9", "--notice", "SRV1", *who]) != 0
        assert main(["evidence", "unstar", "change", "CHG-1", *who]) == 0
        assert main(["evidence", "use", "--notice", "SRV1", *who]) != 0
        assert books.FrozenCopy.objects.count() == 1
