"""The rules of the house that no ready-made tool knows, each a function from one source to its breaches."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Iterator

from tests.house.sources import Breach, Source

Rule = Callable[[Source], list[Breach]]

_ALWAYS_WRITES = re.compile(
    r"^a?(save|bulk_create|bulk_update|update_or_create|get_or_create|create)$"
)
_WRITING_SQL = re.compile(r"^\s*(insert|update|delete|create|drop|alter|truncate)\b", re.IGNORECASE)
_CLOCKS = {"now", "utcnow", "today", "localtime", "gmtime", "monotonic", "perf_counter", "time_ns"}
_DICE = {"uuid1", "uuid4", "getrandbits", "token_hex", "token_urlsafe", "token_bytes"}
_DOORS = {"open", "input", "print", "exec", "eval", "__import__"}
_IMPURE_MODULES = {
    *("asyncio", "ctypes", "getpass", "glob", "http", "importlib", "io", "locale", "logging"),
    *("multiprocessing", "os", "pathlib", "platform", "random", "secrets", "select", "shutil"),
    *(
        "signal",
        "socket",
        "sqlite3",
        "subprocess",
        "sys",
        "tempfile",
        "threading",
        "time",
        "urllib",
    ),
}
# Parts of those modules that only calculate.
_PURE_PARTS = re.compile(r"^(pathlib\.Pure\w*Path|io\.(StringIO|BytesIO)|urllib\.parse(\.\w+)?)$")
_FOREIGN_WORDS = {"customer", "customers", "supplier", "suppliers", "culprit", "blame"}
_EMPTY_WORDS = {"util", "utils", "helper", "helpers", "manager"}
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def _breach(source: Source, node: ast.AST, what: str) -> Breach:
    return Breach(source.place, getattr(node, "lineno", 1), what)


def _calls(source: Source) -> Iterator[ast.Call]:
    return (node for node in ast.walk(source.tree) if isinstance(node, ast.Call))


def _called_name(call: ast.Call) -> str:
    """This function will return the last name of what is called: `b` for `a.b()`, `open` for `open()`."""
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def imported_modules(source: Source) -> Iterator[tuple[ast.stmt, str]]:
    """This function will yield each import statement with the full name of each module it names."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node, node.module or "."


def _imported_names(source: Source) -> Iterator[tuple[ast.stmt, str]]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node, f"{node.module or ''}.{alias.name}") for alias in node.names)


# -- Who may write ---------------------------------------------------------------------------------


def _is_write(call: ast.Call) -> bool:
    if not isinstance(call.func, ast.Attribute):
        return False
    name = call.func.attr
    if name == "save" and any(keyword.arg == "format" for keyword in call.keywords):
        return False  # A picture's save names its format; a row's never takes one.
    if _ALWAYS_WRITES.match(name):
        return True
    if name in {
        "update",
        "aupdate",
    }:  # A mapping's or digest's update takes a value; a QuerySet's never.
        return not call.args and bool(call.keywords)
    if name in {"delete", "adelete"}:
        return not call.args
    return name in {"execute", "executemany"} and _is_writing_sql(call)


def _is_writing_sql(call: ast.Call) -> bool:
    first = call.args[0] if call.args else None
    text = first.value if isinstance(first, ast.Constant) else ""
    return isinstance(text, str) and bool(_WRITING_SQL.match(text))


def writes(source: Source) -> list[Breach]:
    """This function will find calls that write rows: Django's, and SQL that changes something."""
    return [
        _breach(source, call, f"writes rows with .{_called_name(call)}(); only a service may")
        for call in _calls(source)
        if _is_write(call)
    ]


# -- What the core must not do ---------------------------------------------------------------------


def impurities(source: Source) -> list[Breach]:
    """This function will find where code asks the clock, rolls dice or touches the world outside."""
    imports = [
        _breach(source, node, f"imports {name}, which reaches outside")
        for node, name in _imported_names(source)
        if name.split(".")[0] in _IMPURE_MODULES and not _PURE_PARTS.match(name)
    ]
    calls = [
        _breach(source, call, f"calls {name}(); pass the value in")
        for call in _calls(source)
        if (name := _called_name(call)) in _CLOCKS | _DICE
        or (isinstance(call.func, ast.Name) and name in _DOORS)
    ]
    return imports + calls


def foreign_imports(source: Source, own: frozenset[str]) -> list[Breach]:
    """This function will find imports that are neither Python's own nor below one of the `own` packages."""
    return [
        _breach(source, node, f"imports {module}; only the standard library is allowed here")
        for node, module in imported_modules(source)
        if module.split(".")[0] not in sys.stdlib_module_names
        and not any(module == name or module.startswith(f"{name}.") for name in own)
    ]


