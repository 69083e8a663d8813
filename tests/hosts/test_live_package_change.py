"""A real change on this very machine: installed and removed by a real account, and told afterwards from evidence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from groundrules.core.changes import compare, from_observations, merge
from groundrules.core.evidence import Action, ItemKind, Observation, Session, SessionKind
from groundrules.core.ids import AssetId
from groundrules.readers.envelope import History, OpenedEnvelope, combine, read_envelope, read_parts
from groundrules_wire import envelope_digest
from tests.hosts.live_host import (
    APT,
    SMALL_PACKAGES,
    LoggedIn,
    collect,
    is_installed,
    logged_in_account,
    packages_present,
    require_live_host,
    run,
    version_of,
)

SRV1 = AssetId("SRV1")
SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class LiveChange:
    """What happened, and the three envelopes collected before, between and after."""

    package: str
    version: str
    who: LoggedIn
    began: datetime
    ended: datetime
    envelopes: tuple[OpenedEnvelope, ...]
    history: History

    def seen(self, action: Action) -> list[Observation]:
        """This function will return what the evidence says happened to the package while the test ran."""
        return [
            seen
            for seen in self.history.observations
            if (seen.kind, seen.key, seen.action) == (ItemKind.PACKAGE, self.package, action)
            and self.began <= seen.at <= self.ended
        ]

    def sessions_at(self, moment: datetime) -> list[Session]:
        """This function will return the logins of the account that were open at an instant."""
        mine = (session for session in self.history.sessions if session.account == self.who.account)
        return [session for session in mine if session.period.contains(moment)]


@pytest.fixture(scope="module")
def live_change(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveChange]:
    """This fixture will install and remove a small package as a logged-in account, collecting around each step."""
    require_live_host()
    folder = tmp_path_factory.mktemp("live")
    with ExitStack() as undo:
        undo.enter_context(packages_present("openssh-server", "sudo"))
        package = next(name for name in SMALL_PACKAGES if not is_installed(name))
        undo.callback(run, *APT, "purge", package, check=False)
        version = version_of(package)
        who = undo.enter_context(logged_in_account(folder))
        began = datetime.now(UTC).replace(microsecond=0)
        envelopes = _walk(folder, who, package)
        ended = datetime.now(UTC) + SECOND
        opened = tuple(read_envelope(raw) for raw in envelopes)
        history = combine(reading for each in opened for reading in read_parts(each, SRV1))
        yield LiveChange(package, version, who, began, ended, opened, history)
    assert not is_installed(package), "the small package was left behind"


def _walk(folder: Path, who: LoggedIn, package: str) -> list[bytes]:
    paths = [folder / f"{name}.envelope" for name in ("before", "between", "after")]
    apt = f"sudo {' '.join(APT)}"
    envelopes = [collect(paths[0], None, who.auth_log)]
    who.say(f"{apt} install {package}")
    envelopes.append(collect(paths[1], paths[0], who.auth_log))
    who.say(f"{apt} remove {package}")
    return [*envelopes, collect(paths[2], paths[1], who.auth_log)]


@pytest.mark.live_host
class TestLivePackageChange:
    def test_shows_the_installation_with_its_versions(self, live_change: LiveChange) -> None:
        """The package appears once as added, from nothing to the version apt offered."""
        added = live_change.seen(Action.ADDED)

        assert [(seen.before, seen.after) for seen in added] == [(None, live_change.version)]

    def test_shows_the_removal_with_its_versions(self, live_change: LiveChange) -> None:
        """The package appears once as removed, from that version to nothing, after it was added."""
        removed = live_change.seen(Action.REMOVED)

        assert [(seen.before, seen.after) for seen in removed] == [(live_change.version, None)]
        assert removed[0].at > live_change.seen(Action.ADDED)[0].at

    @pytest.mark.parametrize(
        ("action", "word"), [(Action.ADDED, "install"), (Action.REMOVED, "remove")]
    )
    def test_takes_the_time_from_the_package_manager(
        self, live_change: LiveChange, action: Action, word: str
    ) -> None:
        """The cited line of dpkg's own log carries that second, that word and that package."""
        seen = live_change.seen(action)[0]

        assert seen.citation.reader == "dpkg-log/1"
        line = self._cited_line(live_change, seen)
        zone = ZoneInfo(live_change.envelopes[0].manifest.zone)
        assert line.startswith(
            f"{seen.at.astimezone(zone):%Y-%m-%d %H:%M:%S} {word} {live_change.package}"
        )

    def _cited_line(self, live_change: LiveChange, seen: Observation) -> str:
        for opened in live_change.envelopes:
            for part in opened.manifest.parts:
                if part.sha256 == seen.citation.evidence:
                    return (
                        opened.payloads[part.name]
                        .decode()
                        .split("\n")[int(seen.citation.record) - 1]
                    )
        return pytest.fail(f"no envelope holds the cited evidence {seen.citation.evidence}")

    @pytest.mark.parametrize("action", [Action.ADDED, Action.REMOVED])
    def test_names_the_account_that_ran_it(self, live_change: LiveChange, action: Action) -> None:
        """Apt's own record names the account behind sudo, and is cited beside dpkg's."""
        seen = live_change.seen(action)[0]

        assert (seen.actor.account, seen.actor.identifier) == (
            live_change.who.account,
            live_change.who.uid,
        )
        assert [citation.reader for citation in seen.supporting] == ["apt-history/1"]

    @pytest.mark.parametrize("action", [Action.ADDED, Action.REMOVED])
    def test_finds_the_one_login_it_was_done_in(
        self, live_change: LiveChange, action: Action
    ) -> None:
        """Exactly one login of that account was open: from loopback, with the account's own key, and it ended."""
        sessions = live_change.sessions_at(live_change.seen(action)[0].at)

        assert len(sessions) == 1
        assert sessions[0].kind is SessionKind.REMOTE
        assert sessions[0].source_address == "127.0.0.1"
        assert live_change.who.fingerprint in sessions[0].credential
        assert sessions[0].ended is not None

    def test_has_the_login_from_wtmp_as_well(self, live_change: LiveChange) -> None:
        """Sshd's message and its wtmp record are one session that cites both."""
        session = live_change.sessions_at(live_change.seen(Action.ADDED)[0].at)[0]

        readers = {citation.reader for citation in session.citations}
        assert "utmp/1" in readers
        assert readers & {"auth-log/1", "journal/1"}

    def test_tells_one_change_from_snapshots_and_logs(self, live_change: LiveChange) -> None:
        """The snapshots' difference and the logs' record are one change, by the account, at that second."""
        listed = [one for one in live_change.history.snapshots if ItemKind.PACKAGE in one.kinds]

        told = merge(compare(*listed[:2]), from_observations(live_change.seen(Action.ADDED)))

        mine = [change for change in told if change.component == live_change.package]
        assert len(mine) == 1
        assert (mine[0].before, mine[0].after) == (None, live_change.version)
        assert mine[0].interval.not_before == live_change.seen(Action.ADDED)[0].at
        assert mine[0].actor.account == live_change.who.account
        cited = {citation.reader for citation in mine[0].citations}
        assert cited == {"dpkg-log/1", "apt-history/1", "snapshot/1"}

    def test_lists_the_package_only_between(self, live_change: LiveChange) -> None:
        """The three snapshots agree with the logs: absent, there with its version, absent."""
        listed = [
            [
                item.attributes["version"]
                for item in snapshot.items
                if item.key == live_change.package
            ]
            for snapshot in live_change.history.snapshots
            if ItemKind.PACKAGE in snapshot.kinds
        ]

        assert listed == [[], [live_change.version], []]

    def test_chains_the_envelopes(self, live_change: LiveChange) -> None:
        """Each envelope cites the one before it and counts up."""
        first, second, third = (opened.manifest for opened in live_change.envelopes)

        assert (first.sequence, second.sequence, third.sequence) == (1, 2, 3)
        assert (second.previous, third.previous) == (
            envelope_digest(first),
            envelope_digest(second),
        )
