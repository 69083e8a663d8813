"""Behind a reverse proxy: the address people come from, and that they came by TLS, as proxies we trust say it.

Only what a trusted proxy added itself is believed: the last address of X-Forwarded-For that is no such proxy.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

_HOPS = 20
_Address = IPv4Address | IPv6Address


def forwarded(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """This function will wrap Django's handler: whatever asks for the address or the scheme gets the real one."""
    trusted: Sequence[IPv4Network | IPv6Network] = settings.GROUNDRULES_TRUSTED_PROXIES

    def answer(request: HttpRequest) -> HttpResponseBase:
        peer = _read(str(request.META.get("REMOTE_ADDR", "")))
        if peer is not None and any(peer in one for one in trusted):
            _believe(request, peer, trusted)
        return get_response(request)

    return answer


def _believe(
    request: HttpRequest, peer: _Address, trusted: Sequence[IPv4Network | IPv6Network]
) -> None:
    hops = request.headers.get("X-Forwarded-For", "").split(",")[-_HOPS:]
    found = peer
    for said in reversed(hops):
        hop = _read(said)
        if hop is None:
            break
        found = hop
        if not any(hop in one for one in trusted):
            break
    request.META["REMOTE_ADDR"] = str(found)
    # The last word is the nearest proxy's own.
    if request.headers.get("X-Forwarded-Proto", "").split(",")[-1].strip().lower() == "https":
        request.META["wsgi.url_scheme"] = "https"


def _read(said: str) -> _Address | None:
    """An address, as proxies write it: some add the port, IPv6 then stands in brackets."""
    text = said.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
