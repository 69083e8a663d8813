"""`groundrules mcp`: tools for an assistant on standard streams, asked with a token of whoever uses it."""

from __future__ import annotations

import argparse
import os
import sys
from importlib import import_module
from pathlib import Path

from groundrules.cli.exits import Exit
from groundrules.cli.saying import refuse

NAME = "mcp"
HELP = "Offer an assistant (MCP) tools that read and draft."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This function will declare `--token-file` and `--url`."""
    parser.add_argument(
        "--token-file",
        required=True,
        type=Path,
        metavar="FILE",
        help="the file whose first line is your token (groundrules token make)",
    )
    parser.add_argument(
        "--url", default="", help="a server elsewhere; else the books of this machine are asked"
    )


def run(args: argparse.Namespace) -> int:
    """This function will serve the tools until the assistant ends it."""
    try:
        token = args.token_file.read_text(encoding="utf-8").partition("\n")[0].strip()
    except (OSError, UnicodeDecodeError) as error:
        return refuse(f"the token cannot be read from {args.token_file} ({error})", Exit.BAD_INPUT)
    try:
        protocol = import_module("groundrules.services.assistant.protocol")
    except ModuleNotFoundError as missing:
        words = (
            f"{missing.name} is not installed; install the extra: pip install 'groundrules[mcp]'"
        )
        return refuse(words, Exit.CHECK_FAILED)
    if args.url:
        interface = protocol.OverNetwork(args.url, token)
    else:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "groundrules.config.settings")
        application = import_module("groundrules.config.wsgi").application
        interface = protocol.InProcess(application, token, scheme=_scheme())
    print("Tools for an assistant, on standard input and output.", file=sys.stderr, flush=True)
    protocol.serve_streams(protocol.asking(interface))
    return Exit.OK


def _scheme() -> str:
    settings = import_module("django.conf").settings
    return "https" if settings.SECURE_SSL_REDIRECT else "http"
