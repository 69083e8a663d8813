"""What leaves the house: a strict policy on every answer, nothing inline, nothing fetched from others."""

from __future__ import annotations

import hashlib
import re
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.test import Client

import groundrules.web
from tests.web import harbor_books

WEB = Path(groundrules.web.__file__).parent
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))
BEGAN = datetime(2007, 2, 1, 16, 0, tzinfo=UTC)


class TestEveryAnswer:
    @pytest.mark.parametrize("address", ["/sign-in/", "/", "/nothing-here/", "/static/nothing.js"])
    def test_carries_the_policy(self, db: None, client: Client, address: str) -> None:
        """Pages, redirects and errors alike refuse inline code and other hosts."""
        policy = client.get(address).headers["Content-Security-Policy"]

        assert "default-src 'none'" in policy
        assert "script-src 'self'" in policy
        assert "style-src 'self'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy

    def test_is_kept_in_no_cache(self, db: None, client: Client) -> None:
        """A page with a client's records stays in nobody's cache."""
        client.force_login(harbor_books.people(BEGAN)["owner"])

        assert client.get("/clients/").headers["Cache-Control"] == "no-store"


class TestTemplates:
    @pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: p.name)
    def test_hold_nothing_inline(self, path: Path) -> None:
        """No style, script or handler inside a page; the policy would refuse it anyway."""
        text = path.read_text()

        assert not re.search(r"\sstyle=|<style|\son[a-z]+=|javascript:", text)
        assert not re.search(r"<script(?![^>]*\bsrc=)", text)

    @pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: p.name)
    def test_name_no_other_host(self, path: Path) -> None:
        """Nothing is loaded from elsewhere."""
        assert not re.search(r"(src|href|action)=\"(https?:)?//", path.read_text())

    @pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: p.name)
    def test_trust_no_text(self, path: Path) -> None:
        """Everything shown is escaped: a vendor's words are never markup."""
        assert not re.search(r"\|\s*safe\b|autoescape off", path.read_text())


class TestVendored:
    def test_are_the_bytes_that_were_pinned(self) -> None:
        """What we ship from others is exactly what was looked at."""
        pinned = tomllib.loads((WEB / "vendor.toml").read_text())

        for name, entry in pinned.items():
            content = (WEB / entry["file"]).read_bytes()

            assert hashlib.sha256(content).hexdigest() == entry["sha256"], name
            assert (WEB / entry["licence_file"]).is_file(), name

    def test_are_all_pinned(self) -> None:
        """Nothing lies in the vendor folder that the list does not name."""
        pinned = tomllib.loads((WEB / "vendor.toml").read_text())
        named = {WEB / entry[key] for entry in pinned.values() for key in ("file", "licence_file")}

        assert set((WEB / "static/groundrules/vendor").iterdir()) == named


class TestStyle:
    def test_stays_within_the_budget(self) -> None:
        """Scripts and styles together stay small enough for a phone on a bad line."""
        static = WEB / "static"
        size = sum(p.stat().st_size for p in static.rglob("*") if p.suffix in {".js", ".css"})

        assert size < 100_000
