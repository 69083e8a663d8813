"""How log lines are written: text for people, or one JSON object a line, with the request's id.

What a stranger sent cannot make a line of its own: control characters are escaped in both forms.
"""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import Any

from groundrules.config.environment import SettingWrong
from groundrules.services.request_ids import current

_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
_CALLERS = "django.security."
_OWN = ("method", "route", "status", "ms", "user", "job", "program")


class UnknownLogging(SettingWrong):
    """GROUNDRULES_LOG or GROUNDRULES_LOG_LEVEL says what nobody can write."""


class _Lines(logging.Formatter):
    """What both forms share: the time in UTC, and the extras that our own calls give."""

    def _parts(self, record: logging.LogRecord) -> dict[str, Any]:
        parts: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "says": record.getMessage(),
        }
        if record.name.startswith(_CALLERS):
            # The caller's fault, not ours: whoever scans for hosts would fill the log with our stack.
            record.exc_info = record.exc_text = None
        if current.get():
            parts["request"] = current.get()
        parts |= {name: getattr(record, name) for name in _OWN if hasattr(record, name)}
        return parts


class JsonLines(_Lines):
    """One JSON object a line; a traceback is one of its texts."""

    def format(self, record: logging.LogRecord) -> str:
        """This function will write the record."""
        parts = self._parts(record)
        if record.exc_info:
            parts["traceback"] = self.formatException(record.exc_info)
        return json.dumps(parts, ensure_ascii=True, default=str)


class TextLines(_Lines):
    """A line people read; only a traceback takes more than one, and each of those is indented."""

    def format(self, record: logging.LogRecord) -> str:
        """This function will write the record."""
        parts = self._parts(record)
        head = f"{parts.pop('at')} {parts.pop('level')} {parts.pop('logger')}: {parts.pop('says')}"
        line = head + "".join(f" {name}={value}" for name, value in parts.items())
        line = _printable(line)
        if record.exc_info:
            trace = self.formatException(record.exc_info)
            line += "".join(f"\n    {_printable(one)}" for one in trace.splitlines())
        return line


def _printable(line: str) -> str:
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in line)


def logging_of(form: str, level: str) -> dict[str, Any]:
    """This function will describe the logging for Django; raises UnknownLogging."""
    forms = {"text": "TextLines", "json": "JsonLines"}
    if form not in forms or level.upper() not in _LEVELS:
        message = (
            f"GROUNDRULES_LOG is {form!r} and GROUNDRULES_LOG_LEVEL {level!r}; write text or json, and one of "
            f"{', '.join(_LEVELS)}"
        )
        raise UnknownLogging(message)
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": {"()": f"groundrules.config.logs.{forms[form]}"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["stderr"], "level": level.upper()},
        # Django's own answers to unknown addresses and refused forms are told by our line about the request.
        "loggers": {"django.request": {"level": "ERROR"}, "django.db.backends": {"level": "INFO"}},
    }
