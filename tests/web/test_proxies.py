"""Behind a reverse proxy: who is believed about where people come from, and what hangs on it."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client as Browser
from django.test import RequestFactory
from pytest_django import Settings

from groundrules.config import environment
from groundrules.config.environment import SettingNotAddress, networks
from groundrules.web import proxies


def seen(
    settings: Settings, peer: str, said: str = "", trusted: str = "127.0.0.1, 10.1.0.0/16"
) -> str:
    """Where a request is taken to come from."""
    given = {"GROUNDRULES_TRUSTED_PROXIES": trusted}
    settings.GROUNDRULES_TRUSTED_PROXIES = networks(given, "GROUNDRULES_TRUSTED_PROXIES")
    found: list[HttpRequest] = []

    def note(request: HttpRequest) -> HttpResponse:
        found.append(request)
        return HttpResponse()

    headers = {"X-Forwarded-For": said, "X-Forwarded-Proto": "https"} if said else {}
    proxies.forwarded(note)(RequestFactory().get("/", headers=headers, REMOTE_ADDR=peer))
    return f"{found[0].META['REMOTE_ADDR']} {found[0].scheme}"


class TestForwarded:
    """What is believed of whom."""

    @pytest.mark.parametrize(
        ("peer", "said", "expected"),
        [
            ("127.0.0.1", "203.0.113.7", "203.0.113.7 https"),
            ("127.0.0.1", "198.51.100.1, 203.0.113.7", "203.0.113.7 https"),
            ("127.0.0.1", "198.51.100.1, 203.0.113.7, 10.1.2.3", "203.0.113.7 https"),
            ("127.0.0.1", "[2001:db8::7]:4711", "2001:db8::7 https"),
            ("127.0.0.1", "203.0.113.7:4711", "203.0.113.7 https"),
            ("::ffff:127.0.0.1", "::ffff:203.0.113.7", "203.0.113.7 https"),
            ("127.0.0.1", "nonsense", "127.0.0.1 https"),
            ("127.0.0.1", "203.0.113.7, nonsense", "127.0.0.1 https"),
            ("127.0.0.1", "10.1.2.3", "10.1.2.3 https"),
            ("127.0.0.1", "", "127.0.0.1 http"),
            ("203.0.113.9", "198.51.100.1", "203.0.113.9 http"),
            ("", "198.51.100.1", " http"),
        ],
    )
    def test_takes_the_last_address_that_is_no_proxy(
        self, settings: Settings, peer: str, said: str, expected: str
    ) -> None:
        """What the caller wrote before the proxy's own word, and what a stranger says, is not believed."""
        assert seen(settings, peer, said) == expected

    def test_believes_nobody_unless_told(self, settings: Settings) -> None:
        """Without the setting a header changes nothing."""
        assert seen(settings, "127.0.0.1", "203.0.113.7", trusted="") == "127.0.0.1 http"

    def test_refuses_a_setting_that_is_no_address(self) -> None:
        """A typing mistake must not become trust in nobody."""
        with pytest.raises(SettingNotAddress, match="names 'proxy', which is no address"):
            networks({"X": "127.0.0.1,proxy"}, "X")


class TestSentToTls:
    """People who came without TLS are sent there; nobody is sent round for ever."""

    @pytest.mark.django_db
    def test_only_when_the_proxy_does_not_say_they_came_by_it(
        self, client: Browser, settings: Settings
    ) -> None:
        """The trusted proxy's word ends the journey."""
        settings.SECURE_SSL_REDIRECT = True
        settings.GROUNDRULES_TRUSTED_PROXIES = networks({"X": "127.0.0.1"}, "X")

        told = [
            client.get("/sign-in/", headers={"X-Forwarded-Proto": proto}).status_code
            for proto in ("http", "https")
        ]

        assert told == [301, 200]

    @pytest.mark.parametrize(("trusted", "expected"), [("", False), ("127.0.0.1", True)])
    def test_only_when_somebody_can_say_so(
        self, trusted: str, *, expected: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """With no proxy that is believed each answer would be a redirection to itself."""
        monkeypatch.setenv("GROUNDRULES_DATA", str(tmp_path))
        monkeypatch.setenv("GROUNDRULES_PUBLIC_URL", "https://rules.example")
        monkeypatch.setenv("GROUNDRULES_TRUSTED_PROXIES", trusted)
        path = Path(environment.__file__).with_name("settings.py")

        told = runpy.run_path(str(path))

        assert told["SECURE_SSL_REDIRECT"] is expected
        assert told["SESSION_COOKIE_SECURE"] is True
