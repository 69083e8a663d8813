"""Version 1, every operation: with every role, another client's token, nobody's, and with anything and nonsense."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client as Browser
from hypothesis import HealthCheck, given, settings
from ninja.operation import Operation
from pytest_django import DjangoDbBlocker
from schemathesis import GenerationMode
from schemathesis.core.result import Ok
from schemathesis.specs.openapi import checks

from groundrules.api.urls import urlpatterns
from groundrules.api.v1.interface import described, interface
from groundrules.records import models as books
from groundrules.records.models import Role
from groundrules.services.access import Invited, invite
from groundrules.services.scopes import SCOPES
from tests.api import v1_books
from tests.api.v1_books import V1, as_
from tests.kept import Kept, kept
from tests.web import harbor_books

pytestmark = pytest.mark.django_db
_EXAMPLES = 3
_TEN, _ELEVEN = "2007-03-01T10:00:00Z", "2007-03-01T11:00:00Z"
_CHECKS = [
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
]


@pytest.fixture(scope="module")
def made(
    django_db_setup: None,  # noqa: ARG001 - there must be a database
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Kept[V1]]:
    """The books, once for the module."""
    folder = tmp_path_factory.mktemp("books")
    with kept(django_db_blocker, folder, v1_books.make) as found:
        yield found


@pytest.fixture
def v1(made: Kept[V1], data: Path, db: None) -> V1:  # noqa: ARG001 - pytest opens the database by this name
    """The books, with their files."""
    return made.lay_out(data)


@pytest.fixture
def _keeps_its_connection() -> Iterator[None]:
    """As Django's own test client does: a request that ends does not close the test's transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def operations() -> list[tuple[str, str, Operation]]:
    """Each operation with its method and its address."""
    named = {interface.get_openapi_operation_id(one): one for one in interface.operations()}
    return [
        (method, path, named[said["operationId"]])
        for path, methods in described()["paths"].items()
        for method, said in methods.items()
    ]


def scope_of(operation: Operation) -> str:
    """The scope it asks for."""
    return str(getattr(operation.auth_callbacks[0], "scope"))  # noqa: B009 - ninja calls it any callable


def filled(path: str, refs: dict[str, str]) -> str:
    """An address with what there is at Harbor."""
    kinds = {
        "/changes/": "change",
        "/incidents/": "incident",
        "/time-entries/": "time-entry",
        "/documents/": "document",
        "/windows/": "window",
        "/messages/": "message",
        "/letters/": "letter",
    }
    kind = next((k for part, k in kinds.items() if part in path), "")
    codes = {"{client}": "HARBOR", "{number}": refs["decision"], "{version}": "1"}
    codes["{ref}"] = refs.get(kind, "NONE")
    named = {"/agreements/": "MSA-HARBOR", "/assets/": "SRV1", "/sites/": "MAIN"}
    codes["{code}"] = next((code for part, code in named.items() if part in path), "HARBOR")
    for name, value in codes.items():
        path = path.replace(name, value)
    return path + {
        "/api/v1/reports/value": "?client=HARBOR&first=2007-02-01&end=2007-04-01",
        "/api/v1/reports/profit": "?client=HARBOR&first_month=2007-02&last_month=2007-03",
    }.get(path, "")


def ask(browser: Browser, method: str, address: str, token: str) -> Any:  # noqa: ANN401 - a test's answer
    """One request; writing ones carry a key and no body."""
    headers = as_(token, Idempotency_Key="walk")
    return browser.generic(method.upper(), address, b"", "application/json", **headers)


