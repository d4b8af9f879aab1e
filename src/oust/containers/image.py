"""Container images: `docker save` and OCI layouts, as tar or as a folder's tar.

Source: OCI Image Format Specification (layout, manifest, configuration, layer whiteouts); the
manifest.json of `docker save`.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from msgspec import Struct, field

MAX_JSON = 16 * 1024**2
MAX_LAYERS = 1024
WHITEOUT, OPAQUE = ".wh.", ".wh..wh..opq"
_INDEXES = ("application/vnd.oci.image.index", "application/vnd.docker.distribution.manifest.list")

_OWN = re.compile(
    r"(\./)?(manifest\.json|index\.json|oci-layout|repositories|blobs(/.*)?"
    r"|(sha256:)?[0-9a-f]{64}(/.*|\.json|\.tar(\.gz)?)?)$"
)

Read = Callable[[str], bytes]
"""Content of a member by name; raises KeyError where there is none."""


class Image(Struct):
    """One image: what it is called, what its configuration says, and its layers, lowest first."""

    tags: tuple[str, ...]
    digest: str  # of the configuration
    layers: tuple[str, ...]  # names of members
    config: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Its first tag, or the digest of its configuration."""
        return self.tags[0] if self.tags else f"image {self.digest[:19]}"


def looks_like(names: list[str]) -> bool:
    """Whether the first names of a tar may be those of an image."""
    return any(_OWN.match(name) for name in names)


def images(read: Read) -> list[Image]:
    """Every image of an archive; none if it is no image. What makes no sense is left out."""
    found = _saved(read)
    return found or _layout(read)


def _json(read: Read, name: str) -> Any:
    try:
        raw = read(name)
        return json.loads(raw) if len(raw) <= MAX_JSON else None
    except (KeyError, ValueError, RecursionError):
        return None


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(one for one in value if isinstance(one, str)) if isinstance(value, list) else ()


def _saved(read: Read) -> list[Image]:
    manifest = _json(read, "manifest.json")
    found = []
    for one in manifest if isinstance(manifest, list) else []:
        if not isinstance(one, dict) or not isinstance(one.get("Config"), str):
            continue
        config, layers = _json(read, one["Config"]), _texts(one.get("Layers"))[:MAX_LAYERS]
        digest = one["Config"].rsplit("/", 1)[-1].removesuffix(".json")
        said = config if isinstance(config, dict) else {}
        found.append(Image(_texts(one.get("RepoTags")), f"sha256:{digest}", layers, said))
    return found


def _blob(digest: Any) -> str:
    kind, _, value = str(digest).partition(":")
    return f"blobs/{kind}/{value}"


def _layout(read: Read) -> list[Image]:
    index = _json(read, "index.json")
    found: list[Image] = []
    waiting: list[tuple[dict[str, Any], tuple[str, ...]]] = [(one, ()) for one in _manifests(index)]
    while waiting and len(found) < MAX_LAYERS:
        one, above = waiting.pop(0)
        tags = _tags(one) or above
        manifest = _json(read, _blob(one.get("digest")))
        if not isinstance(manifest, dict):
            continue
        if str(one.get("mediaType")).startswith(_INDEXES) or "manifests" in manifest:
            waiting += [(inner, tags) for inner in _manifests(manifest)]
        elif image := _of_manifest(read, manifest, tags):
            found.append(image)
    return found


def _of_manifest(read: Read, manifest: dict[str, Any], tags: tuple[str, ...]) -> Image | None:
    config, layers = manifest.get("config"), manifest.get("layers")
    if not isinstance(config, dict) or not isinstance(layers, list):
        return None
    kept = [
        one
        for one in layers
        if isinstance(one, dict) and "in-toto" not in str(one.get("mediaType"))
    ]
    if not kept:
        return None  # an attestation about an image
    said = _json(read, _blob(config.get("digest")))
    names = tuple(_blob(one.get("digest")) for one in kept[:MAX_LAYERS])
    return Image(tags, str(config.get("digest")), names, said if isinstance(said, dict) else {})


