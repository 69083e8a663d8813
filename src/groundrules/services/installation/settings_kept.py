"""What the installation was set to, told without a secret: the configuration manifest of a backup, and of `doctor`."""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.conf import settings

_SECRET = ("SECRET_KEY", "PASSWORD", "TOKEN")
_IN_URL = re.compile(r"(?<=://)([^/@:]*):[^/@]*@")
HIDDEN = "(secret, not told)"


def settings_told() -> list[dict[str, str]]:
    """This function will list each setting that was set, where, and to what; secrets are named but not told."""
    given: Mapping[str, tuple[str, str]] = settings.GROUNDRULES_GIVEN
    return [
        {"name": name, "set_in": origin, "value": told(name, value)}
        for name, (value, origin) in sorted(given.items())
        if origin != "default"
    ]


def told(name: str, value: str) -> str:
    """This function will return a setting's value as it may be shown."""
    if name.endswith(_SECRET) and value:
        return HIDDEN
    return _IN_URL.sub(r"\1:***@", value)
