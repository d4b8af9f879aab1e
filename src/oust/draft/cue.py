"""One attribution in a sentence: the shape that the rules for cues give.

All positions are in the masked sentence (quotes.masked), in characters.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Way = Literal["after", "before", "around"]
"""Where the assertion stands: after the attribution, before it, or on both sides of it."""


class Cue(Struct, frozen=True, kw_only=True):
    """One attribution."""

    rule: str
    verb: str
    verb_class: str
    start: int  # of the attribution, its subject included
    end: int  # of the attribution, its `that` included
    way: Way
    subject: str  # noun phrase; empty: that of the cue before
    extra: str = ""  # apposition to the subject
    hearer: str = ""  # who was told
    manner: str = ""  # `in a statement`, `at the time`
    that: bool = False  # `that` introduces the assertion
    at: int = 0  # of the verb itself
    whole: bool = False  # the attribution itself is the assertion: `denied the claims`
