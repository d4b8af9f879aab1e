"""Small programs, packages and signatures made by code, for tests of the parsers of binaries.

`python tests/binary_files.py` writes the golden inputs anew; their expectations then change, because
keys are made afresh.
"""

from __future__ import annotations

import hashlib
import io
import plistlib
import struct
import zipfile
from pathlib import Path

from signing import (  # noqa: F401 (tests take them from here)
    INDIRECT,
    SIGNED,
    Identity,
    attribute,
    der,
    family,
    indirect,
    oid_,
    opus,
    pkcs7,
    seq,
    signer_info,
    stamp,
    utc,
)

GOLDEN = Path(__file__).parent / "formats"

# ---- PE ----


def _block(key: str, value: bytes, children: bytes = b"", text: bool = True) -> bytes:
    head = key.encode("utf-16-le") + b"\0\0"
    head += bytes(-(6 + len(head)) % 4)
    size = len(value) // 2 if text else len(value)
    body = head + value + bytes(-len(value) % 4) + children
    return struct.pack("<HHH", 6 + len(body), size, int(text)) + body


def version_resource(languages: dict[str, dict[str, str]]) -> bytes:
    tables = b""
    for language, strings in languages.items():
        rows = b""
        for key, value in strings.items():
            row = _block(key, value.encode("utf-16-le") + b"\0\0")
            rows += row + bytes(-len(row) % 4)
        tables += _block(language, b"", rows)
    return _block("VS_VERSION_INFO", bytes(52), _block("StringFileInfo", b"", tables), text=False)


def pe(languages=None, libraries=(), delayed=(), pdb="", driver=False) -> bytes:
    """An unsigned 64-bit program with one section at 0x1000, at 0x400 in the file."""
    data = bytearray(16)
    place = lambda raw: (data.extend(raw), 0x1000 + len(data) - len(raw))[1]  # noqa: E731
    directories = [(0, 0)] * 16
    for which, names, width, at in ((1, libraries, 20, 12), (13, delayed, 32, 4)):
        if names:
            where = [place(name.encode() + b"\0") for name in names]
            rows = b"".join(
                bytes(at) + struct.pack("<I", one) + bytes(width - at - 4) for one in where
            )
            directories[which] = (place(rows + bytes(width)), len(rows) + width)
    if pdb:
        entry = b"RSDS" + bytes(20) + pdb.encode() + b"\0"
        at = place(entry)
        directories[6] = (
            place(struct.pack("<IIHHIIII", 0, 0, 0, 0, 2, len(entry), at, at - 0xC00)),
            28,
        )
    if languages:
        resource = version_resource(languages)
        data.extend(bytes(-len(data) % 8))
        base = 0x1000 + len(data)
        tree = b"".join(
            bytes(12)
            + struct.pack("<HHII", 0, 1, n, (0x80000000 if step < 2 else 0) + 24 * (step + 1))
            for step, n in enumerate((16, 1, 1033))
        )
        tree += struct.pack("<IIII", base + 88, len(resource), 0, 0)
        directories[2] = (place(tree + resource), 88 + len(resource))
    data.extend(bytes(-len(data) % 512))
    optional = struct.pack("<HBBIIIIIQIIHHHHHHIIIIHHQQQQII", 0x20B, 14, 0, 0, 0, 0, 0, 0, 0x140000000,
                           0x1000, 512, 6, 0, 0, 0, 6, 0, 0, 0x3000, 0x400, 0, 1 if driver else 3,
                           0, 0, 0, 0, 0, 0, 16)  # fmt: skip
    optional += b"".join(struct.pack("<II", *one) for one in directories)
    head = b"MZ" + bytes(58) + struct.pack("<I", 64) + b"PE\0\0"
    head += struct.pack("<HHIIIHH", 0x8664, 1, 0, 0, 0, len(optional), 0x22) + optional
    head += b".rdata\0\0" + struct.pack(
        "<IIIIIIHHI", len(data), 0x1000, len(data), 0x400, 0, 0, 0, 0, 0x40000040
    )
    return head + bytes(0x400 - len(head)) + bytes(data)


