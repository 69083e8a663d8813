"""Whether what a card says of a party can be: country, tax numbers, account. An IBAN's check digits are recomputed."""

from __future__ import annotations

import re
import string

from groundrules.core.parties import LegalDetails

_COUNTRY = re.compile(r"[A-Z]{2}\Z")
_VAT = re.compile(r"[A-Z]{2}[0-9A-Z+*.]{2,13}\Z")
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[0-9A-Z]{8,30}\Z")
_BIC = re.compile(r"[A-Z]{6}[0-9A-Z]{2}([0-9A-Z]{3})?\Z")
_SCHEME = re.compile(r"([0-9]{4}|[A-Z]{2})\Z")
_NINETY_SEVEN = 97


class DetailsRefused(ValueError):
    """What was written of a party can not be; the message says which part and how it is written."""


def tidy(details: LegalDetails) -> LegalDetails:
    """This function will return the details with outer blanks, and blanks inside numbers, taken away.

    Raises DetailsRefused with everything that can not be.
    """
    found = LegalDetails(
        name=details.name.strip(),
        country=details.country.strip().upper(),
        vat_id=_joined(details.vat_id),
        tax_number=details.tax_number.strip(),
        electronic_address=details.electronic_address.strip(),
        electronic_scheme=details.electronic_scheme.strip().upper(),
        account=_account(details.account),
        account_name=details.account_name.strip(),
        bank=_joined(details.bank),
    )
    if wrong := problems(found):
        raise DetailsRefused("; ".join(wrong))
    return found


def problems(details: LegalDetails) -> tuple[str, ...]:
    """This function will say what of a party's details can not be, in sentences; empty means nothing."""
    found = []
    if details.country and not _COUNTRY.match(details.country):
        found.append(
            f"the country {details.country!r} is not two letters of ISO 3166, such as US or DE"
        )
    if details.vat_id and not _VAT.match(details.vat_id):
        found.append(
            f"the VAT number {details.vat_id!r} does not begin with its country, as DE123456789 does"
        )
    if details.electronic_scheme and not _SCHEME.match(details.electronic_scheme):
        found.append(
            f"the scheme {details.electronic_scheme!r} is no code such as EM (e-mail) or 0088 (GLN)"
        )
    if details.electronic_scheme and not details.electronic_address:
        found.append("a scheme is given without the electronic address it is for")
    if _IBAN.match(details.account) and not _adds_up(details.account):
        found.append(
            f"the account {details.account} looks like an IBAN, but its check digits are wrong"
        )
    if details.bank and not _BIC.match(details.bank):
        found.append(
            f"the bank {details.bank!r} is no BIC; it has 8 or 11 letters and digits, such as DEUTDEFF"
        )
    return tuple(found)


def is_iban(account: str) -> bool:
    """This function will say whether an account is an IBAN rather than a local number."""
    return bool(_IBAN.match(account)) and _adds_up(account)


def _account(text: str) -> str:
    """An IBAN is kept without blanks; a local account is kept as it was written."""
    joined = _joined(text)
    return joined if _IBAN.match(joined) else text.strip()


def _joined(text: str) -> str:
    return "".join(text.split()).upper()


def _adds_up(iban: str) -> bool:
    """ISO 7064: letters count from 10, the country and check digits stand last, and the rest by 97 is 1."""
    turned = iban[4:] + iban[:4]
    letters = string.ascii_uppercase
    digits = "".join(str(letters.index(c) + 10) if c in letters else c for c in turned)
    return int(digits) % _NINETY_SEVEN == 1
