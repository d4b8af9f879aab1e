"""Access logs of Squid and of proxies that write likewise: native, common and combined form.

A line of a web server looks almost the same, but its clients are visitors. It is told apart by
what was asked for: a proxy is asked for whole addresses or for `CONNECT host:port`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from oust.formats.listing import clean
from oust.formats.log_rows import Row, address, host_name, id_of, read_lines, unlike
from oust.formats.log_times import moment
from oust.formats.seam import Head, Needles, Opened
from oust.model import Quarantine, Said

_RESULT = r"(?P<result>(?:TCP|UDP|NONE|TAG)[A-Z_]{0,60})"
_NATIVE = re.compile(
    r"(?<![\d/])(?P<time>\d{9,10}\.\d{1,6}|\d{4}-\d\d-\d\d[T ][\d:.,]\S{0,40}+"
    r"|\[?\d\d/[A-Z][a-z]{2}/\d{4}:\S{1,40}+"
    r"(?: [+-]\d{4}\]?)?) ++(?P<elapsed>-?\d+|-) (?P<client>\S+) "
    rf"{_RESULT}/(?P<status>\d{{1,3}}|-) (?P<size>\d+|-) (?P<method>[\w:-]+) (?P<url>\S+)"
    r"(?: (?P<user>\S+) (?P<hierarchy>[A-Z_]+)/(?P<server>\S+)(?: (?P<mime>[^\s\[]\S*))?)?"
)
_COMMON = re.compile(
    r"(?<!\S)(?P<client>\S+) (?P<ident>\S+) (?P<user>\S+) \[(?P<time>[^\]]{8,40})\] "
    r'"(?P<method>[\w-]+) (?P<url>\S+)(?: HTTPS?/[\d.]+)?" (?P<status>\d{3}|-) (?P<size>\d+|-)'
    r'(?: "(?P<referrer>(?:[^"\\]|\\.)*)" "(?P<agent>(?:[^"\\]|\\.)*)")?(?P<rest>.*)$'
)
_ENDING = re.compile(_RESULT + r":(?P<hierarchy>[A-Z_]{1,60})")
_WHOLE = re.compile(r"(?i)[a-z][a-z0-9+.-]*://")
_USER = re.compile(r"(?<=://)[^/?#@]*@")
_ABORTED = re.compile(r"error:|NONE://|cache_object:")
WHAT = "a proxy's access log"


class SquidLog:
    """See Format."""

    name = "squid-access"
    title = "Squid access.log: native, common or combined form, also behind syslog"
    group = "network"
    bulk = True

    def claims(self, head: Head) -> int:
        """By Squid's result codes, or by requests for whole addresses in the common form."""
        lines = [clean(line).strip() for line in head.lines if line.strip()]
        if not lines or lines[0][:1] in "{<":
            return 0
        found = sum(_match(line) is not None for line in lines)
        return 90 if found and found >= len(lines) * 0.5 else 0

    def read(self, opened: Opened, needles: Needles) -> Iterator[Said]:
        """One record per client and host with bytes, first and last date; see log_rows."""
        yield from read_lines(opened, needles, _line)


def _match(text: str) -> re.Match[str] | None:
    """The request on a line; None for one of a web server, or none at all."""
    match = _NATIVE.search(text)
    if match:
        return match
    match = _COMMON.search(text)
    if match is None:
        return None
    proxy = match["method"].upper() == "CONNECT" or _WHOLE.match(match["url"])
    return match if proxy or _ENDING.search(match["rest"]) else None


def _line(text: str, number: int) -> Row | Quarantine | None:
    match = _match(text)
    if match is None:
        return unlike(number, text, WHAT)
    said = {key: "" if value in (None, "-") else value for key, value in match.groupdict().items()}
    if _ABORTED.match(said["url"]):
        return None
    if ending := _ENDING.search(said.get("rest", "")):
        said |= {"result": ending["result"], "hierarchy": ending["hierarchy"]}
    return _row(said)


def _row(said: dict[str, str]) -> Row:
    tunnel = said["method"].upper() == "CONNECT"
    host, port, url = _destination(said["url"], tunnel)
    server = address(said.get("server", ""))
    agent, mime = said.get("agent", ""), said.get("mime", "").lower()
    marks = [f"user-agent:{agent}"] if agent else []
    marks += [f"mime:{mime}"] if "/" in mime else []
    notes = {
        "method": said["method"],
        "status": said["status"],
        "result": said.get("result", ""),
        "port": port,
        "server": server,
        "user_agent": agent,
        "mime": mime,
        "user": said.get("user", ""),
    }
    return Row(
        type="connection" if tunnel else "http request",
        name=host or server or "behind the proxy",
        client=address(said["client"]) or said["client"],
        ids=tuple(dict.fromkeys((*id_of(host), *id_of(server), *marks))),
        urls=(url,) if url and not tunnel else (),
        when=moment(said["time"]),
        down=int(said["size"][:18]) if said["size"] else None,
        notes={key: (value,) for key, value in notes.items() if value},
    )


def _destination(url: str, tunnel: bool) -> tuple[str, str, str]:
    """Host, port and address of a request; of a tunnel there is no more than host and port."""
    if not tunnel and not _WHOLE.match(url):
        return "", "", url  # asked of an accelerator, whose own host the line does not name
    url = _USER.sub("", url)  # a password has no place in a report
    rest = url if tunnel else url.partition("://")[2]
    place = re.split(r"[/?#]", rest, maxsplit=1)[0].rpartition("@")[2]
    if place.startswith("["):
        host, _, tail = place[1:].partition("]")
        return address(host) or host, tail.removeprefix(":"), url
    host, _, port = place.partition(":") if place.count(":") == 1 else (place, "", "")
    return host_name(host) or address(host) or host.lower(), port, url
