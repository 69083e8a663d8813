"""Second factors, passkeys' rules, demands by role, wrong tries, and sign-ins that end at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import override_settings

from groundrules.gateways.key_files import KeyMissing, KeyUnusable
from groundrules.gateways.passkeys import PasskeyDoor, PasskeyRefused
from groundrules.gateways.sealed_secrets import SecretSealer
from groundrules.records.guards import guard_names
from groundrules.records.models import (
    AuditEntry,
    AuditLink,
    CodeApp,
    RecoveryCode,
    Role,
    SignIn,
    User,
)
from groundrules.services import audit_chain, keys, users
from groundrules.services.actor import Actor, NotAllowed
from groundrules.services.signin import (
    demands,
    passkeys,
    roles,
    second_factors,
    sign_ins,
    wrong_tries,
)
from groundrules.services.signin.second_factors import CodeRefused, LastFactor
from groundrules.services.signin.sign_ins import Shown
from groundrules.services.signin.wrong_tries import Guess, TooManyTries
from groundrules.services.storage import secret_sealer
from tests.web import harbor_books

AT = datetime(2007, 3, 1, 12, 0, tzinfo=UTC)
HALF_A_MINUTE = timedelta(seconds=30)
HERE = "192.0.2.7"

pytestmark = pytest.mark.django_db


@pytest.fixture
def alex(tmp_path: Path) -> Iterator[User]:
    """A technician, and a data folder of the test's own."""
    with override_settings(GROUNDRULES_DATA=tmp_path):
        yield harbor_books.people(AT)["technician"]


def code_of(user: User, at: datetime) -> str:
    """What the user's app shows at an instant."""
    row = CodeApp.objects.get(user=user)
    secret = secret_sealer().open(row.sealed, f"code app of user {user.pk}")
    app = TOTP(secret, 6, SHA1(), 30)  # noqa: S303 - what every app speaks
    return app.generate(int(at.timestamp())).decode()


def with_app(user: User) -> tuple[str, ...]:
    """The user sets a code app up; what comes back are recovery codes."""
    me = Actor.of(user)
    second_factors.offer_app(user, actor=me, at=AT)
    return second_factors.confirm_app(user, code_of(user, AT), actor=me, at=AT)


class TestCodeApp:
    def test_opens_with_the_code_it_shows_and_only_once(self, alex: User) -> None:
        """A code that was seen over a shoulder is worth nothing afterwards."""
        with_app(alex)
        later = AT + HALF_A_MINUTE
        code = code_of(alex, later)

        used = second_factors.use_code(alex, f"{code[:3]} {code[3:]}", address=HERE, at=later)

        assert used == "code app"
        with pytest.raises(CodeRefused, match="was used"):
            second_factors.use_code(alex, code, address=HERE, at=later)

    def test_forgives_half_a_minute_and_no_more(self, alex: User) -> None:
        """Clocks differ a little; a code of two minutes ago is old."""
        with_app(alex)
        later = AT + timedelta(hours=1)

        old = code_of(alex, later - 4 * HALF_A_MINUTE)

        with pytest.raises(CodeRefused):
            second_factors.use_code(alex, old, address=HERE, at=later)
        slow = code_of(alex, later - HALF_A_MINUTE)
        assert second_factors.use_code(alex, slow, address=HERE, at=later) == "code app"

    def test_counts_only_once_its_first_code_was_typed(self, alex: User) -> None:
        """An app that was never proven to work would lock its user out."""
        second_factors.offer_app(alex, actor=Actor.of(alex), at=AT)

        assert not demands.has_second_factor(alex)
        with pytest.raises(CodeRefused):
            second_factors.use_code(alex, code_of(alex, AT), address=HERE, at=AT)

    def test_keeps_its_secret_sealed(self, alex: User, tmp_path: Path) -> None:
        """The database alone opens nothing, nor does another user's place, nor a secret without its key."""
        offer = second_factors.offer_app(alex, actor=Actor.of(alex), at=AT)
        sealed, key = CodeApp.objects.get(user=alex).sealed, tmp_path / "keys/sign-in/secrets.pem"

        assert offer.secret not in sealed
        assert [one.place for one in keys.listed()] == ["sign-in/secrets.pem"]
        with pytest.raises(KeyUnusable):
            SecretSealer(key).open(sealed, "code app of user 0")
        key.rename(tmp_path / "elsewhere.pem")
        with pytest.raises(KeyMissing, match="back from its backup"):
            SecretSealer(key).open(sealed, f"code app of user {alex.pk}")

    def test_opens_after_keys_were_encrypted(self, alex: User, tmp_path: Path) -> None:
        """A password for the keys, set later, covers these secrets too and breaks none of them."""
        with_app(alex)
        password = tmp_path / "password"
        password.write_text("a long walk on the pier\n")
        later = AT + HALF_A_MINUTE
        with override_settings(GROUNDRULES_KEYS_PASSWORD_FILE=str(password)):
            keys.encrypt(None, actor=harbor_books.KIM, at=AT)

            used = second_factors.use_code(alex, code_of(alex, later), address=HERE, at=later)

        assert used == "code app"

    def test_is_nobody_elses_business(self, alex: User) -> None:
        """An owner sets nothing up in somebody's name."""
        with pytest.raises(NotAllowed):
            second_factors.offer_app(alex, actor=harbor_books.KIM, at=AT)


