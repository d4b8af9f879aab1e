"""Notes that people keep on exposures and claims: written, edited, withdrawn, never overwritten."""

from __future__ import annotations

import getpass
from collections.abc import Iterable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Protocol

from oust.errors import OustError
from oust.model import Note, NoteWord

LONGEST = 10_000
"""Characters of a note."""

LONGEST_AUTHOR = 200


class Notebook(Protocol):
    """The part of the store that notes need."""

    def change(self) -> AbstractContextManager[None]:
        """One transaction."""

    def add_note(self, note: Note) -> None:
        """Keep one version."""

    def notes(self, subject: str) -> tuple[Note, ...]:
        """Every version of the notes on a subject."""


def add(
    book: Notebook,
    subject: str,
    text: str,
    author: str = "",
    *,
    number: int = 0,
    withdraw: bool = False,
    at: str = "",
) -> Note:
    """Keep a new note on `subject`, or a new version of note `number`, in one transaction.

    `author`: the login name, if empty. `at`: ISO, UTC; now, if empty. Raises OustError for a text
    that is empty or too long, and for a number that is not there or withdrawn.
    """
    text, author = _checked(text, withdraw), _author(author)
    at = at or datetime.now(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")
    with book.change():
        kept = book.notes(subject)
        version = 1
        if number:
            version = _last(kept, number).version + 1
        else:
            number = 1 + max((one.number for one in kept), default=0)
        word: NoteWord = "withdrawn" if withdraw else "edited" if version > 1 else "written"
        note = Note(
            subject=subject, number=number, version=version, word=word, text=text, author=author,
            at=at,
        )  # fmt: skip
        book.add_note(note)
    return note


def _last(kept: Iterable[Note], number: int) -> Note:
    last = {one.number: one for one in kept}
    if number not in last:
        known = ", ".join(map(str, last)) or "none yet"
        raise OustError(f"there is no note {number} here", f"notes: {known}")
    if last[number].word == "withdrawn":
        raise OustError(f"note {number} was withdrawn", "write a new note")
    return last[number]


def _checked(text: str, withdraw: bool) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not text and not withdraw:
        raise OustError("the note has no text", "give it in quotes, or - to read it from input")
    if len(text) > LONGEST:
        said = f"the note has {len(text):,} characters; {LONGEST:,} are the most"
        raise OustError(said, "shorten it, or write several notes")
    if not _storable(text):
        raise OustError("the note is not text in UTF-8", "save it as UTF-8")
    return text


def _author(author: str) -> str:
    try:
        name = " ".join((author or getpass.getuser()).split())
    except (OSError, KeyError, ImportError):  # a process without login has no name
        name = ""
    if not name or len(name) > LONGEST_AUTHOR or not _storable(name):
        hint = f"name one with --author, in up to {LONGEST_AUTHOR} characters"
        raise OustError("the author of the note is not known", hint)
    return name


def _storable(text: str) -> bool:
    """Whether it can be written: no halves of characters, as broken input leaves, and no NUL."""
    return "\0" not in text and not any("\ud800" <= char <= "\udfff" for char in text)
