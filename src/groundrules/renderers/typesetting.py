"""Typesetting: one reused Typst compiler, embedded fonts only, so the same draft gives the same bytes.

The template reads its values as JSON through Typst's own inputs; no text is ever pasted into template source, so a
vendor's words can't become markup.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import orjson
import typst

from groundrules.core.periods import utc

_TEMPLATES = Path(__file__).parent / "typst"
_ONE_AT_A_TIME = threading.Lock()
_FONTS = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)
_FILE = "file-{}"
_COMPILERS: dict[str, typst.Compiler] = {}
# The typesetter keeps what it laid out until ten more documents passed: some 60 KiB for each line of an invoice.
_KEPT_FOR = 10
# Bytes of values from which keeping it is not worth the memory: an invoice of some 1,500 lines.
_LONG = 300_000


@dataclass(frozen=True, slots=True)
class Attachment:
    """A text file that travels inside a PDF (ISO 19005-3). `relationship`: alternative, data, source or supplement."""

    name: str
    content: bytes
    media_type: str
    relationship: str
    description: str

    def told(self) -> dict[str, str]:
        """What the template reads of the file; its content travels beside, not as JSON within JSON."""
        return {
            "name": self.name,
            "media_type": self.media_type,
            "relationship": self.relationship,
            "description": self.description,
        }


class DocumentNotRendered(RuntimeError):
    """A document could not be typeset; nothing was issued."""


def typeset(
    template: str,
    values: Mapping[str, object],
    at: datetime,
    attachments: Sequence[Attachment] = (),
) -> bytes:
    """This function will turn a template and its values into PDF/A-3b bytes, the same bytes every time.

    `template` is a name under `renderers/typst` without its ending; `at` is the document's own timestamp (aware).
    Raises DocumentNotRendered with the typesetter's diagnosis.
    """
    told = {**values, "attachments": [attachment.told() for attachment in attachments]}
    inputs = {"data": orjson.dumps(told, option=orjson.OPT_SORT_KEYS).decode()}
    inputs |= {_FILE.format(place): file.content.decode() for place, file in enumerate(attachments)}
    with _ONE_AT_A_TIME:
        compiler = _COMPILERS.get(template)
        if compiler is None:
            compiler = typst.Compiler(
                _TEMPLATES / f"{template}.typ",
                root=_TEMPLATES,
                font_paths=_FONTS,
                ignore_system_fonts=True,
            )
            _COMPILERS[template] = compiler
        try:
            pdf = compiler.compile(
                format="pdf",
                sys_inputs=inputs,
                pdf_standards="a-3b",
                timestamp=int(utc(at).timestamp()),
            )
        except typst.TypstError as problem:
            message = f"the {template} could not be typeset: {problem.message}. Nothing was issued."
            raise DocumentNotRendered(message) from problem
        finally:
            if len(inputs["data"]) > _LONG:
                _forget(template)
    if not isinstance(pdf, bytes):
        message = f"the {template} gave no single PDF; nothing was issued"
        raise DocumentNotRendered(message)
    return pdf


def _forget(template: str) -> None:
    """Lets ten empty documents pass, and gives back what a long one took. Other C libraries do so alone."""
    del _COMPILERS[template]
    for _ in range(_KEPT_FOR):
        typst.compile(b" ", font_paths=_FONTS, ignore_system_fonts=True, format="svg")
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
