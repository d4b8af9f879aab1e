"""Words around a vendor's name that say what a line does with it. Data only.

Words are folded (lower case, no diacritics); `*` ends a stem; a phrase is written with spaces.
Left cues stand before the name and govern it, right cues stand after it. The number is how many
words may lie between cue and name.
"""

from __future__ import annotations

CLAUSE = "prohibition clause"
REMOVAL = "removal or replacement"
EXCLUDED = "excluded by the text"
ACCESSORY = "accessory or compatible product"
ABOUT = "about the vendor, not a purchase"
PERSON = "name of a person"
PLACE = "address or place"
PURCHASE = "purchase"
REPLACED = "unclear: it may be replaced, or bought as the replacement"
EQUAL = "unclear: brand name or equal"

LEFT: dict[str, tuple[int, tuple[str, ...]]] = {
    CLAUSE: (
        16,
        (
            *(
                "rule on",
                "interim rule",
                "final rule",
                "policy on",
                "guidance on",
                "certif* that no",
            ),
            *("prohibit*", "ban on", "banned", "ban of", "ban", "clause for", "clauses for"),
            *("clause", "clauses", "provision*", "certif* compliance", "directive", "bod 17 01"),
            *("52 204 2#", "52 204 30", "52 240 #", "52 240 9#", "252 204 701#", "252 239 7017"),
            *("section 889", "sec 889", "889", "section 1634", "fascsa", "covered foreign entit*"),
            *("covered telecommunications", "covered article*", "does not use", "not use"),
            *("shall not", "may not", "prohibe*", "prohibicion", "interdiction", "verbot*"),
            *("запрет*", "заборон*"),
        ),
    ),
    REMOVAL: (
        6,
        (
            "substitut*",
            *("supersed*", "in place of", "block*", "disabl*", "destroy*", "destruct*", "obsolete"),
            *("surplus", "scrap*"),
            *("remov*", "uninstall*", "deinstall*", "de install*", "replac*", "rip and replace"),
            *("replacement of", "replacement for", "decommission*", "dispos*", "phase out"),
            *("phasing out", "phaseout", "transition off", "transition from", "transition away"),
            *("migrat* from", "migrat* away", "migrat*", "move from", "move off", "switch from"),
            *(
                "switch* away",
                "swap out",
                "swap*",
                "demolition",
                "demolish*",
                "takedown",
                "take down",
            ),
            *(
                "teardown",
                "eradicat*",
                "eliminat*",
                "retire",
                "retirement of",
                "sunset*",
                "discontinu*",
            ),
            *("excess", "get rid of", "purge", "in lieu of", "instead of", "rather than"),
            *(
                "formerly",
                "previously",
                "former",
                "trade in of",
                "trade in",
                "wipe*",
                "alternative to",
                "alternatives to",
                "converted from",
                "conversion from",
                "grounded",
            ),
            *("sustitu*", "reemplaz*", "eliminacion", "retir* de", "desinstal*", "en lugar de"),
            *("remplace*", "suppression", "desinstallation", "retrait", "au lieu de"),
            *("ablosung", "austausch", "ersatz von", "ersatz fur", "deinstallation", "entfernung"),
            *(
                "ruckbau",
                "anstelle",
                "statt",
                "sostituzione",
                "rimozione",
                "substituicao",
                "remocao",
            ),
            *(
                "замен*",
                "удален*",
                "вместо",
                "демонтаж*",
                "отказ от",
                "замін*",
                "видален*",
                "замість",
            ),
        ),
    ),
    EXCLUDED: (
        3,
        (
            *(
                "non",
                "no",
                "not",
                "other than",
                "except",
                "excluding",
                "without",
                "free of",
                "never",
            ),
            *("must not be", "cannot be", "kein*", "ohne", "sin", "sans", "без", "кроме", "крім"),
        ),
    ),
    ACCESSORY: (
        5,
        (
            *(
                "compatible with",
                "compatible w",
                "compatibility with",
                "for use with",
                "works with",
            ),
            *("work with", "supports", "integrat* with", "integrat* for", "integrat* to"),
            *("integrates", "interoperab* with", "interfac* with", "connect* to", "connector* for"),
            *("plugin* for", "plug in* for", "add on for", "addon for", "extension for", "api for"),
            *("mount* for", "bracket* for", "batter* for", "case for", "cases for", "charger* for"),
            *("antenna* for", "earpiece* for", "headset* for", "microphone* for", "holster* for"),
            *("propeller* for", "adapter* for", "adaptor* for", "cable* for", "protector* for"),
            *("box for", "boxes for", "kit for", "system for", "parachute* for", "filter* for"),
            *(
                "injector* for",
                "splitter* for",
                "tripod* for",
                "housing* for",
                "enclosure* for",
                "dock* for",
            ),
            *("cradle* for", "strap* for", "clip* for", "sleeve* for", "film* for", "glass for"),
            *(
                "spare* for",
                "card for",
                "cards for",
                "remote* for",
                "hood* for",
                "landing pad* for",
            ),
            *("chargers for", "power suppl* for", "harness* for", "plate* for", "rack* for"),
            *("accessor* for", "parts for", "gear for", "cover* for", "skin* for", "lens* for"),
            *("bag for", "stand for", "holder* for", "module* for", "transceiver* for", "arm for"),
            *(
                "compatible con",
                "compatibles con",
                "compatible avec",
                "kompatibel mit",
                "passend fur",
            ),
            *(
                "fur den einsatz mit",
                "совместим* с",
                "сумісн* з",
                "compatibile con",
                "compativel com",
            ),
        ),
    ),
    ABOUT: (
        5,
        (
            "covering",
            *(
                "training on",
                "training about",
                "course on",
                "seminar on",
                "briefing on",
                "study of",
            ),
            *(
                "study on",
                "research on",
                "research into",
                "analysis of",
                "assessment of",
                "report on",
            ),
            *(
                "reports on",
                "paper on",
                "white paper on",
                "survey of",
                "review of",
                "monitoring on",
            ),
            *("monitoring of", "investigation of", "investigation into", "litigation against"),
            *(
                "hearing on",
                "hearings on",
                "testimony on",
                "webinar on",
                "workshop on",
                "presentation on",
            ),
            *(
                "talk on",
                "documentary on",
                "documentary about",
                "about",
                "interview with",
                "podcast on",
            ),
            *("allegations against", "complaint against", "lawsuit against", "indictment of"),
            *(
                "meeting with",
                "discussions with",
                "regarding",
                "concerning",
                "article on",
                "news on",
                "book on",
                "case study on",
                "discussion of",
                "lecture on",
            ),
            *("counter", "against", "witness services", "sanctions on", "estudio sobre"),
            *("analyse de", "etude sur", "studie uber", "анализ деятельности", "исследование о"),
        ),
    ),
    PURCHASE: (
        8,
        (
            *("service on", "work on"),
            *("purchas*", "buy*", "bought", "procure*", "acqui*", "furnish*", "provid*", "suppl*"),
            *("deliver*", "install*", "deploy*", "implement*", "renew*", "extension of", "extend*"),
            *("licen*", "subscription*", "maintenance*", "maintain*", "support for", "support of"),
            *("support", "upgrade*", "repair*", "service for", "services for", "order*", "lease*"),
            *(
                "rent*",
                "configur*",
                "setup",
                "include*",
                "including",
                "consist* of",
                "qty",
                "quantity",
            ),
            *("each", "ea", "brand", "seats", "copies", "sale of", "warranty for", "warranty"),
            *("ads on", "advertis* on", "campaign on", "marketing on", "adquisicion", "compra"),
            *(
                "suministro",
                "renovacion",
                "licencia*",
                "instalacion",
                "mantenimiento",
                "contratacion",
            ),
            *("achat", "fourniture", "renouvellement", "licence*", "installation", "abonnement"),
            *(
                "beschaffung",
                "lieferung",
                "kauf",
                "lizenz*",
                "verlangerung",
                "wartung*",
                "einfuhrung",
            ),
            *(
                "fornitura",
                "acquisto",
                "aquisicao",
                "fornecimento",
                "закуп*",
                "придбан*",
                "поставк*",
            ),
            *(
                "постачан*",
                "продлен*",
                "продовжен*",
                "поновлен*",
                "приобретен*",
                "лиценз*",
                "ліценз*",
            ),
            *("установк*", "встановлен*", "использован*", "использовани*", "права на", "обслуг*"),
        ),
    ),
}
"""Cue classes that govern a name standing after them, each with its reach in words."""

