"""What the columns of a software inventory table mean, and its rows as program and host records.

Endpoint managers export the same few facts under their own headings and in the language of the
console. `map_software_headers` finds them by the spellings below; CSV and spreadsheet readers
share it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from msgspec import Struct

from oust.formats import inventory_ids as ids
from oust.formats import listing
from oust.formats.dates import day
from oust.formats.listing import extra
from oust.formats.purchases import key
from oust.model import Record

_SPELLINGS: dict[str, str] = {
    "software": """software, software name, software title, software product, installed software,
        software product name, application, application name, application title, app, app name,
        installed application, program, program name, display name, installed program,
        discovered app, normalized software, programm, programmname, anwendung, anwendungsname,
        softwarename, logiciel, nom du logiciel, nom de l'application, programme, aplicación,
        nombre de la aplicación, programa, nombre del programa, nombre del software,
        applicazione, nome applicazione, nome software, programma, aplicativo, nome do software,
        nome do programa, oprogramowanie, nazwa programu, toepassing, программа,
        название программы, имя программы, приложение, название по, наименование по, програма,
        软件, 软件名称, 应用程序, アプリケーション, ソフトウェア名, ソフトウェア, 소프트웨어""",
    "product": """product, product name, name, title, package, package name, caption, produkt,
        produktname, produit, nom du produit, nom, producto, nombre, prodotto, nome, produto,
        название, наименование, продукт, имя, nazwa, naam, 名称, 名前, 이름""",
    "version": """version, display version, software version, app version, product version,
        application version, short version, installed version, package version, version number,
        versionsnummer, versión, versao, versione, wersja, versie, версия, версія, 版本,
        バージョン, 버전""",
    "publisher": """publisher, vendor, software vendor, software publisher, vendor name,
        publisher name, application publisher, application vendor, company name, developer,
        herausgeber, anbieter, éditeur, editeur, editor, proveedor, desarrollador, editore,
        fornitore, fornecedor, desenvolvedor, издатель, поставщик, разработчик, видавець,
        wydawca, uitgever, leverancier, 发布者, 发行者, 供应商, 発行元, ベンダー, 게시자""",
    "manufacturer": """manufacturer, software manufacturer, maker, hersteller, fabricant,
        constructeur, fabricante, produttore, производитель, виробник, producent, fabrikant,
        制造商, 製造元, 제조업체""",
    "host": """host, hostname, host name, computer, computer name, device, device name, endpoint,
        endpoint name, machine, machine name, asset name, system name, pscomputername, node,
        netbios name, netbios, dns name, dns host name, fqdn, server, server name, workstation,
        client name, managed device, agent name, resource name, device hostname, asset,
        system, computername, gerät, gerätename, rechner, rechnername, ordinateur,
        nom de l'ordinateur, poste, nom du poste, appareil, nom de l'appareil, equipo,
        nombre del equipo, nombre de equipo, dispositivo, nombre del dispositivo,
        nombre de dispositivo, nome computer, nome dispositivo, nome del computer, computador,
        nome do computador, nome do dispositivo, komputer, nazwa komputera, apparaat,
        apparaatnaam, компьютер, имя компьютера, устройство, имя устройства, хост, комп'ютер,
        计算机名, 计算机名称, 设备名称, コンピューター名, デバイス名, 컴퓨터 이름""",
    "since": """install date, installed on, date installed, installation date, installed date,
        install time, installed, installed at, first installed, installdatum, installiert am,
        installationsdatum, date d'installation, installé le, fecha de instalación,
        data di installazione, data installazione, data de instalação, data instalacji,
        installatiedatum, дата установки, установлено, дата встановлення, 安装日期,
        インストール日""",
    "path": """path, install location, install path, installation path, install directory,
        installation folder, install folder, installed path, file path, installed location,
        software path, disk paths, installationspfad, installationsort, pfad, speicherort, chemin,
        chemin d'installation, emplacement, ruta, ruta de instalación, percorso, caminho, путь,
        путь установки, 安装路径""",
    "user": """user, username, user name, last user, last logged on user, last logon user,
        primary user, primary user upn, user principal name, upn, logged on user, assigned user,
        benutzer, benutzername, utilisateur, usuario, usuário, utente, пользователь,
        имя пользователя, gebruiker, użytkownik, 用户, ユーザー""",
    "seen": """last seen, last seen timestamp, last scan,
        last scan date, last check in, last checkin, last inventory,
        scan date, last scanned, last hardware scan, last software scan, last reported, last sync,
        last contact, inventory date, zuletzt gesehen, dernière connexion, dernier inventaire,
        última conexión, visto por última vez, последнее подключение, последний контакт,
        report date""",
    "operator": """operator, operated by, operated for, managed by, hosted by, owner, owned by,
        asset owner, device owner, system owner, computer owner, owner organisation,
        owner organization, organisation, organization, contractor, subcontractor,
        service provider, responsible organisation, responsible organization, betreiber,
        eigentümer, besitzer, betrieben von, exploitant, propriétaire, exploité par, operador,
        propietario, organización, gestore, proprietario, organizzazione, operado por,
        organização, организация, владелец, оператор, організація, 所有者, 组织, 組織""",
    "code": """identifying number, product code, msi product code, prod id, product guid, guid,
        software code, msi code""",
    "entry": "pschildname, uninstall key, registry key name, key name, registry subkey",
    "registry": "pspath, registry path, registry key",
    "uninstall": "uninstall string, quiet uninstall string, uninstall command",
    "url": "url info about, help link, url, website, homepage, url update info, support url",
    "description": "description, comments, comment, beschreibung, descripción, описание",
    "type": "software type, type, category, application type, software category, release type",
    "provider": "provider name, install source, package source",
    "serial": """serial number, serial, device serial number, service tag, bios serial number,
        seriennummer, numéro de série, número de serie, numero di serie, серийный номер""",
    "mac": "mac address, mac, mac addresses, wi fi mac, ethernet mac, mac-adresse, adresse mac",
    "ip": "ip address, ip, ip addresses, ipv4 address, last ip, ip-adresse, adresse ip",
    "domain": "domain, domain name, dns domain, computer domain, domäne, domaine, dominio, домен",
    "os": """operating system, os, os name, os platform, platform,
        betriebssystem, système d'exploitation,
        sistema operativo, операционная система""",
    "model": "model, device model, computer model, modell, modèle, modelo, модель",
    "cpe": "cpe, software cpe, product code cpe, cpe uri, cpe23",
    "purl": "purl, package url",
    "appx": "package full name, package family name, appx package",
    "bundle": "bundle id, bundle identifier, app bundle id",
    "winget": "winget id, package identifier",
    "sha256": "sha256, file sha256, sha256 hash, sha-256",
}
_FOREIGN = """amount, total amount, price, unit price, total price, cost, unit cost, quantity, qty,
    award number, award id, po number, purchase order, order number, invoice, invoice number,
    contract number, seller, recipient, supplier, buyer, obligated amount, preis, menge, betrag,
    prix, quantité, precio, cantidad, importe, piid, licenses purchased, contract, cve, cve id,
    vulnerability, event id, hash, signature, signer"""
_NOISE = "psparentpath, psdrive, psprovider, fastpackagereference, swidtagtext, runspaceid"
_POINTS = {
    **{"software": 40, "product": 20, "version": 25, "publisher": 15, "manufacturer": 10},
    **{"host": 20, "since": 15, "code": 20, "entry": 20, "uninstall": 20, "path": 5, "user": 5},
    **{"seen": 5, "appx": 15, "bundle": 15, "winget": 15, "cpe": 5, "serial": 5},
}
_PLACEHOLDERS = frozenset({"", "n/a", "na", "none", "null", "nan", "-", "--", "unknown", "(null)"})
_ID_ROLES = frozenset({"code", "entry", "cpe", "appx", "bundle", "winget", "sha256"})
_PERSON = re.compile(r"\S+@\S+\.\S+$|[^\s\\]+\\\S+$")
_CUT_OFF = 200


class _Known(Struct, frozen=True):
    roles: dict[str, tuple[str, int]]  # key -> role, rank
    foreign: frozenset[str]
    noise: frozenset[str]


def _listed(text: str) -> list[str]:
    return [key(part.strip()) for part in text.split(",")]


@lru_cache(maxsize=1)
def _known() -> _Known:
    roles: dict[str, tuple[str, int]] = {}
    for role, text in _SPELLINGS.items():
        for rank, spelling in enumerate(_listed(text)):
            roles.setdefault(spelling, (role, rank))
    return _Known(roles, frozenset(_listed(_FOREIGN)), frozenset(_listed(_NOISE)))


def spelled() -> frozenset[str]:
    """Every heading that is known, as a key."""
    return frozenset(_known().roles)


class SoftwareMap(Struct, frozen=True):
    """The meaning of a table's columns."""

    headers: tuple[str, ...]
    places: dict[str, int]  # role -> column index
    others: dict[int, str]  # columns without a role: index -> header
    score: int  # 0 to 100: how sure it is that rows are programs on hosts
    day_first: bool | None = None  # how 03/04/2016 reads; None: not known

    def cell(self, row: Sequence[str], role: str) -> str:
        """The row's cell of that role, stripped; what stands for nothing is empty."""
        place = self.places.get(role, -1)
        return _cleaned(row[place]) if 0 <= place < len(row) else ""

    def name(self, row: Sequence[str]) -> str:
        """Name of the program, or its Uninstall key; empty where the row names neither."""
        named = self.cell(row, "software") or self.cell(row, "product") or self.cell(row, "entry")
        return " ".join(named.split())

    def record(self, row: Sequence[str], locator: str) -> Record:
        """The program that `row` states. Cells that are missing count as empty."""
        width = len(row)
        places = self.places.items()
        cell = {role: _cleaned(row[place]) for role, place in places if place < width}
        get = cell.get
        installed = get("since", "")
        since = day(installed, self.day_first)
        hardware = "model" in self.places
        return Record(
            kind="program",
            locator=locator,
            name=self.name(row),
            version=get("version", ""),
            type=get("type", ""),
            publisher=get("publisher", "") or ("" if hardware else get("manufacturer", "")),
            manufacturer="" if hardware or not get("publisher") else get("manufacturer", ""),
            purl=get("purl", "") if get("purl", "").startswith("pkg:") else "",
            ids=_ids(cell) if self.places.keys() & _ID_ROLES else (),
            urls=listing.urls(cell["url"]) if get("url") else (),
            path=get("path", "").strip('[]"'),
            description=get("description", "")[:2000],
            host=get("host", ""),
            operator=_operator(cell),
            since=since,
            extra=extra(self._about(cell, row, "" if since else installed)),
        )

    def host(self, row: Sequence[str], locator: str) -> Record | None:
        """The host that `row` names; None if it names none."""
        name = self.cell(row, "host")
        if not name:
            return None
        cell = {role: self.cell(row, role) for role in self.places}
        domain = cell.get("domain", "").lower()
        about = {"operating system": cell.get("os", ""), "domain": domain}
        return Record(
            kind="host",
            locator=locator,
            ref=name,
            name=name,
            type=cell.get("model", ""),
            manufacturer=cell.get("manufacturer", "") if "model" in self.places else "",
            ids=_host_ids(name, cell),
            operator=_operator(cell),
            extra=extra(about),
        )

    def _about(self, cell: dict[str, str], row: Sequence[str], date: str) -> dict[str, str]:
        owner = cell.get("operator", "")
        about = {
            "install date": date,
            "user": cell.get("user", ""),
            "owner": owner if _PERSON.match(owner) else "",
            "last seen": cell.get("seen", ""),
            "uninstall": cell.get("uninstall", ""),
            "key": cell.get("registry", ""),
            "provider": cell.get("provider", ""),
        }
        for place, header in self.others.items():
            text = row[place].strip() if place < len(row) else ""
            if text and text.lower() not in _PLACEHOLDERS:
                about.setdefault(header, listing.clean(text)[:_CUT_OFF])
        return about


