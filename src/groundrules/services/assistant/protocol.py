"""The Model Context Protocol around the tools, by its official SDK: on standard streams, and one request at a time.

Imported only where it is used, because the SDK is an extra of the installation (`mcp`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from importlib.metadata import version
from typing import Any

import anyio
import mcp_types as types
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

from groundrules.gateways.own_interface import InProcess, InterfaceAway, OverNetwork
from groundrules.services.assistant.calling import Ask, Question, Told, ToolRefused, call
from groundrules.services.assistant.tools import INSTRUCTIONS, TOOLS

__all__ = ["InProcess", "InterfaceAway", "OverNetwork", "answer_request", "asking", "serve_streams"]

_NAME = "groundrules"


@dataclass(slots=True)
class Answered:
    """What the protocol answers to one request."""

    status: int = 500
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


def asking(interface: InProcess | OverNetwork) -> Ask:
    """This function will return the way tools ask the interface."""

    def ask(question: Question) -> Told:
        return Told(*interface.ask(question.method, question.path, question.body, question.headers))

    return ask


def serve_streams(ask: Ask) -> None:
    """This function will speak the protocol on standard input and output until the other side ends it."""
    asyncio.run(_streams(_server(ask)))


def answer_request(body: bytes, headers: Mapping[str, str], ask: Ask) -> Answered:
    """This function will answer one POST of the streamable HTTP form, without keeping a session."""
    return asyncio.run(_one(_server(ask), body, headers))


def _server(ask: Ask) -> Server[Any]:
    async def list_tools(
        _context: object, _params: types.PaginatedRequestParams | None
    ) -> types.ListToolsResult:
        return types.ListToolsResult(tools=_described())

    async def call_tool(
        _context: object, params: types.CallToolRequestParams
    ) -> types.CallToolResult:
        work = partial(call, params.name, params.arguments or {}, ask)
        try:
            text, failed = await anyio.to_thread.run_sync(work), False
        except (ToolRefused, InterfaceAway) as refused:
            text, failed = str(refused), True
        return types.CallToolResult(
            content=[types.TextContent(type="text", text=text)], is_error=failed
        )

    return Server(
        _NAME,
        version=version(_NAME),
        instructions=INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )


def _described() -> list[types.Tool]:
    return [
        types.Tool(
            name=tool.name,
            description=tool.says,
            input_schema=tool.schema,
            annotations=types.ToolAnnotations(
                read_only_hint=not tool.writes, destructive_hint=False, open_world_hint=False
            ),
        )
        for tool in TOOLS.values()
    ]


async def _streams(server: Server[Any]) -> None:
    async with stdio_server() as (reading, writing):
        await server.run(reading, writing, server.create_initialization_options())


async def _one(server: Server[Any], body: bytes, headers: Mapping[str, str]) -> Answered:
    answered = Answered()
    waiting = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> dict[str, Any]:
        if waiting:
            return waiting.pop()
        await anyio.sleep_forever()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:  # noqa: ANN401 - as ASGI has it
        if message["type"] == "http.response.start":
            answered.status = message["status"]
            given = message.get("headers", [])
            answered.headers = {name.decode().title(): value.decode() for name, value in given}
        else:
            answered.body += message.get("body", b"")

    manager = StreamableHTTPSessionManager(app=server, json_response=True, stateless=True)
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/mcp",
        "raw_path": b"/mcp",
        "query_string": b"",
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "client": None,
        "server": None,
    }
    async with manager.run():
        await manager.handle_request(scope, receive, send)
    return answered
