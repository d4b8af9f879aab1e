"""XML documents as a tree, for formats whose documents are small: tolerant, bounded, inert.

Agents write XML by string concatenation, so real files hold control characters, bare ampersands
and cut ends. What can be read is read, and each complaint of the parser becomes a quarantine.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from oust.formats.seam import Opened, Unreadable, one_line
from oust.model import Quarantine

TREE_LIMIT = 256 * 1024 * 1024
COMPLAINTS = 20
"""At most so many complaints of the parser are kept for one document."""

_ENTITY = re.compile(rb"<!ENTITY", re.IGNORECASE)
_DECLARED = re.compile(r"^\s*<\?xml[^>]*\?>")
_CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]"
    r"|&#x0*(?:[0-8bcef]|1[0-9a-f]);|&#0*(?:[0-8]|1[124-9]|2\d|3[01]);",
    re.IGNORECASE,
)


def tree(opened: Opened) -> tuple[Any, list[Quarantine]]:
    """Root element and what the parser complained of.

    Raises Unreadable for declared entities, for nesting beyond the parser's limit of 256 levels
    and if there is no element at all.
    """
    from lxml import etree

    if opened.size > TREE_LIMIT:
        raise Unreadable(f"XML of {opened.size:,} bytes is more than this format can hold")
    raw = opened.utf8()
    if _ENTITY.search(raw[:65_536]):
        raise Unreadable("the XML declares entities, which are never expanded")
    text = _CONTROL.sub("\ufffd", _DECLARED.sub("", raw.decode("utf-8", "replace")))
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        recover=True,
        remove_comments=True,
        remove_pis=True,
        encoding="utf-8",
    )
    try:
        root = etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError as error:
        raise Unreadable(f"XML cannot be read: {one_line(str(error))}") from None
    if root is None:
        raise Unreadable("XML holds no element")
    complaints = [_complaint(entry) for entry in list(parser.error_log)[:COMPLAINTS]]
    if not re.search(rf"</\s*(?:[\w.-]+:)?{re.escape(local(root))}\s*>|/>\s*$", text[-4096:]):
        # after an earlier error the parser does not mention it
        last = Quarantine(f"line {text.count(chr(10)) + 1}", "the document breaks off")
        complaints = [one for one in complaints if "Premature end" not in one.reason] + [last]
    return root, complaints


def _complaint(entry: Any) -> Quarantine:
    return Quarantine(f"line {entry.line}", f"XML error: {one_line(entry.message)}")


def local(element: Any) -> str:
    """Name of the element without its namespace."""
    return str(element.tag).rpartition("}")[2] if isinstance(element.tag, str) else ""


def text_of(element: Any) -> str:
    """Text directly in the element, stripped."""
    return (element.text or "").strip()


def children(element: Any, path: str) -> Iterator[tuple[str, Any, str]]:
    """Upper-case name, element and XPath of each child; `path` is that of `element`.

    Every step is numbered, which XPath allows also where there is only one.
    """
    seen: Counter[str] = Counter()
    for child in element:
        name = local(child)
        if name:
            seen[name] += 1
            yield name.upper(), child, f"{path}/{name}[{seen[name]}]"
