"""What letters say: every text, one text with its places, versions and a look at it, and the words of one letter."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from groundrules.core.letters.answers import LetterKind
from groundrules.core.letters.checking import TextRefused, problems
from groundrules.core.letters.comparing import compare_texts
from groundrules.core.letters.composing import shipped_text
from groundrules.core.letters.places import places_of
from groundrules.core.letters.samples import sample_letter
from groundrules.core.letters.template import Template
from groundrules.core.letters.tongue import LANGUAGES
from groundrules.records.letters import LetterDraft
from groundrules.records.parties import Client, Contact, Vendor
from groundrules.services import cards, letter_texts, rewording
from groundrules.services.actor import NotAllowed
from groundrules.services.letters import LetterRefused
from groundrules.web.access import actor_of, area
from groundrules.web.tables.kit import csv_answer
from groundrules.web.times import minute

_LONGEST_NUMBER = 10
_COLUMNS = ("Letter", "Language", "Text in use")


@area("letters")
def texts(request: HttpRequest) -> HttpResponseBase:
    """Every kind of letter with its text in each language, and whether the owner wrote it; also as CSV."""
    own = {(t.kind, t.language): t.name for t in letter_texts.own_texts(timezone.now())}
    found = {
        kind.value: [
            (code, said, own.get((kind, code), "as shipped")) for code, said in LANGUAGES.items()
        ]
        for kind in letter_texts.kinds()
    }
    if request.GET.get("format") == "csv":
        cells = ((kind, said, name) for kind, texts in found.items() for _, said, name in texts)
        return csv_answer("letter-texts", _COLUMNS, cells)
    rows = [{"kind": kind, "texts": texts} for kind, texts in found.items()]
    return render(request, "web/letters/texts.html", {"rows": rows})


@area("letters")
def text(request: HttpRequest, kind: str, language: str) -> HttpResponse:
    """One text: what it says, what it may not lose, how a letter made of it reads, and every version."""
    try:
        about = letter_texts.named(kind, language)
    except letter_texts.UnknownText as unknown:
        raise Http404(str(unknown)) from unknown
    if request.method != "POST":
        return _text_page(request, about, letter_texts.in_use(*about, timezone.now()).text)
    return _act(request, about)


def _act(request: HttpRequest, about: tuple[LetterKind, str]) -> HttpResponse:
    typed = request.POST.get("text", "").replace("\r\n", "\n")
    act, now, actor = request.POST.get("act"), timezone.now(), actor_of(request)
    if act == "look":
        return _text_page(request, about, typed)
    try:
        if act == "restore":
            letter_texts.restore(*about, actor=actor, at=now)
            messages.info(
                request, "The shipped text is in use again. The other versions stay on record."
            )
        else:
            seen = request.POST.get("seen", "")
            expected = int(seen) if seen.isdecimal() and len(seen) < _LONGEST_NUMBER else 0
            why = request.POST.get("why", "")
            wanted = Template(*about, typed)
            row = letter_texts.keep(wanted, why=why, expected=expected, actor=actor, at=now)
            messages.info(
                request, f"Version {row.number} is in use for letters drafted from now on."
            )
    except (TextRefused, letter_texts.TextUnchanged, letter_texts.TextChangedMeanwhile) as refused:
        messages.error(request, str(refused).splitlines()[0])
        return _text_page(request, about, typed if act != "restore" else "", status=409)
    except NotAllowed as refused:
        messages.error(request, str(refused))
        return _text_page(request, about, typed, status=403)
    return redirect("web:letter-text", about[0].value.replace(" ", "-"), about[1])


def _text_page(
    request: HttpRequest, about: tuple[LetterKind, str], typed: str, *, status: int = 200
) -> HttpResponse:
    standing = letter_texts.in_use(*about, timezone.now())
    shown = typed or standing.text
    looked_at = Template(*about, shown, "as typed")
    found = problems(looked_at)
    versions = letter_texts.history(*about)
    context = {
        "kind": about[0].value,
        "language": LANGUAGES[about[1]],
        "code": about[1],
        "typed": shown,
        "standing": standing,
        "is_shipped": standing.name.startswith("shipped"),
        "seen": max((v.number for v in versions), default=0),
        "problems": found,
        "changes": compare_texts(standing.text, shown)
        if shown.split() != standing.text.split()
        else (),
        "against_shipped": compare_texts(shipped_text(*about).text, standing.text),
        "places": places_of(about[0]),
        "why": request.POST.get("why", ""),
        "sample": None if found else sample_letter(looked_at),
        "versions": [(minute(v.recorded_at, "UTC"), v) for v in versions],
    }
    return render(request, "web/letters/text.html", context, status=status)


@area("letters")
@require_POST
def language(request: HttpRequest, code: str) -> HttpResponse:
    """Set in which language a client, one of its people or a vendor is written to."""
    row = get_object_or_404(Client, code=code)
    card: Client | Contact | Vendor = row
    back = redirect("web:client", code)
    if request.POST.get("contact"):
        card = get_object_or_404(row.contacts, code=request.POST["contact"])
    elif request.POST.get("vendor"):
        card = get_object_or_404(Vendor, code=request.POST["vendor"])
        back = redirect("web:vendor", code, card.code)
    wanted = request.POST.get("language", "")
    try:
        cards.write_in(card, wanted, actor=actor_of(request), at=timezone.now())
        said = LANGUAGES.get(wanted, "the usual language")
        messages.info(request, f"{card.name} is written to in {said} from now on.")
    except (cards.LanguageUnknown, NotAllowed) as refused:
        messages.error(request, str(refused))
    return back


@area("letters")
def letter_words(request: HttpRequest, ref: str) -> HttpResponse:
    """The words of one open letter: a person rewords them, and the facts stay merged into them."""
    row = get_object_or_404(LetterDraft.objects.select_related("client", "asset"), ref=ref)
    if not rewording.can_be_reworded(row):
        messages.error(
            request, f"{row.ref} is {row.state}; only an open draft made of a text is reworded."
        )
        return redirect("web:letter", ref)
    standing = rewording.wording_of(row)
    typed, status = standing, 200
    found: tuple[str, ...] = ()
    if request.method == "POST":
        typed = request.POST.get("text", "").replace("\r\n", "\n")
        wanted = "" if request.POST.get("act") == "restore" else typed
        try:
            rewording.reword(draft=row, text=wanted, actor=actor_of(request), at=timezone.now())
        except TextRefused as refused:
            found, status = tuple(line[2:] for line in str(refused).splitlines()[1:]), 409
        except (LetterRefused, NotAllowed) as refused:
            messages.error(request, str(refused))
            return redirect("web:letter", ref)
        else:
            messages.info(request, "Reworded. Another person than you reviews it.")
            return redirect("web:letter", ref)
    core = row.to_core()
    context = {
        "letter": row,
        "typed": typed,
        "problems": found,
        "places": places_of(core.kind),
        "language": LANGUAGES.get(core.language, core.language),
    }
    return render(request, "web/letters/words.html", context, status=status)
