from __future__ import annotations

from itertools import permutations

import pytest

from groundrules.core.changes import is_needed_by, is_service, merged_actor, same_component
from groundrules.core.evidence import Actor


class TestSameComponent:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            (".NET Framework 2.0", "Microsoft .NET Framework 2.0 (x64)"),
            (".NET 2.0", "Microsoft® .NET Framework 2.0"),
            (".NET Framework 2.0", ".NET Framework 2.0.50727"),
            ("libc6:amd64", "libc6"),
            ("SharePoint  Services", "sharepoint services"),
        ],
    )
    def test_ignores_how_a_name_is_written(self, one: str, other: str) -> None:
        """Case, blanks, marks, architecture and a longer version name the same component."""
        assert same_component(one, other)
        assert same_component(other, one)

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            (".NET Framework 2.0", ".NET Framework 1.0"),
            (".NET Framework 2.0", ".NET Framework 20"),
            ("python3", "python3.11"),
            ("sa", "sam"),
        ],
    )
    def test_keeps_versions_and_names_apart(self, one: str, other: str) -> None:
        """Another version, or a name that only begins alike, is another component."""
        assert not same_component(one, other)


class TestIsNeededBy:
    def test_meets_a_need_without_a_version_by_any(self) -> None:
        """Needing .NET Framework is touched by a change to any of its versions."""
        assert is_needed_by(".NET Framework", ".NET Framework 2.0")

    def test_does_not_meet_a_need_by_another_version(self) -> None:
        """Needing 2.0 is not touched by 1.0."""
        assert not is_needed_by(".NET Framework 2.0", ".NET Framework 1.0")

    def test_sees_what_an_update_is_for(self) -> None:
        """An update changes the thing it is for."""
        update = "Security Update for Microsoft .NET Framework 2.0 (KB928365)"

        assert is_needed_by(".NET Framework 2.0", update)
        assert not is_needed_by("SQL Server 2005", update)


class TestMergedActor:
    def test_joins_what_agreeing_records_say_in_any_order(self) -> None:
        """Name from one record, identifier and session from another, the program from the service."""
        records = (
            Actor(account="SYSTEM", process="msiexec"),
            Actor(account="v1"),
            Actor(account="v1-renamed", identifier="S-1-5-21-7-1101", session_key="k"),
        )

        merged = {merged_actor(order) for order in permutations(records)}

        assert merged == {Actor("v1-renamed", "S-1-5-21-7-1101", "k", "msiexec")}


class TestIsService:
    @pytest.mark.parametrize(
        "actor",
        [
            Actor(identifier="S-1-5-18"),
            Actor(account="NT AUTHORITY\\SYSTEM"),
            Actor(account="SRV1$"),
            Actor(account="root"),
            Actor(identifier="0", process="apt"),
            Actor(account="cron"),
            Actor(identifier="4294967295"),
            Actor(account="SYSTEM", session_key="srv1|boot|0x3e7"),
            Actor(process="unattended-upgrade"),
        ],
    )
    def test_knows_tools(self, actor: Actor) -> None:
        """The system, services, machines and root without a login are tools."""
        assert is_service(actor)

    @pytest.mark.parametrize(
        "actor",
        [
            Actor(account="anna"),
            Actor(identifier="S-1-5-21-7-1101"),
            Actor(account="root", session_key="srv1|boot|12"),
            Actor(),
        ],
    )
    def test_knows_logins(self, actor: Actor) -> None:
        """An account, a SID, root inside a known login, and silence are not tools."""
        assert not is_service(actor)
