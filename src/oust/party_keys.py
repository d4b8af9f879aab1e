"""One key for one party: whose name a rule, a dossier or a piece of evidence gives.

Elsewhere names join without their legal form. Within a vendor's group that is too coarse: Kaspersky
Lab, Inc. is owned by the group and AO Kaspersky Lab is its head. So a company that a dossier names
in its `ownership`, or as a company of the group, has a key of its own, legal form included. Every
other name of a dossier means the vendor as a whole, `vendor:kaspersky`; every other party has the
key by which the link stage knows it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from oust.data.dossier import Dossier
from oust.party_names import LEGAL_FORMS, core, party_words


class PartyKeys:
    """Gives the key of a party by its name. Call it."""

    def __init__(self, dossiers: Iterable[Dossier]) -> None:
        self._companies: dict[str, str] = {}  # name with legal form -> key
        self._bare: dict[str, dict[str, None]] = {}  # name without -> keys
        self._vendors: dict[str, str] = {}  # name, with or without form -> vendor key
        self._of: dict[str, str] = {}  # key of a company -> vendor key
        self._joined: dict[str, str] = {}  # key by name -> key of the party that evidence shows
        ordered = sorted(dossiers, key=lambda dossier: dossier.id)
        for dossier in ordered:
            self._add_companies(dossier)
        for dossier in ordered:
            self._add_vendor(dossier)

    def _add_companies(self, dossier: Dossier) -> None:
        vendor = f"vendor:{dossier.id}"
        groups = [(one.party, one.names) for one in dossier.ownership]
        groups += [(one.value, one.aliases) for one in dossier.names if one.kind == "group"]
        for name, others in groups:
            if not core(name):
                continue
            key = next(
                (known for n in (name, *others) if (known := self._companies.get(formed(n)))),
                f"party:{formed(name)}",
            )
            self._of.setdefault(key, vendor)
            for one in (name, *others):
                self._companies.setdefault(formed(one), key)
                self._bare.setdefault(_plain(one), {}).setdefault(key)

    def _add_vendor(self, dossier: Dossier) -> None:
        spelt = [dossier.vendor, *dossier.word]
        for one in dossier.names:
            if key := self._companies.get(formed(one.value)):
                for alias in one.aliases:
                    self._companies.setdefault(formed(alias), key)
            elif one.kind != "group":
                spelt += (one.value, *one.aliases)
        for name in spelt:
            if core(name):
                self._vendors.setdefault(formed(name), f"vendor:{dossier.id}")
                self._vendors.setdefault(_plain(name), f"vendor:{dossier.id}")

    def __call__(self, name: str) -> str:
        """The key of the party so named; a key is its own."""
        if name.startswith(("party:", "vendor:")):
            return name
        whole, bare = formed(name), _plain(name)
        known = self._companies.get(whole) or self._vendors.get(whole)
        if known:
            return known
        if whole == bare:  # no legal form: the only company so called, else the vendor
            several = list(self._bare.get(bare, ()))
            if len(several) == 1 and bare not in self._vendors:
                return several[0]
            vendors = {self._of[key] for key in several}
            if len(vendors) == 1 or bare in self._vendors:
                return self._vendors.get(bare) or vendors.pop()
        return self._joined.get(f"party:{bare}", f"party:{bare}")

    def join(self, same: Mapping[str, str]) -> None:
        """Learn which keys by name evidence has shown to be another party's."""
        self._joined |= same

    def company(self, name: str) -> str:
        """Key of a company that a dossier tells from its vendor; "" if `name` is none."""
        key = self(name)
        return key if key in self._of else ""


def _plain(name: str) -> str:
    return " ".join(core(name))


@lru_cache(maxsize=65_536)
@lru_cache(maxsize=65_536)
def formed(name: str) -> str:
    """Words that tell a company apart, then its legal forms by the group they belong to."""
    forms = dict.fromkeys(LEGAL_FORMS[word] for word in party_words(name) if word in LEGAL_FORMS)
    tail = f" ({' '.join(sorted(forms))})" if forms else ""
    return _plain(name) + tail
