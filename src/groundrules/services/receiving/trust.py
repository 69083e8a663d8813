"""Whether a request comes from the agent it names: its key stands, and its signature verifies under that key."""

from __future__ import annotations

from base64 import b64decode
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from groundrules.records.models import Agent, AgentKey


class AgentRevoked(ValueError):
    """The agent's key was revoked; it must enrol anew to send again."""


@dataclass(frozen=True, slots=True)
class Known:
    """An agent and the key it signs with."""

    agent: Agent
    key: AgentKey

    def signed(self, signature: bytes, text: bytes) -> bool:
        """This function will say whether the signature over the text is the agent's."""
        try:
            public = Ed25519PublicKey.from_public_bytes(b64decode(self.key.public_key))
            public.verify(signature, text)
        except InvalidSignature:
            return False
        return True


def agent_named(code: str, stream: str) -> Known | None:
    """This function will find the agent that sends this stream, or None; raises AgentRevoked."""
    found = AgentKey.objects.standing().select_related("agent__asset__client")
    key = found.filter(agent__code=code, agent__stream=stream).first()
    if key is None:
        return None
    if key.revoked:
        message = f"{code} was revoked: {key.reason}; enrol the collector anew with a new token"
        raise AgentRevoked(message)
    return Known(key.agent, key)
