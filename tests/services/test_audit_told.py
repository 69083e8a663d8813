"""What an entry of the audit book says was before and after, in words."""

from __future__ import annotations

import pytest

from groundrules.services.audit_told import ToldChange, change_told


@pytest.mark.parametrize(
    ("verb", "details", "told"),
    [
        (
            "cards.keep_client",
            {"name": ["Old", "New"], "notice_email": ["", "a@b.example"]},
            ToldChange(
                "name: Old; notice email: nothing", "name: New; notice email: a@b.example", ""
            ),
        ),
        (
            "cards.keep_asset",
            {"code": [None, "SRV1"], "zone": [None, ""], "site": [None, "None"]},
            ToldChange("", "code: SRV1", ""),
        ),
        (
            "roles.set",
            {"before": {"role": "owner"}, "after": {"role": "observer"}, "reason": "left"},
            ToldChange("role: owner", "role: observer", "left"),
        ),
        ("sites.move", {"before": None, "after": "MAIN"}, ToldChange("", "MAIN", "")),
        ("changes.detect", {"changes": ["CHG-1", "CHG-2"]}, ToldChange("", "", "")),
        ("x.y", {"before": {"n": 1}, "after": {"n": 2}}, ToldChange('{"n": 1}', '{"n": 2}', "")),
        ("x.y", [], ToldChange("", "", "")),
    ],
)
def test_is_read_from_whatever_a_verb_wrote(verb: str, details: object, told: ToldChange) -> None:
    """Cards write pairs, other verbs both sides; a list of two references is no change."""
    assert change_told(verb, details) == told


def test_is_one_line_for_a_reader() -> None:
    """Both sides and the reason, or nothing at all."""
    assert ToldChange("a", "", "why").sentence == "a -> nothing; why"
    assert ToldChange("", "", "").sentence == ""