def with_signatures(program: bytes, blocks: list[bytes]) -> bytes:
    """`program` with a certificate table behind it."""
    table = b""
    for block in blocks:
        entry = struct.pack("<IHH", 8 + len(block), 0x200, 2) + block
        table += entry + bytes(-len(entry) % 8)
    at = 64 + 24 + 112 + 8 * 4
    return program[:at] + struct.pack("<II", len(program), len(table)) + program[at + 8 :] + table


def signed_pe(program: bytes, who: Identity, certificates=None, **more) -> bytes:
    return with_signatures(program, [pe_signature(program, who, certificates, **more)])


def pe_signature(program: bytes, who: Identity, certificates=None, **more) -> bytes:
    from oust.formats.binary.digests import authentihash

    return pkcs7(who, INDIRECT, indirect(authentihash(program)), certificates=certificates, **more)


STRINGS = {
    "040904b0": {
        "CompanyName": "Revontuli Engines Oy", "FileDescription": "Scan engine loader",
        "FileVersion": "7.1.0.4 (release)", "InternalName": "rvscan", "OriginalFilename": "rvscan.dll",
        "ProductName": "Revontuli Core", "ProductVersion": "7.1", "LegalCopyright": "© Revontuli",
    },
    "040b04b0": {"CompanyName": "Revontuli Moottorit Oy", "ProductName": "Revontuli-ydin"},
}  # fmt: skip

# ---- ELF and Mach-O ----


def elf(needed=(), soname="", comment="", modinfo=(), link="") -> bytes:
    """A 64-bit library whose one segment maps the file to the same addresses."""
    out = bytearray(64 + 56 * 4)
    names = bytearray(b"\0")
    put = lambda raw: (out.extend(raw), len(out) - len(raw))[1]  # noqa: E731
    strings, entries = bytearray(b"\0"), []
    for tag, text in [(1, one) for one in needed] + ([(14, soname)] if soname else []):
        entries.append((tag, len(strings)))
        strings += text.encode() + b"\0"
    table = put(bytes(strings))
    entries += [(5, table), (0, 0)]
    dynamic = put(b"".join(struct.pack("<QQ", *one) for one in entries))
    loader = put(b"/lib64/ld-linux-x86-64.so.2\0")
    note = put(struct.pack("<III", 4, 20, 3) + b"GNU\0" + bytes(range(20)))
    sections = [(0, 0, 0, 0)]
    for name, raw in ((".comment", comment.encode()), (".gnu_debuglink", link.encode()),
                      (".modinfo", b"\0".join(one.encode() for one in modinfo))):  # fmt: skip
        if raw:
            sections.append((len(names), 1, put(raw + b"\0"), len(raw) + 1))
            names += name.encode() + b"\0"
    sections.append((len(names), 3, 0, 0))
    names += b".shstrtab\0"
    at = put(bytes(names))
    sections[-1] = (sections[-1][0], 3, at, len(names))
    headers = put(
        b"".join(
            struct.pack("<IIQQQQIIQQ", n, k, 0, 0, o, s, 0, 0, 1, 0) for n, k, o, s in sections
        )
    )
    ident = b"\x7fELF\2\1\1" + bytes(9)
    out[:64] = ident + struct.pack("<HHIQQQIHHHHHH", 1 if modinfo else 3, 62, 1, 0, 64, headers, 0, 64,
                                   56, 4, 64, len(sections), len(sections) - 1)  # fmt: skip
    rows = [
        (1, 0, 0, len(out)),
        (2, dynamic, dynamic, 16 * len(entries)),
        (3, loader, loader, 28),
        (4, note, note, 36),
    ]
    for n, (kind, offset, address, size) in enumerate(rows):
        out[64 + 56 * n : 120 + 56 * n] = struct.pack(
            "<IIQQQQQQ", kind, 4, offset, address, address, size, size, 8
        )
    return bytes(out)


