"""Which form a file of claims has, and ledgers as YAML text."""

from __future__ import annotations

from pathlib import Path

import msgspec
import yaml

from oust.data.ledger import Ledger
from oust.data.ledgers import load_ledger
from oust.errors import OustError
from oust.exchange import Taken

MAX_BYTES = 256 << 20

FORMS = ("yaml", "stix", "prov-json", "prov-xml", "provn")


def exported(ledger: Ledger, form: str) -> str:
    """The ledger in one of FORMS. Raises OustError where a library is missing."""
    if form == "yaml":
        return as_yaml(ledger)
    if form == "stix":
        from oust.exchange.stix import to_stix

        return to_stix(ledger)
    from oust.exchange.prov_out import to_prov

    return to_prov(ledger, {"prov-xml": "xml", "provn": "provn"}.get(form, "json"))  # type: ignore[arg-type]


def imported(path: Path, held: Ledger | None = None) -> Taken:
    """A ledger from YAML, STIX 2.1 JSON, PROV-JSON or PROV-XML, told by content.

    `held`: what the case has besides. Of a file that oust did not write, a speaker of a name that
    `held` has is that speaker, and other ids are made unlike those of `held`.

    Raises OustError where it is none of them or cannot be read.
    """
    data = _bytes(path)
    start = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if start == b"<":
        from oust.exchange.prov_in import from_prov

        return from_prov(data, path.stem, held)
    if start in (b"{", b"["):
        return _from_json(data, path.stem, held)
    return Taken(load_ledger(path))


def as_yaml(ledger: Ledger) -> str:
    """The text of a ledger file, as docs/claims.md describes it."""
    plain = msgspec.to_builtins(ledger)
    return yaml.safe_dump(plain, sort_keys=False, allow_unicode=True, width=96)


def _from_json(data: bytes, name: str, held: Ledger | None) -> Taken:
    if b'"spec_version"' in data or b'"bundle"' in data[:4096]:
        from oust.exchange.stix_in import from_stix

        try:
            return from_stix(data.decode("utf-8-sig"), name, held)
        except UnicodeDecodeError as error:
            raise OustError("the file is no UTF-8 text", "write it as UTF-8") from error
    from oust.exchange.prov_in import from_prov

    return from_prov(data, name, held)


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_BYTES:
            hint = "split it into several files"
            raise OustError(f"{path} is larger than {MAX_BYTES >> 20} MB", hint)
        return path.read_bytes()
    except OSError as error:
        raise OustError(f"{path} cannot be read: {error.strerror}", "name a file") from error
