"""Which column is what in a package listing without a header, as query formats leave it.

`dpkg-query -f` and `rpm --queryformat` print whatever columns the user asked for, in any order and
with any separator. The columns are told by what stands in them, over the first lines.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from msgspec import Struct

MOST_COLUMNS = 60
"""Lines of more fields are no list of packages."""

SEPARATORS = ("\t", "|", ";", ",", "  ", " ")

_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        ("blank", r"(?:\(none\)|<none>|None)?$"),
        ("state", r"(?:install|hold|deinstall|purge|unknown) \w+ [\w-]+$|[uihrp][ncHUFWti] ?R?$"),
        (
            "architecture",
            r"(?:all|any|noarch|amd64|i[3-6]86|arm64|aarch64|armhf|armel|armv\w+|x86_64|x32"
            r"|ppc64(?:le|el)?|s390x|riscv64|mips\w*|src|loong\w+|ia64|sparc\w*)$",
        ),
        ("url", r"(?:https?|ftp|git)://\S+$"),
        ("contact", r".*<[^<>]*(?:@|://|\bat\b)[^<>]*>$|\S+@\S+\.\S+$"),
        ("epoch", r"1[0-9]{9}$|[2-9][0-9]{8}$"),
        ("date", r"[A-Z][a-z]{2},? .*(?:19|20)\d\d.*$|(?:19|20)\d\d-\d\d-\d\d.*$"),
        ("number", r"\d+$"),
        (
            "release",
            r"\d[\w.+~^]*\.(?:el|fc|amzn|lp|mga|mdv|rhel|suse|oe|cm|ph|uel|ky|an|tl)\d?[\w.+~^]*$",
        ),
        ("version", r"v?(?:\d+:)?\d[\w.+~:^-]*$"),
        (
            "license",
            r"(?i).*\b(?:[al]?gpl|l?gplv?\d|mit|bsd|asl|apache|mpl|public domain|isc|zlib"
            r"|openssl|pubkey|commercial|proprietary|ofl)\b.*$",
        ),
        ("word", r"[A-Za-z0-9][\w.+~@/-]*(?::[a-z0-9]+)?$"),
        ("text", r".*$"),
    )
)


class Columns(Struct, frozen=True):
    """The separator and the role of each column; `""` for one that is not understood."""

    separator: str
    roles: tuple[str, ...]

    def split(self, line: str) -> list[str]:
        """Fields of a line. Between columns set in blanks, a run of blanks separates."""
        if self.separator == "  ":
            return re.split(r"[ \t]{2,}", line.strip())
        if self.separator == " ":
            return line.split(None, len(self.roles) - 1)
        return [field.strip().strip('"').strip() for field in line.split(self.separator)]

    def fields(self, line: str) -> dict[str, str]:
        """Fields by role, placeholders such as `(none)` left out. Empty if the count is wrong."""
        values = self.split(line)
        if len(values) > len(self.roles) and self.roles[-1] in ("description", "vendor"):
            # the last column is free text and may hold the separator
            last = len(self.roles) - 1
            values = [*values[:last], self.separator.join(values[last:])]
        if len(values) > len(self.roles) or len(values) < min(2, len(self.roles)):
            return {}
        pairs = zip(self.roles, values, strict=False)
        return {role: text for role, text in pairs if role and kind(text) != "blank"}


@lru_cache(maxsize=4096)
def kind(text: str) -> str:
    """What a field looks like: one of `_KINDS`."""
    return next(name for name, pattern in _KINDS if pattern.match(text.replace("\n", " ")))


def guess(lines: Sequence[str]) -> Columns | None:
    """The columns of lines that hold at least a name and a version; None if they do not."""
    return _guess(tuple(line for line in lines if line.strip())[:200])


@lru_cache(maxsize=4)  # several formats ask about the same lines
def _guess(given: tuple[str, ...]) -> Columns | None:
    if not given:
        return None
    for separator in SEPARATORS if len(given) > 1 else SEPARATORS[:4]:
        width = _width(given, separator)
        if width > 1:
            roles = _roles([Columns(separator, ("",) * width).split(line) for line in given], width)
            if roles:
                return Columns(separator, roles)
    return None


def _width(lines: Sequence[str], separator: str) -> int:
    """How many fields nearly all lines have; 0 if they differ."""
    probe = Columns(separator, ("",) * MOST_COLUMNS)
    counts = Counter(len(probe.split(line)) for line in lines)
    alone = counts.pop(1, 0)  # lines without the separator are no rows
    if not counts or alone > 0.4 * len(lines):
        return 0
    width, often = counts.most_common(1)[0]
    if width > MOST_COLUMNS:
        return 0
    return width if often >= 0.6 * counts.total() else 0


def _roles(rows: list[list[str]], width: int) -> tuple[str, ...]:
    """Role of each column, empty if there is no name beside a version."""
    columns = [[row[at] for row in rows if len(row) == width] for at in range(width)]
    kinds = [_common(column) for column in columns]
    roles: list[str] = []
    for at, found in enumerate(kinds):
        role = _ROLE_OF.get(found, "")
        if found == "word":
            role = "name" if "name" not in roles else "source" if at < width else ""
        elif found in ("version", "release") and "version" in roles:
            role = "release" if "release" not in roles else ""
        elif found == "text":
            role = _free_text(columns[at])
        elif found == "number":
            # serial-like columns are versions only right after the name: `bash 5`
            role = "version" if roles[-1:] == ["name"] and "version" not in kinds else ""
        roles.append("" if role and role in roles else role)
    return tuple(roles) if "name" in roles and "version" in roles else ()


_ROLE_OF = {
    **{"state": "state", "architecture": "architecture", "url": "url", "contact": "packager"},
    **{"epoch": "date", "date": "date", "release": "version", "version": "version"},
    "license": "license",
}


def _common(column: list[str]) -> str:
    """What most of the column's fields look like, blanks aside."""
    counts = Counter(kind(text) for text in column)
    blanks = counts.pop("blank", 0)
    if not counts:
        return "blank" if blanks else ""
    if (
        counts["version"]
        and counts["number"] + counts["version"] + counts["release"] > 0.8 * counts.total()
    ):
        return "version" if counts["release"] < 0.5 * counts.total() else "release"
    best, often = counts.most_common(1)[0]
    return best if often >= 0.6 * counts.total() else "text"


def _free_text(column: list[str]) -> str:
    """Vendors repeat, descriptions do not."""
    said = [text for text in column if kind(text) != "blank"]
    return "vendor" if len(set(said)) <= max(1, len(said) // 2) else "description"
