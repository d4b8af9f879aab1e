"""Linux and BSD programs, libraries and kernel modules: linked libraries, build, signer.

Source: System V Application Binary Interface; Linux kernel module signing.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from msgspec import structs

from oust.formats.binary import elf
from oust.formats.binary.authenticode import Signature, signatures
from oust.formats.binary.piece import BROKEN, attempt
from oust.formats.binary.record import file_record, listed
from oust.formats.seam import Head, Needles, Opened, Unreadable
from oust.model import Quarantine, Record, Said

_MODULE = ("license", "vermagic", "srcversion", "alias", "depends", "intree")


class ElfFile:
    """An ELF program, shared library, object or kernel module."""

    name = "elf"
    title = "Linux or BSD program, library or kernel module (ELF)"
    group = "files"
    bulk = False

    def claims(self, head: Head) -> int:
        """By the magic word."""
        return 100 if elf.is_elf(head.data) else 0

    def read(self, opened: Opened, needles: Needles) -> Iterator[Said]:
        """One record; a table that cannot be read is quarantined."""
        try:
            read = elf.elf(opened.data)
        except BROKEN as error:
            raise Unreadable("the ELF headers are damaged") from error
        problems: list[Quarantine] = []
        yield _record(opened, read, problems)
        yield from problems


def _record(opened: Opened, read: elf.Elf, problems: list[Quarantine]) -> Record:
    data = opened.data
    none: list[elf.Section] = []
    every = attempt(problems, "section headers", "the section table",
                    partial(elf.sections, data, read), none)  # fmt: skip
    linked = attempt(problems, "dynamic section", "the dynamic section",
                     partial(elf.linked, data, read), elf.Linked([]))  # fmt: skip

    def section(name: str) -> bytes:
        return attempt(problems, name, f"section {name}",
                       partial(elf.section, data, every, name), b"")  # fmt: skip

    facts = elf.module_facts(section(".modinfo"))
    said, signed = _signer(opened, problems)
    notes = {
        "machine": read.machine,
        "kind": "kernel module" if facts.get("vermagic") else read.kind,
        "soname": linked.soname,
        "needed": listed(linked.needed),
        "library paths": linked.paths,
        "interpreter": attempt(problems, "interpreter", "the interpreter",
                               partial(elf.interpreter, data, read), ""),
        "build id": attempt(problems, "build id", "the build id",
                            partial(elf.build_id, data, read, every), ""),
        "compiler": " | ".join(elf.texts(section(".comment"))[:8]),
        "debug link": " ".join(elf.texts(section(".gnu_debuglink"))[:1]),
        "signed by": said,
        **{key: " | ".join(facts.get(key, [])[:20]) for key in _MODULE},
    }  # fmt: skip
    record = file_record(
        opened,
        "ELF",
        signatures=signed,
        notes=notes,
        ids=[f"signer:{said}"] if said else (),
        version=" ".join(facts.get("version", [])[:1]),
        description=" | ".join(facts.get("description", [])[:4]),
    )
    return _with_author(record, facts.get("author", []))


def _with_author(record: Record, authors: list[str]) -> Record:
    return structs.replace(record, author="; ".join(authors[:20])) if authors else record


def _signer(opened: Opened, problems: list[Quarantine]) -> tuple[str, list[Signature]]:
    """Who signed a kernel module: mostly only the issuer of a certificate that is in the kernel."""
    mark = attempt(problems, "end of file", "the appended signature",
                   partial(elf.appended_signature, opened.data), None)  # fmt: skip
    if not mark or not mark.pkcs7:
        return mark.signer if mark else "", []
    signed: list[Signature] = attempt(problems, "end of file", "the appended signature",
                                      partial(signatures, mark.pkcs7), [])  # fmt: skip
    return "", signed
