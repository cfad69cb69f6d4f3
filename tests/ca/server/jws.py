# SPDX-License-Identifier: MIT
"""Signed requests (RFC 8555, section 6): what they say and by whom."""

import hmac
import json

from .jwk import parse_jwk
from .problem import Problem, malformed
from .text import unb64

MACS = {"HS256": "sha256", "HS384": "sha384", "HS512": "sha512"}


class Message:
    """A flattened JWS, decoded but not verified."""

    def __init__(self, protected, payload, signature, signed):
        self.protected = protected
        self.payload = payload
        self.signature = signature
        self.signed = signed

    def json(self):
        """The payload as a JSON object."""
        try:
            document = json.loads(self.payload)
        except ValueError:
            raise malformed("payload is no JSON", "J01") from None
        if not isinstance(document, dict):
            raise malformed("payload is no JSON object", "J09")
        return document


def decode(document, name):
    try:
        return unb64(document[name])
    except ValueError as error:
        raise malformed(f"JWS '{name}': {error}", "T04") from None


def parse(document, where="JWS"):
    """A Message out of a JSON object of exactly three members."""
    if not isinstance(document, dict):
        raise malformed(f"{where} is no JSON object", "J01")
    wanted = {"protected", "payload", "signature"}
    if document.keys() != wanted:
        odd = ", ".join(sorted(document.keys() ^ wanted))
        raise malformed(f"{where}: missing or superfluous: {odd}", "J01")
    protected = decode(document, "protected")
    payload = decode(document, "payload")
    signature = decode(document, "signature")
    try:
        header = json.loads(protected)
    except ValueError:
        raise malformed(f"{where}: protected is no JSON", "J01") from None
    if not isinstance(header, dict):
        raise malformed(f"{where}: protected is no object", "J01")
    if "b64" in header or "crit" in header:
        raise malformed(f"{where}: b64 or crit", "J01")
    signed = f"{document['protected']}.{document['payload']}".encode()
    return Message(header, payload, signature, signed)


def parse_body(body):
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise malformed("the body is no JSON", "J01") from None
    return parse(document)


def check_header(header, modes):
    """Which of jwk and kid there is; `modes` are those allowed."""
    for name in ("alg", "url"):
        if not isinstance(header.get(name), str):
            raise malformed(f"protected lacks '{name}'", "J02")
    present = [name for name in ("jwk", "kid") if name in header]
    if len(present) != 1:
        raise malformed("protected needs exactly one of jwk and kid", "J02")
    if present[0] not in modes:
        raise malformed(f"'{present[0]}' where '{modes[0]}' is needed",
                        "J05")
    return present[0]


def check_algorithm(algorithm, allowed):
    if algorithm in allowed:
        return
    rule = "J03" if algorithm == "none" or algorithm in MACS else None
    raise Problem("badSignatureAlgorithm",
                  f"'{algorithm}' is not one of {', '.join(allowed)}",
                  rule=rule, algorithms=list(allowed))


def verify(message, key):
    """By the key, whose algorithm must be the one of the header."""
    if message.protected["alg"] != key.algorithm:
        raise malformed(f"'{message.protected['alg']}' does not fit a key "
                        f"for {key.algorithm}", "J03")
    if not key.verify(message.signed, message.signature):
        raise malformed("JWS verification error", "J06")


def verify_mac(message, secret):
    digest = MACS[message.protected["alg"]]
    wanted = hmac.digest(secret, message.signed, digest)
    if not hmac.compare_digest(wanted, message.signature):
        raise Problem("unauthorized", "the binding's MAC is wrong",
                      rule="E02")


class Keys:
    """Parsed keys by their JSON: parsing one costs more than a request."""

    def __init__(self):
        self.known = {}

    def parse(self, jwk):
        text = json.dumps(jwk, sort_keys=True)
        key = self.known.get(text)
        if not key:
            key = self.known[text] = parse_jwk(jwk)
        return key
