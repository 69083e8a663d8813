"""Run as a program of its own, never imported: judges one electronic invoice by the published schemas and CEN's rules.

Saxon is not safe with threads, so it gets a process. Reads the XML from standard input; arguments are the schema and
the compiled rules; writes a JSON list of complaints.
"""

from __future__ import annotations

import json
import re
import sys

from lxml import etree
from saxonche import PySaxonProcessor

_SVRL = "{http://purl.oclc.org/dsdl/svrl}"
_STEP = re.compile(r"Q\{[^}]*\}|\*:|\[namespace-uri\(\)='[^']*'\]")


def main(schema: str, rules: str) -> None:
    """This function will print every complaint about the document on standard input."""
    xml = sys.stdin.buffer.read()
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    root = etree.fromstring(xml, parser)
    found = _by_schema(root, schema)
    # Rules are written for what the schema accepts; on anything else they only repeat it or fail.
    if not found:
        found = _by_rules(root, rules)
    json.dump(found, sys.stdout)


def _by_schema(root: etree._Element, path: str) -> list[dict[str, object]]:
    schema = etree.XMLSchema(etree.parse(path))
    schema.validate(root)
    return [
        {
            "by": "schema",
            "rule": "",
            "severity": "error",
            "at": entry.line,
            "says": _plain(entry.message),
        }
        for entry in schema.error_log
    ]


def _plain(message: str) -> str:
    """The words without the namespaces in front of every name."""
    return re.sub(r"\{[^}]*\}", "", message)


def _by_rules(root: etree._Element, path: str) -> list[dict[str, object]]:
    text = etree.tostring(root, encoding="unicode")
    with PySaxonProcessor(license=False) as saxon:
        rules = saxon.new_xslt30_processor().compile_stylesheet(stylesheet_file=path)
        report = rules.transform_to_string(xdm_node=saxon.parse_xml(xml_text=text))
    judged = etree.fromstring(report.encode())
    if judged.find(f"{_SVRL}fired-rule") is None:
        return [
            {
                "by": "CEN",
                "rule": "",
                "severity": "error",
                "at": 0,
                "says": "no rule was applied at all",
            }
        ]
    return [_complaint(item, root) for item in judged.iter(f"{_SVRL}failed-assert")]


def _complaint(item: etree._Element, root: etree._Element) -> dict[str, object]:
    rule = item.get("id") or ""
    says = " ".join("".join(item.itertext()).split()).removeprefix(f"[{rule}]").lstrip("- ")
    severity = "warning" if item.get("flag") == "warning" else "error"
    at = _line_of(item.get("location") or "", root)
    return {"by": "CEN", "rule": rule, "severity": severity, "at": at, "says": says}


def _line_of(location: str, root: etree._Element) -> int:
    """The line of the element a rule names: its path is followed by local names and positions."""
    path = _STEP.sub("", location)
    here = root
    for step in [part for part in path.split("/") if part][1:]:
        name, _, position = step.rstrip("]").partition("[")
        local = name.rpartition(":")[2]
        same = [child for child in here if etree.QName(child).localname == local]
        index = int(position or 1) - 1
        if not 0 <= index < len(same):
            break
        here = same[index]
    return int(here.sourceline or 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
