"""Single sign-on by OpenID Connect: the code flow with PKCE, and the check of what the service signed.

The service's address is the installation's own setting. It is reached by https, or on this host; it is never followed
elsewhere, and what it answers is read up to a limit.
"""

from __future__ import annotations

import base64
import hashlib
import ipaddress
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPException
from types import MappingProxyType
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote_plus, urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

import jwt

_SECONDS = 10
_LONGEST_ANSWER = 1_000_000
# Signed by a key only the service has; never by a secret both sides know, never unsigned.
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA")
_CLOCK_MAY_DIFFER = 60
# What a service says it takes as proof of who asks for a token; saying nothing means the header alone.
_PROOFS, _IN_FORM = "token_endpoint_auth_methods_supported", "client_secret_post"
_NEEDED = ("exp", "iat", "sub", "aud", "iss")


class SignOnFailed(ValueError):
    """The service does not answer as it should, or what it signed does not hold."""


@dataclass(frozen=True, slots=True)
class SignOnTold:
    """Who the service says it is: its name for them for good, their address, and whether it verified that."""

    subject: str
    email: str
    email_verified: bool


@dataclass(frozen=True, slots=True)
class Round:
    """One way to the service and back: what must come back, and what proves that it was us who went."""

    state: str
    nonce: str
    verifier: str
    back: str


class _NoRedirects(HTTPRedirectHandler):
    def redirect_request(self, *_args: object, **_named: object) -> None:
        """This function will follow nothing: a service that moved is set anew."""


@dataclass(frozen=True, slots=True)
class SignOnService:
    """The service the settings name."""

    issuer: str
    client: str
    secret: str = field(repr=False)

    def address_for(self, way: Round) -> str:
        """This function will return where the browser is sent; raises SignOnFailed."""
        digest = hashlib.sha256(way.verifier.encode()).digest()
        asked = {
            "response_type": "code",
            "client_id": self.client,
            "redirect_uri": way.back,
            "scope": "openid email profile",
            "state": way.state,
            "nonce": way.nonce,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        where = self._described()["authorization_endpoint"]
        return f"{where}{'&' if '?' in where else '?'}{urlencode(asked)}"

    def redeem(self, code: str, way: Round) -> SignOnTold:
        """This function will exchange a code for what the service signed, and check it; raises SignOnFailed."""
        described = self._described()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": way.back,
            "code_verifier": way.verifier,
        }
        proof, header = self._proof(described[_PROOFS])
        answer = _ask(described["token_endpoint"], urlencode(form | proof).encode(), header)
        keys = _ask(described["jwks_uri"])
        return self._checked(str(answer.get("id_token", "")), keys, way.nonce)

    def _proof(self, taken: str) -> tuple[dict[str, str], dict[str, str]]:
        """How we say who we are: in the form where the service takes that, else in the header, which all must take.

        OpenID Connect Discovery 1.0, section 3, and RFC 6749, section 2.3.1: name and secret are quoted before they
        are put together.
        """
        if _IN_FORM in taken.split():
            return {"client_id": self.client, "client_secret": self.secret}, {}
        said = f"{quote_plus(self.client)}:{quote_plus(self.secret)}"
        return {}, {"Authorization": f"Basic {base64.b64encode(said.encode()).decode()}"}

    def _checked(self, token: str, keys: Mapping[str, Any], nonce: str) -> SignOnTold:
        try:
            told = jwt.decode(
                token,
                _key_for(token, keys),
                algorithms=list(_ALGORITHMS),
                audience=self.client,
                issuer=self.issuer,
                leeway=_CLOCK_MAY_DIFFER,
                options={"require": list(_NEEDED)},
            )
        except jwt.PyJWTError as error:
            message = f"what the single sign-on service signed does not hold: {error}"
            raise SignOnFailed(message) from error
        if told.get("nonce") != nonce:
            message = "the single sign-on service answered another question; begin again"
            raise SignOnFailed(message)
        if told.get("azp", self.client) != self.client:
            message = "what the single sign-on service signed was meant for another program"
            raise SignOnFailed(message)
        return SignOnTold(
            str(told["sub"]),
            str(told.get("email", "")).strip().lower(),
            told.get("email_verified") is True,
        )

    def _described(self) -> dict[str, str]:
        described = _ask(f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
        if described.get("issuer") != self.issuer:
            message = (
                f"the service at {self.issuer} calls itself {described.get('issuer')!r}; set "
                "GROUNDRULES_OIDC_ISSUER to exactly what it calls itself"
            )
            raise SignOnFailed(message)
        needed = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        missing = [name for name in needed if not isinstance(described.get(name), str)]
        if missing:
            message = f"the service at {self.issuer} does not say its {', '.join(missing)}"
            raise SignOnFailed(message)
        taken = described.get(_PROOFS)
        proofs = " ".join(map(str, taken)) if isinstance(taken, list) else ""
        return {name: described[name] for name in needed} | {_PROOFS: proofs}


def _key_for(token: str, keys: Mapping[str, Any]) -> jwt.PyJWK:
    wanted = jwt.get_unverified_header(token).get("kid")
    known = jwt.PyJWKSet.from_dict(dict(keys)).keys
    for key in known:
        if key.key_id == wanted or (wanted is None and len(known) == 1):
            return key
    message = "it names a key the service does not show"
    raise jwt.InvalidKeyError(message)


def _ask(
    address: str, form: bytes | None = None, header: Mapping[str, str] = MappingProxyType({})
) -> dict[str, Any]:
    _check(address)
    request = Request(address, data=form, headers={"Accept": "application/json", **header})  # noqa: S310 - checked above
    try:
        with build_opener(_NoRedirects).open(request, timeout=_SECONDS) as answer:
            told = json.loads(answer.read(_LONGEST_ANSWER))
    except HTTPError as error:
        message = f"the single sign-on service answered {error.code} at {address}; try again, or ask an owner"
        raise SignOnFailed(message) from error
    except (OSError, HTTPException, ValueError) as error:
        message = f"the single sign-on service cannot be asked at {address} ({error})"
        raise SignOnFailed(message) from error
    if not isinstance(told, dict):
        message = f"the single sign-on service answered no object at {address}"
        raise SignOnFailed(message)
    return told


def _check(address: str) -> None:
    parts = urlsplit(address)
    if parts.scheme == "https" or (parts.scheme == "http" and _is_here(parts.hostname or "")):
        return
    message = f"{address} is not https; a single sign-on service is asked by https only"
    raise SignOnFailed(message)


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
