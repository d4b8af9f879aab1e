"""What one entry of each Zeek log says: who asked for or reached what, when, how much.

The asset side is the client; the name is what it asked for or reached.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator

from msgspec import Struct

from oust.formats.zeek_entry import Entry, iso, moment, seconds, sizes
from oust.model import Kind

_HOST = re.compile(r"(?=.{1,253}$)[\w*](?:[\w-]*[\w])?(?:\.[\w](?:[\w-]*[\w])?)+", re.ASCII)
_ADDRESS = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}$|[0-9A-Fa-f:.%]*:[0-9A-Fa-f:.%]*$")
_REVERSE = re.compile(r"((?:[0-9]{1,3}\.){4})in-addr\.arpa$", re.I)
_REVERSE6 = re.compile(r"((?:[0-9a-f]\.){32})ip6\.arpa$", re.I)
_PART = re.compile(r"(?:^|,)\s*(CN|O)=((?:\\.|[^,\\])*)")
_ALIAS_TYPES = frozenset(("", "A", "AAAA", "CNAME", "HTTPS", "SVCB", "ANY", "*"))
_LONGEST = 2000  # characters of one value that are kept


class Seen(Struct):
    """What an entry says, before it is joined with others of the same client and name."""

    type: str
    name: str
    client: str = ""
    kind: Kind = "service"
    ids: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    path: str = ""
    version: str = ""
    publisher: str = ""
    supplier: str = ""
    when: float | None = None
    time: str = ""  # as written, where it is no time that can be read
    up: int | None = None  # bytes from the client
    down: int | None = None
    also: tuple[str, ...] = ()  # further texts in which to look for what is wanted
    notes: dict[str, tuple[str, ...]] = {}


def seen(entry: Entry) -> Seen | None:
    """What `entry` says; None if nothing about a host or a program."""
    found = _READERS.get(entry.log, _other)(entry)
    if found is None:
        return None
    given = moment(entry)
    found.when = seconds(given)
    found.up, found.down = sizes(entry)
    found.time = "" if found.when is not None else given
    return found


def address(text: str) -> str:
    """`text` as an IP address in its usual form; "" if it is none."""
    if not _ADDRESS.match(text):
        return ""
    try:
        return str(ipaddress.ip_address(text.partition("%")[0]))
    except ValueError:
        return ""


def host_name(text: str) -> str:
    """`text` as a host name in lower case, without a wildcard; "" if it is none."""
    name = text.rstrip(".").lower().removeprefix("*.")
    if not name.isascii():
        try:
            name = name.encode("idna").decode("ascii")
        except UnicodeError:
            return ""
    return name if _HOST.fullmatch(name) and not address(name) else ""


def _id_of(text: str, scheme: str = "domain") -> Iterator[str]:
    """`text` as the id of a host: its address or its name."""
    if ip := address(text):
        yield f"ip:{ip}"
    elif host := host_name(text):
        yield f"{scheme}:{host}"


def _ids(*texts: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for text in texts for one in _id_of(text)))


def _part(subject: str, key: str) -> str:
    """The common name or organisation in a certificate's subject."""
    for name, value in _PART.findall(subject):
        if name == key:
            return re.sub(r"\\+(.)", r"\1", value).strip()
    return ""


def _noted(entry: Entry, **fields: str) -> dict[str, tuple[str, ...]]:
    """Notes by their name, from fields of the entry."""
    noted = {name: entry.many(field) for name, field in fields.items()}
    return {name: tuple(one[:_LONGEST] for one in value) for name, value in noted.items() if value}


def _asn(entry: Entry) -> tuple[str, ...]:
    digits = entry.text("asn").upper().removeprefix("AS").partition(" ")[0]
    return (f"asn:AS{digits}",) if digits.isdigit() else ()


def _client(entry: Entry) -> str:
    return entry.text("orig_hostname", "id_orig_h")


def _dns(entry: Entry) -> Seen | None:
    asked = entry.text("query").rstrip(".").lower()
    kind = entry.text("qtype_name").upper()
    answers = entry.many("answers")
    ids = [*_id_of(asked), *_reversed(asked)]
    scheme = {"MX": "mx", "NS": "ns"}.get(kind, "cname" if kind in _ALIAS_TYPES else "")
    for answer in answers:
        if scheme or address(answer):
            ids += _id_of(answer, scheme)
    if not asked and not ids:
        return None
    return Seen(
        type="dns query",
        name=asked[:_LONGEST],
        client=_client(entry),
        ids=tuple(one for one in dict.fromkeys(ids) if one != f"{scheme}:{asked}"),
        also=answers,
        notes=_noted(entry, answers="answers", qtype="qtype_name", rcode="rcode_name",
                     resolver="id_resp_h"),
    )  # fmt: skip