WITH = ("with", "by", "to", "durch", "mit", "por", "par", "con", "avec", "на")
"""After a cue of replacement or change, these turn the following name into what comes in."""

CHANGES = ("replac*", "migrat*", "transition*", "switch*", "mov*", "chang*", "upgrad*", "swap*",
           "substitut*", "sustitu*", "remplac*", "austausch*", "ersatz", "замен*", "замін*",
           "conver*", "remov*")  # fmt: skip
"""Cues that `WITH` turns round: replace cameras *with* X, migrate from Y *to* X."""

RIGHT: dict[str, tuple[str, ...]] = {
    CLAUSE: (
        *("far", "far update", "dfars"),
        *("clause*", "prohibition*", "prohibited", "ban", "banned", "provision*", "language"),
        *(
            "covered application*",
            "covered article*",
            "covered entit*",
            "certification",
            "compliance",
            "restriction*",
        ),
        *(
            "modification",
            "mod",
            "representation",
            "52 204 2#",
            "52 204 30",
            "52 240",
            "not allowed",
        ),
        *("not permitted", "not to be", "not be used", "not used", "forbidden", "directive"),
        *("far clause*", "is not", "are not", "disclosure", "verbot*", "запрещен*"),
    ),
    REMOVAL: (
        *("disposed", "destroyed", "retired", "scrapped", "superseded", "blocked", "disabled"),
        *("removal", "removals", "uninstall*", "deinstall*", "replacement", "replacements"),
        *("decommission*", "disposal", "phase out", "phaseout", "sunset", "eradication", "removed"),
        *("replaced", "takedown", "demolition", "ablosung", "entfernung", "rip and replace"),
    ),
    EXCLUDED: ("free",),
    ACCESSORY: (
        *(
            "compatible",
            "compatibility",
            "compatibles",
            "connector*",
            "plugin*",
            "plug in",
            "addon*",
        ),
        *("add on", "integration", "kompatibel", "interface"),
    ),
    ABOUT: (
        *("case", "litigation", "v", "vs", "versus", "allegation*", "study", "research", "report"),
        *("investigation*", "misinformation", "disinformation", "influence", "market share"),
        *("ties", "hearing", "sanctions", "news", "bid by"),
    ),
    PURCHASE: (
        *("renew*", "qty", "quantity", "ea", "each", "subscription*", "purchase*", "seats", "seat"),
        *("copies", "copy", "maintenance", "upgrade*", "order", "installation", "extension"),
        *("year", "yr", "yrs", "years", "user", "users", "nodes", "pcs", "units", "kit", "kits"),
        *("campaign*", "ads", "advertis*", "influencer*", "marketing", "repair", "configuration"),
        *("setup", "delivery", "warranty", "beschaffung", "lieferung", "wartung", "abonnement"),
        *(
            "fornitura",
            "suministro",
            "compra",
            "achat",
            "шт",
            "unidades",
            "unites",
            "posa",
            "combo",
        ),
    ),
}
"""Cue classes that follow a name; the first one after it decides."""

