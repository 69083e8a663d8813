"""A vendor's rules of engagement: the newest version and who accepted it, and the next one made from clauses."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from groundrules.core.calendars import zone_label
from groundrules.core.letters.tongue import LANGUAGES
from groundrules.core.vendors.rules import RulesOfEngagement, Unaccepted
from groundrules.core.vendors.rules_library import LIBRARY, RulesIncomplete
from groundrules.records import models as books
from groundrules.services.access import rules
from groundrules.services.access.rules import NewRules
from groundrules.services.actor import NotAllowed
from groundrules.web.access import actor_of, area
from groundrules.web.words import sentence

_OWN = 3


@area("vendors")
@require_http_methods(["GET", "HEAD", "POST"])
def engagement(request: HttpRequest, client: str, code: str) -> HttpResponse:
    """The rules as they stand, their history, and the form of the next version."""
    owner = get_object_or_404(books.Client, code=client)
    card = get_object_or_404(books.Vendor, code=code)
    if request.method != "POST":
        return _page(request, owner, card)
    posted = request.POST
    meanwhile = Unaccepted.MARK if posted.get("unaccepted") == "mark" else Unaccepted.REFUSE
    wanted = NewRules(
        tuple(posted.getlist("clauses")),
        tuple(posted.getlist("own")),
        tuple(posted.getlist("own-german")),
        meanwhile,
        per_agreement=posted.get("per_agreement") == "yes",
    )
    try:
        made = rules.publish(wanted, card, client=owner, actor=actor_of(request), at=timezone.now())
    except (RulesIncomplete, NotAllowed) as refused:
        messages.error(request, f"Nothing was published. {sentence(refused)}")
        return _page(request, owner, card, wanted, status=422)
    messages.info(request, f"Version {made.version} is published; everyone with a link is told.")
    return redirect("web:vendor-rules", client, code)


def _page(
    request: HttpRequest,
    owner: books.Client,
    card: books.Vendor,
    wanted: NewRules | None = None,
    status: int = 200,
) -> HttpResponse:
    now = timezone.now()
    versions = rules.versions_of(owner, card)
    standing = rules.standing_of(owner, card, now)
    form = wanted or _as_it_stands(standing.rules)
    rows = books.RulesAcceptance.objects.current().of_client(owner).filter(vendor=card)
    context = {
        "owner": owner,
        "vendor": card,
        "standing": standing,
        "published": [
            (one, zone_label(one.published_at, owner.zone)) for one in reversed(versions)
        ],
        "accepted": [
            (row.to_core(), zone_label(row.accepted_at, owner.zone))
            for row in rows.order_by("-version", "-accepted_at")
        ],
        "library": [(clause, clause.id in form.clauses) for clause in LIBRARY],
        "own": _sentences(form),
        "reads": LANGUAGES[rules.reads_of(owner, card)],
        "per_agreement": form.per_agreement,
        "marks": form.unaccepted is Unaccepted.MARK,
    }
    return render(request, "web/vendors/rules.html", context, status=status)


def _as_it_stands(newest: RulesOfEngagement | None) -> NewRules:
    """The form of the next version begins with the newest one, or with the whole library."""
    if newest is None:
        return NewRules(tuple(clause.id for clause in LIBRARY))
    known = {clause.id for clause in LIBRARY}
    own = [clause for clause in newest.clauses if clause.id not in known]
    english, german = (
        tuple(words.text if (words := clause.words_in(language)) else "" for clause in own)
        for language in ("en", "de")
    )
    chosen = tuple(c.id for c in newest.clauses if c.id in known)
    return NewRules(chosen, english, german, newest.unaccepted, newest.per_agreement)


def _sentences(form: NewRules) -> list[Mapping[str, str]]:
    """Every sentence of one's own in both languages, and room for more."""
    said = [one for one in form.own_words() if any(text.strip() for text in one.values())]
    return [*said, *[{"en": "", "de": ""} for _ in range(max(_OWN - len(said), 1))]]
