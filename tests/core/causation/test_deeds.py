"""What a change does by its nature, told from its record alone."""

from __future__ import annotations

import pytest

from groundrules.core.causation.deeds import Deed, deed_of, is_great_step, shuts_out
from groundrules.core.evidence import Action, ItemKind
from tests.core.attribution.tale import change

MOMENT = "2007-02-21 19:58"
LOGIN, ACCOUNT, SERVICE = ItemKind.DATABASE_LOGIN, ItemKind.ACCOUNT, ItemKind.SERVICE


class TestDeedOf:
    @pytest.mark.parametrize(
        ("kind", "before", "after", "deed", "shut"),
        [
            (LOGIN, None, None, Deed.TAKES_AWAY, True),
            (LOGIN, None, "altered", Deed.TAKES_AWAY, True),
            (LOGIN, "password set", "password set again", Deed.TAKES_AWAY, True),
            (LOGIN, "enabled", "disabled", Deed.TAKES_AWAY, True),
            (LOGIN, None, "enabled", Deed.ADDS, False),
            (LOGIN, None, "given another default language", Deed.ALTERS, False),
            (LOGIN, "default database master", "default database crm", Deed.ALTERS, False),
            (ItemKind.PASSWORD, None, None, Deed.TAKES_AWAY, True),
            (ACCOUNT, "enabled", "disabled", Deed.TAKES_AWAY, False),
            (ACCOUNT, None, "locked", Deed.TAKES_AWAY, False),
            (ACCOUNT, None, "unlocked", Deed.ADDS, False),
            (ACCOUNT, "clerk", "head clerk", Deed.ALTERS, False),
            (SERVICE, "running", "stopped", Deed.TAKES_AWAY, False),
            (SERVICE, "running", "restarted", Deed.ADDS, False),
        ],
    )
    def test_reads_what_the_record_says_was_altered(
        self, kind: ItemKind, before: str | None, after: str | None, deed: Deed, *, shut: bool
    ) -> None:
        """A login's language is not its password; where the record does not say, it may be."""
        made = change(
            "CHG-1", MOMENT, "sa", kind=kind, action=Action.ALTERED, before=before, after=after
        )

        assert (deed_of(made), shuts_out(made)) == (deed, shut)


class TestIsGreatStep:
    @pytest.mark.parametrize(
        ("before", "after", "great"),
        [
            ("17.4", "18.0", True),
            ("17.4", "17.5", False),
            ("4.8.1", "4.6.0", True),
            ("4.8.1", "4.8.10", False),
            ("1.10", "1.9", True),
            ("1.4", "1.4", False),
            ("sha256:1f", "sha256:0a", False),
            (None, "2.0", False),
        ],
    )
    def test_is_another_main_version_or_an_older_one(
        self, before: str | None, after: str | None, *, great: bool
    ) -> None:
        """What needs the version that was there may not run on it."""
        made = change("CHG-1", MOMENT, action=Action.ALTERED, before=before, after=after)

        assert is_great_step(made) is great