class TestRecovery:
    def test_opens_once_each(self, alex: User) -> None:
        """Ten codes on paper, each for one lost telephone."""
        codes = with_app(alex)

        used = second_factors.use_code(alex, codes[3].upper(), address=HERE, at=AT)

        assert (len(codes), used) == (10, "recovery code")
        assert RecoveryCode.objects.filter(user=alex, used_at=None).count() == 9
        with pytest.raises(CodeRefused):
            second_factors.use_code(alex, codes[3], address=HERE, at=AT)

    def test_opens_nobody_elses_account(self, alex: User) -> None:
        """A code belongs to its user."""
        codes = with_app(alex)
        kim = harbor_books.person("owner")

        with pytest.raises(CodeRefused):
            second_factors.use_code(kim, codes[0], address=HERE, at=AT)

    def test_is_replaced_by_an_owner_who_says_how_they_know(self, alex: User) -> None:
        """Whoever lost everything starts anew; the reason is on record, and open sign-ins end."""
        with_app(alex)
        sign_in_of(alex, "k1")

        with pytest.raises(NotAllowed, match="how you know"):
            second_factors.reset(alex, " ", actor=harbor_books.KIM, at=AT)
        second_factors.reset(alex, "Called on the known number", actor=harbor_books.KIM, at=AT)

        entry = AuditEntry.objects.get(verb="second_factors.reset")
        assert entry.details["before"] == {"code_app": 1, "passkeys": 0, "recovery_codes": 10}
        assert entry.details["reason"] == "Called on the known number"
        assert not demands.has_second_factor(alex)


def sign_in_of(user: User, key: str, *, strong: bool = False) -> SignIn:
    """A sign-in whose browser still has its session."""
    Session.objects.create(session_key=key, session_data="", expire_date=AT + timedelta(hours=12))
    shown = Shown("password", strong, HERE, "a browser")
    return sign_ins.begin(user, key, shown, at=AT)


class TestGuessing:
    def test_is_stopped_after_five_and_forgiven_later(self, alex: User) -> None:
        """Six digits are not found by trying; a quarter of an hour later the right one opens again."""
        with_app(alex)
        for _ in range(5):
            with pytest.raises(CodeRefused):
                second_factors.use_code(alex, "000000", address=HERE, at=AT)
        soon, later = AT + HALF_A_MINUTE, AT + timedelta(minutes=16)

        with pytest.raises(TooManyTries, match="quarter of an hour"):
            second_factors.use_code(alex, code_of(alex, soon), address=HERE, at=soon)
        right = code_of(alex, later)
        assert second_factors.use_code(alex, right, address=HERE, at=later) == "code app"

    def test_from_many_places_is_stopped_too(self) -> None:
        """A botnet has many addresses; one person's count is over all of them."""
        for number in range(25):
            wrong_tries.note(Guess("password", "kim@greenway.example", f"192.0.2.{number}"), AT)

        with pytest.raises(TooManyTries):
            wrong_tries.refuse_when_many(Guess("password", "kim@greenway.example", "new"), AT)
        wrong_tries.refuse_when_many(Guess("password", "ann@greenway.example", "new"), AT)

    def test_of_many_people_from_one_place_is_stopped(self) -> None:
        """One password tried on everybody is guessing as well."""
        for number in range(60):
            wrong_tries.note(Guess("password", f"{number}@greenway.example", HERE), AT)

        with pytest.raises(TooManyTries):
            wrong_tries.refuse_when_many(Guess("password", "kim@greenway.example", HERE), AT)


class TestDemand:
    def test_ends_sign_ins_that_showed_one_factor(self, alex: User) -> None:
        """Who is in by a password alone is out at once; who showed two factors stays."""
        weak, strong = sign_in_of(alex, "weak"), sign_in_of(alex, "strong", strong=True)

        ended = demands.demand("technician", actor=harbor_books.KIM, at=AT)

        weak.refresh_from_db()
        strong.refresh_from_db()
        assert (ended, weak.ended_by, strong.ended_at) == (1, "kim@greenway.example", None)
        assert not Session.objects.filter(session_key="weak").exists()

    def test_keeps_the_last_factor(self, alex: User) -> None:
        """Nobody takes away what their role demands."""
        with_app(alex)
        demands.demand("technician", actor=harbor_books.KIM, at=AT)

        with pytest.raises(LastFactor):
            second_factors.remove_app(alex, actor=Actor.of(alex), at=AT)
        demands.release("technician", "Moving house", actor=harbor_books.KIM, at=AT)
        second_factors.remove_app(alex, actor=Actor.of(alex), at=AT)

        assert not demands.has_second_factor(alex)

    @pytest.mark.parametrize("role", [role for role in Role.values if role != "owner"])
    def test_is_an_owners_word(self, role: str) -> None:
        """Nobody else says how roles sign in."""
        with pytest.raises(NotAllowed):
            demands.demand("owner", actor=Actor("x@y.example", Role(role)), at=AT)

    def test_knows_its_roles(self) -> None:
        """A role there is none of is refused."""
        with pytest.raises(users.UnknownRole):
            demands.demand("boss", actor=harbor_books.KIM, at=AT)


