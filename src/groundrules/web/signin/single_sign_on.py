"""Single sign-on: there by a link, and back with what proves that it was this browser that went."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_safe

from groundrules.services.signin import single_sign_on
from groundrules.services.signin.single_sign_on import Round, SignOnFailed
from groundrules.web.onward import onward_from
from groundrules.web.signed_in import let_in
from groundrules.web.signin.views import form_page
from groundrules.web.words import sentence

_WAY = "single_sign_on"
_LASTS = timedelta(minutes=10).total_seconds()


@login_not_required
@require_safe
def there(request: HttpRequest) -> HttpResponse:
    """To the service; what must come back is kept in this browser's session."""
    back = settings.GROUNDRULES_PUBLIC_URL + reverse("web:sign-in-sso-back")
    try:
        way, address = single_sign_on.begin(back)
    except SignOnFailed as failed:
        return form_page(request, sentence(failed), "")
    request.session[_WAY] = {
        "way": asdict(way),
        "onward": onward_from(request),
        "at": timezone.now().timestamp(),
    }
    return redirect(address)


@login_not_required
@require_safe
def back(request: HttpRequest) -> HttpResponse:
    """Back from the service: each way is gone once."""
    kept = request.session.pop(_WAY, None)
    given = request.GET.get("state", "")
    if (
        kept is None
        or timezone.now().timestamp() - kept["at"] > _LASTS
        or not constant_time_compare(given, kept["way"]["state"])
    ):
        return form_page(
            request, "That was not begun in this browser, or took too long. Begin again.", ""
        )
    if not request.GET.get("code"):
        return form_page(
            request, "The single sign-on service let nobody in. Try again, or another way.", ""
        )
    way = Round(**kept["way"])
    try:
        user = single_sign_on.finish(request.GET["code"], way, at=timezone.now())
    except SignOnFailed as failed:
        return form_page(request, sentence(failed), "")
    return let_in(request, user, "single sign-on", strong=True, onward=kept["onward"])
