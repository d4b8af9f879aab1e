"""What a container image says of itself, as a record: the image is the asset."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from msgspec import structs

from oust.containers.image import Image
from oust.model import Record

MAX_LABELS = 100


def image_records(found: Sequence[Image]) -> list[Record]:
    """Each image as a record; several of one name are told apart by platform, else by digest."""
    names = [image.name for image in found]
    for tell in (_platform, lambda image: image.digest[:19]):
        often = Counter(names)
        names = [
            f"{name} ({tell(image)})" if often[name] > 1 and tell(image) else name
            for name, image in zip(names, found, strict=True)
        ]
    pairs = enumerate(zip(found, names, strict=True), 1)
    return [structs.replace(image_record(image, n), name=name) for n, (image, name) in pairs]


def _platform(image: Image) -> str:
    """`linux/arm64/v8`, as far as the configuration says it."""
    parts = (_text(image.config.get(key)) for key in ("os", "architecture", "variant"))
    return "/".join(filter(None, parts))


def image_record(image: Image, number: int) -> Record:
    """The image as a host that its content is found on."""
    said: dict[str, Any] = image.config
    inner = said.get("config")
    labels = inner.get("Labels") if isinstance(inner, dict) else None
    notes = {
        "tags": ", ".join(image.tags),
        "config digest": image.digest,
        "architecture": _text(said.get("architecture")),
        "system": _text(said.get("os")),
        "layers": str(len(image.layers)),
        **(_labels(labels) if isinstance(labels, dict) else {}),
    }
    created = _text(said.get("created"))
    return Record(
        kind="host",
        locator=f"image {number}",
        ref=f"image {number}",
        name=image.name,
        type="container image",
        author=_text(said.get("author")),
        ids=(image.digest,) if image.digest.startswith("sha256:") else (),
        since=created if created[:4].isdigit() else "",
        extra=json.dumps({key: text for key, text in notes.items() if text}, ensure_ascii=False),
    )


def _labels(labels: dict[Any, Any]) -> dict[str, str]:
    return {f"label {key}": _text(text) for key, text in list(labels.items())[:MAX_LABELS]}


def _text(value: Any) -> str:
    return value[:2000] if isinstance(value, str) else ""
