"""Pages as they were at an instant: a browser's forms against a clock that says so, and the worker's turns between."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Any
from unittest import mock

from django.test import TestCase

from groundrules.records import models as books
from groundrules.services import delivering, letters, lifecycle_due
from groundrules.services.case_import import import_case
from groundrules.services.cases import check_case
from tests.nowadays import move
from tests.web import harbor_books


@contextmanager
def at_the_time(at: datetime) -> Iterator[None]:
    """Whoever asks for the time is told this one."""
    with mock.patch("django.utils.timezone.now", return_value=at):
        yield


class InTime(TestCase):
    """A person at the pages, who says when they look and when they press a button."""

    def enter_as(self, role: str) -> None:
        """Signs somebody in."""
        self.client.force_login(harbor_books.person(role))

    def read(self, address: str, at: datetime) -> str:
        """What a page says, as words in a row."""
        with at_the_time(at):
            answer = self.client.get(address, follow=True)
        assert answer.status_code == 200, answer.content.decode()
        return in_a_row(answer.content)

    def press(self, address: str, at: datetime, /, status: int = 200, **form: object) -> str:
        """What stands on the page one lands on after sending a form."""
        with at_the_time(at), self.captureOnCommitCallbacks(execute=True):
            answer = self.client.post(address, form, follow=True)
        assert answer.status_code == status, in_a_row(answer.content)
        self.landed = str(answer.request["PATH_INFO"])
        return in_a_row(answer.content)

    def turn(self, at: datetime) -> None:
        """The worker's turn: what is due to coverage, and to letters."""
        with self.captureOnCommitCallbacks(execute=True):
            lifecycle_due.apply_due(at=at)
            letters.send_due(at=at)
        delivering.deliver_due(at=at)

    def bill(self, month: str, at: datetime) -> None:
        """A month billed as an owner does it: every exception answered as it proposes, then all approved and issued."""
        self.press("/month-end/open/", at, month=month, hold="0")
        run = self.landed
        with at_the_time(at):
            forms = self.client.get(run).content.decode()
        for form in re.findall(r"(?s)<form.*?</form>", forms):
            hidden = dict(re.findall(r'name="(client|key|stake)" value="([^"]*)"', form))
            if "key" in hidden:
                answer: dict[str, Any] = {name: unescape(value) for name, value in hidden.items()}
                self.press(f"{run}act/", at, do="settle", default="1", **answer)
        self.press(f"{run}act/", at, do="approve-clean")
        done = self.press(f"{run}act/", at, do="issue")
        assert "1 issued, 0 failed" in done


def as_far_as(
    name: str, at: datetime, *left_out: str, renamed: Mapping[str, str] = MappingProxyType({})
) -> harbor_books.Books:
    """A scenario in the database without the lines that have one of these words: what people do in the test itself."""
    with TemporaryDirectory() as folder:
        path = move(name, datetime.now(tz=UTC).date(), Path(folder), left_out, renamed)
        world = check_case(path.read_bytes(), path).case.world
    client = import_case(world, at=at, actor=harbor_books.KIM).client
    if not books.User.objects.exists():
        harbor_books.people(at)
    return harbor_books.Books(client, world, at)


def in_a_row(page: bytes) -> str:
    """A page's words without its marks, with one space between."""
    text = re.sub(r"(?s)<(script|style).*?</\1>|<[^>]+>", " ", page.decode())
    return re.sub(r" (?=[.,;])", "", " ".join(unescape(text).split()))
