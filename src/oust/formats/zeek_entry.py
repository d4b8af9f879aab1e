"""One entry of a Zeek log, whichever way it is written: text and lists by field name.

Names are compared without regard to how their parts are joined: `id.orig_h`, `id_orig_h` and
`{"id": {"orig_h": ...}}` are the same field.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Protocol

LOGS = ("dns", "ssl", "x509", "conn", "http", "files", "dhcp", "software")
"""Logs whose fields are known one by one; of others the hosts are read."""

_ALIASES = {
    **dict.fromkeys(("src", "src_ip", "source_ip", "orig_h"), "id_orig_h"),
    **dict.fromkeys(("dst", "dst_ip", "dest_ip", "destination_ip", "resp_h"), "id_resp_h"),
    **dict.fromkeys(("dst_port", "dest_port", "resp_p"), "id_resp_p"),
    **dict.fromkeys(("src_port", "orig_p"), "id_orig_p"),
    **dict.fromkeys(("resp_asn", "id_resp_asn", "remote_asn", "dst_asn", "resp_as"), "asn"),
    "issuer_subject": "issuer",
}
_TOLD_BY = (
    ("x509", ("certificate_subject", "certificate_issuer", "certificate_serial")),
    ("dns", ("qtype_name", "qtype", "qclass_name", "rcode_name", "trans_id", "answers")),
    ("ssl", ("server_name", "cipher", "cert_chain_fuids", "cert_chain_fps", "ssl_history")),
    ("http", ("uri", "user_agent", "status_code", "trans_depth", "resp_mime_types")),
    ("dhcp", ("assigned_addr", "assigned_ip", "msg_types", "lease_time", "client_fqdn")),
    ("files", ("fuid", "mime_type", "tx_hosts", "seen_bytes")),
    ("software", ("software_type", "unparsed_version")),
    ("conn", ("conn_state", "orig_pkts", "history", "orig_ip_bytes", "tunnel_parents")),
)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
_LATEST = 32_503_680_000.0
"""The year 3000 in seconds; a larger number counts milliseconds."""


class Entry(Protocol):
    """One line of a log."""

    log: str  # dns, ssl, ...

    def text(self, *names: str) -> str:
        """The first of the fields that holds something, as text; "" if none does."""

    def many(self, name: str) -> tuple[str, ...]:
        """The field as a list of texts."""

    def alike(self) -> Hashable:
        """Equal for entries that differ in nothing but time, size and number; None: not known."""


TELLING: dict[str, tuple[str, ...]] = {
    "dns": ("orig_hostname", "id_orig_h", "id_resp_h", "query", "qtype_name", "rcode_name",
            "answers"),
    "ssl": ("orig_hostname", "id_orig_h", "id_resp_h", "id_resp_p", "server_name", "subject",
            "issuer", "ja3", "ja3s", "ja4", "validation_status", "asn"),
    "conn": ("orig_hostname", "id_orig_h", "id_resp_h", "id_resp_p", "service", "proto",
             "conn_state", "asn"),
    "http": ("orig_hostname", "id_orig_h", "id_resp_h", "id_resp_p", "method", "host", "uri",
             "user_agent", "status_code", "resp_mime_types", "orig_mime_types", "asn"),
}  # fmt: skip
"""Fields of the busiest logs from which everything follows but time and sizes."""

SIZES = {
    "conn": ("orig_bytes", "resp_bytes"),
    "http": ("request_body_len", "response_body_len"),
    "files": ("", "seen_bytes"),
}
"""Fields that count bytes from the client and to it."""


def moment(entry: Entry) -> str:
    """The time of an entry as written."""
    return entry.text("ts", "_write_ts", "@timestamp")


def sizes(entry: Entry) -> tuple[int | None, int | None]:
    """Bytes from the client and to it, where the log counts them."""
    up, down = SIZES.get(entry.log, ("", ""))
    return number(entry.text(up) if up else ""), number(entry.text(down) if down else "")


@lru_cache(maxsize=4096)
def plain(name: str) -> str:
    """A field's name as compared."""
    joined = name.strip().replace(".", "_").lower()
    return _ALIASES.get(joined, joined)


