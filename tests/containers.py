"""Containers made for tests, byte by byte where no tool is at hand."""

import hashlib
import io
import json
import struct
import tarfile
import zlib


def tarred(members, **links):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
        for name, target in links.items():
            info = tarfile.TarInfo(name)
            info.type, info.linkname = tarfile.SYMTYPE, target
            archive.addfile(info)
    return out.getvalue()


def ar(members):
    out = b"!<arch>\n"
    for name, data in members.items():
        out += f"{name:<16}{0:<12}{0:<6}{0:<6}{'100644':<8}{len(data):<10}`\n".encode()
        out += data + b"\n" * (len(data) & 1)
    return out


def cab(members):
    """A cabinet with one stored folder."""
    data = b"".join(members.values())
    blocks = [data[at : at + 32768] for at in range(0, len(data), 32768)]
    files, at = b"", 0
    for name, content in members.items():
        files += struct.pack("<IIHHHH", len(content), at, 0, 0, 0, 0x80) + name.encode() + b"\0"
        at += len(content)
    first_file = 36 + 8
    first_data = first_file + len(files)
    body = b"".join(struct.pack("<IHH", 0, len(one), len(one)) + one for one in blocks)
    header = struct.pack(
        "<4sIIIIIBBHHHHH", b"MSCF", 0, first_data + len(body), 0, first_file, 0, 3, 1, 1,
        len(members), 0, 1, 0,
    )  # fmt: skip
    return header + struct.pack("<IHH", first_data, len(blocks), 0) + files + body


def cpio(members):
    out = b""
    for name, data in [*members.items(), ("TRAILER!!!", b"")]:
        raw = name.encode() + b"\0"
        mode = 0 if name == "TRAILER!!!" else 0o100644
        values = (1, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(raw), 0)
        out += b"070701" + b"".join(b"%08X" % one for one in values) + raw
        out += b"\0" * (-len(out) % 4) + data
        out += b"\0" * (-len(out) % 4)
    return out


def msi(members, folder="Gateway Filter"):
    """An installer whose files lie in an embedded cabinet under keys, installed in one folder."""
    from binary_files import coded, ole

    texts = [""]

    def number(text):
        if text not in texts:
            texts.append(text)
        return texts.index(text)

    columns = {
        "File": [
            ("File", 0x2D48),
            ("Component_", 0x0D48),
            ("FileName", 0x0FFF),
            ("FileSize", 0x0104),
        ],
        "Component": [("Component", 0x2D48), ("ComponentId", 0x1D26), ("Directory_", 0x0D48)],
        "Directory": [("Directory", 0x2D48), ("Directory_Parent", 0x1D48), ("DefaultDir", 0x0FFF)],
    }
    keys = {f"fil{n}": (name, data) for n, (name, data) in enumerate(members.items())}
    rows = {
        "File": [(key, "comp", f"SHORT~1|{name}", len(data)) for key, (name, data) in keys.items()],
        "Component": [("comp", "{ID}", "INSTALLDIR")],
        "Directory": [
            ("INSTALLDIR", "TARGETDIR", f"GATEWA~1|{folder}"),
            ("TARGETDIR", "", "SourceDir"),
        ],
    }

    def packed(table, kinds):
        made = b""
        for place, kind in enumerate(kinds):
            for row in table:
                if isinstance(row[place], str):
                    made += struct.pack("<H", number(row[place]))
                elif kind == 2:
                    made += struct.pack("<H", row[place] + 0x8000 & 0xFFFF)
                else:
                    made += struct.pack("<I", row[place] + 0x80000000)
        return made

    streams = {
        coded(name): packed(table, [2 if kind & 0xFF == 2 else 4 for _, kind in columns[name]])
        for name, table in rows.items()
    }
    described = [
        (table, n, name, kind)
        for table, held in columns.items()
        for n, (name, kind) in enumerate(held, 1)
    ]
    streams[coded("_Columns")] = packed(described, [2, 2, 2, 2])
    pool = struct.pack("<HH", 65001, 0)
    pool += b"".join(struct.pack("<HH", len(text.encode()), 1) for text in texts[1:])
    streams[coded("_StringPool")] = pool
    streams[coded("_StringData")] = "".join(texts[1:]).encode()
    streams["Data1.cab"] = cab({key: data for key, (_, data) in keys.items()})
    streams["Binary.setup"] = b"a stream of the table Binary"
    return ole(streams)


