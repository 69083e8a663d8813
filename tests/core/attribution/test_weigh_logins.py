"""Logins that name an account and no party: opened in another's login, for a stored job, or under a name passed on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from groundrules.core.attribution.weigh import weigh, weigh_all
from groundrules.core.changes import Change
from groundrules.core.evidence import ASKED_FOR, Action, Actor, GapKind, ItemKind, SessionKind
from groundrules.core.ids import ChangeId
from groundrules.core.parties import Account
from groundrules.core.periods import Interval
from tests.core.attribution.tale import CONTEXT, LEDGER, REMOVAL, ROGUE, at, gap, session

WORKER = Account("v1-worker", ROGUE)
KEYED = replace(REMOVAL, actor=Actor(session_key="SRV1|b1|0x2a"))
ACCOUNTS = (WORKER, Account("v1-other", ROGUE), Account("ledger-svc", LEDGER))
OPEN = replace(session("SES-W", "v1-worker", "2007-02-21 19:00", None), key="SRV1|b1|0x2a")
ALONE = replace(CONTEXT, accounts=ACCOUNTS, sessions=(OPEN,), gaps=())


def of_account(name: str, action: Action, time: str, after: str | None = None) -> Change:
    """A change of an account of SRV1, before the removal."""
    return replace(
        REMOVAL,
        id=ChangeId(f"CHG-{name}-{action}"),
        kind=ItemKind.ACCOUNT,
        component=name,
        action=action,
        before=name if after else None,
        after=after,
        actor=Actor(account="ledger-svc"),
        interval=Interval.exactly(at(time)),
    )


class TestWeighLogins:
    def test_names_the_party_of_a_login_somebody_worked_in(self) -> None:
        """The plain case, beside which the others stand."""
        assert weigh(KEYED, ALONE).party == ROGUE

    @pytest.mark.parametrize("kind", [SessionKind.BATCH, SessionKind.SERVICE])
    def test_names_no_party_for_a_stored_job(self, kind: SessionKind) -> None:
        """Nobody works in such a login, whether the record has its key or the account alone."""
        context = replace(ALONE, sessions=(replace(OPEN, kind=kind),))

        for made in (KEYED, replace(REMOVAL, actor=Actor(account="v1-worker"))):
            found = weigh(made, context)
            assert (found.party, found.account) == (None, "v1-worker")

    def test_names_neither_where_a_login_was_asked_for_in_anothers(self) -> None:
        """`runas`: the record of the login says in whose login it was opened."""
        asked = replace(OPEN, credential=f"{ASKED_FOR}ledger-svc")
        own = replace(OPEN, credential=f"{ASKED_FOR}v1-other")

        found = weigh(KEYED, replace(ALONE, sessions=(asked,)))

        assert (found.party, found.account) == (None, "v1-worker")
        assert "asked for in the login of ledger-svc" in found.reasons[-1].sentence
        assert weigh(KEYED, replace(ALONE, sessions=(own,))).party == ROGUE

    def test_ends_an_open_login_at_the_restart(self) -> None:
        """A LogonId is given out anew after a restart, so the key of a login before it ties nothing."""
        restart = gap(GapKind.RESTART, "2007-02-21 19:30", "2007-02-21 19:31")

        found = weigh(KEYED, replace(ALONE, gaps=(restart,)))

        assert found.party is None
        assert "was not open then" in found.reasons[0].sentence

    def test_names_nobody_by_a_name_whose_account_was_deleted(self) -> None:
        """What goes by the name after that is another account; one identifier on both sides would tell."""
        deleted = of_account("v1-worker", Action.REMOVED, "2007-02-21 09:00")
        numbered = replace(ALONE, accounts=(replace(WORKER, identifier="S-1-5-21-7-9"),))
        by_number = replace(KEYED, actor=Actor(account="v1-worker", identifier="S-1-5-21-7-9"))

        _, found = weigh_all((deleted, KEYED), ALONE)
        _, sure = weigh_all((deleted, by_number), numbered)

        assert (found.party, sure.party) == (None, ROGUE)

    def test_names_nobody_by_a_name_taken_from_another_party(self) -> None:
        """An account of one party renamed to the name of the other's."""
        renamed = of_account("ledger-svc", Action.ALTERED, "2007-02-21 09:00", after="v1-worker")
        within = of_account("v1-other", Action.ALTERED, "2007-02-21 09:00", after="v1-worker")

        assert weigh_all((renamed, KEYED), ALONE)[1].party is None
        assert weigh_all((within, KEYED), ALONE)[1].party == ROGUE
