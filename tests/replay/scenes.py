"""Worlds for the replay exam: a real server image, twenty recorded changes in some order, and the truth."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from groundrules.core.ids import ChangeId
from groundrules.core.replay.answers import ReplayVerdict
from groundrules.gateways.replay import Action, ActionKind, ReplaySite

IMAGES = Path("/var/cache/groundrules-replay")
KINDS = ("runtime", "password", "both sufficient", "only together", "broken-repaired-broken")
TWENTY = 20
_SOLE, _CONTRIBUTING, _SUFFICIENT = (
    ReplayVerdict.SOLE,
    ReplayVerdict.CONTRIBUTING,
    ReplayVerdict.SUFFICIENT,
)
_POSTGRES = (
    "setpriv --reuid postgres --regid postgres --init-groups /usr/lib/postgresql/15/bin/pg_ctl -w -s "
    "-D /var/lib/postgresql/15/main -l /tmp/pg.log"
)
_START_POSTGRES = (
    "mkdir -p /run/postgresql; chown postgres: /run/postgresql; "
    f'{_POSTGRES} -o "-c config_file=/etc/postgresql/15/main/postgresql.conf" start'
)
_Row = tuple[str, ActionKind, str, str]
REMOVE, INSTALL, CONFIG, PASSWORD, STATEMENT = (
    ActionKind.REMOVE_PACKAGE,
    ActionKind.INSTALL_PACKAGE,
    ActionKind.SET_CONFIG,
    ActionKind.PASSWORD,
    ActionKind.STATEMENT,
)


@dataclass(frozen=True, slots=True)
class Image:
    """A server image: how it is started, its own culprits by role, and innocent changes that come near them."""

    name: str
    store_start: str
    store_stop: str
    start: str
    culprits: Mapping[str, _Row]
    decoys: tuple[_Row, ...]


def _decoys(conf: str) -> tuple[_Row, ...]:
    return (
        ("CHG-THEME", CONFIG, conf, "theme=harbour"),
        ("CHG-LOG", CONFIG, conf, "log=info"),
        ("CHG-COLOUR", CONFIG, conf, "colour=green"),
        ("CHG-MOTD", CONFIG, "/etc/motd", "notice=maintained"),
        ("CHG-SYSCTL", CONFIG, "/etc/vendor-kernel.conf", "vm.swappiness=10"),
        ("CHG-CRON", CONFIG, "/etc/vendor-cron.conf", "MAILTO=root"),
        ("CHG-PROFILE", CONFIG, "/etc/environment", "VENDOR=yes"),
        ("CHG-TIMER", CONFIG, "/etc/default/vendor", "INTERVAL=60"),
    )


POSTGRES_LOB = Image(
    "postgres-lob",
    _START_POSTGRES,
    f"{_POSTGRES} -m fast stop",
    f"{_START_POSTGRES}; setpriv --reuid nobody --clear-groups python3 /opt/lob/app.py >/dev/null 2>&1 &",
    {
        "runtime": ("CHG-RUNTIME", REMOVE, "python3-lxml", ""),
        "password": ("CHG-SA", PASSWORD, "postgres:sa", "stand-in"),
        "earlier password": ("CHG-SA-EARLIER", PASSWORD, "postgres:sa", "stand-in before"),
        "repair": ("CHG-SA-REPAIR", PASSWORD, "postgres:sa", "first-word"),
        "switch": ("CHG-EXPORT", CONFIG, "/opt/lob/app.conf", "export=chardet"),
        "engine": ("CHG-ENGINE", REMOVE, "python3-chardet", ""),
    },
    (
        *_decoys("/opt/lob/app.conf"),
        ("CHG-YAML", REMOVE, "python3-yaml", ""),
        ("CHG-HTML5", REMOVE, "python3-html5lib", ""),
        ("CHG-INDEX", STATEMENT, "postgres:lob", "CREATE INDEX ON orders (client)"),
        ("CHG-TABLE", STATEMENT, "postgres:lob", "CREATE TABLE notes (id int)"),
        ("CHG-COLUMN", STATEMENT, "postgres:lob", "ALTER TABLE orders ADD COLUMN memo text"),
        ("CHG-VACUUM", STATEMENT, "postgres:lob", "ANALYZE orders"),
        ("CHG-MEMORY", STATEMENT, "postgres:lob", "ALTER SYSTEM SET work_mem = '8MB'"),
        ("CHG-REPORTING", PASSWORD, "postgres:reporting", "stand-in too"),
        ("CHG-ROLE", STATEMENT, "postgres:lob", "CREATE ROLE auditor LOGIN"),
        ("CHG-GRANT", STATEMENT, "postgres:lob", "GRANT SELECT ON orders TO reporting"),
        ("CHG-POOL", CONFIG, "/etc/default/pool", "SIZE=20"),
    ),
)
_START_REDIS = (
    "mkdir -p /run/redis /run/php; chown redis: /run/redis; "
    "setpriv --reuid redis --regid redis --init-groups redis-server /etc/redis/redis.conf >/dev/null; "
    "until redis-cli ping >/dev/null 2>&1; do sleep 0.02; done"
)
NGINX_PHP = Image(
    "nginx-php",
    _START_REDIS,
    "redis-cli shutdown nosave; sleep 0.05",
    f"{_START_REDIS}; php-fpm8.2 --daemonize >/dev/null 2>&1; nginx",
    {
        "runtime": ("CHG-RUNTIME", REMOVE, "php8.2-xml", ""),
        "password": ("CHG-APP", PASSWORD, "redis:app", "stand-in"),
        "earlier password": ("CHG-APP-EARLIER", PASSWORD, "redis:app", "stand-in-before"),
        "repair": ("CHG-APP-REPAIR", PASSWORD, "redis:app", "first-word"),
        "switch": ("CHG-EXPORT", CONFIG, "/opt/shop/app.conf", "export=intl"),
        "engine": ("CHG-ENGINE", REMOVE, "php8.2-intl", ""),
    },
    (
        *_decoys("/opt/shop/app.conf"),
        ("CHG-MBSTRING", REMOVE, "php8.2-mbstring", ""),
        ("CHG-REPORTING", PASSWORD, "redis:reporting", "stand-in-too"),
        (
            "CHG-USER",
            STATEMENT,
            "redis",
            "ACL SETUSER auditor on '>word' '~*' +@read && redis-cli ACL SAVE",
        ),
        ("CHG-KEY", STATEMENT, "redis", "SET vendor:visited yes"),
        ("CHG-FLUSH", STATEMENT, "redis", "DEL vendor:queue"),
        ("CHG-LATENCY", STATEMENT, "redis", "CONFIG SET latency-monitor-threshold 100"),
        ("CHG-UPLOADS", CONFIG, "/etc/php/8.2/fpm/conf.d/90-vendor.ini", "upload_max_filesize=20M"),
        ("CHG-LIMIT", CONFIG, "/etc/php/8.2/fpm/conf.d/91-vendor.ini", "memory_limit=256M"),
        ("CHG-EDITOR", CONFIG, "/etc/default/editor", "EDITOR=vi"),
        ("CHG-POOL", CONFIG, "/etc/default/pool", "SIZE=20"),
        ("CHG-LOCALE", CONFIG, "/etc/default/shop", "LANG=C.UTF-8"),
    ),
)
BOTH_IMAGES = (POSTGRES_LOB, NGINX_PHP)
_ROLES: Mapping[str, tuple[str, ...]] = {
    "runtime": ("runtime",),
    "password": ("password",),
    "both sufficient": ("runtime", "password"),
    "only together": ("switch", "engine"),
    "broken-repaired-broken": ("earlier password", "repair", "password"),
}
_TRUTH: Mapping[str, Mapping[str, ReplayVerdict]] = {
    "runtime": {"runtime": _SOLE},
    "password": {"password": _SOLE},
    "both sufficient": {"runtime": _SUFFICIENT, "password": _SUFFICIENT},
    "only together": {"switch": _CONTRIBUTING, "engine": _CONTRIBUTING},
    "broken-repaired-broken": {"password": _SOLE},
}
# What breaks a running copy: a login that is made anew for every request. What a program has loaded it goes on using,
# so a removed runtime is noticed at its next start; only the first application loads a new engine while it runs.
_RUNNING: Mapping[str, frozenset[str]] = {
    "postgres-lob": frozenset({"password", "switch", "engine"}),
    "nginx-php": frozenset({"password"}),
}


@dataclass(frozen=True, slots=True)
class Scene:
    """One exam question and its answer: each culprit's verdict, and whether a running copy shows it too."""

    image: Image
    kind: str
    site: ReplaySite
    truth: Mapping[ChangeId, ReplayVerdict]
    running: Mapping[ChangeId, bool]


