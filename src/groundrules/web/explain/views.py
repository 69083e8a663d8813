"""The chain page."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from groundrules.services import explain as explaining
from groundrules.web.access import area


@area("work")
def explain(request: HttpRequest, ref: str) -> HttpResponse:
    """Walk from a reference back to the raw evidence."""
    try:
        chain = explaining.chain(ref)
    except explaining.UnknownReference as unknown:
        raise Http404(str(unknown)) from unknown
    return render(request, "web/explain/explain.html", {"ref": ref, "chain": [chain]})