def _reversed(asked: str) -> Iterator[str]:
    """The address that a reverse look-up asks about."""
    if match := _REVERSE.match(asked):
        yield from _id_of(".".join(reversed(match[1].rstrip(".").split("."))))
    elif match := _REVERSE6.match(asked):
        digits = match[1].replace(".", "")[::-1]
        yield from _id_of(":".join(digits[at : at + 4] for at in range(0, 32, 4)))


def _ssl(entry: Entry) -> Seen | None:
    subject, issuer = entry.text("subject"), entry.text("issuer")
    server = entry.text("id_resp_h")
    common = _part(subject, "CN")
    name = entry.text("server_name").rstrip(".").lower() or common.lower() or server
    return Seen(
        type="tls connection",
        name=name[:_LONGEST],
        client=_client(entry),
        ids=_ids(name, server) + _asn(entry),
        publisher=_part(subject, "O"),
        supplier=_part(issuer, "O"),
        notes=_noted(entry, subject="subject", issuer="issuer", ja3="ja3", ja3s="ja3s", ja4="ja4",
                     server="id_resp_h", port="id_resp_p", validation="validation_status"),
    )  # fmt: skip


def _x509(entry: Entry) -> Seen | None:
    subject, issuer = entry.text("certificate_subject"), entry.text("certificate_issuer")
    common, names = _part(subject, "CN"), entry.many("san_dns")
    own = host_name(common) or host_name(next(iter(names), ""))
    ids = dict.fromkeys(_id_of(own))
    for name in names:
        ids |= dict.fromkeys(_id_of(name, "domain" if _akin(host_name(name), own) else "san"))
    for ip in entry.many("san_ip"):
        ids |= dict.fromkeys(_id_of(ip))
    return Seen(
        type="certificate",
        name=(common or own or subject or entry.text("certificate_serial"))[:_LONGEST],
        ids=tuple(one for one in ids if one != f"san:{own}"),
        publisher=_part(subject, "O"),
        supplier=_part(issuer, "O"),
        also=(subject, issuer),
        notes=_noted(entry, subject="certificate_subject", issuer="certificate_issuer",
                     serial="certificate_serial", fingerprint="fingerprint")
        | _valid(entry),
    )  # fmt: skip


def _valid(entry: Entry) -> dict[str, tuple[str, ...]]:
    """From when until when a certificate says it is valid."""
    ends = {"valid_from": "before", "valid_until": "after"}
    given = {name: entry.text(f"certificate_not_valid_{end}") for name, end in ends.items()}
    return {name: (iso(seconds(text)) or text,) for name, text in given.items() if text}


def _akin(name: str, own: str) -> bool:
    """Whether two host names end in the same two labels, or one stands below the other."""
    return name.split(".")[-2:] == own.split(".")[-2:] or name.endswith(f".{own}")


def _conn(entry: Entry) -> Seen | None:
    server = entry.text("id_resp_h")
    if not server:
        return None
    return Seen(
        type="connection",
        name=address(server) or server[:_LONGEST],
        client=_client(entry),
        ids=_ids(server) + _asn(entry),
        notes=_noted(entry, service="service", port="id_resp_p", proto="proto",
                     state="conn_state"),
    )  # fmt: skip


def _http(entry: Entry) -> Seen | None:
    server, uri = entry.text("id_resp_h"), entry.text("uri")
    host, url = _address_of(entry.text("host"), uri, entry.text("method"), server)
    agents, mimes = entry.many("user_agent"), entry.many("resp_mime_types")
    extra = tuple(f"user-agent:{one[:_LONGEST]}" for one in agents)
    extra += tuple(f"mime:{one.lower()}" for one in (*mimes, *entry.many("orig_mime_types")))
    return Seen(
        type="http request",
        name=(host or server)[:_LONGEST],
        client=_client(entry),
        ids=tuple(dict.fromkeys(_ids(host, server) + _asn(entry) + extra)),
        urls=(url[:_LONGEST],) if url else (),
        notes=_noted(entry, method="method", status="status_code", mime="resp_mime_types",
                     user_agent="user_agent", server="id_resp_h", port="id_resp_p"),
    )  # fmt: skip


