"""Who asks, and the words that rules use for them: profiles, tags, facts and anchors."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import get_args

from msgspec import Struct

from oust.data.quick import read_quick
from oust.data.rule import Act, Fact, Profile, Tag
from oust.data.strict import (
    Entry,
    Findings,
    Problem,
    Schema,
    check_twice,
    did_you_mean,
    quoted,
    read_strict,
    refusal,
)
from oust.errors import OustError

_DATA = Path(__file__).parent
OWN = "own-"
"""A tag or fact that begins so is the user's: no list of ours knows it."""

ASSETS = ("program", "component", "host", "service", "product", "award", "offer", "party")
"""Kinds of asset that a profile gives acts for, and that trials may be about."""


class ProfileFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`data/profiles.yaml`."""

    tags: tuple[Tag, ...]
    profiles: tuple[Profile, ...]


class FactFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`data/facts.yaml`. An anchor is an event that the user dates."""

    facts: tuple[Fact, ...]
    anchors: tuple[Fact, ...]


def load_tags() -> dict[str, Tag]:
    """The words by which rules say who must obey, by id."""
    return {tag.id: tag for tag in _profile_file().tags}


def load_facts() -> dict[str, Fact]:
    """What rules ask and evidence seldom shows, by id."""
    return {fact.id: fact for fact in _fact_file().facts}


def load_anchors() -> dict[str, Fact]:
    """Events from which deadlines count and which the user dates, by id."""
    return {anchor.id: anchor for anchor in _fact_file().anchors}


def load_profiles(extra: Iterable[Path] = ()) -> dict[str, Profile]:
    """The bundled profiles and those of further files, by id; a file replaces a bundled one.

    Raises OustError for a file that is wrong.
    """
    loaded = {profile.id: profile for profile in _profile_file().profiles}
    for path in extra:
        profile = _read(path)
        loaded[profile.id] = profile
    return loaded


def load_profile(word: str) -> Profile:
    """A bundled profile by its id, or the profile in a YAML file.

    Raises OustError for a word that is neither, or a file that is wrong.
    """
    known = load_profiles()
    if word in known:
        return known[word]
    if word.endswith((".yaml", ".yml")) or Path(word).exists():
        return _read(Path(word))
    near = did_you_mean(word, known)
    hint = f"{near} " if near else ""
    listed = f"profiles: {', '.join(known)}; or a YAML file (docs/add-a-rule.md)"
    raise OustError(f"there is no profile {quoted(word)}", hint + listed)


def check_profile(path: Path) -> list[Problem]:
    """Give every problem of a file that holds one profile."""
    return read_strict(path, Profile, _PROFILE)[1]


def check_vocabulary() -> list[Problem]:
    """Give every problem of the bundled profiles and facts."""
    profiles = read_strict(_DATA / "profiles.yaml", ProfileFile, _PROFILE)[1]
    return profiles + read_strict(_DATA / "facts.yaml", FactFile, _PROFILE)[1]


def _read(path: Path) -> Profile:
    profile, problems = read_strict(path, Profile, _PROFILE)
    if profile is None:
        raise refusal(problems, "docs/add-a-rule.md shows a whole profile")
    return profile


@cache
def _profile_file() -> ProfileFile:
    return read_quick(_DATA / "profiles.yaml", ProfileFile)


@cache
def _fact_file() -> FactFile:
    return read_quick(_DATA / "facts.yaml", FactFile)


def check_words(
    entry: Entry, key: str, known: Iterable[str], what: str, found: Findings, own: bool = False
) -> None:
    """Report each text of a list, or the one text, that is not among the known ids."""
    value = entry.values.get(key, ())
    ids = frozenset(known)
    for word in (value,) if isinstance(value, str) else value:
        if word in ids or not word or (own and word.removeprefix("not:").startswith(OWN)):
            continue
        hint = did_you_mean(word, ids) or _list_of(ids, own)
        found.add_value(entry.at(key), word, f"{quoted(word)} is no {what}", hint)


def _list_of(ids: frozenset[str], own: bool) -> str:
    if own:
        return f"see oust rules facts and oust rules profiles; your own begin with {OWN}"
    listed = ", ".join(sorted(ids))
    return f"known: {listed}" if len(listed) < 200 else ""


def _check(entries: list[Entry], found: Findings) -> None:
    # new tags may stand in the same file
    tags = {*load_tags(), *(e.values.get("id", "") for e in entries if e.type is Tag)}
    seen: set[tuple[str, str]] = set()
    for entry in entries:
        check_twice(entry, found)
        name = entry.values.get("id", "")
        if name and (entry.where, name) in seen:
            found.add(entry.at("id"), f"{quoted(name)} stands in {entry.where} twice")
        seen.add((entry.where, name))
        if entry.type is Profile:
            check_words(entry, "tags", tags, "tag", found, own=True)
            check_words(entry, "unknown", tags, "tag", found, own=True)
            _acts(entry, found)


def _acts(entry: Entry, found: Findings) -> None:
    acts = get_args(Act)
    for asset, words in entry.values.get("acts", {}).items():
        if asset not in ASSETS:
            hint = did_you_mean(asset, ASSETS) or f"one of: {', '.join(ASSETS)}"
            found.add(entry.at("acts"), f"{quoted(asset)} is no kind of asset", hint)
        for word in words.split():
            if word not in acts:
                hint = did_you_mean(word, acts) or f"one of: {', '.join(acts)}"
                found.add(entry.at("acts"), f"{quoted(word)} is no act", hint)


_PROFILE = Schema(
    what="a profile",
    page="docs/add-a-rule.md",
    check=_check,
    hints={"tags": "oust rules profiles lists the tags"},
)
