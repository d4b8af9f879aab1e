"""What the logs at hand cannot show, said beside what they do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from oust.channel import Channel


def limits(channels: Sequence[Channel], kinds: Sequence[str], sums: bool) -> Iterator[str]:
    """Plain sentences, only those that apply to these channels."""
    met = set(kinds)
    if not channels:
        return
    if sums:
        yield (
            "Of some logs only first, last and count of each client and name are known: no cadence "
            "and no size of single contacts can be told from these."
        )
    if met and "conn" not in met:
        yield (
            "No row of a connection log belongs to these contacts: bytes are known only where "
            "another log counts them."
        )
    if met == {"dns"}:
        yield "DNS only: names were asked for; whether a connection followed is not shown."
    if "dns" in met or any(one.summed.look_ups for one in channels):
        yield "Caches answer most repeated look-ups: the number seen is a floor."
    if "ssl" in met:
        yield "TLS hides what was sent: a small upload may hold file names or digests, too."
    if any("http" in one.bases for one in channels):
        yield "Where only the HTTP log gives bytes, they are those of bodies, without headers."
    if any(one.by_address for one in channels):
        yield (
            "Contacts known only by an address that DNS gave for the name: an address of a shared "
            "service may have served another name."
        )
    yield (
        "A client is what the log calls it: behind address translation, a proxy or DHCP it may be "
        "several hosts. Times are the sensor's; its clock was not checked."
    )
