"""What an installation may set: one list, read from the environment first and then from one TOML file.

`GROUNDRULES_DATA` says where everything lives; `groundrules.toml` there (or the file `GROUNDRULES_CONFIG` names) holds
the same names in lower case without the prefix. An unknown name is refused: a typing mistake must not become a default.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path

_PREFIX = "GROUNDRULES_"
_FILE_NAME = "groundrules.toml"


class SettingWrong(ValueError):
    """A setting can't be used; the message says which, why, and what to write."""


class UnknownSetting(SettingWrong):
    """The settings file or the environment names something Groundrules does not know."""


class SettingNotNumber(SettingWrong):
    """A setting that counts something is not a whole number above zero."""


class SettingNotAddress(SettingWrong):
    """A setting that names addresses holds something that is neither an address nor a network."""


class SettingNotText(SettingWrong):
    """A value in the settings file is not written as text in quotation marks."""


class SettingsUnreadable(SettingWrong):
    """The settings file is not TOML, or cannot be read."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing an installation may set: its environment name, what holds when it is not set, and what it means."""

    name: str
    default: str
    meaning: str

    @property
    def key(self) -> str:
        """The name in the settings file (`database_url`)."""
        return self.name.removeprefix(_PREFIX).lower()


SETTINGS = (
    Setting(
        "GROUNDRULES_DATA",
        "var",
        "Folder of the books: database, raw evidence, documents, outbox, keys.",
    ),
    Setting(
        "GROUNDRULES_CONFIG",
        "",
        "Settings file; empty means groundrules.toml in the data folder, if it exists.",
    ),
    Setting(
        "GROUNDRULES_DATABASE_URL",
        "",
        "postgresql://user:password@host:port/name (a cluster: a:5432,b:5432/name?target_session_attrs="
        "read-write), or sqlite:///path; empty means SQLite in the data folder.",
    ),
    Setting(
        "GROUNDRULES_SECRET_KEY",
        "",
        "Signs sessions and links; empty means a key made once in the data folder.",
    ),
    Setting(
        "GROUNDRULES_PUBLIC_URL",
        "http://127.0.0.1:8137",
        "The address people reach; https turns strict cookies on.",
    ),
    Setting(
        "GROUNDRULES_ALLOWED_HOSTS", "", "Further host names to answer to, separated by commas."
    ),
    Setting(
        "GROUNDRULES_TRUSTED_PROXIES",
        "",
        "Addresses or networks of the reverse proxies in front, separated by commas (127.0.0.1,10.1.0.0/16): they are "
        "believed in X-Forwarded-For and X-Forwarded-Proto. Empty believes nobody, and everybody behind a proxy "
        "shares its address.",
    ),
    Setting(
        "GROUNDRULES_API_TOKEN_RATE",
        "600",
        "How many requests a minute one token may make of the interface for programs; each serving process counts for "
        "itself.",
    ),
    Setting(
        "GROUNDRULES_API_ADDRESS_RATE",
        "1200",
        "How many requests a minute may come from one address to the interface for programs, with whatever tokens.",
    ),
    Setting(
        "GROUNDRULES_MAIL",
        "outbox",
        "outbox writes each mail as a file into the data folder; smtp://user@host:587 (changes to TLS) or "
        "smtps://user@host:465 sends it; smtp+plain://127.0.0.1:25 sends it through this host; null sends nothing.",
    ),
    Setting(
        "GROUNDRULES_MAIL_PASSWORD",
        "",
        "The password of the user GROUNDRULES_MAIL names; set it in the environment.",
    ),
    Setting(
        "GROUNDRULES_IMAP_URL",
        "",
        "Where mail arrives: imap://user@host:143/FOLDER (changes to TLS) or imaps://user@host:993/FOLDER; "
        "imap+plain://127.0.0.1 reads a server on this host; empty fetches no mail.",
    ),
    Setting(
        "GROUNDRULES_IMAP_PASSWORD",
        "",
        "The password of the user GROUNDRULES_IMAP_URL names; set it in the environment.",
    ),
    Setting(
        "GROUNDRULES_IMAP_EVERY",
        "60",
        "After how many seconds the worker looks for new mail again.",
    ),
    Setting(
        "GROUNDRULES_MAIL_CHECKED_BY",
        "",
        "The name our own mail server signs its Authentication-Results with (RFC 8601). Set it only when that server "
        "removes such lines that others wrote in its name; empty believes no check of a sender.",
    ),
    Setting(
        "GROUNDRULES_DRILLS",
        "",
        "The folder restore drills are made in (it must hold the largest restore); empty means the system's own for "
        "temporary files, none means that this machine neither reads repositories nor drills by itself.",
    ),
    Setting(
        "GROUNDRULES_SEND_HOLD",
        "10",
        "How many minutes a letter can still be called back after somebody sends it.",
    ),
    Setting(
        "GROUNDRULES_ONCALL",
        "",
        "Mail addresses to call when access is not closed in time, separated by commas; empty means every owner.",
    ),
    Setting(
        "GROUNDRULES_DECIDE_WITHIN",
        "120",
        "How many minutes after a vendor's request for access a decision is promised.",
    ),
    Setting(
        "GROUNDRULES_ACTOR",
        "",
        "Who a command acts as when it does not say --as; empty means the first owner.",
    ),
    Setting(
        "GROUNDRULES_ACCOUNTS",
        "",
        "What your accounting program calls accounts and taxes, for exports: work=200, fees=210, S 20=OUTPUT2, O=NONE.",
    ),
    Setting(
        "GROUNDRULES_ACCOUNTING",
        "csv",
        "The form a month's documents are handed to accounting in: xero, quickbooks, csv or beancount.",
    ),
    Setting(
        "GROUNDRULES_ACCOUNTING_FOLDER",
        "",
        "Folder the accounting program takes its files from; empty means that people download them.",
    ),
    Setting(
        "GROUNDRULES_RECEIVE_LIMIT",
        "1073741824",
        "The largest batch a collector may send, in bytes (1 GiB).",
    ),
    Setting(
        "GROUNDRULES_RECEIVE_BACKLOG",
        "10000",
        "How many acknowledged batches may wait to be read before collectors are asked to wait.",
    ),
    Setting(
        "GROUNDRULES_QUARANTINE_LIMIT",
        "1000",
        "How many batches that do not verify are kept apart in any 24 hours; further ones are refused unkept.",
    ),
    Setting(
        "GROUNDRULES_QUARANTINE_BYTES",
        "268435456",
        "How many bytes those batches may have together in any 24 hours (256 MiB).",
    ),
    Setting(
        "GROUNDRULES_SILENT_AFTER",
        "2",
        "After how many missed heartbeats a collector counts as silent.",
    ),
    Setting(
        "GROUNDRULES_KEYS_PASSWORD_FILE",
        "",
        "The file whose first line encrypts private keys at rest (of seals, of the gate, of actions); keep it outside "
        "the data folder. Set later: groundrules keys encrypt.",
    ),
    Setting(
        "GROUNDRULES_LETTER_CERTIFICATE",
        "",
        "The PKCS#12 file (.p12, .pfx) each letter on our own paper is signed with as PDF; empty signs none. Needs the "
        "extra signing.",
    ),
    Setting(
        "GROUNDRULES_LETTER_CERTIFICATE_PASSWORD",
        "",
        "The password of that file; set it in the environment, or name a file that holds it.",
    ),
    Setting(
        "GROUNDRULES_LETTER_CERTIFICATE_PASSWORD_FILE",
        "",
        "A file with that password on its first line; it goes before the one above.",
    ),
    Setting(
        "GROUNDRULES_OIDC_ISSUER",
        "",
        "The address of a single sign-on service (OpenID Connect), exactly as it calls itself; empty offers none. It "
        "sends people back to /sign-in/sso/back/ below GROUNDRULES_PUBLIC_URL.",
    ),
    Setting(
        "GROUNDRULES_OIDC_CLIENT_ID",
        "",
        "What that service calls this installation.",
    ),
    Setting(
        "GROUNDRULES_OIDC_CLIENT_SECRET",
        "",
        "The secret this installation proves itself to that service by; set it in the environment.",
    ),
    Setting(
        "GROUNDRULES_TSA_URL",
        "",
        "A time stamping authority (RFC 3161) asked hourly for each log's checkpoint; empty asks nobody.",
    ),
    Setting(
        "GROUNDRULES_TSA_ROOTS",
        "",
        "The PEM file of the certificates that authority is trusted by.",
    ),
    Setting(
        "GROUNDRULES_WINRM_ACCOUNTS",
        "",
        "The folder with a file CLIENT.toml for each client whose Windows servers our own work reaches by WinRM; empty "
        "reaches none.",
    ),
    Setting(
        "GROUNDRULES_EVIDENCE_URL",
        "",
        "Where raw evidence rests when several machines serve: s3://bucket/prefix?endpoint=host:port&scheme=https&"
        "region=name (credentials as for segments); empty means evidence in the data folder.",
    ),
    Setting(
        "GROUNDRULES_WEBHOOKS_INSIDE",
        "",
        "Hosts of your own network that webhooks may be sent to, separated by commas, also over HTTP; every other "
        "host must be at a public address and take HTTPS.",
    ),
    Setting(
        "GROUNDRULES_SEGMENTS_URL",
        "",
        "Where raw events rest: file:///path or s3://bucket/prefix?endpoint=host:port&scheme=https&region=name "
        "(credentials in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY); empty means segments in the data folder.",
    ),
    Setting(
        "GROUNDRULES_HOT_DAYS",
        "7",
        "How many days of raw events the database keeps beside the segments, for answers in milliseconds.",
    ),
    Setting(
        "GROUNDRULES_LOG",
        "text",
        "How the log on the error stream is written: text for people, or json, one object a line; both carry the "
        "request's id.",
    ),
    Setting(
        "GROUNDRULES_LOG_LEVEL",
        "WARNING",
        "How much is logged: ERROR, WARNING, INFO (each request and job too) or DEBUG.",
    ),
    Setting(
        "GROUNDRULES_METRICS_TOKEN",
        "",
        "Whoever sends it (Authorization: Bearer TOKEN) reads /metrics; empty means that nobody does. 16 characters "
        "or more; set it in the environment.",
    ),
    Setting(
        "GROUNDRULES_METRICS_BIND",
        "",
        "An address of its own for metrics without a token, such as 127.0.0.1:9137: whoever reaches it reads them. "
        "Empty opens none.",
    ),
)
# Names that scripts and tests use around Groundrules; they are no settings of an installation.
_NEIGHBOURS = tuple(_PREFIX + name for name in ("TEST_", "SAMPLES", "CHROMIUM", "BOOTSTRAP_"))


