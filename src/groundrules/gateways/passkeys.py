"""Passkeys (WebAuthn): what the browser is asked, and the check of what it answers, by Yubico's library.

Everything that goes in and out is JSON as browsers write it. A passkey always verifies its person (by finger, face or
PIN), so that one alone is two factors.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from cryptography.exceptions import UnsupportedAlgorithm
from fido2.rpid import verify_rp_id
from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestationConveyancePreference,
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

_MALFORMED = (ValueError, KeyError, TypeError, AttributeError, IndexError, UnsupportedAlgorithm)
_LONGEST_NAME = 64


class PasskeyRefused(ValueError):
    """The browser's answer is malformed, is to another question, or its signature is not right."""


@dataclass(frozen=True, slots=True)
class Asking:
    """What the browser is asked, and what must be remembered to check its answer."""

    options: dict[str, Any]
    state: dict[str, Any]


@dataclass(frozen=True, slots=True)
class KeptPasskey:
    """A passkey as it is kept: its public half in text, its number, and how often it was used by its own count."""

    credential: str
    number: bytes
    counter: int


@dataclass(frozen=True, slots=True)
class PasskeyDoor:
    """The name passkeys are bound to: a host, never an address in digits."""

    host: str
    called: str = "Groundrules"

    def ask_for_new(self, handle: bytes, email: str, name: str, known: Sequence[str]) -> Asking:
        """This function will ask a browser for a new passkey; those it made already are not made again."""
        person = PublicKeyCredentialUserEntity(
            id=handle, name=email[:_LONGEST_NAME], display_name=name[:_LONGEST_NAME]
        )
        options, state = self._server().register_begin(
            person,
            [_parsed(one) for one in known],
            resident_key_requirement=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        )
        return Asking(dict(options.public_key), state)

    def check_new(self, state: Mapping[str, Any], answer: Mapping[str, Any]) -> KeptPasskey:
        """This function will return the passkey a browser made; raises PasskeyRefused."""
        try:
            made = self._server().register_complete(state, RegistrationResponse.from_dict(answer))
            credential = made.credential_data
            if credential is None:
                message = "the answer holds no key"
                raise PasskeyRefused(message)
            text = base64.b64encode(bytes(credential)).decode()
            return KeptPasskey(text, credential.credential_id, made.counter)
        except _MALFORMED as error:
            raise PasskeyRefused(_refusal(error)) from error

    def ask_for_known(self) -> Asking:
        """This function will ask a browser for any passkey of this installation."""
        options, state = self._server().authenticate_begin(
            user_verification=UserVerificationRequirement.REQUIRED
        )
        return Asking(dict(options.public_key), state)

    def check_known(
        self, state: Mapping[str, Any], answer: Mapping[str, Any], kept: KeptPasskey
    ) -> int:
        """This function will return the counter of a passkey that signed; raises PasskeyRefused.

        A counter that did not grow means that a copy of the key was used, so it is refused too.
        """
        try:
            told = AuthenticationResponse.from_dict(answer)
            self._server().authenticate_complete(state, [_parsed(kept.credential)], told)
            counter = told.response.authenticator_data.counter
        except _MALFORMED as error:
            raise PasskeyRefused(_refusal(error)) from error
        if (counter or kept.counter) and counter <= kept.counter:
            message = "this passkey's count did not grow, as if it had been copied"
            raise PasskeyRefused(message)
        return counter

    def _server(self) -> Fido2Server:
        return Fido2Server(
            PublicKeyCredentialRpEntity(name=self.called, id=self.host),
            attestation=AttestationConveyancePreference.NONE,
            verify_origin=self.is_ours,
        )

    def is_ours(self, origin: str) -> bool:
        """This function will say whether a page is of this very name; a host below it may be somebody else's."""
        return verify_rp_id(self.host, origin) and urlsplit(origin).hostname == self.host


def number_in(answer: Mapping[str, Any]) -> bytes:
    """This function will return the number of the passkey an answer names; raises PasskeyRefused."""
    try:
        return bytes(AuthenticationResponse.from_dict(answer).raw_id)
    except _MALFORMED as error:
        raise PasskeyRefused(_refusal(error)) from error


def _parsed(credential: str) -> AttestedCredentialData:
    return AttestedCredentialData(base64.b64decode(credential))


def _refusal(error: Exception) -> str:
    return (
        f"the browser's answer was not accepted ({str(error) or type(error).__name__}); try again"
    )