def signed_module(module: bytes, who: Identity) -> bytes:
    block = pkcs7(who, "1.2.840.113549.1.7.1", None, certificates=[], detached=module)
    return (
        module
        + block
        + struct.pack(">BBBBB3xI", 0, 0, 2, 0, 0, len(block))
        + b"~Module signature appended~\n"
    )


def macho(
    libraries=(), identifier="", team="", who: Identity | None = None, cpu=0x100000C
) -> bytes:
    """A 64-bit program, signed if `identifier` is given."""
    commands = [struct.pack("<II", 0x1B, 24) + bytes(range(16))]
    for name in libraries:
        raw = name.encode() + b"\0"
        raw += bytes(-len(raw) % 8)
        commands.append(struct.pack("<IIIIII", 0xC, 24 + len(raw), 24, 2, 0, 0) + raw)
    if identifier:
        commands.append(struct.pack("<IIII", 0x1D, 16, 4096, 65_536))
    body = b"".join(commands)
    head = struct.pack("<IIIIIIII", 0xFEEDFACF, cpu, 0, 2, len(commands), len(body), 0, 0) + body
    code = head + bytes(4096 - len(head))
    if not identifier:
        return code
    texts = identifier.encode() + b"\0" + team.encode() + b"\0"
    fixed = 52 + len(texts)
    directory = struct.pack(">9I", 0xFADE0C02, fixed + 32, 0x20200, 0, fixed, 52, 0, 1, 4096)
    directory += struct.pack(">BBBB3I", 32, 2, 0, 12, 0, 0, 52 + len(identifier) + 1 if team else 0)
    directory += texts + hashlib.sha256(code).digest()
    parts = [(0, directory)]
    if who:
        block = pkcs7(who, "1.2.840.113549.1.7.1", None, detached=directory)
        parts.append((0x10000, struct.pack(">II", 0xFADE0B01, 8 + len(block)) + block))
    at, index = 12 + 8 * len(parts), b""
    for kind, part in parts:
        index += struct.pack(">II", kind, at)
        at += len(part)
    blob = (
        struct.pack(">III", 0xFADE0CC0, at, len(parts))
        + index
        + b"".join(part for _, part in parts)
    )
    return code + blob + bytes(65_536 - len(blob))


def fat(*programs: bytes) -> bytes:
    at, table, body = 4096, b"", b""
    for n, one in enumerate(programs):
        table += struct.pack(
            ">IIIII", (0x1000007, 0x100000C)[n % 2], 0, at + len(body), len(one), 12
        )
        body += one
    return (struct.pack(">II", 0xCAFEBABE, len(programs)) + table).ljust(4096, b"\0") + body


# ---- MSI ----


def coded(name: str) -> str:
    """A table's name as the installer writes it."""
    letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._"
    out, pair = "\u4840", [letters.index(c) for c in name]
    for n in range(0, len(pair) - 1, 2):
        out += chr(0x3800 + pair[n] + (pair[n + 1] << 6))
    return out + (chr(0x4800 + pair[-1]) if len(pair) % 2 else "")