def floats(source: Source) -> list[Breach]:
    """This function will find binary fractions: the name `float` and literals such as 0.1."""
    names = [
        _breach(source, node, "uses float; money and quantities are Decimal, int or Fraction")
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Name) and node.id == "float"
    ]
    literals = [
        _breach(source, node, f"writes {node.value} as a binary fraction")
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, float)
    ]
    return names + literals


# -- Time ------------------------------------------------------------------------------------------


def _lacks_zone(call: ast.Call) -> bool:
    keywords = {keyword.arg for keyword in call.keywords}
    if None in keywords or any(isinstance(arg, ast.Starred) for arg in call.args):
        return False  # Spread arguments cannot be judged here.
    owner = call.func.value if isinstance(call.func, ast.Attribute) else None
    of_datetime = isinstance(owner, ast.Name | ast.Attribute) and _last_name(owner) == "datetime"
    match _called_name(call):
        case "datetime":
            return "tzinfo" not in keywords and len(call.args) <= _DATETIME_FIELDS
        case "fromtimestamp" | "now" if of_datetime:
            return "tz" not in keywords and len(call.args) < 1 + (_called_name(call) != "now")
        case "utcnow" | "utcfromtimestamp":
            return of_datetime
    return False


_EXPLAINED_WALL_TIME = re.compile(r"# noqa: DTZ\d+ \S+ ?\w+")
_DATETIME_FIELDS = 7  # Year to microsecond; the eighth positional argument is the zone.


def _last_name(node: ast.Name | ast.Attribute) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr


def naive_times(source: Source) -> list[Breach]:
    """This function will find datetimes made without a zone, except where the line says why: `noqa: DTZ001 (...)`.

    A wall time read from a log has no zone until its host's zone is known; that is the one good reason.
    """
    lines = source.text.splitlines()
    return [
        _breach(source, call, f"makes a datetime without a zone with {_called_name(call)}()")
        for call in _calls(source)
        if _lacks_zone(call) and not _EXPLAINED_WALL_TIME.search(lines[(call.end_lineno or 1) - 1])
    ]


# -- Errors ----------------------------------------------------------------------------------------


def _is_broad(kind: ast.expr | None) -> bool:
    kinds = kind.elts if isinstance(kind, ast.Tuple) else [kind]
    return any(
        isinstance(one, ast.Name) and one.id in {"Exception", "BaseException"} for one in kinds
    )


def _is_silent(body: list[ast.stmt]) -> bool:
    return all(
        isinstance(statement, ast.Pass | ast.Continue | ast.Break)
        or (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant))
        or (isinstance(statement, ast.Return) and isinstance(statement.value, ast.Constant | None))
        for statement in body
    )


def silenced_errors(source: Source) -> list[Breach]:
    """This function will find bare excepts, and broad ones that say nothing of what they caught."""
    handlers = [node for node in ast.walk(source.tree) if isinstance(node, ast.ExceptHandler)]
    bare = [
        _breach(source, node, "catches everything without a name")
        for node in handlers
        if not node.type
    ]
    silent = [
        _breach(source, node, "swallows every error silently")
        for node in handlers
        if _is_broad(node.type) and _is_silent(node.body)
    ]
    suppressed = [
        _breach(source, call, "suppresses every error")
        for call in _calls(source)
        if _called_name(call) == "suppress" and any(map(_is_broad, call.args))
    ]
    return bare + silent + suppressed


# -- Names -----------------------------------------------------------------------------------------


def _words(name: str) -> set[str]:
    return {word.lower() for word in _WORDS.findall(name)}


def _defined_names(source: Source) -> Iterator[tuple[ast.AST, str]]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node, node.name
        elif isinstance(node, ast.arg):
            yield node, node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node, node.id


def foreign_words(source: Source) -> list[Breach]:
    """This function will find names the glossary replaces by others, and names that say nothing."""
    foreign = [
        _breach(source, node, f"says {name}; see docs/glossary.md")
        for node, name in _defined_names(source)
        if _words(name) & _FOREIGN_WORDS
    ]
    empty = [
        _breach(source, node, f"class {node.name} says nothing; name what it does")
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ClassDef) and _words(node.name) & _EMPTY_WORDS
    ]
    module_words = {word for part in source.path.with_suffix("").parts for word in _words(part)}
    nothing = _FOREIGN_WORDS | _EMPTY_WORDS
    module = [
        Breach(
            source.place, 1, "is a file or folder whose name says nothing or another trade's word"
        )
    ]
    return (
        foreign + empty + (module if module_words & nothing or source.path.stem == "data" else [])
    )
