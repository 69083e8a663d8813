"""`groundrules serve`: the web pages on loopback, with a one-time sign-in link on the terminal."""

from __future__ import annotations

import argparse
import ctypes
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from types import FrameType

from django.conf import settings
from django.db import close_old_connections
from django.utils import timezone
from waitress.server import create_server

from groundrules.cli.exits import Exit
from groundrules.cli.saying import refuse
from groundrules.cli.serving import HOST, PORT
from groundrules.records.models import User
from groundrules.services import metrics, users
from groundrules.services.carrying import carried_beside
from groundrules.services.database import not_ready
from groundrules.services.receiving import keep_reading
from groundrules.services.who import NobodyToActAs, acting

NAME = "serve"
HELP = "Serve the web pages."
NEEDS_DATABASE = True
_THREADS = 4
_LAST_ROUND_SECONDS = 10
_ARENAS = -8  # glibc's M_ARENA_MAX


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This function will declare `--host` and `--port`."""
    parser.add_argument("--host", default=HOST, help=f"address to listen on (default {HOST})")
    parser.add_argument(
        "--port", type=int, default=PORT, help=f"port (default {PORT}; 0 picks a free one)"
    )


def run(args: argparse.Namespace) -> int:
    """This function will serve until it is stopped."""
    waiting = not_ready()
    if waiting:
        print(f"groundrules: {waiting}", file=sys.stderr)
        return Exit.CHECK_FAILED
    return serve(args.host, args.port)


def serve(host: str, port: int, welcome: str = "") -> int:
    """This function will print where the pages are and a link to them, serve and read what arrives, until Ctrl-C.

    The link signs the owner in; with `welcome`, it makes the first one.
    """
    _share_one_heap()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "groundrules.config.settings")
    application = import_module("groundrules.config.wsgi").application
    try:
        server = create_server(
            application,
            host=host,
            port=port,
            threads=_THREADS,
            ident="",
            max_request_body_size=settings.GROUNDRULES_RECEIVE_LIMIT,
            # Whom to believe in what proxies say is decided by web/proxies.py.
            clear_untrusted_proxy_headers=False,
        )
    except (OSError, ValueError) as problem:
        return refuse(
            f"nothing can be served at {host}:{port} ({problem}); is it served there already? Stop that, "
            "or name another --port or --host",
            Exit.CONFLICT,
        )
    bound = server.effective_port if hasattr(server, "effective_port") else port
    _announce(f"http://{host}:{bound}", welcome)
    signal.signal(signal.SIGTERM, _stop)
    try:
        with _reading(), _measuring():
            server.run()
    except KeyboardInterrupt:
        print("\nStopped. Your books stay where they are.", flush=True)
    finally:
        server.close()
    return Exit.OK


def _share_one_heap() -> None:
    """Each thread would keep what it freed for itself; they take turns anyway. Other C libraries have no such knob."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_ARENAS, 1)


def _stop(_signal: int, _frame: FrameType | None) -> None:
    """A supervisor's way to stop is as good as Ctrl-C: what runs is let finish."""
    raise KeyboardInterrupt


@contextmanager
def _reading() -> Iterator[None]:
    """Reads what collectors send and carries long runs beside the pages; what goes on at the end is let finish."""
    stop = threading.Event()
    reader = threading.Thread(
        target=keep_reading, args=(stop, timezone.now, "serve"), name="reading", daemon=True
    )
    reader.start()
    try:
        with carried_beside(stop, timezone.now):
            yield
    finally:
        stop.set()
        reader.join(_LAST_ROUND_SECONDS)


@contextmanager
def _measuring() -> Iterator[None]:
    """Serves the metrics at an address of their own, where one is set: whoever reaches it may read them."""
    host, _, port = settings.GROUNDRULES_METRICS_BIND.rpartition(":")
    if not port:
        yield
        return
    server = create_server(_metrics, host=host.strip("[]"), port=int(port), threads=1, ident="")
    threading.Thread(target=server.run, name="metrics", daemon=True).start()
    try:
        yield
    finally:
        server.close()


def _metrics(
    _environ: dict[str, object], start: Callable[[str, list[tuple[str, str]]], object]
) -> list[bytes]:
    """A whole application: every address answers with the metrics."""
    close_old_connections()
    content = metrics.measured(timezone.now()).encode()
    start("200 OK", [("Content-Type", metrics.CONTENT_TYPE), ("Content-Length", str(len(content)))])
    return [content]


def _announce(address: str, welcome: str) -> None:
    print(
        f"\nGroundrules is served at {address}   (Ctrl-C stops it; data: {settings.GROUNDRULES_DATA})"
    )
    if welcome:
        print(f"Set it up in the browser:\n\n    {address}/welcome/{welcome}/\n", flush=True)
        return
    try:
        actor = acting()
    except NobodyToActAs as nobody:
        print(f"No sign-in link: {nobody}", flush=True)
        return
    user = User.objects.get(email=actor.label)
    if _into_the_journal():
        print(
            f"No sign-in link: others read this log. At a terminal: groundrules user link {user.email} --at ADDRESS",
            flush=True,
        )
        return
    token = users.make_sign_in_link(user, actor=actor, at=timezone.now())
    print(
        f"Sign in once as {user.name} ({user.role}), within half an hour:\n\n    {address}/sign-in/{token}/\n",
        flush=True,
    )


def _into_the_journal() -> bool:
    """Whether what is printed goes to systemd's journal, which others may read (systemd.exec, `JOURNAL_STREAM`)."""
    stream = os.environ.get("JOURNAL_STREAM")
    if not stream:
        return False
    told = os.fstat(sys.stdout.fileno())
    return stream == f"{told.st_dev}:{told.st_ino}"