class TestWalk:
    """The table of scopes is what really happens."""

    def test_describes_every_address(self) -> None:
        """Nothing answers programs that the description does not name, but the doors of collectors and hosts."""
        doors = {"enrol", "evidence", "position", "gate-turn", "nothing-here", "openapi"}

        open_ones = {str(p.pattern) for p in urlpatterns if p.name not in doors}

        assert len(open_ones) == len(described()["paths"])
        assert all(getattr(p.callback, "login_required", True) is False for p in urlpatterns)

    def test_opens_for_the_roles_of_the_scope(self, v1: V1, client: Browser) -> None:
        """Each role with all it can give away: reading succeeds, writing gets as far as its empty body."""
        for method, path, operation in operations():
            scope = scope_of(operation)
            for role in Role.values:
                answer = ask(client, method, filled(path, v1.refs), v1.tokens[role])
                allowed = not scope or role in SCOPES[scope].roles
                expected = (
                    {404} if "/letters/{ref}" in path else {200} if method == "get" else {201, 422}
                )
                expected |= {422} if "reply-drafts" in path else set()

                assert answer.status_code in (expected if allowed else {403}), (
                    role,
                    method,
                    path,
                    answer.content[:300],
                )

    def test_closes_to_strangers(self, v1: V1, client: Browser) -> None:
        """No token, a vendor's personal link, and a browser's session open nothing."""
        vendor = books.Vendor.objects.get(code="V1")
        asset = v1.told.client.assets.get(code="SRV1")
        invited = Invited("Rae", "rae@v1.example", "v1")
        link = invite(invited, vendor, asset, actor=harbor_books.KIM, at=v1.told.at)[1]
        client.force_login(harbor_books.person("owner"))
        for method, path, _ in operations():
            for token in ("", link.rsplit("/", 2)[-2] if "/" in link else link):
                assert ask(client, method, filled(path, v1.refs), token).status_code == 401, path

    def test_shows_nothing_of_another_client(self, v1: V1, client: Browser) -> None:
        """A token for another client finds no row of Harbor's by any address or list, and writes none."""
        for method, path, _ in operations():
            address = filled(path, v1.refs)
            if method != "get":
                continue
            answer = ask(client, method, address, v1.tokens["narrowed"])
            if "{" in path or "/reports/" in path:
                assert answer.status_code == 404, (path, answer.content[:200])
            else:
                assert "HARBOR" not in answer.content.decode(), path
                assert "SRV1" not in answer.content.decode(), path

    @pytest.mark.parametrize(
        ("path", "body"),
        [
            ("time-entries", {"issue": "x", "started_at": _TEN, "ended_at": _ELEVEN}),
            ("windows", {"vendor": "V1", "plan": "x", "starts_at": _TEN, "ends_at": _ELEVEN}),
            ("messages", {"says": "x", "contact": "PAT", "said_at": _TEN}),
            ("letter-drafts", {}),
            ("sites", {"code": "HILL", "name": "Hill"}),
            ("assets/HARBOR/SRV1/moves", {"site": "MAIN"}),
            ("health-checks", {"healthy": True, "seen_at": _TEN}),
        ],
    )
    def test_writes_nothing_at_another_client(
        self, v1: V1, client: Browser, path: str, body: dict[str, Any]
    ) -> None:
        """The client is as unknown as one that does not exist; a token that is for it gets further."""
        application = v1.told.client.applications.order_by("pk")[0].code
        more = {"windows": {"asset": "SRV1"}, "health-checks": {"application": application}}
        owner = {} if path.endswith("/moves") else {"client": "HARBOR"}
        body = {**owner, **body, **more.get(path, {})}
        answers = [
            client.post(
                f"/api/v1/{path}", body, "application/json", **as_(token, Idempotency_Key="k")
            ).status_code
            for token in (v1.tokens["narrowed"], v1.tokens["owner"])
        ]

        assert answers[0] == 404
        assert answers[1] in {201, 422}


class TestAnything:
    """What the description allows, and what it does not (schemathesis)."""

    @pytest.mark.usefixtures("_keeps_its_connection")
    @pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
    def test_never_fails(self, v1: V1, mode: GenerationMode) -> None:
        """No request ends in a server error, and each answer is one the description names."""
        schema = schemathesis.openapi.from_dict(described())
        schema.app = WSGIHandler()
        sent = 0
        for found in schema.get_all_operations():
            assert isinstance(found, Ok), found
            operation = found.ok()

            @settings(
                max_examples=_EXAMPLES,
                deadline=None,
                derandomize=True,
                database=None,
                suppress_health_check=list(HealthCheck),
            )
            @given(case=operation.as_strategy(generation_mode=mode))
            def send(case: schemathesis.Case[Any]) -> None:
                nonlocal sent
                sent += 1
                for name, value in (("client", "HARBOR"), ("code", "SRV1"), ("ref", "CHG-1")):
                    if sent % 2 and name in (case.path_parameters or {}):
                        case.path_parameters[name] = value
                headers = {"Authorization": f"Bearer {v1.tokens['owner']}"}
                answer = case.call(headers=headers)
                assert answer.status_code < 500, (case.as_curl_command(), answer.content[:500])
                case.validate_response(answer, checks=_CHECKS)

            send()
        assert sent > len(described()["paths"])
