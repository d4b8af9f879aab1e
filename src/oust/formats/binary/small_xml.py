"""Small XML documents inside packages, with everything off that a hostile one could use."""

from __future__ import annotations

from typing import Any

from oust.formats.binary.piece import BrokenPart, tidy


def root(raw: bytes) -> Any:
    """The root element. Raises BrokenPart."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        return etree.fromstring(raw, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise BrokenPart("it is no well-formed XML") from error


def local(element: Any) -> str:
    """The element's name without its namespace; empty of a comment."""
    return element.tag.rsplit("}", 1)[-1] if isinstance(element.tag, str) else ""


def child(element: Any, name: str) -> Any:
    """The first child called so, or None."""
    return next((one for one in element if local(one) == name), None)


def texts(element: Any) -> dict[str, str]:
    """The texts of all children by name."""
    return {local(one): tidy(one.text or "") for one in element if local(one)}