def _cleaned(text: str) -> str:
    text = (text if text.isprintable() else listing.clean(text)).strip()
    # no placeholder is longer than seven characters
    return "" if len(text) < 8 and text.lower() in _PLACEHOLDERS else text


def _operator(cell: dict[str, str]) -> str:
    """The organisation that runs the host. An account or a mail address is a person."""
    text = cell.get("operator", "")
    return "" if _PERSON.match(text) else text


def _ids(cell: dict[str, str]) -> tuple[str, ...]:
    get = cell.get
    cpe = get("cpe", "")
    digest = get("sha256", "").lower()
    return ids.joined(
        ids.one("msi", ids.guid(get("code", ""))),
        ids.uninstall(get("entry", "")) if get("entry") else (),
        ids.one("cpe", cpe if cpe.startswith("cpe:") else ""),
        *(ids.one(scheme, get(scheme, "")) for scheme in ("appx", "bundle", "winget")),
        ids.one("sha256", digest if re.fullmatch(r"[0-9a-f]{64}", digest) else ""),
    )


def _host_ids(name: str, cell: dict[str, str]) -> tuple[str, ...]:
    """Identifiers of the host; a name with a dot is its domain name."""
    domain = cell.get("domain", "").lower()
    full = name.lower() if re.fullmatch(r"[\w-]+(\.[\w-]+)+", name) else ""
    if not full and "." in domain and " " not in name:
        full = f"{name}.{domain}".lower()
    addresses = re.split(r"[\s,;]+", cell.get("ip", ""))
    macs = re.split(r"[\s,;]+", cell.get("mac", ""))
    return ids.joined(
        ids.serial(cell.get("serial", "")),
        *(ids.mac(one) for one in macs),
        ids.one("domain", "" if re.fullmatch(r"[\d.]+", full) else full),
        *(
            ids.one("ip", one)
            for one in addresses
            if re.fullmatch(r"[\d.]{7,15}|[\da-fA-F:]+", one)
        ),
    )


