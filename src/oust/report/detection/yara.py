"""YARA rules: first bytes, texts and names in certificates, for yara 4 and yara-x."""

from __future__ import annotations

from collections.abc import Sequence

from oust.data.kinds import IDENTIFIER_KINDS
from oust.formats.content import pattern
from oust.report.detection import Item, LeftOut, Written, heading, word

KINDS = tuple(name for name, kind in IDENTIFIER_KINDS.items() if kind.content)
ENDING = ".yar"


def render(items: Sequence[Item], left: Sequence[LeftOut], version: str) -> Written:
    """One rule for each value; its strings are the forms in which the value stands in bytes."""
    lines = [f"// {line}" for line in heading("YARA rules", items, left, version)]
    rules = [_rule(number, item) for number, item in enumerate(items, 1)]
    return Written("\n\n".join(["\n".join(lines), *rules]) + "\n", len(rules), tuple(left))


def _rule(number: int, item: Item) -> str:
    content = IDENTIFIER_KINDS[item.kind].content
    made = pattern(content, item.value)
    strings = [f"        $s{n} = {{ {form} }}" for n, form in enumerate(made.forms)]
    meta = {
        "vendor": item.vendor,
        "kind": item.kind,
        "value": item.value,
        "source": item.source,
        "tier": item.tier,
        **({"note": item.note} if item.note else {}),
    }
    return "\n".join(
        [
            f"rule oust_{word(item.vendor)}_{word(item.kind)}_{number}",
            "{",
            "    meta:",
            *(f"        {key} = {_text(value)}" for key, value in meta.items()),
            "    strings:",
            *strings,
            "    condition:",
            f"        {'$s0 at 0' if made.start else 'any of them'}",
            "}",
        ]
    )


def _text(text: str) -> str:
    """A text in quotes; what is not plain ASCII as the bytes of its UTF-8."""
    safe = (chr(b) if 32 <= b < 127 and b not in b'"\\' else f"\\x{b:02x}" for b in text.encode())
    return f'"{"".join(safe)}"'
