"""How a field of an expectation is compared; a field without a mark must be exactly equal."""

from __future__ import annotations

from collections.abc import Mapping

# Says which answer is meant; part of a text; not part of a text; in this order; names everything there is.
KEY: Mapping[str, object] = {"expect_key": True}
CONTAINS: Mapping[str, object] = {"expect_contains": True}
ORDERED: Mapping[str, object] = {"expect_ordered": True}
ABSENT: Mapping[str, object] = {"expect_absent": True}
COMPLETE: Mapping[str, object] = {"expect_complete": True}
