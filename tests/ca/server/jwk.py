# SPDX-License-Identifier: MIT
"""Public keys as JSON (RFC 7517, 7518, 8037), thumbprints (RFC 7638)."""

import hashlib
import json

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import (ec, ed25519, padding,
                                                       rsa, utils)

from .problem import Problem
from .text import b64, unb64

# alg: (curve, octets of a coordinate, hash)
CURVES = {
    "ES256": (ec.SECP256R1(), 32, hashes.SHA256()),
    "ES384": (ec.SECP384R1(), 48, hashes.SHA384()),
    "ES512": (ec.SECP521R1(), 66, hashes.SHA512()),
}
NAMES = {"P-256": "ES256", "P-384": "ES384", "P-521": "ES512"}
PRIVATE = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}


class Key:
    """`algorithm` is the only one that fits the key."""

    def __init__(self, public, algorithm, required):
        self.public = public
        self.algorithm = algorithm
        self.jwk = required
        text = json.dumps(required, sort_keys=True, separators=(",", ":"))
        digest = hashlib.sha256(text.encode()).digest()
        self.thumbprint = b64(digest)
        self.spki = public.public_bytes(
            serialization.Encoding.DER,
            serialization.PublicFormat.SubjectPublicKeyInfo)

    def verify(self, data, signature):
        """False when the signature is another's."""
        try:
            self.check(data, signature)
        except InvalidSignature:
            return False
        return True

    def check(self, data, signature):
        if self.algorithm == "EdDSA":
            self.public.verify(signature, data)
        elif self.algorithm == "RS256":
            self.public.verify(signature, data, padding.PKCS1v15(),
                               hashes.SHA256())
        else:
            self.check_ecdsa(data, signature)

    def check_ecdsa(self, data, signature):
        _, size, digest = CURVES[self.algorithm]
        if len(signature) != 2 * size:
            raise Problem(
                "malformed", f"signature of {len(signature)} octets for "
                f"{self.algorithm}", rule="J06")
        der = utils.encode_dss_signature(
            int.from_bytes(signature[:size], "big"),
            int.from_bytes(signature[size:], "big"))
        self.public.verify(der, data, ec.ECDSA(digest))


def bad_key(detail, rule="J07"):
    return Problem("badPublicKey", detail, rule=rule)


def member(jwk, name):
    try:
        return unb64(jwk[name])
    except KeyError:
        raise bad_key(f"jwk lacks '{name}'") from None
    except ValueError as error:
        raise bad_key(f"jwk's '{name}': {error}", "T04") from None


def parse_ec(jwk):
    algorithm = NAMES.get(jwk.get("crv"))
    if not algorithm:
        raise bad_key(f"unknown curve '{jwk.get('crv')}'", "J03")
    curve, size, _ = CURVES[algorithm]
    x, y = member(jwk, "x"), member(jwk, "y")
    if len(x) != size or len(y) != size:
        raise bad_key(f"coordinates of {len(x)} and {len(y)} octets, not "
                      f"{size}")
    public = ec.EllipticCurvePublicNumbers(
        int.from_bytes(x, "big"), int.from_bytes(y, "big"), curve)
    return Key(public.public_key(), algorithm,
               {"crv": jwk["crv"], "kty": "EC", "x": jwk["x"],
                "y": jwk["y"]})


def parse_rsa(jwk):
    n, e = member(jwk, "n"), member(jwk, "e")
    if n[:1] == b"\0" or e[:1] == b"\0":
        raise bad_key("a leading zero octet in n or e")
    if not 2048 <= 8 * len(n) <= 4096:
        raise bad_key(f"RSA key of {8 * len(n)} bits", "J12")
    public = rsa.RSAPublicNumbers(int.from_bytes(e, "big"),
                                  int.from_bytes(n, "big"))
    return Key(public.public_key(), "RS256",
               {"e": jwk["e"], "kty": "RSA", "n": jwk["n"]})


def parse_okp(jwk):
    if jwk.get("crv") != "Ed25519":
        raise bad_key(f"unknown curve '{jwk.get('crv')}'", "J03")
    public = ed25519.Ed25519PublicKey.from_public_bytes(member(jwk, "x"))
    return Key(public, "EdDSA",
               {"crv": "Ed25519", "kty": "OKP", "x": jwk["x"]})


PARSERS = {"EC": parse_ec, "RSA": parse_rsa, "OKP": parse_okp}


def parse_jwk(jwk):
    """A Key, or the Problem with it."""
    if not isinstance(jwk, dict):
        raise Problem("malformed", "jwk is no object", rule="J02")
    leaked = PRIVATE & jwk.keys()
    if leaked:
        raise bad_key(f"jwk has the private member '{leaked.pop()}'", "J05")
    parse = PARSERS.get(jwk.get("kty"))
    if not parse:
        raise bad_key(f"unknown kty '{jwk.get('kty')}'", "J03")
    try:
        return parse(jwk)
    except ValueError as error:
        raise bad_key(f"no key: {error}") from None
