"""Properties of the verdicts over whole worlds: names, references, permission and bystanders carry no weight."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from groundrules.core.answers.answer import explanations_of
from groundrules.core.answers.findings import attributions_of, causes_of
from groundrules.core.attribution.answers import Attribution
from groundrules.core.causation.answers import CauseAnswer, CauseVerdict
from groundrules.core.changes import Change
from groundrules.core.evidence import Action, Actor, ItemKind
from groundrules.core.explanation.answers import Explanation
from groundrules.core.ids import AssetId, ChangeId, SessionId
from groundrules.core.parties import Account, Party, PartyKind
from groundrules.core.periods import Interval
from groundrules.core.reasons import FactRef
from groundrules.core.world import World
from tests.cases.worlds import SCENARIOS, WITH_INCIDENTS, Drawn, noisy, world_of

MODEST = settings(max_examples=120, suppress_health_check=[HealthCheck.too_slow], deadline=None)
SWAPPED = {PartyKind.PROVIDER: PartyKind.VENDOR, PartyKind.VENDOR: PartyKind.PROVIDER}


def causes(world: World) -> tuple[tuple[object, ...], ...]:
    """What is said about each incident's cause, without sentences."""
    return tuple(
        (c.verdict, c.changes, c.onset, tuple((h.change, h.rejected) for h in c.hypotheses))
        for c in causes_of(world)
    )


def who(found: Attribution) -> tuple[object, ...]:
    """What is said about who made a change, without references."""
    return found.strength, found.level, found.party, found.account, found.grade


def explained(world: World) -> tuple[Explanation, ...]:
    """Every incident of a world, explained."""
    return explanations_of(world, attributions_of(world), causes_of(world))


def mirrored(world: World) -> World:
    """The same world in which vendor V1 and we have exchanged logins; nobody's own runs are on record."""
    us = Party(PartyKind.PROVIDER, world.provider.id, world.provider.name)
    them = next(a.party for a in world.accounts if a.party.id == "V1")

    def other(account: Account) -> Account:
        exchanged = {us.id: them, them.id: us}
        return replace(account, party=exchanged.get(account.party.id, account.party))

    return replace(world, accounts=tuple(map(other, world.accounts)))


class TestNames:
    @MODEST
    @given(noisy())
    def test_swap_with_the_logins(self, drawn: Drawn) -> None:
        """Who holds V1's login and who holds ours is exchanged in every verdict, and nothing else is."""
        world = drawn.world
        plain = replace(world, own_runs=())

        found, swapped = attributions_of(plain), attributions_of(mirrored(plain))

        ids = {world.provider.id: "V1", "V1": world.provider.id}
        for one, other in zip(found, swapped, strict=True):
            expected = None if one.party is None else ids.get(one.party.id, one.party.id)
            assert (other.strength, other.level, other.account, other.grade) == (
                one.strength,
                one.level,
                one.account,
                one.grade,
            )
            assert (None if other.party is None else other.party.id) == expected
        assert causes(mirrored(plain)) == causes(plain)

    @pytest.mark.parametrize("name", SCENARIOS[:2])
    def test_swap_in_what_the_client_is_told(self, name: str) -> None:
        """With the logins exchanged, the explanation names the other one with the same strength."""
        plain = replace(world_of(name), own_runs=())

        told, swapped = explained(plain), explained(mirrored(plain))

        assert [e.cause for e in told] == [e.cause for e in swapped]
        assert [e.proof for e in told] == [e.proof for e in swapped]
        assert any(e.actor.words != s.actor.words for e, s in zip(told, swapped, strict=True))


