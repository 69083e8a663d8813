"""Recorded changes as shell lines that do them again inside the copy: by the host's own programs, never by files."""

from __future__ import annotations

from shlex import quote

from groundrules.gateways.replay.site import Action, ActionKind, BadSite

_PACKAGES = "/run/replay-packages"
_DPKG = "dpkg --force-depends --force-unsafe-io --no-triggers"


def script_for(actions: tuple[Action, ...]) -> str:
    """This function will write the shell lines for these changes in their recorded order; raises BadSite."""
    return "\n".join(_LINES[action.kind](action) for action in actions)


def _remove_package(action: Action) -> str:
    return f"{_DPKG} -r {quote(action.target)}"


def _install_package(action: Action) -> str:
    return f"{_DPKG} -i {_PACKAGES}/{quote(action.target)}_*.deb"


def _set_config(action: Action) -> str:
    """The line that begins with the key is replaced, or added at the end."""
    key, equals, value = action.value.partition("=")
    if not equals:
        raise BadSite(f"{action.change}: set config needs key=value, not {action.value!r}")
    program = (
        'BEGIN{k=ENVIRON["K"];v=ENVIRON["V"]} '
        'index($0,k"=")==1{print k"="v;done=1;next} {print} END{if(!done)print k"="v}'
    )
    file = quote(action.target)
    return (
        f"touch {file}; K={quote(key)} V={quote(value)} awk {quote(program)} {file} > /tmp/replay.new; "
        f"cat /tmp/replay.new > {file}"
    )


def _password(action: Action) -> str:
    engine, _, role = action.target.partition(":")
    if engine == "postgres":
        literal = "'" + action.value.replace("'", "''") + "'"
        name = '"' + role.replace('"', '""') + '"'
        return _psql(f"ALTER ROLE {name} PASSWORD {literal}")
    if engine == "redis":
        rule = quote(f">{action.value}")
        return f"redis-cli ACL SETUSER {quote(role)} resetpass {rule} && redis-cli ACL SAVE"
    raise BadSite(f"{action.change}: password needs postgres:role or redis:user as its target")


def _statement(action: Action) -> str:
    if action.target == "redis":
        return f"redis-cli {action.value}"
    if action.target.startswith("postgres"):
        return _psql(action.value, action.target.partition(":")[2] or "postgres")
    raise BadSite(f"{action.change}: statement needs postgres:database or redis as its target")


def _service(action: Action) -> str:
    """A service is switched on or off as it would be for the next start."""
    if action.value not in {"enable", "disable"}:
        raise BadSite(f"{action.change}: service needs enable or disable")
    return f"update-rc.d {quote(action.target)} {action.value}"


def _psql(statement: str, database: str = "postgres") -> str:
    asked = f"psql -qX -v ON_ERROR_STOP=1 -d {quote(database)} -c {quote(statement)}"
    return f"setpriv --reuid postgres --regid postgres --init-groups {asked}"


_LINES = {
    ActionKind.REMOVE_PACKAGE: _remove_package,
    ActionKind.INSTALL_PACKAGE: _install_package,
    ActionKind.SET_CONFIG: _set_config,
    ActionKind.PASSWORD: _password,
    ActionKind.STATEMENT: _statement,
    ActionKind.SERVICE: _service,
}
