"""Names of organisations without what does not tell them apart."""

from __future__ import annotations

import re
from functools import lru_cache

from oust.text import words

LEGAL_FORMS: dict[str, str] = {
    **dict.fromkeys("limited ltd ltda limitada lda limitee".split(), "ltd"),
    **dict.fromkeys("incorporated inc".split(), "inc"),
    **dict.fromkeys("corporation corp".split(), "corp"),
    **dict.fromkeys("company co compania cia compagnie cie".split(), "co"),
    **dict.fromkeys("llc pte pty pvt private".split(), "llc"),
    **dict.fromkeys("aktiengesellschaft ag".split(), "ag"),
    **dict.fromkeys("gmbh ggmbh mbh".split(), "gmbh"),
    **dict.fromkeys("plc".split(), "plc"),
    **dict.fromkeys("lp llp lllp".split(), "lp"),
    **dict.fromkeys("sa sas sau sab sarl srl spa".split(), "sa"),
    **dict.fromkeys("ao oao ooo zao pao ojsc cjsc pjsc jsc".split(), "jsc"),
    **dict.fromkeys("ао оао ооо зао пао ат тов прат пат".split(), "jsc"),
    **dict.fromkeys("bv nv cv vof".split(), "bv"),
    **dict.fromkeys(
        "ab oy oyj asa aps kk kft zrt doo dd sro ulc fzco fze fzc fz bhd sdn".split(), "x"
    ),
    **dict.fromkeys("gk kg kgaa ohg ev eg sp zoo oo".split(), "x"),
}
"""Folded legal forms, by the group in which they are interchangeable."""

_PHRASES = (
    ("gesellschaft", "mit", "beschrankter", "haftung"),
    ("joint", "stock", "company"),
    ("open", "joint", "stock", "company"),
    ("closed", "joint", "stock", "company"),
    ("public", "joint", "stock", "company"),
    ("limited", "liability", "company"),
    ("public", "limited", "company"),
    ("sociedad", "anonima"),
    ("societe", "anonyme"),
    ("общество", "с", "ограниченнои", "ответственностью"),
    ("акционерное", "общество"),
    ("публичное", "акционерное", "общество"),
)
_CJK_FORMS = re.compile("(股份有限公司|有限责任公司|有限公司|株式会社|公司)$")
_INITIALS = re.compile(r"\b(?:[^\W\d_]\.[ ]?){2,}")
_MAIL = re.compile(r"\s*<[^<>]*>|\s*\([^()]*@[^()]*\)|^(?:organization|person|tool):\s*", re.I)
_ARTICLES = frozenset("the a of and y e et und de la el".split())


@lru_cache(maxsize=65_536)
def party_words(name: str) -> tuple[str, ...]:
    """Folded words of a party's name; initials joined, e-mail address and SPDX prefix removed."""
    bare = _MAIL.sub("", name).replace("&", " and ").replace("’", "'").replace("'", "")
    return words(_INITIALS.sub(lambda m: re.sub(r"[. ]", "", m[0]) + " ", bare))


@lru_cache(maxsize=65_536)
def core(name: str) -> tuple[str, ...]:
    """`party_words` without legal forms and articles; all words if nothing else is left."""
    found = party_words(name)
    bare = without_forms(found)
    kept = tuple(_CJK_FORMS.sub("", word) or word for word in bare if word not in _ARTICLES)
    return kept or found


def without_forms(found: tuple[str, ...]) -> tuple[str, ...]:
    """`found` without legal forms, spelt out or short, wherever they stand."""
    for phrase in sorted(_PHRASES, key=len, reverse=True):
        for i in range(len(found) - len(phrase) + 1):
            if found[i : i + len(phrase)] == phrase:
                found = found[:i] + found[i + len(phrase) :]
                break
    kept = [word for word in found if word not in LEGAL_FORMS]
    while len(kept) > 1 and len(kept[-1]) == 1 and kept[-1] in "sabv":
        kept.pop()  # what is left of a form written apart: "s a", "b v"
    return tuple(kept)


PLACES = frozenset(
    """
    europe european asia pacific america american americas usa us uk uae china hk hong kong
    deutschland germany german france iberia spain espana italia italy austria swiss switzerland
    schweiz nederland netherlands benelux belgium polska poland czech russia rus ukraine kazakhstan
    turkey turkiye india japan korea singapore malaysia thailand vietnam indonesia philippines
    australia zealand canada mexico brasil brazil chile colombia peru argentina africa egypt saudi
    arabia israel ireland denmark sweden norway norge finland nordic baltic romania hungary
    bulgaria serbia greece portugal beijing shanghai shenzhen hangzhou zhejiang guangdong moscow
    """.split()
)
"""Countries, regions and the cities where the vendors sit."""

NEUTRAL = PLACES | frozenset(
    """
    technology technologies tech group holding holdings international global systems system
    digital solutions software services service trading sales north south east west central middle
    branch office representative subsidiary limited team device devices labs lab development
    research center centre inc
    """.split()
)
"""Words that do not tell companies of one group apart."""