def make_scene(image: Image, kind: str, seed: int, *, changes: int = TWENTY) -> Scene:
    """This function will put the culprits at random places among innocent changes, in a seeded order."""
    draw = random.Random(f"{image.name} {kind} {seed}")  # noqa: S311 - a repeatable exam, no secret
    culprits = [image.culprits[role] for role in _ROLES[kind]]
    rows = draw.sample(image.decoys, changes - len(culprits))
    if kind != "broken-repaired-broken":
        draw.shuffle(culprits)
    places = sorted(draw.sample(range(changes), len(culprits)))
    for place, culprit in zip(places, culprits, strict=True):
        rows.insert(place, culprit)
    truth = {ChangeId(image.culprits[role][0]): told for role, told in _TRUTH[kind].items()}
    running = {
        ChangeId(image.culprits[role][0]): role in _RUNNING[image.name] for role in _TRUTH[kind]
    }
    return Scene(image, kind, _site(image, tuple(rows)), truth, running)


def _site(image: Image, rows: tuple[_Row, ...]) -> ReplaySite:
    return ReplaySite(
        tree=IMAGES / image.name,
        actions=tuple(Action(ChangeId(row[0]), *row[1:]) for row in rows),
        start=image.start,
        url="http://127.0.0.1:8080/",
        passes="^200 OK$",
        signs=("runtime is missing", "export is missing", "login failed for user"),
        store_start=image.store_start,
        store_stop=image.store_stop,
        packages=IMAGES / "debs",
        keep=(
            "etc/ssl/private/ssl-cert-snakeoil.key",
        ),  # Made by the package itself; the database starts with it.
    )
