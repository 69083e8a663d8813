"""Mail as bytes (RFC 5322, MIME): read within bounds, so that no mail can stop the reading of the next."""

from groundrules.readers.mail.attachments import AttachmentMissing, content_of
from groundrules.readers.mail.message import LARGEST, MailUnreadable, read_mail

__all__ = ["LARGEST", "AttachmentMissing", "MailUnreadable", "content_of", "read_mail"]
