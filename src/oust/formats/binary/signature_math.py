"""Whether a signature fits a key. The only user of `cryptography`, which is loaded when asked.

Sources: RFC 3279, RFC 4055 (RSASSA-PSS), RFC 5758, RFC 8410.
"""

from __future__ import annotations

from typing import Any

from oust.formats.binary.certificates import Certificate
from oust.formats.binary.cms import DIGESTS
from oust.formats.binary.der import Element, oid
from oust.formats.binary.piece import BROKEN, BrokenPart

_PSS = oid("1.2.840.113549.1.1.10")
_WITH = {
    oid("1.2.840.113549.1.1.4"): "md5",
    oid("1.2.840.113549.1.1.5"): "sha1",
    oid("1.3.14.3.2.29"): "sha1",
    oid("1.2.840.113549.1.1.11"): "sha256",
    oid("1.2.840.113549.1.1.12"): "sha384",
    oid("1.2.840.113549.1.1.13"): "sha512",
    oid("1.2.840.10040.4.3"): "sha1",
    oid("2.16.840.1.101.3.4.3.2"): "sha256",
    oid("1.2.840.10045.4.1"): "sha1",
    oid("1.2.840.10045.4.3.2"): "sha256",
    oid("1.2.840.10045.4.3.3"): "sha384",
    oid("1.2.840.10045.4.3.4"): "sha512",
}


class Unsupported(Exception):
    """The algorithm is not one that can be computed here: neither fits nor does not."""


def fits(
    key: bytes, signature: bytes, signed: bytes, function: str, algorithm: bytes, parameters: bytes
) -> bool:
    """Whether `signature` over `signed` was made with the private half of `key`.

    `key` is a SubjectPublicKeyInfo, `algorithm` the content of an object identifier, `parameters`
    its DER. Raises Unsupported.
    """
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, padding, rsa
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    try:
        public: Any = load_der_public_key(key)
        if isinstance(public, ed25519.Ed25519PublicKey | ed448.Ed448PublicKey):
            public.verify(signature, signed)
        elif isinstance(public, rsa.RSAPublicKey):
            pad: Any = padding.PKCS1v15()
            if algorithm == _PSS:
                function, salt = _pss(parameters)
                pad = padding.PSS(padding.MGF1(_hash(function)), salt)
            public.verify(signature, signed, pad, _hash(function))
        elif isinstance(public, ec.EllipticCurvePublicKey):
            public.verify(signature, signed, ec.ECDSA(_hash(function)))
        elif isinstance(public, dsa.DSAPublicKey):
            public.verify(signature, signed, _hash(function))
        else:
            raise Unsupported("a key of a kind not known here")
    except InvalidSignature:
        return False
    except (UnsupportedAlgorithm, *BROKEN) as error:
        raise Unsupported("a key or algorithm not known here") from error
    return True


def _hash(function: str) -> Any:
    from cryptography.hazmat.primitives import hashes

    known: dict[str, type[hashes.HashAlgorithm]] = {
        "md5": hashes.MD5,
        "sha1": hashes.SHA1,
        "sha224": hashes.SHA224,
        "sha256": hashes.SHA256,
        "sha384": hashes.SHA384,
        "sha512": hashes.SHA512,
    }
    if function not in known:
        raise Unsupported("a hash function not known here")
    return known[function]()


def _pss(parameters: bytes) -> tuple[str, int]:
    """Hash function and length of the salt; the defaults are SHA-1 and 20."""
    function, salt = "sha1", 20
    for field in Element(parameters) if parameters else ():
        if field.tag == 0xA0:
            function = DIGESTS.get(field.only().only().content(), "")
        elif field.tag == 0xA2:
            salt = int.from_bytes(field.only().content(), "big")
    return function, salt


def issued(child: Certificate, parent: Certificate) -> bool:
    """Whether `parent` signed the certificate `child`. Raises Unsupported."""
    try:
        body, algorithm, signature = Element(child.raw).children(3)[:3]
        kind = algorithm.children(1)
        parameters = kind[1].raw() if len(kind) > 1 else b""
        method = kind[0].content()
        return fits(
            parent.key,
            signature.content()[1:],
            body.raw(),
            _WITH.get(method, ""),
            method,
            parameters,
        )
    except BrokenPart as error:
        raise Unsupported("a certificate is damaged") from error


def function_of(algorithm: bytes, stated: str) -> str:
    """The hash function of a signature algorithm that names one, else the one `stated`."""
    return _WITH.get(algorithm, stated)
