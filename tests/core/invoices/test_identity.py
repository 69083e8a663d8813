"""What a card says of a party: tidied, and refused when it can not be."""

from __future__ import annotations

import pytest

from groundrules.core.invoices.identity import DetailsRefused, is_iban, tidy
from groundrules.core.parties import LegalDetails


class TestTidy:
    def test_takes_blanks_out_of_numbers(self) -> None:
        """As people copy them from a letter."""
        found = tidy(
            LegalDetails(
                country=" de", vat_id="DE 123 456 789", account="DE89 3704 0044 0532 0130 00"
            )
        )

        assert (found.country, found.vat_id) == ("DE", "DE123456789")
        assert is_iban(found.account)

    def test_keeps_a_local_account_as_written(self) -> None:
        """A routing number beside an account number is no IBAN and is not touched."""
        assert tidy(LegalDetails(account="021000021 / 123 456")).account == "021000021 / 123 456"

    @pytest.mark.parametrize(
        ("details", "says"),
        [
            (LegalDetails(country="USA"), "two letters"),
            (LegalDetails(country="ÜS"), "two letters"),
            (LegalDetails(vat_id="123456789"), "begin with its country"),
            (LegalDetails(account="DE88370400440532013000"), "check digits"),
            (LegalDetails(bank="BANK"), "BIC"),
            (LegalDetails(electronic_scheme="EM"), "without the electronic address"),
            (LegalDetails(electronic_scheme="MAIL", electronic_address="a@b.example"), "no code"),
        ],
    )
    def test_refuses_what_can_not_be(self, details: LegalDetails, says: str) -> None:
        """The message says which part, and how it is written."""
        with pytest.raises(DetailsRefused, match=says):
            tidy(details)
