"""How many executables say whose they are, by place: the rest is a number, not silence."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from oust.coverage.looks import place_of
from oust.covered import Attribution
from oust.store import Store

EXECUTABLE = ("PE", "ELF", "Mach-O", "MSI", "APK", "JAR", "APPX")
"""Types of file records that hold code."""

SIGNERS = ("signer:", "signer-dn:", "team:")
PACKAGES = ("deb:", "rpm:", "msi:", "appx:", "android:", "bundle:")


def attribution(store: Store) -> list[Attribution]:
    """Counts by archive or folder, largest first."""
    item, occurrence = store.table("item"), store.table("occurrence")
    source = store.table("source")
    files = item.filter((item.kind == "file") & item.type.isin(EXECUTABLE))
    marks = ("\n" + files.ids.join("\n")).fill_null("")
    has = {
        "signer": _any(marks, SIGNERS),
        "company": _any(marks, ("company:",)) | (files.publisher != ""),
        "package": _any(marks, PACKAGES) | (files.purl != ""),
    }
    told = files.mutate(**has).select("key", *has)
    places = occurrence.select("key", "sid").join(told, "key")
    places = places.join(source.filter(source.current).select("sid", "path"), "sid")
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0, 0])
    for row in store.rows(places.select("path", *has)):
        said = [bool(row[name]) for name in has]
        for at, one in enumerate((True, *said, not any(said))):
            counts[place_of(row["path"])][at] += one
    found = [Attribution(place, *numbers) for place, numbers in counts.items()]
    return sorted(found, key=lambda one: (-one.executables, one.place))


def _any(marks: Any, beginnings: tuple[str, ...]) -> Any:
    """Whether an id begins with one of these; ids are joined, each after a line end."""
    first, *rest = (marks.contains(f"\n{beginning}") for beginning in beginnings)
    for one in rest:
        first = first | one
    return first