def rpm(members):
    """Lead, empty signature, a header of two tags, and a gzip payload."""
    lead = struct.pack(">4sBBHH66sHH16x", b"\xed\xab\xee\xdb", 3, 0, 0, 1, b"engine-1.0-1", 1, 5)

    def header(entries, store):
        index = b"".join(struct.pack(">IIII", *one) for one in entries)
        return (
            b"\x8e\xad\xe8\x01\0\0\0\0"
            + struct.pack(">II", len(entries), len(store))
            + index
            + store
        )

    signature = header([], b"")
    store = b"engine\0" + b"1.0\0"
    main = header([(1000, 6, 0, 1), (1001, 6, 7, 1)], store)
    packer = zlib.compressobj(wbits=31)
    return lead + signature + main + packer.compress(cpio(members)) + packer.flush()


def saved_image(layers, tag="acme/gate:2.1", **config):
    """What `docker save` writes; `layers` are tars, lowest first."""
    said = {"architecture": "amd64", "os": "linux", "created": "2024-02-03T04:05:06Z", **config}
    raw = json.dumps(said).encode()
    digest = hashlib.sha256(raw).hexdigest()
    names = [f"{hashlib.sha256(layer).hexdigest()}/layer.tar" for layer in layers]
    manifest = [{"Config": f"{digest}.json", "RepoTags": [tag] if tag else None, "Layers": names}]
    members = dict(zip(names, layers, strict=True))
    members |= {f"{digest}.json": raw, "manifest.json": json.dumps(manifest).encode()}
    return tarred(members)


def oci_image(layers, tag="registry.example/acme/gate:2.1"):
    """An OCI layout as a tar; `layers` are tars or compressed ones, lowest first."""
    return tarred(oci_files({(tag, "arm64"): layers}))


def saved_images(images):
    """What `docker save a b` writes: tag -> layers; the layers of several are stored once."""
    members, manifest = {}, []
    for tag, layers in images.items():
        names = [f"{hashlib.sha256(layer).hexdigest()}/layer.tar" for layer in layers]
        raw = json.dumps({"architecture": "amd64", "os": "linux", "author": tag}).encode()
        config = f"{hashlib.sha256(raw).hexdigest()}.json"
        manifest.append({"Config": config, "RepoTags": [tag], "Layers": names})
        members |= dict(zip(names, layers, strict=True)) | {config: raw}
    return tarred(members | {"manifest.json": json.dumps(manifest).encode()})


def oci_files(images):
    """Files of an OCI layout: (tag, architecture) -> layers, tars or compressed ones."""
    blobs, tops = {}, []

    def blob(data, kind):
        digest = hashlib.sha256(data).hexdigest()
        blobs[f"blobs/sha256/{digest}"] = data
        return {"mediaType": kind, "digest": f"sha256:{digest}", "size": len(data)}

    for (tag, architecture), layers in images.items():
        said = {
            "architecture": architecture,
            "os": "linux",
            "config": {"Labels": {"maker": "Acme"}},
        }
        config = blob(json.dumps(said).encode(), "application/vnd.oci.image.config.v1+json")
        held = [blob(layer, "application/vnd.oci.image.layer.v1.tar+gzip") for layer in layers]
        manifest = {"schemaVersion": 2, "config": config, "layers": held}
        top = blob(json.dumps(manifest).encode(), "application/vnd.oci.image.manifest.v1+json")
        tops.append(top | {"annotations": {"io.containerd.image.name": tag}})
    index = json.dumps({"schemaVersion": 2, "manifests": tops}).encode()
    return {"oci-layout": b'{"imageLayoutVersion":"1.0.0"}', "index.json": index} | blobs
