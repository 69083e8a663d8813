from __future__ import annotations

from dataclasses import replace

from groundrules.core.attribution.weigh import weigh
from groundrules.core.causation.readiness import ReadinessView, readiness_gaps
from groundrules.core.evidence import Action, Actor, GapKind, ItemKind
from groundrules.core.ids import ApplicationId, VendorId
from groundrules.core.parties import Application, Asset
from tests.core.attribution.tale import (
    ACCOUNTS,
    CONTEXT,
    SRV1,
    SRV2,
    VENDORS,
    VISIT,
    change,
    gap,
)

SA = change(
    "CHG-SA",
    "2007-02-26 21:14",
    "sa",
    kind=ItemKind.PASSWORD,
    action=Action.ALTERED,
    snapshot_only=True,
)
VIEW = ReadinessView(assets=(Asset(SRV1, "SRV1"),), sessions=(VISIT,))


def names(view: ReadinessView) -> list[str]:
    """The short names of what can't be proven."""
    return [found.name for found in readiness_gaps(view)]


class TestReadinessGaps:
    def test_raises_a_password_change_nobody_recorded(self) -> None:
        """Scenario 7: when is known, who is not; the audit that would tell is missing on SRV1."""
        found = readiness_gaps(replace(VIEW, changes=(SA,)))[0]

        assert (found.asset, found.name) == (SRV1, "no audit of login password change")
        assert found.facts[0].ref == SA.id
        assert weigh(SA, CONTEXT).party is None

    def test_has_nothing_to_say_of_a_password_change_with_a_name(self) -> None:
        """An audited change raises no gap."""
        named = replace(SA, actor=Actor(account="v1-rogue"), snapshot_only=False)

        assert readiness_gaps(replace(VIEW, changes=(named,))) == ()

    def test_raises_accounts_more_than_one_person_can_use(self) -> None:
        """A shared account names nobody, so it is told before it matters."""
        assert names(replace(VIEW, accounts=ACCOUNTS)) == ["shared account"]

    def test_raises_a_vendor_without_an_account_of_its_own(self) -> None:
        """V3's application is on the server; its people come in as somebody else."""
        xray = Application(ApplicationId("Xray"), "Xray", SRV1, VendorId("V3"))
        view = replace(VIEW, applications=(xray,), vendors=VENDORS)

        assert names(view) == ["vendor without a named account"]

    def test_raises_a_server_without_logins_on_record(self) -> None:
        """No session source: no change there can be tied to a session."""
        assert names(replace(VIEW, assets=(Asset(SRV2, "SRV2"),))) == ["no session source"]

    def test_raises_changes_no_log_recorded(self) -> None:
        """A package that appeared between snapshots left no log."""
        unlogged = replace(SA, kind=ItemKind.PACKAGE)

        assert names(replace(VIEW, changes=(unlogged,))) == ["changes seen in snapshots only"]

    def test_raises_an_audit_that_is_off(self) -> None:
        """What the host itself says is off is passed on."""
        off = gap(GapKind.AUDIT_OFF, "2007-02-01 00:00", "2007-03-01 00:00")

        assert names(replace(VIEW, gaps=(off,))) == ["audit off"]
