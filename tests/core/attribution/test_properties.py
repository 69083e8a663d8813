from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from groundrules.core.attribution.answers import Attribution, Level
from groundrules.core.attribution.context import AttributionContext
from groundrules.core.attribution.weigh import weigh, weigh_all
from groundrules.core.changes import Change
from groundrules.core.evidence import Actor, GapKind, Session
from groundrules.core.ids import AssetId, SessionId, VendorId
from groundrules.core.parties import Account, Party, PartyKind, Vendor
from groundrules.core.periods import Interval, Period
from groundrules.core.work import OwnRun
from tests.core.attribution.tale import LEDGER, MSP, ROGUE, SRV1, SRV2, ZONE, at, change, gap

START = at("2007-02-21 18:00")
PARTIES = (ROGUE, LEDGER, MSP)
NAMES = ("one", "two", "three", "four", "stranger")
SIDS = {name: f"S-1-5-21-7-{number}" for number, name in enumerate(NAMES)}
minutes = st.integers(0, 240)


@st.composite
def sessions(draw: st.DrawFn, number: int) -> Session:
    """A login of some account on SRV1 or SRV2 within four hours."""
    start = START + timedelta(minutes=draw(minutes))
    name = draw(st.sampled_from(NAMES))
    length = draw(st.one_of(st.none(), st.integers(1, 120)))
    return Session(
        id=SessionId(f"SES-{number}"),
        asset=draw(st.sampled_from([SRV1, SRV1, SRV2])),
        account=name,
        started=start,
        ended=None if length is None else start + timedelta(minutes=length),
        identifier=draw(st.sampled_from(["", SIDS[name]])),
        key=f"srv|boot|{number}",
    )


@st.composite
def actors(draw: st.DrawFn) -> Actor:
    """Someone, something or nobody a record may name."""
    name = draw(st.sampled_from([*NAMES, ""]))
    return draw(
        st.sampled_from(
            [
                Actor(),
                Actor(account=name),
                Actor(identifier=SIDS.get(name, "")),
                Actor(account="SYSTEM", process="msiexec"),
                Actor(account=name, session_key="srv|boot|0"),
                Actor(session_key="srv|boot|1"),
            ]
        )
    )


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Change, AttributionContext]:
    """A change on SRV1 and a small world around it."""
    first = START + timedelta(minutes=draw(minutes))
    interval = Interval(first, first + timedelta(minutes=draw(st.sampled_from([0, 0, 5, 90]))))
    made = change("CHG-1", "2007-02-21 19:00", actor=draw(actors()), interval=interval)
    accounts = tuple(
        Account(
            name,
            draw(st.sampled_from(PARTIES)),
            identifier=draw(st.sampled_from(["", SIDS[name]])),
            shared=draw(st.booleans()),
        )
        for name in NAMES[:-1]
    )
    run_start = START + timedelta(minutes=draw(minutes))
    run = OwnRun(
        "RUN-1",
        SRV1,
        Period(run_start, run_start + timedelta(minutes=60)),
        "patch run",
        accounts=frozenset(draw(st.sampled_from([(), ("SYSTEM",), ("rmm",)]))),
        components=frozenset(draw(st.sampled_from([(), (made.component,), ("KB1",)]))),
    )
    hole = gap(GapKind.RECORDS_MISSING, "2007-02-21 20:00", "2007-02-21 20:30")
    context = AttributionContext(
        zone=ZONE,
        provider=MSP,
        sessions=tuple(draw(sessions(n)) for n in range(draw(st.integers(0, 4)))),
        accounts=accounts,
        vendors=(Vendor(VendorId("V1"), ROGUE.name), Vendor(VendorId("V2"), LEDGER.name)),
        own_runs=(run,) if draw(st.booleans()) else (),
        gaps=(hole,) if draw(st.booleans()) else (),
    )
    return made, context


def verdict(found: Attribution) -> tuple[Any, ...]:
    """What is said about who, without references."""
    return found.strength, found.level, found.party, found.account, found.grade


def swapped(party: Party) -> Party:
    """The rogue vendor for the provider and the other way round."""
    return {ROGUE: MSP, MSP: ROGUE}.get(party, party)


