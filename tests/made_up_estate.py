"""A made-up estate of hosts, some with the vendor's product, and what kinds of evidence show of it.

The truth is known, so that tests can hold an estimate against it.
"""

import random
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

HEADER = "Computer name,IP address,Application,Version,Publisher"
BARE = "Computer name,Application,Version,Publisher"


class Shown(NamedTuple):
    """How many hosts the evidence shows to have the product."""

    inventory: int
    log: int
    both: int
    proxy: int
    hosts: set[int]


def address(host: int) -> str:
    return f"10.0.{host // 250}.{host % 250 + 1}"


def make(
    folder: Path,
    truth: int = 400,
    rates: Sequence[float] = (0.6, 0.5),
    others: int = 200,
    addresses: bool = True,
    leases: bool = False,
    seed: int = 7,
    month: str = "2017-09",
) -> Shown:
    """Write an inventory, a DNS log, purchases and, with a third rate, a proxy log.

    `truth`: hosts that have the product; `others`: that do not. `addresses`: the inventory gives
    them; `leases`: a DHCP server does.
    """
    draw = random.Random(seed)
    folder.mkdir(parents=True, exist_ok=True)
    rows, dns, proxy, lent = [HEADER if addresses else BARE], [], [], []
    seen: list[set[int]] = [set() for _ in rates]
    for host in range(truth + others):
        where = f"ws-{host:04d},{address(host)}" if addresses else f"ws-{host:04d}"
        rows.append(f"{where},Notes,1.0,Somebody")
        lent.append(_lease(host))
        if host >= truth:
            continue
        for hosts, rate in zip(seen, rates, strict=True):
            if draw.random() < rate:
                hosts.add(host)
        if host in seen[0]:
            rows.append(f"{where},Kaspersky Endpoint Security,10.3.0.6294,AO Kaspersky Lab")
        if host in seen[1]:
            dns.append(_query(host, month))
        if len(rates) > 2 and host in seen[2]:
            proxy.append(_request(host))
    (folder / f"endpoints-{month}.csv").write_text("\n".join(rows) + "\n")
    (folder / "query-2017-09-12.log").write_text("\n".join(sorted(dns)) + "\n")
    if proxy:
        (folder / "access-2017-09-12.log").write_text("\n".join(sorted(proxy)) + "\n")
    if leases:
        (folder / "dhcpd.leases").write_text("\n".join(lent) + "\n")
    bought = [f"PO-{n},Orrin Resale LLC,Kaspersky Endpoint Security licences,Harbor Field Office,"
              f"2016-0{n}-01,{n}000" for n in range(1, 6)]  # fmt: skip
    (folder / "purchases.csv").write_text(
        "Award ID,Vendor Name,Description,Agency,Date,Amount\n" + "\n".join(bought) + "\n"
    )
    third = seen[2] if len(rates) > 2 else set()
    both = len(seen[0] & seen[1])
    return Shown(len(seen[0]), len(seen[1]), both, len(third), set.union(*seen))


def _query(host: int, month: str) -> str:
    name = f"dnl-{host % 4:02d}.geo.kaspersky.com"
    return (
        f"2017-09-1{host % 3}T{host % 9:02d}:00:01.000Z client @0x7f0 {address(host)}#5353 "
        f"({name}): query: {name} IN A + (10.1.0.1)"
    )


def _request(host: int) -> str:
    return (
        f"15051{host % 9}0000.000    180 {address(host)} TCP_MISS/200 416 GET "
        f"http://dnl-0{host % 4}.geo.kaspersky.com/index/u0607g.xml - DIRECT/203.0.113.216 "
        "application/octet-stream"
    )


def _lease(host: int) -> str:
    return (
        f"lease {address(host)} {{\n  starts 5 2017/09/01 00:00:00;\n  ends 6 2017/09/30 00:00:00;"
        f"\n  hardware ethernet a8:bb:cc:01:{host // 250:02x}:{host % 250:02x};\n"
        f'  client-hostname "ws-{host:04d}";\n}}'
    )