def map_software_headers(
    headers: Sequence[str], sample: Iterable[Sequence[str]] = ()
) -> SoftwareMap:
    """What each column of a table with these `headers` means.

    `sample` are some rows, from which the order of day and month is learnt.
    """
    known = _known()
    shown = tuple(listing.clean(header).strip().strip("\"'") for header in headers)
    keys = [_key(header) for header in shown]
    best: dict[str, tuple[int, int]] = {}
    for place, name in enumerate(keys):
        role, rank = known.roles.get(name, ("", 0))
        if role and (rank, place) < best.get(role, (999, 0)):
            best[role] = rank, place
    places = _settled({role: place for role, (_, place) in best.items()}, keys)
    used = set(places.values())
    others = {
        place: header
        for place, header in enumerate(shown)
        if place not in used and header and keys[place] not in known.noise
    }
    score = _score(places, keys, known)
    return SoftwareMap(shown, places, others, score, _day_first(places, sample))


def _key(header: str) -> str:
    """The header without table prefix (`Devices.Name`), unit or the 0 of SCCM's views."""
    bare = re.sub(r"[(\[].*?[)\]]", " ", header)
    text = key(bare)
    for tried in (text, text.removesuffix("0"), key(bare.rpartition(".")[2])):
        if tried in _known().roles:
            return tried
    return text


