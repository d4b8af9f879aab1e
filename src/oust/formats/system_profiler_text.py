"""The text report of macOS system_profiler, in the languages that its labels come in.

    Applications:

        Notes:

          Version: 4.9
          Obtained from: Apple
          Signed by: Software Signing, Apple Code Signing Certification Authority, Apple Root CA
          Location: /System/Applications/Notes.app

Headings stand between blank lines and end in a colon. A value may go on over lines of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from oust.formats.listing import numbered
from oust.formats.seam import Head, Needles, Opened, one_line
from oust.formats.system_profiler import Item, tell
from oust.model import Quarantine, Said

_SECTIONS = {
    "SPApplicationsDataType": "applications programme aplicaciones applicazioni programma's"
    " aplicativos aplicações appar programmer アプリケーション"
    " 应用程序 應用程式 программы 응용·프로그램",
    "SPInstallHistoryDataType": "installations installationen instalaciones installazioni"
    " installaties instalações インストール 安装 安裝",
    "SPSoftwareDataType": "software logiciels logiciel программное·обеспечение ソフトウェア 软件",
    "SPHardwareDataType": "hardware matériel оборудование ハードウェア 硬件",
    "SPExtensionsDataType": "extensions erweiterungen extensiones estensioni extensies extensões",
    "SPFrameworksDataType": "frameworks",
    "SPUSBDataType": "usb",
    "SPDisabledSoftwareDataType": "disabled·software",
    "SPPrefPaneDataType": "preference·panes",
    "SPStartupItemDataType": "startup·items",
    "SPNetworkDataType": "network",
}
TITLES = {
    title.replace("·", " "): section
    for section, all_ in _SECTIONS.items()
    for title in all_.split()
}
_LABELS_BY_KEY = {
    "version": "version|versión|versione|versie|versão|バージョン|版本|версия|버전",
    "obtained_from": "obtained from|erhalten von|bezogen von|geladen von|obtenu auprès de"
    "|obtenu de|obtenue de|obtenido de|obtenida de|ottenuto da|ottenuta da|scaricato da"
    "|verkregen van|obtido de|obtido da|入手元|取得元|получено из|获取来源",
    "lastModified": "last modified|zuletzt geändert|letzte änderung|dernière modification"
    "|última modificación|ultima modifica|laatst gewijzigd|última modificação|変更日|最終変更日",
    "arch_kind": "kind|art|genre|clase|tipo|soort|種類|类型|тип",
    "signed_by": "signed by|signiert von|signé par|firmado por|firmato da|ondertekend door"
    "|assinado por|署名元|署名者|подписано|签名者",
    "path": "location|ort|speicherort|emplacement|ubicación|posizione|locatie|localização"
    "|場所|位置|расположение",
    "info": "get info string|informationstext|chaîne get info|chaîne lire les informations|情報",
    "install_date": "install date|installationsdatum|date d'installation|date d’installation"
    "|fecha de instalación|data di installazione|installatiedatum"
    "|data de instalação|インストール日",
    "package_source": "source|quelle|fuente|fonte|bron|ソース",
    "local_host_name": "computer name|computername|nom de l'ordinateur|nom de l’ordinateur"
    "|nombre del computador|nombre del ordenador|nome computer|computernaam|コンピュータ名",
    "os_version": "system version|systemversion|version du système|versión del sistema"
    "|versione di sistema|versione sistema|systeemversie|システムのバージョン",
    "serial_number": "serial number (system)|serial number|seriennummer (system)|seriennummer"
    "|numéro de série (système)|número de serie (sistema)|numero di serie (sistema)"
    "|serienummer (systeem)|シリアル番号(システム)|シリアル番号（システム）",
    "machine_model": "model identifier|modell-identifizierung|identifiant du modèle"
    "|identificador del modelo|identificatore modello|modelaanduiding|機種id",
    "platform_UUID": "hardware uuid|hardware-uuid",
    "vendor_id": "vendor id",
    "product_id": "product id",
    "manufacturer": "manufacturer|hersteller|fabricant|fabricante|produttore",
    "vendor": "vendor",
    "mac_address": "mac address|mac-adresse|adresse mac",
    "spext_bundleid": "bundle id",
}
_LABELS = {label: key for key, all_ in _LABELS_BY_KEY.items() for label in all_.split("|")}
_PROPERTY = re.compile(r"([^::]{1,70}?)\s?[::](?:\s+(.*)|)$")
_KNOWN_LABEL = re.compile(
    r"(?im)^[ \t\u00a0]*+(?=\S)(?:" + "|".join(map(re.escape, _LABELS)) + r")[\s\u00a0]?[::]\s"
)
_TITLE = re.compile(
    r"(?im)^(?=\S)(?:" + "|".join(map(re.escape, TITLES)) + r")[\s\u00a0]?[::][ \t]*\r?\n\s*\n"
)


class _Block:
    """Lines of one item under its heading."""

    def __init__(self, section: str, name: str, number: int, indent: int) -> None:
        self.section, self.name, self.number, self.indent = section, name, number, indent
        self.values: dict[str, str] = {}
        self.last = ""
        self.column = -1  # where its properties begin

    def take(self, line: str, indent: int) -> None:
        """Add a property, or go on with the last value."""
        match = _PROPERTY.match(line)
        if match and self.column in (-1, indent):
            self.column = indent
            label = match[1].strip().replace("\u00a0", " ")
            self.last = _key(label, match[2] or "")
            self.values.setdefault(self.last, match[2] or "")
        elif self.last:
            self.values[self.last] = f"{self.values[self.last]} {line.strip()}".strip()

    def item(self) -> Item:
        """The item, located at its heading."""
        return Item(self.section, {"_name": self.name, **self.values}, f"line {self.number}")


def _key(label: str, value: str) -> str:
    """Key of a label; unknown languages are recognised by their values."""
    key = _LABELS.get(label.lower())
    if key:
        return key
    if value.endswith(("Apple Root CA", "Apple Inc. Root")):
        return "signed_by"
    return "path" if re.match(r"/\S.*\.(app|bundle|kext|framework|prefPane)$", value) else label


class SystemProfilerText:
    """`system_profiler SPApplicationsDataType` as printed."""

    name = "system-profiler-text"
    title = "macOS system_profiler, text"
    group = "inventory"
    bulk = False

    def claims(self, head: Head) -> int:
        """By a section title between blank lines and labels below it."""
        if head.start[:1] in ("{", "[", "<"):
            return 0
        labels = len(_KNOWN_LABEL.findall(head.text[:20_000]))
        if _TITLE.search(head.text):
            return 90 if labels >= 1 else 0
        return 75 if labels >= 3 and re.search(r"(?m): /.*\.app\s*$", head.text) else 0

    def read(self, opened: Opened, needles: Needles) -> Iterator[Said]:
        """A host per report where it says which, and its programs and parts."""
        report: list[Item | Quarantine] = []
        seen: set[str] = set()
        for one in _blocks(opened):
            if isinstance(one, str):  # a section begins
                if one in seen:
                    yield from tell(report)
                    report, seen = [], set()
                seen.add(one)
            elif isinstance(one, Quarantine):
                report.append(one)
            elif one.values:
                report.append(one.item())
        yield from tell(report)


def _blocks(opened: Opened) -> Iterator[_Block | str | Quarantine]:
    """Section names as they begin, and each finished block."""
    lines = list(numbered(opened))
    flat = not any(line[:1].isspace() for _, line in lines)
    section, block = "SPApplicationsDataType", None
    for at, (number, raw) in enumerate(lines):
        line = raw.expandtabs(4).strip()
        if not line:
            continue
        indent = len(raw.expandtabs(4)) - len(raw.expandtabs(4).lstrip())
        if not _is_heading(lines, at, line):
            if block is None:
                yield Quarantine(f"line {number}", "text outside any section", one_line(line))
            else:
                block.take(line, indent)
            continue
        title = _title(line)
        if block:
            yield block
        known = TITLES.get(title.lower())
        if indent == 0 and (known or not flat):
            section, block = known or title, _Block(known or title, title, number, indent)
            yield section
        else:
            block = _Block(section, title, number, indent)
    if block:
        yield block


def _title(line: str) -> str:
    return re.sub(r"[\s::]+$", "", line)


def _is_heading(lines: list[tuple[int, str]], at: int, line: str) -> bool:
    """A line that ends in a colon between blank lines; a section's title also after a message."""
    if not line.endswith((":", ":")) or at + 1 >= len(lines) or lines[at + 1][1].strip():
        return False
    known = _title(line).lower() in TITLES and line == lines[at][1]
    return at == 0 or known or not lines[at - 1][1].strip()
