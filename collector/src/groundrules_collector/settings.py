"""What a running collector may be told: a small TOML file, every key optional, unknown keys refused."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

DEFAULT_SETTINGS = Path("/etc/groundrules-collector.toml")
MIB = 1024 * 1024


class SettingsRefused(ValueError):
    """The settings file says something this collector does not know or cannot do; the message names the key."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How a collector runs: times in seconds, sizes in bytes, commands as lists of words.

    `heartbeat` is the longest time without a batch when nothing changes, `retell` how often unchanged snapshots are
    sent all the same, `ca_file` a certificate to trust beside the system's.
    """

    cadence: float = 60.0
    heartbeat: float = 300.0
    retell: float = 86_400.0
    batch_limit: int = 16 * MIB
    spool_limit: int = 512 * MIB
    config: tuple[str, ...] = ()
    auth_logs: tuple[str, ...] = ()
    trees: tuple[str, ...] = ("/etc",)
    postgresql: tuple[str, ...] = ()
    mysql: tuple[str, ...] = ()
    ca_file: str = ""


def load(path: Path) -> Settings:
    """This function will read a settings file; a missing one gives the defaults. Raises SettingsRefused."""
    try:
        told = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return Settings()
    except (OSError, ValueError) as error:
        message = f"{path}: {error}; correct the file or remove it"
        raise SettingsRefused(message) from error
    chosen: dict[str, Any] = {name: _fitting(path, name, value) for name, value in told.items()}
    return replace(Settings(), **chosen)


def _fitting(path: Path, name: str, value: object) -> object:
    kinds = {one.name: type(getattr(Settings(), one.name)) for one in fields(Settings)}
    if name not in kinds:
        message = f"{path}: {name!r} is no setting; there are {', '.join(sorted(kinds))}"
        raise SettingsRefused(message)
    if kinds[name] is tuple and isinstance(value, list) and all(isinstance(v, str) for v in value):
        return tuple(value)
    if kinds[name] is str and isinstance(value, str):
        return value
    if kinds[name] in {int, float} and isinstance(value, int | float) and value > 0:
        return kinds[name](value)
    message = f"{path}: {name} = {value!r} is not a {_word(kinds[name])}"
    raise SettingsRefused(message)


def _word(kind: type[object]) -> str:
    if kind is tuple:
        return "list of texts"
    return "text" if kind is str else "number above 0"
