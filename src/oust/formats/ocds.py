"""Open Contracting Data Standard 1.0 and 1.1: release packages, record packages, releases.

A file up to STREAM_ABOVE bytes is decoded whole; a larger or broken one is streamed, so that
memory stays flat and what stands before the break is kept. Of a record that has a compiled
release only that is read: its releases repeat it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import IO, Any

import msgspec

from oust.formats.byte_file import byte_file
from oust.formats.contract_values import KEEP_ALL_BELOW, wanted
from oust.formats.ocds_release import release_records
from oust.formats.ocds_values import objects, scalar
from oust.formats.seam import MAX_DEPTH, Head, Needles, Opened, Unreadable, one_line
from oust.model import Quarantine, Said, Tally

STREAM_ABOVE = 64 * 1024 * 1024

_CONTAINERS = ("releases", "records", "data", "results", "items", "hits", "body", "response")
_STREAMED = frozenset({"", "item", "releases", "records", "data", "results"})
_STAGES = frozenset({"awards", "contracts", "tender", "planning", "bids", "parties", "buyer"})
_PACKAGES = frozenset({"releases", "records", "compiledRelease", "publishedDate", "packages"})
_LINK_KEYS = frozenset({"url", "uri", "date", "tag", "id", "name"})


class Ocds:
    """See Format."""

    name = "ocds"
    title = "Open Contracting Data Standard 1.0 and 1.1, JSON and JSON Lines"
    group = "contracts"
    bulk = True

    def claims(self, head: Head) -> int:
        """By `ocid` beside a stage of contracting, or by Prozorro's `tenderID`."""
        keys = head.json_keys
        if "ocid" in keys:
            return 95 if keys & _STAGES or keys & _PACKAGES else 60
        if "tenderID" in keys and keys & {"procuringEntity", "procurementMethod"}:
            return 80
        # a long list of packages may fill the head before the first record
        package = {"publisher", "publishedDate"} <= keys
        return 85 if package and keys & {"releases", "records", "packages"} else 0

    def read(self, opened: Opened, needles: Needles) -> Iterator[Said]:
        """Awards with their lines and parties, release by release."""
        keep_all = opened.size <= KEEP_ALL_BELOW
        for said in _documents(opened):
            yield from wanted(said, needles, keep_all)


def _documents(opened: Opened) -> Iterator[list[Said]]:
    if _is_lines(opened):
        yield from _lines(opened)
    elif opened.size > STREAM_ABOVE:
        yield from _streamed(opened)
    else:
        try:
            whole = _decode(opened.utf8())
        except ValueError:
            yield from _streamed(opened)
        else:
            yield from _found(whole, "#", 0)


def _decode(data: bytes) -> Any:
    """JSON with decimal numbers as text, as written. Raises ValueError, Unreadable if too deep."""
    try:
        try:
            return msgspec.json.Decoder(float_hook=str).decode(data)
        except msgspec.DecodeError:  # bad bytes, NaN and raw line ends are common and harmless
            text = data.decode("utf-8", "replace")
            return json.loads(text, strict=False, parse_float=str, parse_constant=str)
    except RecursionError:
        raise Unreadable(f"nested deeper than {MAX_DEPTH} levels") from None


def _is_lines(opened: Opened) -> bool:
    """Whether each line is a document: the first line is one, and it is not the only one."""
    if opened.head.encoding not in ("utf-8", "utf-8-sig", "cp1252"):
        return False
    named = opened.name.lower().endswith((".jsonl", ".ndjson"))
    end = opened.data.find(b"\n", 0, STREAM_ABOVE)
    if end < 0 or not bytes(opened.data[end : end + 4096]).strip():
        return named and opened.size <= STREAM_ABOVE
    try:
        first = bytes(opened.data[:end]).removeprefix(b"\xef\xbb\xbf")
        return isinstance(_decode(first), dict)
    except (ValueError, Unreadable):
        return named


def _split(data: Any) -> Iterator[tuple[int, bytes]]:
    """(line number, line) of each line that says something."""
    at, number = 0, 0
    while at < len(data):
        end = data.find(b"\n", at)
        end = len(data) if end < 0 else end
        number += 1
        if line := bytes(data[at:end]).strip():
            yield number, line
        at = end + 1


def _lines(opened: Opened) -> Iterator[list[Said]]:
    for number, line in _split(opened.data):
        text = line.removeprefix(b"\xef\xbb\xbf")
        try:
            document = _decode(text)
        except (ValueError, Unreadable) as error:
            shown = one_line(text[:1000].decode("utf-8", "replace"))
            yield [Quarantine(f"line {number}", f"not JSON: {error}", shown)]
        else:
            yield from _found(document, f"line {number}#", 0)


def _found(value: Any, pointer: str, depth: int) -> Iterator[list[Said]]:
    """Every release in a document, whatever it is wrapped in."""
    if isinstance(value, list):
        for index, one in enumerate(value):
            yield from _found(one, f"{pointer}/{index}", depth + 1)
    elif not isinstance(value, dict):
        yield [Quarantine(pointer, "not an OCDS release", one_line(value))]
    elif "compiledRelease" in value or "versionedRelease" in value:
        yield from _record(value, pointer)
    elif _is_release(value):
        yield release_records(value, pointer)
    elif "tenderID" in value:
        yield release_records(_prozorro(value), pointer, tender_pointer=pointer)
    else:
        yield from _inside(value, pointer, depth)


