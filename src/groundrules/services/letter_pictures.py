"""Every kind of letter as it looks on paper, about an invented case and in the words in use: for owners and lawyers."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from groundrules.core.letters.samples import sample_letter
from groundrules.core.letters.tongue import ENGLISH
from groundrules.records import models as books
from groundrules.renderers.pdf_letter import LetterContext, render_letter
from groundrules.renderers.pdf_picture import page_count, page_picture
from groundrules.services import letter_texts


def draw(folder: Path, language: str, *, at: datetime) -> tuple[Path, ...]:
    """This function will write each letter as a PDF and each of its pages as PNG, and return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    provider = books.Provider.objects.order_by("pk").first()
    made: list[Path] = []
    for kind in letter_texts.kinds():
        draft = sample_letter(letter_texts.in_use(kind, language, at))
        name = f"{kind.value.replace(' ', '-')}-{language}"
        context = LetterContext(
            reference="LTR-SAMPLE",
            sender_name=draft.letterhead,
            sender_lines=tuple(provider.address.splitlines()) if provider else (),
            recipient_lines=(draft.to,),
            dated_at=at,
            zone=provider.zone if provider else "UTC",
            signature_lines=(draft.letterhead,),
            paper="us-letter" if language == ENGLISH else "a4",
        )
        pdf = render_letter(draft, context)
        made.append(_write(folder / f"{name}.pdf", pdf))
        pages = range(1, page_count(pdf) + 1)
        made += [_write(folder / f"{name}-{page}.png", page_picture(pdf, page)) for page in pages]
    return tuple(made)


def _write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path
