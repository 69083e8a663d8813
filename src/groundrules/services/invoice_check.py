"""Checks any electronic invoice: our own exact arithmetic, then the published schemas and CEN's rules."""

from __future__ import annotations

from dataclasses import dataclass

from groundrules.core.invoices.stated import Wrong, recompute
from groundrules.gateways.norm import Complaint, NormFailed, NormNotInstalled, judge
from groundrules.readers.einvoice import Found, NotAnInvoice, read_invoice

__all__ = ["Checked", "NotAnInvoice", "check_invoice"]

_LEVELS = ("minimum", "basicwl", "basic", "extended")
_FULL = "en16931"


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found: the invoice, what does not add up, what the norm says, and what could not be asked."""

    found: Found
    arithmetic: tuple[Wrong, ...]
    norm: tuple[Complaint, ...]
    not_asked: str = ""

    @property
    def fails(self) -> bool:
        """Whether anything is wrong; a warning alone is not."""
        return bool(self.arithmetic) or any(one.severity == "error" for one in self.norm)


def check_invoice(content: bytes) -> Checked:
    """This function will check an electronic invoice (XML, or a PDF that carries one); raises NotAnInvoice."""
    found = read_invoice(content)
    wrong = recompute(found.stated)
    try:
        return Checked(found, wrong, judge(found.xml, _form(found)))
    except (NormNotInstalled, NormFailed) as missing:
        return Checked(found, wrong, (), str(missing))


def _form(found: Found) -> str:
    if found.stated.form == "UBL":
        return "UBL credit note" if found.stated.is_credit_note else "UBL"
    profile = found.stated.profile.casefold()
    return next((level for level in _LEVELS if profile.endswith(f":{level}")), _FULL)