GOODS = tuple(
    """
    software antivirus anti av virus license* licence* licensing endpoint security internet total
    camera* cctv nvr* dvr* xvr surveillance turret dome bullet thermal intercom recorder* video
    drone* uas uav quadcopter* aircraft gimbal rtk battery batteries radio* repeater* handheld*
    dmr phone* smartphone* handset* cell hotspot* wifi mifi modem* router* switch switches laptop*
    tablet* notebook* server* storage equipment hardware gear component* product* system* device*
    appliance* module* inverter* ups transport optical microwave olt ont base station* 5g lte app
    apps application suite cloud backup protect protection platform gateway filter firewall
    workstation* node* pro mail solution* unit* fleet edition version advanced select standard
    premium business small office center centre client key licencia* licenza licences lizenz*
    camara* cameras telecamer* videocamer* drohne* dron* funkgerat* radios telephone* telefon*
    routeur* portatil* portatiles grabador videouberwachung software programm лиценз* ліценз*
    антивирус* антивірус* программ* програм* камер* маршрутизатор* модем* квадрокоптер* комутатор*
    коммутатор* видеорегистратор* відеореєстратор* дрон* handys tool* advertising ad social media
    paid cables poe hdd dongle* unmanned aerial vehicle* doorbell* access control model disk
    computer* pc pcs desktop* printer* rectifier* generator* terminal* display* television* tv
    headset* publicitaria campana* campagne publicite werbung anzeigen
    """.split()
)
"""Nouns of what is bought: transparent between a name and the cue that follows it."""

LOOSE_GOODS = frozenset(
    """
    unit units system systems equipment component components product products device devices
    solution solutions module modules tool tools kit kits node nodes edition version pro small
    business office center centre key social media paid base client gear advanced select standard
    premium total internet security office transport optical social ad
    """.split()
)
"""Goods that anything may be called: no context for a doubtful spelling."""

PERSON_LEFT = ("mr", "mrs", "ms", "dr", "prof", "sir", "madam", "herr", "frau", "sr", "sra", "mme")
GIVEN_NAMES = frozenset(
    """
    eugene evgeny yevgeny eugenia natalia natalya nataliya natasha anna ivan maria olga elena igor
    john michael david robert james mary george peter paul alexander alexei sergey dmitry vladimir
    андреи евгении наталья наталия анна иван мария ольга елена сергеи дмитрии владимир иван
    irina svetlana tatiana ekaterina mikhail nikolai pavel yuri konstantin viktor lisa laura karen
    kevin brian mark steven paula julia sofia eva nina vera alice emma chris adam simon alan
    martin thomas daniel sarah susan linda boris leon max jan tom bob bill joseph sam
    """.split()
)
PERSON_RIGHT = ("eugene", "natalya", "natalia", "speaker", "lecture", "interview", "recital")
PLACE_RIGHT = tuple(
    "hotel road rd street st avenue ave blvd boulevard lane ln building plaza tower district"
    " village strasse str platz rue calle school university church river".split()
)
PLACE_LEFT = ("hotel", "rue", "calle", "via", "улица", "вулиця")
EQUAL_RIGHT = ("or equal", "or equivalent", "or similar", "oder gleichwertig", "o similar",
               "ou equivalent", "o equivalente", "или эквивалент", "або еквівалент")  # fmt: skip
EQUAL_LEFT = ("equal to", "equivalent to", "similar to", "equal of")
