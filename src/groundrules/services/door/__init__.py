"""The client's door: who may read and do what behind a personal link, checked anew at every step."""

from groundrules.services.door.acts import (
    ActRefused,
    agree,
    delegate,
    end_delegation,
    ratify,
    revoke,
    say,
)
from groundrules.services.door.inviting import DoorShut, Granted, NotToBeInvited, invite, let_in
from groundrules.services.door.reading import AREAS, Reader, open_door

__all__ = [
    "AREAS",
    "ActRefused",
    "DoorShut",
    "Granted",
    "NotToBeInvited",
    "Reader",
    "agree",
    "delegate",
    "end_delegation",
    "invite",
    "let_in",
    "open_door",
    "ratify",
    "revoke",
    "say",
]