def msi_streams(properties: dict[str, str], summary: dict[int, str]) -> dict[str, bytes]:
    texts = [*properties, *properties.values()]
    pool = struct.pack("<HH", 65001, 0) + b"".join(
        struct.pack("<HH", len(t.encode()), 1) for t in texts
    )
    rows = len(properties)
    table = struct.pack(f"<{2 * rows}H", *range(1, 2 * rows + 1))
    values = {1: struct.pack("<IHH", 2, 65001, 0)}
    for n, text in summary.items():
        raw = text.encode() + b"\0"
        values[n] = struct.pack("<II", 30, len(raw)) + raw + bytes(-len(raw) % 4)
    at, index, body = 8 + 8 * len(values), b"", b""
    for n, raw in values.items():
        index += struct.pack("<II", n, at + len(body))
        body += raw
    section = struct.pack("<II", at + len(body), len(values)) + index + body
    head = (
        struct.pack("<HHI", 0xFFFE, 0, 0x20005)
        + bytes(16)
        + struct.pack("<I", 1)
        + bytes(16)
        + struct.pack("<I", 48)
    )
    return {
        coded("_StringPool"): pool, coded("_StringData"): "".join(texts).encode(),
        coded("Property"): table, "\x05SummaryInformation": head + section,
    }  # fmt: skip


