"""Where a form leads back to: a page of ours, never an address somebody made up."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def onward_from(request: HttpRequest) -> str:
    """This function will return the page of ours a sign-in, or another form, leads to."""
    wanted = request.POST.get("next") or request.GET.get("next") or "/"
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if safe else "/"