def read_settings(environment: Mapping[str, str]) -> dict[str, str]:
    """This function will return every setting by its environment name: environment first, then file, then default.

    Raises UnknownSetting for a name that is not in `SETTINGS`, and SettingNotText for a file value that is no text.
    """
    return {name: value for name, (value, _) in read_with_origin(environment).items()}


def read_with_origin(environment: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """This function will return every setting with where its value came from: environment, file or default.

    Raises as `read_settings` does.
    """
    known = {setting.name: setting for setting in SETTINGS}
    ours = {
        name
        for name in environment
        if name.startswith(_PREFIX) and not name.startswith(_NEIGHBOURS)
    }
    _refuse_unknown(ours - set(known), "the environment", known)
    written = _read_file(
        settings_file(environment), required=bool(environment.get("GROUNDRULES_CONFIG"))
    )
    return {name: _chosen(setting, environment, written) for name, setting in known.items()}


def settings_file(environment: Mapping[str, str]) -> Path:
    """This function will return the file settings are read from, if it is there."""
    named = environment.get("GROUNDRULES_CONFIG", "")
    folder = environment.get("GROUNDRULES_DATA") or SETTINGS[0].default
    return Path(named) if named else Path(folder) / _FILE_NAME


def _chosen(
    setting: Setting, environment: Mapping[str, str], written: Mapping[str, str]
) -> tuple[str, str]:
    if environment.get(setting.name):
        return environment[setting.name], "environment"
    if written.get(setting.key):
        return written[setting.key], "file"
    return setting.default, "default"


def whole_number(given: Mapping[str, str], name: str) -> int:
    """This function will return a setting that counts something; raises SettingNotNumber unless it is above zero."""
    text = given[name]
    if not (text.isascii() and text.isdecimal() and int(text) > 0):
        message = f"{name} is {text!r}; write a whole number above zero"
        raise SettingNotNumber(message)
    return int(text)


def networks(given: Mapping[str, str], name: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """This function will return the networks a setting names; raises SettingNotAddress."""
    found = []
    for text in filter(None, (one.strip() for one in given[name].split(","))):
        try:
            found.append(ip_network(text))
        except ValueError as wrong:
            message = f"{name} names {text!r}, which is no address or network; write 127.0.0.1 or 10.1.0.0/16"
            raise SettingNotAddress(message) from wrong
    return tuple(found)


def _read_file(path: Path, *, required: bool) -> dict[str, str]:
    if not required and not path.is_file():
        return {}
    try:
        written = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as wrong:
        message = f"the settings file {path} cannot be read ({wrong}); correct it, or unset GROUNDRULES_CONFIG"
        raise SettingsUnreadable(message) from wrong
    known = {setting.key: setting for setting in SETTINGS}
    _refuse_unknown(set(written) - set(known), str(path), known)
    for key, value in written.items():
        if not isinstance(value, str):
            message = f"{path}: {key} = {value!r} is not text; write it in quotation marks"
            raise SettingNotText(message)
    return written


def _refuse_unknown(names: set[str], where: str, known: Mapping[str, Setting]) -> None:
    if names:
        near = {one for name in names for one in get_close_matches(name, known, n=2)}
        meant = f"; did you mean {' or '.join(sorted(near))}?" if near else ";"
        said = f"{where} sets {', '.join(sorted(names))}, which nobody knows{meant}"
        message = f"{said} docs/reference/settings.md lists them"
        raise UnknownSetting(message)
