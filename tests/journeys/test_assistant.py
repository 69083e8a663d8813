"""A real assistant's client, on standard streams and over HTTP, against the demo as it is served."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx2
import pytest
from mcp import Client, StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client

from groundrules.services.assistant.tools import TOOLS
from tests.journeys.serving import Served, environment
from tests.patience import PATIENCE

_COMMAND = Path(sys.executable).with_name("groundrules")


@pytest.fixture(scope="module")
def token(demo: Served) -> str:
    """A token of the demo's owner that reads."""
    words = ("token", "make", "an assistant", "--scope", "clients:read", "--scope", "evidence:read")
    made = subprocess.run(
        [_COMMAND, *words, "--json"],
        env=environment(demo.folder),
        check=True,
        capture_output=True,
        text=True,
    )
    return str(json.loads(made.stdout)["token"])


async def _talk(client: Client) -> tuple[list[str], dict[str, Any], bool]:
    async with client:
        named = [tool.name for tool in (await client.list_tools()).tools]
        read = await client.call_tool("list_servers", {"client": "HARBOR"})
        refused = await client.call_tool("draft_letters", {"client": "HARBOR"})
    return named, json.loads(read.content[0].text), refused.is_error  # type: ignore[union-attr]  # ours is a text


def _check(told: tuple[list[str], dict[str, Any], bool]) -> None:
    named, servers, was_refused = told
    assert named == list(TOOLS)
    assert {"SRV1", "SRV2"} <= {one["code"] for one in servers["items"]}
    assert was_refused, "the token has no scope that drafts"


def test_talks_on_standard_streams(demo: Served, token: str, tmp_path: Path) -> None:
    """`groundrules mcp` answers from the books of its own machine."""
    file = tmp_path / "token"
    file.write_text(token)
    parameters = StdioServerParameters(
        command=str(_COMMAND),
        args=["mcp", "--token-file", str(file)],
        env=environment(demo.folder),
    )

    _check(asyncio.run(_talk(Client(stdio_client(parameters)))))


def test_talks_over_http(demo: Served, token: str) -> None:
    """The same tools at /mcp, with the token as a bearer; without one, or from another site's page, nothing."""

    async def talk() -> tuple[list[str], dict[str, Any], bool]:
        headers = {"Authorization": f"Bearer {token}"}
        async with httpx2.AsyncClient(headers=headers, timeout=PATIENCE) as web:
            return await _talk(
                Client(streamable_http_client(f"{demo.address}/mcp", http_client=web))
            )

    told = asyncio.run(talk())
    asked = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    bare = httpx2.post(f"{demo.address}/mcp", json=asked, timeout=PATIENCE)
    foreign = httpx2.post(
        f"{demo.address}/mcp",
        json=asked,
        headers={"Authorization": f"Bearer {token}", "Origin": "https://elsewhere.example"},
    )
    looked = httpx2.get(f"{demo.address}/mcp")

    _check(told)
    assert [one.status_code for one in (bare, foreign, looked)] == [401, 403, 405]