class TestRole:
    def test_changes_with_before_after_and_why(self, alex: User) -> None:
        """The audit book says what somebody was, what they are, and why; the same again says nothing."""
        sign_in_of(alex, "k1")
        for _ in range(2):
            roles.set_role(alex, "observer", "Moved to sales", actor=harbor_books.KIM, at=AT)

        entry = AuditEntry.objects.get(verb="users.set_role")
        assert User.objects.get(pk=alex.pk).role == "observer"
        assert not SignIn.objects.filter(ended_at__isnull=True).exists()
        assert entry.details == {
            "before": {"role": "technician"},
            "after": {"role": "observer"},
            "reason": "Moved to sales",
        }

    def test_never_leaves_an_installation_without_an_owner(self, alex: User) -> None:
        """The last owner stays one, and nobody changes a role without a reason or without being an owner."""
        kim = harbor_books.person("owner")

        with pytest.raises(users.LastOwner):
            roles.set_role(kim, "observer", "Tired", actor=harbor_books.KIM, at=AT)
        with pytest.raises(users.ReasonMissing):
            roles.set_role(alex, "owner", " ", actor=harbor_books.KIM, at=AT)
        with pytest.raises(users.UnknownRole):
            roles.set_role(alex, "boss", "Why not", actor=harbor_books.KIM, at=AT)
        with pytest.raises(NotAllowed):
            roles.set_role(alex, "owner", "I say so", actor=Actor.of(alex), at=AT)


class TestSignIns:
    def test_end_by_their_owner_only_or_an_owner(self, alex: User) -> None:
        """A colleague ends nothing of mine."""
        sign_in_of(alex, "k1")
        ann = Actor("ann@greenway.example", Role.ACCOUNTANT)
        rows = SignIn.objects.all()

        counts = [
            sign_ins.end(rows, "because", actor=actor, at=AT)
            for actor in (ann, harbor_books.KIM, harbor_books.KIM)
        ]

        assert counts == [0, 1, 0]


class TestPasskeyRules:
    def test_need_a_name(self) -> None:
        """Where pages are reached by digits only there are none, and the refusal says what to set."""
        with override_settings(GROUNDRULES_PUBLIC_URL="http://127.0.0.1:8137"):
            assert passkeys.door() is None
            with pytest.raises(PasskeyRefused, match="GROUNDRULES_PUBLIC_URL"):
                passkeys.ask()

    @pytest.mark.parametrize(
        ("origin", "is_ours"),
        [
            ("https://groundrules.example.com", True),
            ("https://groundrules.example.com:8443", True),
            ("https://shop.groundrules.example.com", False),
            ("https://example.com", False),
            ("http://groundrules.example.com", False),
        ],
    )
    def test_take_answers_from_pages_of_this_very_name(self, origin: str, is_ours: bool) -> None:  # noqa: FBT001 - a row
        """A host below ours may belong to somebody else, and a page without https to anybody."""
        assert PasskeyDoor("groundrules.example.com").is_ours(origin) is is_ours

    @pytest.mark.parametrize(
        "answer", [{}, {"id": "AA"}, {"id": 7, "rawId": [], "response": "x", "type": "public-key"}]
    )
    def test_refuse_answers_that_are_none(self, answer: dict[str, object]) -> None:
        """Whatever a program sends is refused by name, and never an error of ours."""
        door = PasskeyDoor("localhost")
        state = door.ask_for_known().state

        with pytest.raises(PasskeyRefused):
            passkeys.use(state, answer, at=AT)
        with pytest.raises(PasskeyRefused):
            door.check_new(state, answer)


class TestAuditChain:
    def test_holds_and_names_what_was_altered(self, alex: User) -> None:
        """An entry that is not as it was written is found, though its writer had the database to themselves."""
        while audit_chain.extend(at=AT):
            pass
        sound = audit_chain.verify()
        entry = AuditEntry.objects.order_by("pk")[1]

        without_guard("records_auditentry")
        AuditEntry.objects.filter(pk=entry.pk).update(says="nothing happened")
        altered = audit_chain.verify()

        assert (sound.faults, sound.links) == ((), AuditEntry.objects.count())
        assert altered.faults == (
            f"link 2 does not fit the entry of {entry.recorded_at.isoformat()}",
        )

    def test_names_a_link_that_was_taken_out(self, alex: User) -> None:
        """Cutting an entry out together with its link leaves a hole."""
        audit_chain.extend(at=AT)
        without_guard("records_auditlink")
        AuditLink.objects.filter(position=2).delete()

        report = audit_chain.verify()

        assert report.faults[0] == "link 2 is missing; the next one is 3"


def without_guard(table: str) -> None:
    """Whoever has the database to themselves can take its triggers away."""
    on = f' ON "{table}"' if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        for name in guard_names(table, connection.vendor):
            cursor.execute(f'DROP TRIGGER "{name}"{on}')
