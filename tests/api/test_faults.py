"""What is answered where something broke, or keeps us from answering: a problem for programs, a page for people."""

from __future__ import annotations

import errno
from collections.abc import Callable

import pytest
from django.db import OperationalError
from django.http import HttpRequest
from django.test import Client as Browser

from groundrules.services.waiting import Waits, why_it_waits

FULL = OperationalError("database or disk is full")


@pytest.fixture
def breaks(monkeypatch: pytest.MonkeyPatch) -> Callable[[Exception], Browser]:
    """This fixture will make every request to the interface's description break, as a served one would."""

    def broken(error: Exception) -> Browser:
        def fails(_self: object, _request: HttpRequest) -> None:
            raise error

        monkeypatch.setattr("django.middleware.common.CommonMiddleware.process_request", fails)
        return Browser(raise_request_exception=False)

    return broken


class TestServerError:
    @pytest.mark.parametrize("path", ["/api/v1/whoami", "/mcp"])
    def test_tells_programs_that_the_disk_is_full(
        self, breaks: Callable[[Exception], Browser], path: str
    ) -> None:
        """A problem with a code, when to come again, and that nothing was changed."""
        answer = breaks(FULL).get(path)

        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "300")
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json()["code"] == "waits"
        assert answer.json()["detail"].startswith("the disk is full; nothing was changed")

    def test_tells_programs_of_a_fault_of_ours(
        self, breaks: Callable[[Exception], Browser]
    ) -> None:
        """Without a word of the fault itself, which may quote what is nobody's business."""
        answer = breaks(KeyError("secret")).get("/api/v1/whoami")

        assert (answer.status_code, answer.json()["code"]) == (500, "fault")
        assert "secret" not in answer.content.decode()

    @pytest.mark.parametrize(
        ("error", "status", "says"),
        [
            (FULL, 503, "Here the disk is full."),
            (KeyError("x"), 500, "Something broke on our side"),
        ],
    )
    def test_tells_people_on_a_page(
        self, breaks: Callable[[Exception], Browser], error: Exception, status: int, says: str
    ) -> None:
        """What stands in the way, where that is known."""
        answer = breaks(error).get("/sign-in/")

        assert answer.status_code == status
        assert says in answer.content.decode()
        assert answer.headers["Content-Type"].startswith("text/html")


class TestWhyItWaits:
    @pytest.mark.parametrize(
        ("error", "why"),
        [
            (FULL, "the disk is full"),
            (OperationalError('could not extend file "base/1": No space left'), "the disk is full"),
            (OperationalError("database is locked"), "the database does not answer"),
            (OSError(errno.ENOSPC, "No space left on device"), "the disk is full"),
        ],
    )
    def test_knows_what_is_nobodys_fault(self, error: Exception, why: str) -> None:
        """Both databases' words, and the file system's number."""
        waits = why_it_waits(error)

        assert isinstance(waits, Waits)
        assert waits.why == why

    @pytest.mark.parametrize("error", [None, KeyError("x"), FileNotFoundError(2, "no such file")])
    def test_hides_no_fault_of_ours(self, error: Exception | None) -> None:
        """A bug is a bug, and is logged as one."""
        assert why_it_waits(error) is None
