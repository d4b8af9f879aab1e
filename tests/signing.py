"""Certificates and signatures of a made-up vendor, made by code: for tests of who signed what."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from oust.formats.binary.der import oid

SIGNED = "2024-03-01T12:00:00Z"


def der(tag: int, *parts: bytes) -> bytes:
    body = b"".join(parts)
    size = len(body)
    if size < 128:
        return bytes((tag, size)) + body
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + body


def seq(*parts: bytes) -> bytes:
    return der(0x30, *parts)


def oid_(dotted: str) -> bytes:
    return der(6, oid(dotted))


def utc(text: str) -> bytes:
    return der(0x17, text[2:].translate(str.maketrans("", "", "-T:")).encode())


SHA256 = seq(oid_("2.16.840.1.101.3.4.2.1"), der(5))
ECDSA = seq(oid_("1.2.840.10045.4.3.2"))
RSA = seq(oid_("1.2.840.113549.1.1.1"), der(5))


class Identity:
    """A key with its certificate."""

    def __init__(self, subject, issuer=None, *, ca=False, since=2023, until=2026, use_rsa=False):
        kinds = {
            "CN": "2.5.4.3", "O": "2.5.4.10", "C": "2.5.4.6", "L": "2.5.4.7", "serialNumber": "2.5.4.5",
            "JC": "1.3.6.1.4.1.311.60.2.1.3", "JL": "1.3.6.1.4.1.311.60.2.1.1", "BC": "2.5.4.15",
        }  # fmt: skip
        self.key = (
            rsa.generate_private_key(65537, 2048)
            if use_rsa
            else ec.generate_private_key(ec.SECP256R1())
        )
        name = x509.Name(
            [x509.NameAttribute(x509.ObjectIdentifier(kinds[k]), v) for k, v in subject]
        )
        above = issuer or self
        self.name = name
        self.cert = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(above.name)
            .public_key(self.key.public_key())
            .serial_number(int.from_bytes(hashlib.sha256(repr(subject).encode()).digest()[:8]) | 1)
            .not_valid_before(datetime(since, 1, 1, tzinfo=UTC))
            .not_valid_after(datetime(until, 1, 1, tzinfo=UTC))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            .sign(above.key, hashes.SHA256())
        )
        self.raw = self.cert.public_bytes(serialization.Encoding.DER)
        self.rsa = use_rsa

    def sid(self) -> bytes:
        return seq(self.cert.issuer.public_bytes(), _integer(self.cert.serial_number))

    def sign(self, content: bytes) -> bytes:
        if self.rsa:
            from cryptography.hazmat.primitives.asymmetric import padding

            return self.key.sign(content, padding.PKCS1v15(), hashes.SHA256())
        return self.key.sign(content, ec.ECDSA(hashes.SHA256()))


def _integer(value: int) -> bytes:
    return der(2, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def family(use_rsa: bool = False) -> tuple[Identity, Identity]:
    """A root and an extended-validation signer below it, of a made-up vendor."""
    root = Identity(
        [("C", "FI"), ("O", "Lumo Trust"), ("CN", "Lumo Code CA")], ca=True, use_rsa=use_rsa
    )
    leaf = Identity(
        [("serialNumber", "FI-2745 118"), ("JC", "FI"), ("JL", "Oulu"), ("BC", "Private Organization"),
         ("C", "FI"), ("L", "Oulu"), ("O", "Revontuli Engines, Oy"), ("CN", "Revontuli Engines, Oy")],
        root, use_rsa=use_rsa,
    )  # fmt: skip
    return root, leaf


def attribute(kind: str, *values: bytes) -> bytes:
    return seq(oid_(kind), der(0x31, *values))


def opus(program: str, url: str) -> bytes:
    name = der(0xA0, der(0x80, program.encode("utf-16-be")))
    return attribute("1.3.6.1.4.1.311.2.1.12", seq(name, der(0xA1, der(0x80, url.encode()))))


def signer_info(who: Identity, content: bytes, kind: str, attributes=(), unsigned=()) -> bytes:
    signed = sorted([
        attribute("1.2.840.113549.1.9.3", oid_(kind)),
        attribute("1.2.840.113549.1.9.4", der(4, hashlib.sha256(content).digest())),
        *attributes,
    ])  # fmt: skip
    signature = who.sign(der(0x31, *signed))
    if callable(unsigned):
        unsigned = unsigned(signature)
    rest = (der(0xA1, *unsigned),) if unsigned else ()
    method = RSA if who.rsa else ECDSA
    return seq(
        der(2, b"\1"), who.sid(), SHA256, der(0xA0, *signed), method, der(4, signature), *rest
    )


def pkcs7(
    who: Identity, kind: str, content: bytes | None, *, certificates=None, detached=b"", **more
) -> bytes:
    """A SignedData over `content`, an element, or over `detached` bytes."""
    from oust.formats.binary.der import Element

    hashed = detached if content is None else (lambda e: e.data[e.body : e.end])(Element(content))
    inner = seq(oid_(kind), *(() if content is None else (der(0xA0, content),)))
    certificates = [who] if certificates is None else certificates
    bundle = der(0xA0, *(one.raw for one in certificates))
    data = seq(
        der(2, b"\1"),
        der(0x31, SHA256),
        inner,
        bundle,
        der(0x31, signer_info(who, hashed, kind, **more)),
    )
    return seq(oid_("1.2.840.113549.1.7.2"), der(0xA0, data))


def stamp(who: Identity, when: str = SIGNED):
    """Makes the unsigned attribute with an RFC 3161 time stamp on a signature."""

    def on(signature: bytes) -> list[bytes]:
        imprint = seq(SHA256, der(4, hashlib.sha256(signature).digest()))
        moment = der(0x18, when.translate(str.maketrans("", "", "-T:")).encode())
        info = seq(der(2, b"\1"), oid_("1.2.3"), imprint, der(2, b"\7"), moment)
        token = pkcs7(who, "1.2.840.113549.1.9.16.1.4", der(4, info))
        return [attribute("1.3.6.1.4.1.311.3.3.1", token)]

    return on


def indirect(digest: bytes, kind: str = "1.3.6.1.4.1.311.2.1.15") -> bytes:
    return seq(seq(oid_(kind), seq()), seq(SHA256, der(4, digest)))


INDIRECT = "1.3.6.1.4.1.311.2.1.4"