def ole(streams: dict[str, bytes], clsid: str = "84100C0000000000C000000000000046") -> bytes:
    """A compound file with these streams in its root, those below 4,096 bytes in the mini stream."""
    end, free = 0xFFFFFFFE, 0xFFFFFFFF
    names = sorted(streams, key=lambda name: (len(name), name.upper()))
    mini, minifat, starts = b"", [], {}
    big = [n for n in names if len(streams[n]) >= 4096]
    for name in [n for n in names if n not in big]:
        count = (len(streams[name]) + 63) // 64
        starts[name] = len(minifat) if count else end
        minifat += [len(minifat) + n + 1 for n in range(count - 1)] + [end] * bool(count)
        mini += streams[name] + bytes(-len(streams[name]) % 64)
    sectors, fat_ = [], []

    def chain(raw: bytes) -> int:
        first, count = len(sectors), (len(raw) + 511) // 512
        for n in range(count):
            sectors.append(raw[512 * n : 512 * n + 512].ljust(512, b"\0"))
            fat_.append(first + n + 1 if n < count - 1 else end)
        return first if count else end

    for name in big:
        starts[name] = chain(streams[name])
    root = chain(mini)
    table = chain(
        struct.pack(f"<{len(minifat)}I", *minifat).ljust(-(-len(minifat) // 128) * 512, b"\xff")
    )

    def entry(name, kind, child, right, start, size, uid=bytes(16)) -> bytes:
        raw = name.encode("utf-16-le") + b"\0\0"
        return (
            raw.ljust(64, b"\0")
            + struct.pack("<HBBIII", len(raw), kind, 1, free, right, child)
            + uid
            + bytes(20)
            + struct.pack("<IQ", start, size)
        )

    uid = bytes.fromhex(clsid)
    entries = [entry("Root Entry", 5, 1 if names else free, free, root, len(mini), uid)]
    for n, name in enumerate(names, 1):  # a degenerate tree: each entry the right one of the last
        entries.append(
            entry(
                name, 2, free, n + 1 if n < len(names) else free, starts[name], len(streams[name])
            )
        )
    raw = b"".join(entries)
    directory = chain(raw + entry("", 0, free, free, 0, 0) * (-len(entries) % 4))
    fat_at = len(sectors)
    fat_.append(0xFFFFFFFD)
    head = bytes.fromhex("D0CF11E0A1B11AE1") + bytes(16) + struct.pack(
        "<HHHHH6xIIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, directory, 0, 4096,
        table, -(-len(minifat) // 128), end, 0, fat_at)  # fmt: skip
    head += b"\xff" * (512 - len(head))
    return head + b"".join(sectors) + struct.pack(f"<{len(fat_)}I", *fat_).ljust(512, b"\xff")


PROPERTIES = {
    "Manufacturer": "Revontuli Engines Oy", "ProductName": "Revontuli Gateway Filter",
    "ProductVersion": "4.2.10", "ProductCode": "{0b5e6a6e-1111-4222-8333-944455566677}",
    "UpgradeCode": "{AAAAAAAA-BBBB-CCCC-DDDD-EEEEEEEEEEEE}", "ARPHELPLINK": "https://revontuli.example/help",
}  # fmt: skip
SUMMARY = {
    2: "Installation Database",
    3: "Gateway Filter",
    4: "Packaging Team",
    9: "{9}",
    18: "WiX",
}

# ---- catalogue ----


def catalogue(who: Identity, members: list[tuple[bytes, str, bool]]) -> bytes:
    """Members are digest, file name and whether they are programs."""

    def value(name: str, text: str) -> bytes:
        return seq(
            der(0x1E, name.encode("utf-16-be")),
            der(2, b"\1\0\1\0\1"),
            der(4, text.encode("utf-16-le") + b"\0\0"),
        )

    listed = [
        seq(
            der(4, digest.hex().upper().encode("utf-16-le") + b"\0\0"),
            der(0x31, attribute("1.3.6.1.4.1.311.12.2.1", value("File", name)),
                attribute(INDIRECT, indirect(digest, f"1.3.6.1.4.1.311.2.1.{15 if program else 25}"))),
        )
        for digest, name, program in members
    ]  # fmt: skip
    extension = seq(oid_("1.3.6.1.4.1.311.12.2.1"), der(4, value("HWID1", "usb\\vid_1209")))
    content = seq(seq(oid_("1.3.6.1.4.1.311.12.1.1")), der(4, b"list"), utc("2024-02-01T00:00:00Z"),
                  seq(oid_("1.3.6.1.4.1.311.12.1.2"), der(5)), seq(*listed), der(0xA0, seq(extension)))  # fmt: skip
    return pkcs7(who, "1.3.6.1.4.1.311.10.1", content)


# ---- packages ----


def archive(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name, raw in members.items():
            file.writestr(zipfile.ZipInfo(name), raw)
    return out.getvalue()


def android_manifest(package: str, version: str, wide: bool = True) -> bytes:
    strings = ["package", "versionName", "manifest", package, version]
    offsets, body = [], b""
    for text in strings:
        offsets.append(len(body))
        if wide:
            body += struct.pack("<H", len(text)) + text.encode("utf-16-le") + b"\0\0"
        else:
            body += bytes((len(text), len(text.encode()))) + text.encode() + b"\0"
    body += bytes(-len(body) % 4)
    start = 28 + 4 * len(strings)
    pool = struct.pack(
        "<HHIIIIII", 1, 28, start + len(body), len(strings), 0, 0 if wide else 256, start, 0
    )
    pool += struct.pack(f"<{len(strings)}I", *offsets) + body
    rows = b"".join(struct.pack("<IIIHBBI", 0xFFFFFFFF, n, n + 3, 8, 0, 3, n + 3) for n in (0, 1))
    node = struct.pack(
        "<HHIIIIIHHHHHH",
        0x102,
        16,
        36 + len(rows),
        1,
        0xFFFFFFFF,
        0xFFFFFFFF,
        2,
        20,
        20,
        2,
        0,
        0,
        0,
    )
    body = pool + node + rows
    return struct.pack("<HHI", 3, 8, 8 + len(body)) + body


def with_apk_block(package: bytes, who: Identity) -> bytes:
    """`package` with a v2 signing block in front of its central directory."""
    sized = lambda raw: struct.pack("<I", len(raw)) + raw  # noqa: E731
    signed = sized(b"") + sized(sized(who.raw)) + sized(b"")
    value = sized(sized(sized(signed) + sized(b"") + sized(b"")))
    pair = struct.pack("<QI", 4 + len(value), 0x7109871A) + value
    size = len(pair) + 24
    block = struct.pack("<Q", size) + pair + struct.pack("<Q", size) + b"APK Sig Block 42"
    at = package.rindex(b"PK\5\6")
    directory = struct.unpack_from("<I", package, at + 16)[0]
    end = package[at : at + 16] + struct.pack("<I", directory + len(block)) + package[at + 20 :]
    return package[:directory] + block + package[directory:at] + end


def samples() -> dict[str, tuple[str, bytes]]:
    """A golden input for each case, by `format/case`: its file name and content."""
    root, leaf = family()
    stamper = Identity([("O", "Lumo Trust"), ("CN", "Lumo Time")], root)
    platform = Identity(
        [("O", "Alusta Oyj"), ("CN", "Alusta Windows Hardware Compatibility Publisher")], root
    )
    program = pe(STRINGS, ["KERNEL32.dll", "rvcore.dll"], ["rvupdate.dll"], "C:\\build\\rvscan.pdb")
    nested = pe_signature(program, leaf, [leaf, root], unsigned=stamp(stamper))
    signed = pe_signature(program, leaf, [root, leaf, stamper],
                          attributes=[opus("Revontuli Core", "https://revontuli.example")],
                          unsigned=[attribute("1.3.6.1.4.1.311.2.4.1", nested)])  # fmt: skip
    driver = pe({"040904b0": {"CompanyName": "Revontuli Engines Oy"}}, driver=True)
    by_platform = pe_signature(driver, platform, attributes=[opus("Revontuli Filter Driver", "")])
    library = elf(
        ["libc.so.6", "librvcore.so.7"], "librvscan.so.7", "GCC: (Debian) 12", link="rvscan.debug"
    )
    module = elf(modinfo=["license=Proprietary", "author=Revontuli Engines", "author=M. Virtanen",
                          "description=Gateway filter", "version=4.2", "vermagic=6.1.0 SMP"])  # fmt: skip
    apple = Identity([("O", "Revontuli Engines Oy"), ("CN", "Developer ID Application: Revontuli Engines Oy (RV12ENG345)")],
                     Identity([("CN", "Developer ID Certification Authority")], ca=True))  # fmt: skip
    mac = [macho(["/usr/lib/libSystem.B.dylib", "@rpath/librvcore.dylib"], "example.revontuli.scan",
                 "RV12ENG345", apple, cpu) for cpu in (0x1000007, 0x100000C)]  # fmt: skip
    streams = msi_streams(PROPERTIES, SUMMARY)
    plain = ole(streams)
    from oust.formats.binary.digests import authentihash, installer_digest

    mark = pkcs7(leaf, INDIRECT, indirect(installer_digest(plain, "sha256")))
    bundle = {"CFBundleIdentifier": "example.revontuli.scan", "CFBundleShortVersionString": "7.1",
              "CFBundleName": "Revontuli", "CFBundlePackageType": "APPL"}  # fmt: skip
    return {
        "pe/signed": ("input.dll", with_signatures(program, [signed])),
        "pe/compatibility-programme": ("input.sys", with_signatures(driver, [by_platform])),
        "pe/unsigned": ("input.exe", pe()),
        "pe/damaged-signature": ("input.exe", with_signatures(program, [signed[:300] + bytes(300)])),
        "elf/library": ("input.so", library),
        "elf/kernel-module": ("input.ko", signed_module(module, leaf)),
        "mach-o/universal": ("input.dylib", fat(*mac)),
        "mach-o/ad-hoc": ("input.bin", macho(identifier="scan-5555")),
        "msi/signed": ("input.msi", ole({**streams, "\x05DigitalSignature": mark})),
        "catalogue/driver": ("input.cat", catalogue(leaf, [(authentihash(driver), "rvfilter.sys", True),
                                                           (hashlib.sha256(b"inf").digest(), "rvfilter.inf", False)])),
        "info-plist/xml": ("input-Info.plist", plistlib.dumps(bundle)),
        "info-plist/binary": ("input-Info.plist", plistlib.dumps({**bundle, "CFBundleVersion": ["7"]}, fmt=plistlib.FMT_BINARY)),
    }  # fmt: skip


if __name__ == "__main__":
    for case, (name, content) in samples().items():
        folder = GOLDEN / case
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
