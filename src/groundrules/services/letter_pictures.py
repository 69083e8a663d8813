"""Every kind of letter as it is read, on paper and by mail, about an invented case: for owners and their lawyers."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from groundrules.core.letters.answers import SIGNED_ON_THE_PAGE
from groundrules.core.letters.composing import shipped_text
from groundrules.core.letters.samples import sample_letter
from groundrules.core.letters.tongue import ENGLISH
from groundrules.records import models as books
from groundrules.renderers.letter_text import letter_text
from groundrules.renderers.pdf_letter import LetterContext, render_letter
from groundrules.renderers.pdf_picture import page_count, page_picture
from groundrules.services import letter_texts
from groundrules.services.database import NOTHING_YET, not_ready


def draw(folder: Path, language: str, *, at: datetime) -> tuple[Path, ...]:
    """This function will write each letter as PDF, its pages as PNG and its mail as text, and return the files.

    Where nothing is set up yet (see `are_shipped`) they say the shipped words on nobody's paper.
    """
    shipped = are_shipped()
    folder.mkdir(parents=True, exist_ok=True)
    provider = None if shipped else books.Provider.objects.order_by("pk").first()
    made: list[Path] = []
    for kind in letter_texts.kinds():
        text = shipped_text(kind, language) if shipped else letter_texts.in_use(kind, language, at)
        draft = sample_letter(text)
        name = f"{kind.value.replace(' ', '-')}-{language}"
        closes = kind not in SIGNED_ON_THE_PAGE
        context = LetterContext(
            reference="LTR-SAMPLE",
            sender_name=draft.letterhead,
            sender_lines=tuple(provider.address.splitlines()) if provider else (),
            recipient_lines=(draft.to,),
            dated_at=at,
            zone=provider.zone if provider else "UTC",
            signature_lines=(draft.letterhead,) if closes else (),
            paper="us-letter" if language == ENGLISH else "a4",
            is_closed=closes,
        )
        pdf = render_letter(draft, context)
        made.append(_write(folder / f"{name}.pdf", pdf))
        mailed = letter_text(draft, context.signature_lines)
        made.append(_write(folder / f"{name}.txt", mailed.encode()))
        pages = range(1, page_count(pdf) + 1)
        made += [_write(folder / f"{name}-{page}.png", page_picture(pdf, page)) for page in pages]
    return tuple(made)


def are_shipped() -> bool:
    """This function will say whether nothing is set up here, so that there are no words but the shipped ones."""
    return not_ready() == NOTHING_YET


def _write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path
