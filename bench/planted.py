"""Lines to plant in generated awards: purchases of nine vendors, and what only looks like them.

Texts are written for this purpose in the manner of award descriptions. Kinds: `purchase` must be
found; `clause`, `removal` and `near` must not count as exposures.
"""

from __future__ import annotations

from typing import NamedTuple


class Plant(NamedTuple):
    """One planted line."""

    kind: str
    vendor: str  # dossier id; empty for a near-name of nobody
    text: str
    seller: str = ""


PURCHASES: tuple[tuple[str, str, str], ...] = (
    (
        "kaspersky",
        "KASPERSKY ENDPOINT SECURITY FOR BUSINESS, 250 NODES, 1 YEAR",
        "NORTHLINE RESALE",
    ),
    ("kaspersky", "RENEWAL OF KAPERSKY ANTIVIRUS LICENSES", ""),
    ("kaspersky", "ANTIVIRUS SOFTWARE - KASPERKSY TOTAL SECURITY QTY 40", ""),
    ("kaspersky", "SOFTWARE: KARSPERSKY SELECT RENEWAL\nPOC: J. DOE", ""),
    ("kaspersky", "Purchase of Kaspersky-Lab Internet Security for laptops", ""),
    ("kaspersky", "ANNUAL SUBSCRIPTION", "KASPERSKY LAB INC"),
    ("huawei", "HUAWEI QUIDWAY S5700 SWITCHES, 12 EACH", ""),
    ("huawei", "HAUWEI LTE ROUTERS FOR FIELD OFFICE", ""),
    ("huawei", "HUAWAI HANDSETS AND CHARGERS", ""),
    ("huawei", "TELECOM EQUIPMENT, H U A W E I BASE STATION PARTS", ""),
    ("zte", "ZTE MF90 MOBILE HOTSPOTS, 15 EA", ""),
    ("zte", "WIRELESS MODEMS (Z.T.E.) FOR EMBASSY", "ZTE USA INC"),
    ("hikvision", "HIKVISION DS-2CD2143G0 CAMERAS AND NVR", ""),
    ("hikvision", "IP CAMERAS HIK VISION WITH MOUNTS", ""),
    ("hikvision", "SURVEILLANCE SYSTEM; HIKVISON DOME CAMERA, 8 EA", ""),
    ("hikvision", "HIK-VISION 4MP TURRET CAMERA INSTALLATION", ""),
    ("dahua", "DAHUA N43AJ52 IP CAMERAS, WAREHOUSE 4", ""),
    ("dahua", "DAUHA DVR REPLACEMENT", ""),
    ("dahua", "CAMERA SYSTEM UPGRADE", "DAHUA TECHNOLOGY USA INC"),
    ("hytera", "HYTERA PD782 PORTABLE RADIOS WITH BATTERIES", ""),
    ("hytera", "TWO-WAY RADIOS, HYTERRA, QTY 30", ""),
    ("bytedance", "TIKTOK ADVERTISING CAMPAIGN FOR RECRUITING", ""),
    ("bytedance", "MARKETING SERVICES BYTE DANCE PLATFORM", ""),
    ("bytedance", "TIK TOK ADS Q3", "BYTEDANCE LTD"),
    ("acronis", "ACRONIS CYBER PROTECT SERVER LICENSES", ""),
    ("acronis", "BACKUP SOFTWARE ACRONYS TRUE IMAGE", ""),
    ("acronis", "DISK IMAGING SOFTWARE: TRUE IMAGE 2021", "ACRONIS INC"),
    ("dji", "DJI MATRICE 300 RTK UNMANNED AIRCRAFT", ""),
    ("dji", "D.J.I. MAVIC 2 ENTERPRISE DUAL DRONE AND BATTERIES", ""),
    ("dji", "SMALL UAS, DJI PHANTOM 4 PRO KIT", ""),
)
CLAUSES: tuple[tuple[str, str], ...] = (
    (
        "kaspersky",
        "MODIFICATION TO INCORPORATE FAR 52.204-23 PROHIBITION ON CONTRACTING FOR HARDWARE, "
        "SOFTWARE, AND SERVICES DEVELOPED OR PROVIDED BY KASPERSKY LAB AND OTHER COVERED ENTITIES",
    ),
    ("kaspersky", "ADD CLAUSE 52.204-23 (KASPERSKY)\nALL OTHER TERMS REMAIN UNCHANGED"),
    (
        "huawei",
        "INCORPORATE FAR 52.204-25 PROHIBITION ON CERTAIN TELECOMMUNICATIONS AND VIDEO "
        "SURVEILLANCE SERVICES OR EQUIPMENT (HUAWEI, ZTE, HYTERA, HIKVISION, DAHUA)",
    ),
    (
        "bytedance",
        "THE PURPOSE OF THIS MODIFICATION IS TO ADD FAR 52.204-27, PROHIBITION ON A BYTEDANCE "
        "COVERED APPLICATION",
    ),
    ("bytedance", "UPDATE CLAUSES: 52.204-27 TIKTOK PROHIBITION"),
)
REMOVALS: tuple[tuple[str, str], ...] = (
    (
        "kaspersky",
        "REMOVAL OF KASPERSKY SOFTWARE FROM WORKSTATIONS AND REPLACEMENT WITH ALTERNATIVE",
    ),
    ("hikvision", "REMOVE AND REPLACE HIKVISION CAMERAS TO COMPLY WITH SECTION 889"),
    ("huawei", "RIP AND REPLACE OF HUAWEI EQUIPMENT"),
    ("dji", "DISPOSAL OF GROUNDED DJI AIRCRAFT"),
)
NEAR: tuple[tuple[str, str], ...] = (
    ("AZTECH WIRELESS ADAPTERS", ""),
    ("KANDJI DEVICE MANAGEMENT SUBSCRIPTION", ""),
    ("TRANSLATION SERVICES, O. KASPERSKAYA", ""),
    ("AXON BODY CAMERAS AND DOCKS", "AXON ENTERPRISE INC"),
    ("MEDAL OF HONOR DISPLAY CASE", ""),
    ("PHANTOM WORKS SUPPORT SERVICES", ""),
    ("MAVIC CHEN LECTURE SERIES", ""),
    ("FORMATTING AND DATABASE SERVICES", "AZTEC CONSULTING"),
    ("HYTER A/C UNIT REPAIR, BUILDING 6", ""),
    ("SHIKVISIONARY ART RESTORATION", ""),
)


def plants() -> list[Plant]:
    """Every line that can be planted."""
    made = [Plant("purchase", vendor, text, seller) for vendor, text, seller in PURCHASES]
    made += [Plant("clause", vendor, text) for vendor, text in CLAUSES]
    made += [Plant("removal", vendor, text) for vendor, text in REMOVALS]
    return made + [Plant("near", "", text, seller) for text, seller in NEAR]
