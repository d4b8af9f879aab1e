"""A file as an article: its text in whatever encoding, or what a page says without its tags."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

from oust.drafted import Article
from oust.errors import OustError
from oust.formats.seam import Head, guess_encoding

LIMIT = 1024 * 1024
"""Bytes. An article has some thousand, a book about one million."""

_HTML = re.compile(r"(?is)\A\s*(?:<!--.*?-->\s*)*<(?:!doctype html|html|head|body|article|div|p)\b")
_DROPPED = (
    """script style noscript template nav footer form aside button select iframe svg""".split()
)
_BLOCKS = """p div section article main header h1 h2 h3 h4 h5 h6 li ul ol blockquote figure
    figcaption tr table dt dd pre time""".split()
_BREAK = "\u2029"  # paragraph separator: no page needs it as a character
_HINT = "give a text file or an HTML page with one article"


def read(path: Path) -> Article:
    """The article in `path`. Raises OustError for what is no text, is empty, or is too large."""
    data = _bytes(path)
    if not data.strip():
        raise OustError(f"{path} is empty", _HINT)
    if Head(path.name, data[:65_536], len(data)).opaque or data.startswith(b"%PDF-"):
        raise OustError(f"{path} is no text", "save the article as text or HTML first")
    text = data.decode(guess_encoding(data), "replace").lstrip("\ufeff")
    if not re.search(r"[^\W\d_]{2}", text):
        raise OustError(f"{path} holds no words", _HINT)
    digest = hashlib.sha256(data).hexdigest()
    if path.suffix.lower() in (".html", ".htm", ".xhtml") or _HTML.match(text[:4096]):
        return _page(path, text, digest)
    return Article(text=text, name=path.name, sha256=digest)


def _bytes(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise OustError(f"{path} is a folder", _HINT)
        with path.open("rb") as file:
            data = file.read(LIMIT + 1)
    except OSError as error:
        raise OustError(f"cannot read {path}: {error.strerror}", _HINT) from error
    if len(data) > LIMIT:
        raise OustError(f"{path} is larger than an article: over 1 MB", _HINT)
    return data


def _page(path: Path, text: str, digest: str) -> Article:
    """The words of a page, a blank line between its blocks."""
    import lxml.html
    from lxml import etree

    parser = lxml.html.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True)
    try:  # as bytes, since text with a declaration of its encoding is refused
        root = lxml.html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError) as error:
        raise OustError(f"{path} is no page that can be read", _HINT) from error
    title = " ".join((root.findtext(".//title") or "").split())
    words = _words(root)
    if not words.strip():
        raise OustError(f"{path} holds no words outside its scripts and menus", _HINT)
    return Article(text=words, name=path.name, title=title, sha256=digest, from_html=True)


def _words(root: Any) -> str:
    """The text of the article's own element, where a page marks one that holds most of it."""
    for dropped in root.xpath(" | ".join(f"//{tag}" for tag in _DROPPED)):
        dropped.drop_tree()
    body = root.find("body")
    main = root if body is None else body
    inner = main.xpath("//article | //main | //*[@itemprop='articleBody']")
    best = max(inner, key=lambda one: len(one.text_content()), default=main)
    if len(best.text_content()) * 2 < len(main.text_content()):
        best = main
    for block in best.xpath(" | ".join(f".//{tag}" for tag in _BLOCKS)):
        block.text = _BREAK + (block.text or "")
        block.tail = _BREAK + (block.tail or "")
    for line in best.xpath(".//br"):
        line.tail = "\n" + (line.tail or "")
    parts = (" ".join(part.split()) for part in best.text_content().split(_BREAK))
    return "\n\n".join(part for part in parts if part) + "\n"
