"""Files that came with a mail: named, measured and judged; they stay inside the sealed mail and are never run.

Only kinds a browser will save and a person can read are given out; whatever claims to be one must begin like one.
"""

from __future__ import annotations

import hashlib
import re
from email.message import Message
from email.utils import collapse_rfc2231_value

from groundrules.core.mail import Attached
from groundrules.readers.mail.bounds import leaves, parse
from groundrules.readers.mail.heads import decoded

LARGEST_FILE = 20 * 1024 * 1024
_MOST = 100
_NAME = 120
_ZIP = b"PK\x03\x04"
# Ending -> how such a file begins; empty where it is text.
_GIVEN_OUT: dict[str, tuple[bytes, ...]] = {
    "pdf": (b"%PDF-",),
    "png": (b"\x89PNG\r\n\x1a\n",),
    "jpg": (b"\xff\xd8\xff",),
    "jpeg": (b"\xff\xd8\xff",),
    "gif": (b"GIF87a", b"GIF89a"),
    "tif": (b"II*\x00", b"MM\x00*"),
    "tiff": (b"II*\x00", b"MM\x00*"),
    "txt": (),
    "csv": (),
    "log": (),
    "json": (),
    "ics": (),
    "docx": (_ZIP,),
    "xlsx": (_ZIP,),
    "pptx": (_ZIP,),
    "odt": (_ZIP,),
    "ods": (_ZIP,),
    "odp": (_ZIP,),
}
_UNSAFE = re.compile(r"[^\w .()\[\]+,=@-]+")


class AttachmentMissing(LookupError):
    """The mail has no such attachment, or it is not given out; the message says why."""


def attached_files(message: Message, shown: frozenset[int]) -> tuple[Attached, ...]:
    """This function will list a mail's files; `shown` are the parts (by id) that are already its text."""
    files = [part for part in leaves(message) if id(part) not in shown]
    return tuple(_attached(number, part) for number, part in enumerate(files[:_MOST], start=1))


def content_of(raw: bytes, wanted: Attached) -> bytes:
    """This function will take one file out of a mail's bytes; raises AttachmentMissing, also for what is kept back."""
    if wanted.why_not:
        message = f"{wanted.name} is not given out: {wanted.why_not}"
        raise AttachmentMissing(message)
    for part in leaves(parse(raw)):
        content = _content(part)
        if len(content) == wanted.length and _digest(content) == wanted.sha256:
            return content
    message = f"the mail has no file with SHA-256 {wanted.sha256}"
    raise AttachmentMissing(message)


def _attached(number: int, part: Message) -> Attached:
    content = _content(part)
    name = _file_name(part, number)
    return Attached(
        number,
        name,
        part.get_content_type()[:_NAME],
        len(content),
        _digest(content),
        _why_not(name, content),
    )


def _content(part: Message) -> bytes:
    if part.get_content_maintype() == "message":
        inner = part.get_payload()
        return (
            b"".join(bytes(one) for one in inner if isinstance(one, Message))
            if isinstance(inner, list)
            else b""
        )
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _file_name(part: Message, number: int) -> str:
    """A name is a word on a page and in a download, never a path."""
    given = part.get_param("filename", header="content-disposition") or part.get_param("name") or ""
    written = collapse_rfc2231_value(given, "replace") if isinstance(given, tuple) else str(given)
    last = re.split(r"[/\\]", decoded(written)[-1000:])[-1]
    name = _UNSAFE.sub("_", last).strip(" .")[-_NAME:]
    return name or f"part-{number}"


def _why_not(name: str, content: bytes) -> str:
    ending = name.rpartition(".")[2].casefold() if "." in name else ""
    if len(content) > LARGEST_FILE:
        return f"it has {len(content)} bytes, more than {LARGEST_FILE}"
    if ending not in _GIVEN_OUT:
        return (
            f"files ending in .{ending} are kept, not given out"
            if ending
            else "it has no kind in its name"
        )
    begins = _GIVEN_OUT[ending]
    if begins and not content.startswith(begins):
        return f"it is called .{ending} and does not begin like one"
    if not begins and b"\x00" in content:
        return f"it is called .{ending} and is no text"
    return ""


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