class TestWeighProperties:
    @given(worlds())
    def test_swaps_with_the_names(self, world: tuple[Change, AttributionContext]) -> None:
        """Exchanging our name and the vendor's exchanges the verdict and nothing else."""
        made, context = world
        mirror = replace(
            context,
            provider=swapped(context.provider),
            accounts=tuple(replace(a, party=swapped(a.party)) for a in context.accounts),
            vendors=(),
        )

        found, mirrored = weigh(made, context), weigh(made, mirror)

        party = None if found.party is None else swapped(found.party)
        assert verdict(mirrored) == (found.strength, found.level, party, found.account, found.grade)

    @given(worlds(), st.randoms(use_true_random=False))
    def test_does_not_depend_on_order(
        self, world: tuple[Change, AttributionContext], luck: Random
    ) -> None:
        """Any order of the same facts gives the same answer to the last sentence."""
        made, context = world
        mixed = replace(
            context,
            sessions=tuple(luck.sample(context.sessions, k=len(context.sessions))),
            accounts=tuple(luck.sample(context.accounts, k=len(context.accounts))),
        )

        assert weigh(made, mixed) == weigh(made, context)

    @given(worlds())
    def test_does_not_depend_on_references(self, world: tuple[Change, AttributionContext]) -> None:
        """Other ids for the same sessions change no verdict."""
        made, context = world
        renamed = tuple(
            replace(s, id=SessionId(f"Z{9 - n}")) for n, s in enumerate(context.sessions)
        )

        found = weigh(made, replace(context, sessions=renamed))

        assert verdict(found) == verdict(weigh(made, context))

    @given(worlds())
    def test_never_names_by_presence_or_a_shared_account(
        self, world: tuple[Change, AttributionContext]
    ) -> None:
        """L3 to L5 name nobody; nor does a shared account or one of nobody known."""
        made, context = world

        found = weigh(made, context)

        nameless = {a.name for a in context.accounts if a.shared} | {"stranger"}
        if found.level in {Level.L3, Level.L4, Level.L5} or found.account in nameless:
            assert found.party is None
        if found.party is not None:
            assert found.names_party

    @given(worlds())
    def test_names_nobody_under_a_gap_in_its_source(
        self, world: tuple[Change, AttributionContext]
    ) -> None:
        """A gap without a known source over the change leaves nobody named."""
        made, context = world
        over = gap(GapKind.RECORDS_MISSING, "2007-02-21 00:00", "2007-02-22 23:00")

        assert weigh(made, replace(context, gaps=(over,))).party is None

    @given(worlds())
    def test_cites_only_records_that_exist(self, world: tuple[Change, AttributionContext]) -> None:
        """Every reference in every reason opens a record of the world."""
        made, context = world
        known: dict[str, set[str]] = {
            "change": {made.id},
            "session": {s.id for s in context.sessions},
            "account": {a.name for a in context.accounts},
            "own run": {r.id for r in context.own_runs},
            "gap": {g.id for g in context.gaps},
            "vendor": {v.id for v in context.vendors},
        }

        found = weigh(made, context)

        reasons = [*found.reasons, *(r for h in found.hypotheses for r in h.reasons)]
        assert all(fact.ref in known[fact.kind] for reason in reasons for fact in reason.facts)

    @given(worlds())
    def test_loses_the_name_with_the_record_it_rests_on(
        self, world: tuple[Change, AttributionContext]
    ) -> None:
        """Without the identity in the record and the runs there is no name."""
        made, context = world
        blank = replace(made, actor=Actor())

        assert weigh(blank, replace(context, own_runs=())).party is None

    @given(worlds())
    def test_weighs_many_as_one_by_one(self, world: tuple[Change, AttributionContext]) -> None:
        """The batch gives the same answers as the single question."""
        made, context = world
        other = replace(made, asset=AssetId("SRV2"))

        assert weigh_all([made, other], context) == (weigh(made, context), weigh(other, context))


class TestParties:
    def test_has_a_consultant_and_the_client_among_the_suspects(self) -> None:
        """Whoever holds an account is listed, not only vendors."""
        client = Party(PartyKind.CLIENT, "C1", "Harbor Dental")
        context = AttributionContext(ZONE, MSP, accounts=(Account("pat", client),))

        assert set(context.parties) == {client, MSP}