@lru_cache(maxsize=256)
def log_of(path: str, fields: frozenset[str]) -> str:
    """Which log it is: by its own word (`conn_filtered` is a `conn`), else by its fields."""
    for log in LOGS:
        if path == log or path.startswith((f"{log}_", f"{log}-", f"{log}.")):
            return log
    told = (log for log, marks in _TOLD_BY if len(fields.intersection(marks)) >= 2)
    return path or next(told, "")


def seconds(text: str) -> float | None:
    """A time as Zeek writes it, in seconds since 1970; None if it is none."""
    try:
        number = float(text)
    except ValueError:
        return _from_iso(text)
    number = number / 1000 if number > _LATEST else number
    return number if 0 < number < _LATEST else None


def _from_iso(text: str) -> float | None:
    if not _MOMENT.match(text):
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


def iso(moment: float | None) -> str:
    """Seconds since 1970 as a date-time to the second, UTC; "" for None."""
    if moment is None:
        return ""
    return datetime.fromtimestamp(int(moment), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def number(text: str) -> int | None:
    """A count; None if there is none."""
    try:
        return max(0, int(float(text))) if text else None
    except (ValueError, OverflowError):
        return None


def flat(value: Mapping[str, Any], above: str = "") -> dict[str, Any]:
    """Fields of a JSON object by compared name, those of objects within joined to theirs."""
    found: dict[str, Any] = {}
    for key, one in value.items():
        name = plain(f"{above}.{key}" if above else key)
        if isinstance(one, dict):
            found |= flat(one, f"{above}.{key}" if above else key)
        elif one is not None:
            found.setdefault(name, one)
    return found


class JsonEntry:
    """An entry written as a JSON object. See Entry."""

    def __init__(self, value: Mapping[str, Any], log: str = "") -> None:
        self._fields = flat(value)
        path = self.text("_path")
        self.log = log_of(path or log, frozenset(self._fields))

    def text(self, *names: str) -> str:
        """See Entry."""
        for name in names:
            value = self._fields.get(name)
            if isinstance(value, list):
                value = next(iter(self.many(name)), None)
            if value is not None and value != "":
                return _shown(value)
        return ""

    def many(self, name: str) -> tuple[str, ...]:
        """See Entry."""
        value = self._fields.get(name)
        if value is None or value == "":
            return ()
        values = value if isinstance(value, list) else [value]
        return tuple(_shown(one) for one in values if isinstance(one, (str, int, float)))

    def alike(self) -> Hashable:
        """See Entry."""
        names = TELLING.get(self.log)
        return tuple(map(self.many, names)) if names else None


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return unescaped(value)
    if isinstance(value, bool):
        return "T" if value else "F"
    return repr(value) if isinstance(value, float) else str(value)


_ESCAPE = re.compile(rb"\\(?:x([0-9a-fA-F]{2})|\\)")
_TEXT_ESCAPE = re.compile(r"(?:\\x[0-9a-fA-F]{2})+")


def _byte(match: re.Match[bytes]) -> bytes:
    return bytes.fromhex(match[1].decode()) if match[1] else b"\\"


def unescape(raw: bytes) -> bytes:
    r"""Bytes that Zeek wrote as `\xNN`, and doubled backslashes, as they were."""
    return _ESCAPE.sub(_byte, raw) if b"\\" in raw else raw


def unescaped(text: str) -> str:
    r"""The same of a JSON text, in which only bytes that are no UTF-8 are written as `\xNN`."""
    if "\\x" not in text:
        return text
    return _TEXT_ESCAPE.sub(
        lambda match: bytes.fromhex(match[0].replace("\\x", "")).decode("utf-8", "replace"), text
    )
