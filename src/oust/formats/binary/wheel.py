"""METADATA of Python wheels. Source: PyPA, "Core metadata specifications"."""

from __future__ import annotations

import re
from urllib.parse import quote

from oust.formats.binary.piece import tidy


def fields(raw: bytes) -> dict[str, str]:
    """The header fields, keys in lower case; of a repeated one all values, a line each."""
    found: dict[str, str] = {}
    for line in raw[:200_000].decode("utf-8", "replace").splitlines():
        if not line.strip():
            break
        key, colon, value = line.partition(":")
        if colon and not line[0].isspace():
            key, value = key.strip().lower(), tidy(value)
            found[key] = f"{found[key]}\n{value}" if key in found else value
    return found


def people(said: dict[str, str], role: str) -> str:
    """Name and address of the author or maintainer."""
    parts = (said.get(role, ""), said.get(f"{role}-email", ""))
    return ", ".join(part.replace("\n", ", ") for part in parts if part)


def purl(said: dict[str, str]) -> str:
    """Package URL; empty where the wheel has no name."""
    name = re.sub(r"[-_.]+", "-", said.get("name", "")).lower()
    return f"pkg:pypi/{quote(name)}@{quote(said.get('version', ''))}" if name else ""


def urls(said: dict[str, str]) -> tuple[str, ...]:
    """Addresses of the project."""
    lines = [said.get("home-page", ""), *said.get("project-url", "").split("\n")]
    found = (line.rsplit(",", 1)[-1].strip() for line in lines)
    return tuple(dict.fromkeys(url for url in found if url.startswith("http")))