def _is_release(value: dict[str, Any]) -> bool:
    listed = isinstance(value.get("releases"), list) or isinstance(value.get("records"), list)
    return not listed and ("ocid" in value or ("tag" in value and bool(_STAGES & value.keys())))


def _inside(value: dict[str, Any], pointer: str, depth: int) -> Iterator[list[Said]]:
    if "ocid" in value and isinstance(value.get("releases"), list):
        yield from _record(value, pointer)
        return
    inner = [key for key in _CONTAINERS if isinstance(value.get(key), list | dict)]
    if not inner or depth > 4:
        yield [Quarantine(pointer, "not an OCDS release", one_line(value))]
    for key in inner if depth <= 4 else ():
        yield from _found(value[key], f"{pointer}/{key}", depth + 1)


def _record(record: dict[str, Any], pointer: str) -> Iterator[list[Said]]:
    """A record: its compiled release, else its releases, else the last of each version."""
    compiled = record.get("compiledRelease")
    releases = list(objects(record, "releases", pointer))
    versioned = record.get("versionedRelease")
    if isinstance(compiled, dict) and compiled:
        compiled = {"ocid": record.get("ocid"), **compiled}
        yield release_records(compiled, f"{pointer}/compiledRelease")
        repeated = len(releases) + (1 if versioned else 0)
        yield [Tally("document", repeated)] if repeated else []
        return
    embedded = [(one, where) for one, where in releases if not one.keys() <= _LINK_KEYS]
    for release, where in embedded:
        yield release_records({"ocid": record.get("ocid"), **release}, where)
    if isinstance(versioned, dict) and versioned and not embedded:
        latest = {"ocid": record.get("ocid"), **_latest(versioned)}
        yield release_records(latest, f"{pointer}/versionedRelease")
        return
    for link, where in releases:
        if link.keys() <= _LINK_KEYS:
            address = scalar(link.get("url")) or scalar(link.get("id"))
            yield [Quarantine(where, "the release is linked, not contained", address)]
    if not releases:
        yield [Quarantine(pointer, "record without a release", one_line(record))]


def _latest(value: Any, depth: int = 0) -> Any:
    """A versioned release as it last stood."""
    if depth > MAX_DEPTH:
        return None
    if isinstance(value, list):
        if value and all(isinstance(one, dict) and "releaseDate" in one for one in value):
            return _latest(value[-1].get("value"), depth + 1)
        return [_latest(one, depth + 1) for one in value]
    if isinstance(value, dict):
        return {key: _latest(one, depth + 1) for key, one in value.items()}
    return value


def _prozorro(tender: dict[str, Any]) -> dict[str, Any]:
    """A tender in Prozorro's own layout as a release; its awards stand inside the tender."""
    taken = ("awards", "contracts", "bids", "buyers")
    return {
        "ocid": tender.get("tenderID"),
        "id": tender.get("id"),
        "date": tender.get("dateModified"),
        **{key: tender[key] for key in taken if key in tender},
        "tender": {key: value for key, value in tender.items() if key not in taken},
    }


def _streamed(opened: Opened) -> Iterator[list[Said]]:
    """Releases or records one at a time. Raises Unreadable where the JSON breaks."""
    import ijson

    data = opened.utf8() if opened.head.encoding != "utf-8" else opened.data
    start = 3 if bytes(data[:3]) == b"\xef\xbb\xbf" else 0
    done = 0
    try:
        prefix, pointer = _container(byte_file(data, start))
        for one in ijson.items(byte_file(data, start), prefix):
            yield from _found(_plain(one), f"{pointer}/{done}" if prefix else "#", 1)
            done += 1
    except ijson.JSONError as error:
        reason = one_line(str(error).splitlines()[0] if str(error) else "", 80)
        where = f"after item {done}" if done else "near its beginning"
        raise Unreadable(f"truncated or broken JSON {where}: {reason}") from None


def _container(stream: IO[bytes]) -> tuple[str, str]:
    """ijson prefix and JSON pointer of the array that holds the releases or records."""
    import ijson

    depth = 0
    for prefix, event, _ in ijson.parse(stream):
        if event == "start_array" and set(prefix.split(".")) <= _STREAMED:
            inner = prefix.replace(".", "/")
            return (f"{prefix}.item" if prefix else "item"), f"#/{inner}" if inner else "#"
        depth += {"start_map": 1, "start_array": 1, "end_map": -1, "end_array": -1}.get(event, 0)
        if depth > MAX_DEPTH:
            raise Unreadable(f"nested deeper than {MAX_DEPTH} levels")
    return "", "#"


def _plain(value: Any) -> Any:
    """A streamed object, refused if it is nested too deeply to be worked on."""
    level, depth = [value], 0
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            raise Unreadable(f"nested deeper than {MAX_DEPTH} levels")
        maps = [one for holder in level if isinstance(holder, dict) for one in holder.values()]
        lists = [one for holder in level if isinstance(holder, list) for one in holder]
        level = [one for one in (*maps, *lists) if isinstance(one, dict | list)]
    return value