def _settled(places: dict[str, int], keys: list[str]) -> dict[str, int]:
    """A plain `name` beside `software` and without a host column is the host's name."""
    if "software" in places and "host" not in places and keys[places.get("product", -1)] in _NAMES:
        places["host"] = places.pop("product")
    elif "software" in places:
        places.pop("product", None)
    return places


_NAMES = frozenset({"name", "nom", "nombre", "nome", "имя", "naam", "nazwa"})


def _score(places: dict[str, int], keys: list[str], known: _Known) -> int:
    if not places.keys() & {"software", "product"}:
        return 0
    told = places.keys() & {"version", "code", "entry", "uninstall", "since", "appx", "bundle"}
    if not told and not ("software" in places and places.keys() & {"host", "publisher"}):
        return 0
    points = sum(_POINTS.get(role, 0) for role in places)
    return max(0, min(points - 30 * len(known.foreign.intersection(keys)), 90))


def _day_first(places: dict[str, int], sample: Iterable[Sequence[str]]) -> bool | None:
    """Whether 03/04/2016 is the third of April, if some row settles it."""
    place = places.get("since")
    if place is None:
        return None
    texts = [row[place] for row in sample if place < len(row)]
    pairs = [m for text in texts if (m := re.match(r"\s*(\d\d?)[/-](\d\d?)[/-]\d{4}", text))]
    first = any(int(pair[1]) > 12 for pair in pairs)
    second = any(int(pair[2]) > 12 for pair in pairs)
    return first if first != second else None
