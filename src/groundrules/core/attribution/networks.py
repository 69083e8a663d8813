"""Where a session came from, held against the networks a vendor declared: corroboration, never proof.

Addresses are shared by NAT, VPN and home workers, so an address can neither name a party nor clear one.
"""

from __future__ import annotations

import ipaddress

from groundrules.core.attribution.context import said
from groundrules.core.evidence import Session
from groundrules.core.parties import Party, PartyKind, Vendor
from groundrules.core.reasons import FactRef, Reason


def origin(
    session: Session, party: Party | None, vendors: tuple[Vendor, ...]
) -> tuple[Reason, ...]:
    """This function will say whether a session's address lies in the networks its party declared, if both are known."""
    if party is None or party.kind is not PartyKind.VENDOR or not session.source_address:
        return ()
    vendor = next((v for v in vendors if v.id == party.id), None)
    if vendor is None or not vendor.networks:
        return ()
    inside = _inside(session.source_address, vendor.networks)
    place = "inside" if inside else "outside"
    if inside is None:
        sentence = (
            f"The session's origin {session.source_address} is not an address that can be compared."
        )
    else:
        sentence = (
            f"The session came from {session.source_address}, {place} the networks {said(party)} declared; "
            "an address supports and never proves."
        )
    facts = (FactRef("session", session.id), FactRef("vendor", vendor.id))
    return (Reason("attribution: origin", sentence, facts),)


def _inside(address: str, networks: tuple[str, ...]) -> bool | None:
    try:
        place = ipaddress.ip_address(address)
    except ValueError:
        return None
    return any(_holds(network, place) for network in networks)


def _holds(network: str, place: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    try:
        declared = ipaddress.ip_network(network, strict=False)
    except ValueError:
        return False
    return place.version == declared.version and place in declared