def _address_of(host: str, uri: str, method: str, server: str) -> tuple[str, str]:
    """Host asked for, without its port, and the whole address."""
    if method.upper() == "CONNECT":
        return _bare(uri) or _bare(host), ""
    if "://" in uri[:12]:  # as proxies are asked
        return _bare(uri.partition("://")[2].partition("/")[0]) or _bare(host), uri
    shown = host or (f"[{server}]" if ":" in server else server)
    return _bare(host), f"http://{shown}{uri if uri.startswith('/') else '/' + uri}"


def _bare(host: str) -> str:
    """A host without user and port, in lower case."""
    host = host.rpartition("@")[2].strip().lower()
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.rstrip(".") if host.count(":") != 1 else host.partition(":")[0].rstrip(".")


def _files(entry: Entry) -> Seen | None:
    origin, target = entry.text("id_orig_h"), entry.text("id_resp_h")
    if entry.text("is_orig").upper() not in ("T", "TRUE"):
        origin, target = target, origin
    sender, client = entry.text("tx_hosts") or origin, entry.text("rx_hosts") or target
    file = entry.text("filename")
    hashes = [f"{name}:{value.lower()}" for name in ("sha256", "sha1", "md5")
              if (value := entry.text(name))]  # fmt: skip
    mime = entry.text("mime_type").lower()
    last = file.replace("\\", "/").rpartition("/")[2]
    ids = (*(f"mime:{one}" for one in (mime,) if one), *hashes, *_ids(sender))
    return Seen(
        type="file transfer",
        name=(last or next(iter(hashes), "") or mime or "file")[:_LONGEST],
        client=client,
        ids=ids,
        path=file[:_LONGEST],
        notes=_noted(entry, protocol="source", mime="mime_type", sender="tx_hosts"),
    )


def _dhcp(entry: Entry) -> Seen | None:
    ip = entry.text("assigned_addr", "assigned_ip", "client_addr", "requested_addr")
    name = entry.text("host_name", "client_fqdn")
    mac = _mac(entry.text("mac", "client_chaddr"))
    if not (ip or name or mac):
        return None
    shown = name or address(ip or entry.text("id_orig_h")) or mac
    return Seen(
        type="dhcp lease",
        name=shown[:_LONGEST],
        client=shown[:_LONGEST],
        ids=(*((f"mac:{mac}",) if mac else ()), *_ids(ip)),
        also=(entry.text("mac", "client_chaddr"),),
        notes=_noted(entry, domain="domain", server="server_addr", software="client_software",
                     vendor_class="vendor_class", mac="mac", messages="msg_types"),
    )  # fmt: skip


def _mac(text: str) -> str:
    digits = re.sub(r"[:.\-\s]", "", text).upper()
    return digits if re.fullmatch(r"[0-9A-F]{12}", digits) else ""


def _software(entry: Entry) -> Seen | None:
    parts = [entry.text(f"version_{part}") for part in ("major", "minor", "minor2", "minor3")]
    stated = [part for part in parts if part]
    added = entry.text("version_addl")
    whole = entry.text("unparsed_version")
    return Seen(
        type="software seen on the network",
        kind="program",
        name=(entry.text("name") or whole)[:_LONGEST],
        version=".".join(stated) + (f"-{added}" if added and stated else ""),
        client=entry.text("host", "id_orig_h"),
        also=(whole,),
        notes=_noted(entry, software_type="software_type", port="host_p", said="unparsed_version"),
    )


def _other(entry: Entry) -> Seen | None:
    """Any other log: the host reached, and the hardware address if one is told."""
    client, server = entry.text("id_orig_h", "host"), entry.text("id_resp_h", "host")
    mac = _mac(entry.text("mac"))
    if not (server or mac):
        return None
    name = entry.text("server_name", "dhcp_host_name") or server or mac
    return Seen(
        type=f"{entry.log or 'unnamed'} log entry",
        name=name.lower()[:_LONGEST],
        client=client or name,
        ids=(*_ids(name, server), *((f"mac:{mac}",) if mac else ()), *_asn(entry)),
        also=(entry.text("mac"),),
        notes=_noted(entry, port="id_resp_p", service="service"),
    )


_READERS: dict[str, Callable[[Entry], Seen | None]] = {
    "dns": _dns,
    "ssl": _ssl,
    "x509": _x509,
    "conn": _conn,
    "http": _http,
    "files": _files,
    "dhcp": _dhcp,
    "software": _software,
}