class TestReferences:
    @MODEST
    @given(noisy(), st.randoms(use_true_random=False))
    def test_carry_no_weight(self, drawn: Drawn, luck: Random) -> None:
        """Other references for the same changes and logins, in another order, give the same verdicts."""
        world = drawn.world
        shuffled = list(world.changes)
        luck.shuffle(shuffled)
        new = {c.id: ChangeId(f"CHG-{n:03}") for n, c in enumerate(shuffled)}
        renamed = replace(
            world,
            changes=tuple(replace(c, id=new[c.id]) for c in shuffled),
            sessions=tuple(
                replace(s, id=SessionId(f"Z-{n}")) for n, s in enumerate(reversed(world.sessions))
            ),
        )

        before = {new[a.change]: who(a) for a in attributions_of(world)}
        after = {a.change: who(a) for a in attributions_of(renamed)}

        assert after == before
        assert [(c.verdict, {new[r] for r in c.changes}) for c in causes_of(world)] == [
            (c.verdict, set(c.changes)) for c in causes_of(renamed)
        ]


class TestBystanders:
    @MODEST
    @given(noisy(), st.integers(-2880, 600))
    def test_change_no_verdict(self, drawn: Drawn, minutes: int) -> None:
        """A change on a host nothing depends on leaves every verdict about the others as it was."""
        world = drawn.world
        moment = min(i.opened_at for i in world.incidents) + timedelta(minutes=minutes)
        beside = Change(
            ChangeId("CHG-BESIDE"),
            AssetId("ELSEWHERE"),
            ItemKind.PACKAGE,
            "Solitaire",
            Action.ADDED,
            Interval.exactly(moment),
            actor=Actor(account="stranger"),
        )
        more = replace(world, changes=(*world.changes, beside))

        assert [(c.verdict, c.changes) for c in causes_of(more)] == [
            (c.verdict, c.changes) for c in causes_of(world)
        ]
        assert tuple(map(who, attributions_of(more)))[:-1] == tuple(
            map(who, attributions_of(world))
        )


class TestAuthority:
    @MODEST
    @given(drawn=noisy(), windows=st.booleans(), letters=st.booleans())
    def test_weighs_nothing_in_cause_or_actor(
        self, drawn: Drawn, *, windows: bool, letters: bool
    ) -> None:
        """Without windows or letters, or with every window over everything, cause and actor are the same."""
        world = drawn.world
        other = replace(
            world,
            windows=()
            if windows
            else tuple(replace(w, approved_at=None, recorded_at=None) for w in world.windows),
            letters_of_agency=() if letters else world.letters_of_agency,
            acceptances=(),
        )

        assert causes(other) == causes(world)
        assert tuple(map(who, attributions_of(other))) == tuple(map(who, attributions_of(world)))


class TestGaps:
    @MODEST
    @given(noisy())
    def test_name_nobody_and_are_printed(self, drawn: Drawn) -> None:
        """A gap that lowers a verdict leaves nobody named, and its sentence stands in the verdict."""
        world = drawn.world
        for found in attributions_of(world):
            printed = {f.ref for r in found.reasons for f in r.facts if f.kind == "gap"}
            assert set(found.capped_by) <= printed
            assert not (found.capped_by and found.names_party)


def on_record(world: World) -> dict[str, set[str]]:
    """Every reference an explanation may cite, by kind."""
    return {
        "change": {c.id for c in world.changes},
        "session": {s.id for s in world.sessions},
        "account": {a.name for a in world.accounts},
        "own run": {r.id for r in world.own_runs},
        "recovery": {r.incident for r in world.recoveries},
        "gap": {g.id for g in world.gaps},
        "vendor": {v.id for v in world.vendors},
        "window": {w.id for w in world.windows},
        "incident": {i.id for i in world.incidents},
        "health check": {c.id for c in world.health_checks},
        "raw evidence": {c.evidence for change in world.changes for c in change.citations},
    }


