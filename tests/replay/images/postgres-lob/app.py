"""A small line-of-business application: it answers with every part that does not work."""

from __future__ import annotations

import importlib
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import psycopg2  # type: ignore[import-untyped]

CONF = Path("/opt/lob/app.conf")


def settings() -> dict[str, str]:
    lines = (line.partition("=") for line in CONF.read_text().splitlines() if "=" in line)
    return {key: value for key, _, value in lines}


def failures() -> list[str]:
    told, found = settings(), []
    for role in ("runtime", "export"):
        try:
            importlib.import_module(told[role])
        except ImportError as missing:
            found.append(f"{role} is missing: {missing.name}")
    try:
        with psycopg2.connect(
            host="127.0.0.1", dbname="lob", user="sa", password=told["password"]
        ) as connection:
            connection.cursor().execute("SELECT count(*) FROM orders")
    except psycopg2.Error as refused:
        found.append(f"login failed for user sa: {refused}")
    return found


class Health(BaseHTTPRequestHandler):
    """GET answers OK, or 503 with what fails."""

    def do_GET(self) -> None:
        """This function will answer the health check."""
        found = failures()
        self.send_response(503 if found else 200)
        self.end_headers()
        self.wfile.write("\n".join(found or ["OK"]).encode())


HTTPServer(("127.0.0.1", 8080), Health).serve_forever()
