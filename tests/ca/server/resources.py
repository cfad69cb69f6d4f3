# SPDX-License-Identifier: MIT
"""Which path is what, and what may be asked of it.

NAMED are in the directory, below the setting `prefix`; what an order or an
account leads to never moves.
"""

from . import rollover

NAMED = {"newNonce": "new-nonce", "newAccount": "new-account",
         "newOrder": "new-order", "newAuthz": "new-authorization",
         "revokeCert": "revoke", "keyChange": "key-change",
         "renewalInfo": "renewal-info"}
KINDS = {path: name for name, path in NAMED.items()}
OBJECTS = {"account", "order", "authorization", "challenge", "certificate"}


class Resource:
    """`signers` by preference; `payload`: json, empty (POST-as-GET)."""

    def __init__(self, handle, methods=("POST",), signers=("kid",),
                 payload=("json",)):
        self.handle = handle
        self.methods = methods
        self.signers = signers
        self.payload = payload


GET = ("GET", "HEAD")
EITHER = ("json", "empty")
RESOURCES = {
    "directory": Resource(lambda ca, r: ca.directory.read(r),
                          ("GET", "HEAD", "POST"), payload=("empty",)),
    "newNonce": Resource(lambda ca, r: ca.directory.nonce(r), GET),
    "terms": Resource(lambda ca, r: ca.directory.terms(r), GET),
    "newAccount": Resource(lambda ca, r: ca.accounts.create(r),
                           signers=("jwk",)),
    "newOrder": Resource(lambda ca, r: ca.orders.create(r)),
    "newAuthz": Resource(lambda ca, r: ca.authorizations.create(r)),
    "revokeCert": Resource(lambda ca, r: ca.certificates.revoke(r),
                           signers=("kid", "jwk")),
    "keyChange": Resource(rollover.change_key),
    "renewalInfo": Resource(lambda ca, r: ca.ari.read(r), GET),
    "account": Resource(lambda ca, r: ca.accounts.change(r),
                        payload=EITHER),
    "orders": Resource(lambda ca, r: ca.accounts.list_orders(r),
                       payload=("empty",)),
    "order": Resource(lambda ca, r: ca.orders.read(r), payload=("empty",)),
    "finalize": Resource(lambda ca, r: ca.orders.finalize(r)),
    "authorization": Resource(lambda ca, r: ca.authorizations.read(r),
                              payload=EITHER),
    "challenge": Resource(lambda ca, r: ca.authorizations.respond(r),
                          payload=EITHER),
    "certificate": Resource(lambda ca, r: ca.certificates.download(r),
                            payload=("empty",)),
}


def route(prefix, request):
    """Sets request.kind and .argument."""
    parts = request.target.split("?")[0].split("/")[1:]
    first = parts[0]
    if first in ("directory", "terms") and len(parts) == 1:
        request.kind = first
    elif first in OBJECTS and len(parts) > 1:
        request.argument = parts[1:]
        request.kind = object_kind(first, parts)
    else:
        route_named(prefix.split("/") if prefix else [], parts, request)


def object_kind(first, parts):
    if first == "order" and parts[2:] == ["finalize"]:
        return "finalize"
    if first == "account" and parts[2:3] == ["orders"]:
        return "orders"
    plain = 3 if first == "certificate" else 2
    return first if len(parts) <= plain else "unknown"


def route_named(prefix, parts, request):
    if parts[:len(prefix)] != prefix or len(parts) == len(prefix):
        return
    rest = parts[len(prefix):]
    kind = KINDS.get(rest[0])
    if kind == "renewalInfo" and len(rest) > 1:
        request.kind, request.argument = kind, rest[1:]
    elif kind and kind != "renewalInfo" and len(rest) == 1:
        request.kind = kind
