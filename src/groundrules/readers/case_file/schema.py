"""The JSON Schema (2020-12) of a case file, made from the same shapes the reader uses. A test holds the published
copy to it.

Names that merge from a base make most keys optional in one file though the whole case needs them, so the schema
describes a whole case; `groundrules case check` also follows bases, checks references and the times of clock
changes.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from fractions import Fraction
from typing import cast

from groundrules.core.money import Money
from groundrules.readers.case_file.load import FORMAT_VERSION
from groundrules.readers.case_file.model import CaseFile
from groundrules.readers.case_file.model_agreement import WrittenVersion
from groundrules.readers.case_file.shapes import (
    ManyOf,
    Minutes,
    Record,
    Scalar,
    Shape,
    Span,
    Table,
    Word,
    is_new_type,
    keys_of,
)

Schema = dict[str, object]

_ADDRESS = "https://groundrules.example/schemas/case-file-1.json"
_INSTANT = (
    "A time with its zone (2007-02-20 13:10 -08:00), or without one when the file names a `zone`."
)
_SINGLE: dict[object, Schema] = {
    str: {"type": ["string", "number"]},
    int: {"type": "integer"},
    bool: {"type": ["boolean", "string"], "enum": [True, False, "yes", "no"]},
    datetime: {"type": "string", "description": _INSTANT, "pattern": r"^\d{4}-\d{2}-\d{2}"},
    date: {"type": "string", "format": "date"},
    time: {
        "type": "string",
        "description": "A time of day, such as 17:00.",
        "pattern": r"^\d{1,2}:\d{2}",
    },
    Money: {
        "type": "string",
        "description": "An amount with its currency, such as 150.00 USD.",
        "pattern": r"^-?\d[\d,]*(\.\d+)? [A-Z]{3}$",
    },
    Fraction: {"type": ["number", "string"], "description": "A number such as 2, 1.5 or 3/2."},
    Decimal: {"type": ["number", "string"], "description": "A decimal number such as 25.5."},
    Minutes: {
        "type": "string",
        "description": "A duration, such as 15 min, 1 h or 1 h 30 min.",
        "pattern": r"^(\d+(\.\d+)? ?h)? ?(\d+ ?(min|m))?$",
    },
}


def case_file_schema() -> Schema:
    """This function will return the JSON Schema of a whole case file."""
    definitions: dict[str, Schema] = {}
    _record(Record(CaseFile), definitions)
    whole = cast("dict[str, Schema]", definitions.pop(CaseFile.__name__)["properties"])
    whole["case"] = {"const": FORMAT_VERSION, "description": "The version of this format."}
    whole["base"] = {
        "type": "string",
        "description": "A file in the same folder that this one is laid over.",
    }
    _allow_like(definitions)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": _ADDRESS,
        "title": "Groundrules case file",
        "description": (CaseFile.__doc__ or "").strip(),
        "type": "object",
        "properties": whole,
        "required": ["case"],
        "additionalProperties": False,
        "$defs": dict(sorted(definitions.items())),
    }


def _allow_like(definitions: dict[str, Schema]) -> None:
    version = definitions[name_of(WrittenVersion)]
    properties = cast("dict[str, Schema]", version["properties"])
    properties["like"] = {
        "type": "integer",
        "description": "Begin with everything this version says.",
    }


def name_of(built: type) -> str:
    """This function will return the name of a record in the schema: the core's own, whoever reads it."""
    return built.__name__.removeprefix("Written")


def _describe(shape: Shape, definitions: dict[str, Schema]) -> Schema:
    return _DESCRIBERS[type(shape)](shape, definitions)


def _scalar(shape: Shape, _definitions: dict[str, Schema]) -> Schema:
    kind = cast("Scalar", shape).kind
    if is_new_type(kind) and kind is not Minutes:
        return {"type": ["string", "number"]}
    return dict(_SINGLE[kind])


def _word(shape: Shape, definitions: dict[str, Schema]) -> Schema:
    choices = cast("Word", shape).choices
    name = name_of(choices)
    definitions[name] = {
        "description": _first_line(choices),
        "enum": [choice.value for choice in choices],
    }
    return {"$ref": f"#/$defs/{name}"}


def _many(shape: Shape, definitions: dict[str, Schema]) -> Schema:
    return {"type": "array", "items": _describe(cast("ManyOf", shape).item, definitions)}


def _table(shape: Shape, definitions: dict[str, Schema]) -> Schema:
    table = cast("Table", shape)
    described: Schema = {
        "type": "object",
        "additionalProperties": _describe(table.value, definitions),
    }
    if isinstance(table.key, Word):
        described["propertyNames"] = _describe(table.key, definitions)
    return described


def _span(_shape: Shape, _definitions: dict[str, Schema]) -> Schema:
    instant = dict(_SINGLE[datetime])
    return {
        "type": "object",
        "properties": {"from": instant, "to": instant},
        "required": ["from"],
        "additionalProperties": False,
    }


def _record(shape: Shape, definitions: dict[str, Schema]) -> Schema:
    built = cast("Record", shape).built
    name = name_of(built)
    if name not in definitions:
        definitions[name] = {}
        keys = keys_of(built)
        definitions[name] = {
            "description": _first_line(built),
            "type": "object",
            "properties": {key.name: _describe(key.shape, definitions) for key in keys},
            "additionalProperties": False,
        }
    return {"$ref": f"#/$defs/{name}"}


def _first_line(documented: type) -> str:
    return (documented.__doc__ or "").strip().partition("\n")[0]


_DESCRIBERS: dict[type, Callable[[Shape, dict[str, Schema]], Schema]] = {
    Scalar: _scalar,
    Word: _word,
    ManyOf: _many,
    Table: _table,
    Span: _span,
    Record: _record,
}