def _manifests(value: Any) -> list[dict[str, Any]]:
    held = value.get("manifests") if isinstance(value, dict) else None
    return [one for one in held if isinstance(one, dict)] if isinstance(held, list) else []


def _tags(descriptor: dict[str, Any]) -> tuple[str, ...]:
    notes = descriptor.get("annotations")
    said: Mapping[str, Any] = notes if isinstance(notes, dict) else {}
    for key in ("io.containerd.image.name", "org.opencontainers.image.ref.name"):
        if isinstance(said.get(key), str):
            return (said[key],)
    return ()


def layer_order(found: Sequence[Image]) -> Iterator[tuple[str, list[tuple[int, int]]]]:
    """Each layer once, after all that lie above it in any image, with (image, number) of each use.

    Images count from 0, layers from 1 at the bottom. A layer that one image has twice counts where
    it lies highest. Where images contradict each other, the first of them decides.
    """
    uses: dict[str, list[tuple[int, int]]] = defaultdict(list)
    below: dict[str, list[str]] = defaultdict(list)
    waits: Counter[str] = Counter()
    for n, image in enumerate(found):
        highest = {name: number for number, name in enumerate(image.layers, 1)}
        stack = list(dict.fromkeys(reversed(image.layers)))
        for name in stack:
            uses[name].append((n, highest[name]))
        for upper, lower in pairwise(stack):
            below[upper].append(lower)
            waits[lower] += 1
    left = dict.fromkeys(uses)
    ready = deque(name for name in left if not waits[name])
    while left:
        name = ready.popleft() if ready else next(iter(left))
        if name not in left:
            continue
        del left[name]
        yield name, uses[name]
        for lower in below[name]:
            waits[lower] -= 1
            if not waits[lower]:
                ready.append(lower)


class Above(Struct):
    """What the layers looked at so far, from the top down, say of files below them."""

    there: dict[str, int] = field(default_factory=dict)  # path -> the layer that has it
    gone: dict[str, int] = field(
        default_factory=dict
    )  # file or folder -> the layer that deletes it
    hidden: dict[str, int] = field(default_factory=dict)  # folder whose lower content is hidden
    mine: list[tuple[dict[str, int], str]] = field(default_factory=list)
    layer: int = 0

    def begin(self, layer: int) -> None:
        """Go on with the next lower layer, numbered from 1 at the bottom."""
        self._settle()
        self.layer = layer

    def fate(self, name: str) -> str:
        """What becomes of the file `name` of this layer; empty if it is there in the image."""
        path = name.removeprefix("./").strip("/")
        parts = path.split("/")
        if self.there.get(path, self.layer) > self.layer:
            return f"removed: replaced by layer {self.there[path]} of the image"
        for depth in range(len(parts), 0, -1):
            above = "/".join(parts[:depth])
            layer = self.gone.get(above) or (self.hidden.get(above) if depth < len(parts) else None)
            if layer and layer > self.layer:
                return f"removed: deleted by layer {layer} of the image"
            if depth < len(parts) and self.there.get(above, self.layer) > self.layer:
                return f"removed: replaced by layer {self.there[above]} of the image"
        return ""

    def met(self, name: str) -> bool:
        """Note a member of this layer that is no folder; true if it is a whiteout."""
        path = name.removeprefix("./").strip("/")
        folder, _, last = path.rpartition("/")
        if last == OPAQUE:
            self.mine.append((self.hidden, folder))
        elif last.startswith(WHITEOUT):
            self.mine.append((self.gone, f"{folder}/{last[len(WHITEOUT) :]}".lstrip("/")))
        else:
            self.mine.append((self.there, path))
            return False
        return True

    def _settle(self) -> None:
        """What this layer says holds for the layers below it, not for itself."""
        for table, path in self.mine:
            table.setdefault(path, self.layer)
        self.mine = []
