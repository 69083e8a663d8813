"""Says what a new description of the interface breaks of the old one, for programs written against the old one.

A way in (address, parameter, body) may only become wider, an answer only richer. What is not seen here: words and
meanings. Those stay as they are below a version, by the rule at the top of api/urls.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_Json = Mapping[str, Any]
_LIMITS = (("maxLength", -1), ("maximum", -1), ("minLength", 1), ("minimum", 1), ("maxItems", -1))


def breaks(old: _Json, new: _Json) -> list[str]:
    """This function will list what a program written against `old` would trip over; empty when nothing."""
    return list(dict.fromkeys(_operations(old, new)))


def _operations(old: _Json, new: _Json) -> Iterator[str]:
    for path, methods in old.get("paths", {}).items():
        for method, was in methods.items():
            name = f"{method.upper()} {path}"
            now = new["paths"].get(path, {}).get(method)
            if now is None:
                yield f"{name} is gone"
                continue
            if was.get("x-scope") != now.get("x-scope"):
                yield f"{name} needs another scope"
            yield from _parameters(name, was, now)
            yield from _bodies(name, (old, was), (new, now))
            yield from _answers(name, (old, was), (new, now))


def _parameters(name: str, was: _Json, now: _Json) -> Iterator[str]:
    before, after = (
        {(p["in"], p["name"].lower()): p for p in one.get("parameters", ())} for one in (was, now)
    )
    for key, given in before.items():
        taken = after.get(key)
        if taken is None:
            yield f"{name} no longer takes {key[1]}"
        else:
            yield from _narrower(f"{name} {key[1]}", given["schema"], taken["schema"])
    for key, taken in after.items():
        was_needed = key in before and before[key]["required"]
        if taken["required"] and not was_needed:
            yield f"{name} now needs {key[1]}"


def _bodies(name: str, was: tuple[_Json, _Json], now: tuple[_Json, _Json]) -> Iterator[str]:
    old, new = (_content(whole, one.get("requestBody", {})) for whole, one in (was, now))
    for kind in set(old) - set(new):
        yield f"{name} no longer takes {kind}"
    for kind in set(old) & set(new):
        yield from _inputs(f"{name} body", (was[0], old[kind]), (now[0], new[kind]))


def _answers(name: str, was: tuple[_Json, _Json], now: tuple[_Json, _Json]) -> Iterator[str]:
    for status, answer in was[1]["responses"].items():
        after = now[1]["responses"].get(status)
        if after is None:
            yield f"{name} no longer answers {status}"
            continue
        old, new = _content(was[0], answer), _content(now[0], after)
        for kind in set(old) - set(new):
            yield f"{name} {status} is no longer {kind}"
        for kind in set(old) & set(new):
            yield from _outputs(f"{name} {status}", (was[0], old[kind]), (now[0], new[kind]))


def _content(_whole: _Json, holder: _Json) -> dict[str, _Json]:
    return {kind: one.get("schema", {}) for kind, one in holder.get("content", {}).items()}


def _resolved(whole: _Json, schema: _Json) -> _Json:
    reference = schema.get("$ref", "")
    if not reference:
        return schema
    found: Any = whole
    for part in reference.removeprefix("#/").split("/"):
        found = found[part]
    return dict(found)


def _inputs(name: str, was: tuple[_Json, _Json], now: tuple[_Json, _Json]) -> Iterator[str]:
    old, new = _resolved(*was), _resolved(*now)
    yield from _narrower(name, old, new)
    for key in set(new.get("required", ())) - set(old.get("required", ())):
        yield f"{name} now needs {key}"
    after = new.get("properties", {})
    for key, schema in old.get("properties", {}).items():
        if key in after:
            yield from _inputs(f"{name}.{key}", (was[0], schema), (now[0], after[key]))
        else:
            yield f"{name} no longer takes {key}"
    if "items" in old and "items" in new:
        yield from _inputs(f"{name}[]", (was[0], old["items"]), (now[0], new["items"]))


def _outputs(name: str, was: tuple[_Json, _Json], now: tuple[_Json, _Json]) -> Iterator[str]:
    old, new = _resolved(*was), _resolved(*now)
    if _types(new) - _types(old):
        yield f"{name} may now be {', '.join(sorted(_types(new) - _types(old)))}"
    for key in set(old.get("required", ())) - set(new.get("required", ())):
        yield f"{name}.{key} is no longer always there"
    after = new.get("properties", {})
    for key, schema in old.get("properties", {}).items():
        if key in after:
            yield from _outputs(f"{name}.{key}", (was[0], schema), (now[0], after[key]))
        else:
            yield f"{name}.{key} is gone"
    if "items" in old and "items" in new:
        yield from _outputs(f"{name}[]", (was[0], old["items"]), (now[0], new["items"]))


def _narrower(name: str, old: _Json, new: _Json) -> Iterator[str]:
    if _types(old) - _types(new):
        yield f"{name} may no longer be {', '.join(sorted(_types(old) - _types(new)))}"
    if set(old.get("enum", ())) - set(new.get("enum", old.get("enum", ()))):
        yield f"{name} no longer takes every value it took"
    for limit, way in _LIMITS:
        before, after = old.get(limit), new.get(limit)
        if after is not None and (before is None or (after - before) * way > 0):
            yield f"{name}: {limit} is now {after}"


def _types(schema: _Json) -> set[str]:
    """What kinds of value a schema admits; a schema that says nothing admits any, and counts as one kind."""
    if "anyOf" in schema:
        return {kind for one in schema["anyOf"] for kind in _types(one)}
    kind = schema.get("type", schema.get("$ref", "anything"))
    named = {kind} if isinstance(kind, str) else set(kind)
    return {"object" if one.startswith("#/") else one for one in named}
