"""Which way a time entry is answered, for tests that compare both."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from groundrules.services import one_more


@contextmanager
def counting(monkeypatch: pytest.MonkeyPatch, *, short: bool) -> Iterator[list[bool]]:
    """This function will note how often an entry was answered beside what stands; or let none be."""
    taken: list[bool] = []
    beside = one_more._answer_beside  # noqa: SLF001 - which way was taken

    def answer_beside(*given: Any) -> bool:  # noqa: ANN401 - passed on
        taken.append(short and beside(*given))
        return taken[-1]

    with monkeypatch.context() as patch:
        patch.setattr(one_more, "_answer_beside", answer_beside)
        yield taken
