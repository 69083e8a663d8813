"""Says in a PDF/A-3's metadata that it carries a Factur-X (ZUGFeRD) invoice, by appending a new metadata stream.

The typesetter attaches files but writes its own metadata. A PDF is updated by appending (ISO 32000-1, 7.5.6): what
was typeset stays as it was, byte for byte, and what is added is one object, its place, and a trailer.
"""

from __future__ import annotations

import hashlib
import re

from groundrules.renderers.typesetting import DocumentNotRendered

FILE_NAME = "factur-x.xml"
_SPACE = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"
_SAID = {
    "DocumentType": ("INVOICE", "The type of the hybrid document in capital letters"),
    "DocumentFileName": (FILE_NAME, "The file name of the embedded invoice data"),
    "Version": ("1.0", "The version of the XML schema of the embedded invoice data"),
    "ConformanceLevel": ("EN 16931", "The conformance level of the embedded invoice data"),
}
_TRAILER = re.compile(rb"trailer\s*<<(.*)>>\s*startxref\s*(\d+)\s*%%EOF\s*\Z", re.DOTALL)
_ROOT = re.compile(rb"/Root (\d+) 0 R")
_METADATA = re.compile(rb"/Metadata (\d+) 0 R")
_STREAM = re.compile(rb"\A<<(.*?)/Length \d+(.*?)>>\s*stream\r?\n(.*?)\s*endstream", re.DOTALL)
_SECOND_ID = re.compile(rb"(/ID\s*\[\s*\([^)]*\)\s*)\([^)]*\)")


def declare_factur_x(pdf: bytes) -> bytes:
    """This function will append Factur-X metadata to a typeset PDF; raises DocumentNotRendered for any other."""
    trailer = _found(_TRAILER.search(pdf))
    root = _object(pdf, int(_found(_ROOT.search(trailer[1]))[1]))
    number = int(_found(_METADATA.search(root))[1])
    stream = _found(_STREAM.match(_object(pdf, number)))
    metadata = _with_invoice(stream[3].decode()).encode()
    place = len(pdf) + 1
    added = (
        b"\n%d 0 obj\n<<%b/Length %d%b>>\nstream\n" % (number, stream[1], len(metadata), stream[2])
        + metadata
        + b"\nendstream\nendobj\n"
    )
    fresh = hashlib.sha256(pdf + added).hexdigest()[:32].encode()
    told = _SECOND_ID.sub(rb"\1(" + fresh + b")", trailer[1])
    return b"%b%bxref\n%d 1\n%010d 00000 n \ntrailer\n<<%b/Prev %d>>\nstartxref\n%d\n%%%%EOF\n" % (
        *(pdf, added, number, place, told, int(trailer[2])),
        len(pdf) + len(added),
    )


def _found(match: re.Match[bytes] | None) -> re.Match[bytes]:
    if match is None:
        message = "the typeset PDF is not built as expected, so it can not be declared as Factur-X; nothing was issued"
        raise DocumentNotRendered(message)
    return match


def _object(pdf: bytes, number: int) -> bytes:
    """What stands between `n 0 obj` and `endobj`, found by its own line."""
    start = pdf.find(b"\n%d 0 obj" % number)
    return pdf[start : pdf.find(b"endobj", start)].partition(b"obj")[2].strip()


def _with_invoice(metadata: str) -> str:
    """The metadata with the four properties, and the schema that PDF/A wants described."""
    said = "".join(f"<fx:{name}>{value}</fx:{name}>" for name, (value, _) in _SAID.items())
    described = "".join(
        '<rdf:li rdf:parseType="Resource"><pdfaProperty:category>external</pdfaProperty:category>'
        f"<pdfaProperty:description>{words}</pdfaProperty:description><pdfaProperty:name>{name}</pdfaProperty:name>"
        "<pdfaProperty:valueType>Text</pdfaProperty:valueType></rdf:li>"
        for name, (_, words) in _SAID.items()
    )
    schema = (
        '<rdf:li rdf:parseType="Resource"><pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema>'
        f"<pdfaSchema:namespaceURI>{_SPACE}</pdfaSchema:namespaceURI><pdfaSchema:prefix>fx</pdfaSchema:prefix>"
        f"<pdfaSchema:property><rdf:Seq>{described}</rdf:Seq></pdfaSchema:property></rdf:li>"
    )
    invoice = f'<rdf:Description rdf:about="" xmlns:fx="{_SPACE}">{said}</rdf:Description>'
    schemas, rdf = "</rdf:Bag></pdfaExtension:schemas>", "</rdf:RDF>"
    if schemas not in metadata or rdf not in metadata:
        _found(None)
    return metadata.replace(schemas, schema + schemas).replace(rdf, invoice + rdf)
