"""XML: refused before parsing when it declares a document type, nests too deep or holds too much."""

from __future__ import annotations

from xml.parsers import expat

from .limits import DEFAULT, Limits, Reason, Rejected


def check_xml(data: bytes, limits: Limits = DEFAULT) -> None:
    """Walk the XML once without building a tree. Raises Rejected.

    A document type declaration is refused as such (UNSAFE), so no entity of any kind, internal or external, is ever
    expanded or fetched, whichever parser reads the bytes afterwards. Depth and number of elements are bounded
    (TOO_LARGE); what is not well-formed is MALFORMED.
    """
    if len(data) > limits.xml_bytes:
        raise Rejected(Reason.TOO_LARGE, f"{len(data)} bytes of XML")
    parser = expat.ParserCreate()
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    depth = elements = 0

    def refuse_doctype(*_: object) -> None:
        raise Rejected(Reason.UNSAFE, "document type declaration")

    def enter(_name: str, _attributes: dict[str, str]) -> None:
        nonlocal depth, elements
        depth += 1
        elements += 1
        if depth > limits.xml_depth:
            raise Rejected(Reason.TOO_LARGE, f"XML deeper than {limits.xml_depth}")
        if elements > limits.xml_elements:
            raise Rejected(Reason.TOO_LARGE, f"more than {limits.xml_elements} XML elements")

    def leave(_name: str) -> None:
        nonlocal depth
        depth -= 1

    parser.StartDoctypeDeclHandler = refuse_doctype
    parser.EntityDeclHandler = refuse_doctype
    parser.StartElementHandler = enter
    parser.EndElementHandler = leave
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        if isinstance(error, Rejected):
            raise
        raise Rejected(Reason.MALFORMED, "not well-formed XML") from error