def without(world: World, cited: tuple[FactRef, ...], kinds: frozenset[str]) -> World:
    """The world without the cited records of those kinds."""
    gone = {(f.kind, f.ref) for f in cited if f.kind in kinds}
    return replace(
        world,
        changes=tuple(c for c in world.changes if ("change", c.id) not in gone),
        health_checks=tuple(c for c in world.health_checks if ("health check", c.id) not in gone),
        accounts=tuple(a for a in world.accounts if ("account", a.name) not in gone),
        own_runs=tuple(r for r in world.own_runs if ("own run", r.id) not in gone),
        windows=tuple(w for w in world.windows if ("window", w.id) not in gone),
    )


def facts_of(reasons: object) -> tuple[FactRef, ...]:
    """The records a part of an explanation cites, those of its finer reasons too."""
    return tuple(
        fact
        for reason in reasons  # type: ignore[attr-defined]  # a tuple of reasons
        for fact in (*reason.facts, *facts_of(reason.because))
    )


class TestFidelity:
    """What the client is told rests on records: each exists, and without them the verdict is another."""

    @MODEST
    @given(noisy())
    def test_cites_only_records_that_exist(self, drawn: Drawn) -> None:
        """Every cited record is one of the world's."""
        world = drawn.world
        known = on_record(world)

        for told in explained(world):
            assert [f for f in told.cited if f.ref not in known[f.kind]] == []

    @pytest.mark.parametrize("name", WITH_INCIDENTS)
    def test_cites_only_records_of_the_scenario(self, name: str) -> None:
        """The scenarios cite nothing that is not in them, and each cites something."""
        known = on_record(world_of(name))

        for told in explained(world_of(name)):
            assert [f for f in told.cited if f.ref not in known[f.kind]] == []
            assert told.cited

    @MODEST
    @given(noisy())
    def test_loses_the_cause_with_its_changes(self, drawn: Drawn) -> None:
        """Take away the changes cited for an established cause: that cause is gone."""
        world = drawn.world
        for told, cause in zip(explained(world), causes_of(world), strict=True):
            if not cause.established:
                continue
            cited = facts_of(told.cause.reasons)
            after = _cause_of(without(world, cited, frozenset({"change"})), cause)
            assert after.established != cause.established

    @MODEST
    @given(noisy())
    def test_loses_the_cause_with_its_checks(self, drawn: Drawn) -> None:
        """Take away the checks cited for when it failed: no change is likely any more for that reason."""
        world = drawn.world
        for told, cause in zip(explained(world), causes_of(world), strict=True):
            if not cause.established:
                continue
            cited = facts_of(told.what_failed)
            assert any(f.kind == "health check" for f in cited)
            after = _cause_of(without(world, cited, frozenset({"health check"})), cause)
            assert (after.verdict, after.onset) != (cause.verdict, cause.onset)

    @MODEST
    @given(noisy())
    def test_loses_the_name_with_its_records(self, drawn: Drawn) -> None:
        """Take away the account and the run cited for a name: nobody is named."""
        world = drawn.world
        made = {a.change: a for a in attributions_of(world)}
        for told, cause in zip(explained(world), causes_of(world), strict=True):
            if not any(made[c].names_party for c in cause.established):
                continue
            cited = facts_of(told.actor.reasons)
            poorer = without(world, cited, frozenset({"account", "own run"}))
            after = {a.change: a for a in attributions_of(poorer)}
            named = [c for c in cause.established if made[c].names_party]
            assert [after[c].party for c in named] == [None] * len(named)

    @pytest.mark.parametrize("name", WITH_INCIDENTS)
    def test_names_nobody_for_candidates(self, name: str) -> None:
        """While the cause is not established, no party appears under ACTOR or AUTHORITY."""
        world = world_of(name)

        for told, cause in zip(explained(world), causes_of(world), strict=True):
            if cause.verdict in {CauseVerdict.UNKNOWN, CauseVerdict.CANDIDATES}:
                assert told.actor.words == told.authority.words == "not asked"


def _cause_of(world: World, cause: CauseAnswer) -> CauseAnswer:
    return next(c for c in causes_of(world) if c.incident == cause.incident)
