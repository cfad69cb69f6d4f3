# SPDX-License-Identifier: MIT
"""Key change (RFC 8555, section 7.3.5): a JWS of the new key in one of the
old."""

from . import jws
from .http import json_reply
from .problem import Problem, malformed


def inner_message(ca, request):
    """The verified inner JWS, and the key that made it."""
    message = jws.parse(request.payload, "inner JWS")
    header = message.protected
    if jws.check_header(header, ("jwk",)) != "jwk":
        raise malformed("inner JWS has no jwk", "A08")
    if "nonce" in header:
        raise malformed("inner JWS has a nonce", "N09")
    if header["url"] != request.protected["url"]:
        raise malformed("inner url is not the outer one", "A08")
    jws.check_algorithm(header["alg"], ca.settings.algorithms)
    key = ca.keys.parse(header["jwk"])
    jws.verify(message, key)
    return message.json(), key


def check_statement(ca, request, statement):
    if statement.get("account") != request.account.url:
        raise malformed("inner account is not the account URL", "A08")
    try:
        old = ca.keys.parse(statement.get("oldKey"))
    except Problem as problem:
        raise malformed(f"oldKey: {problem.detail}", "A08") from None
    if old.thumbprint != request.account.key.thumbprint:
        raise malformed("oldKey is not the account's key", "A08")


def check_new_key(ca, key):
    holder = ca.accounts.by_key.get(key.thumbprint)
    if holder:
        raise Problem("conflict", "New key is already in use for a "
                      "different account", status=409,
                      headers=[("Location", holder.url)])
    if key.spki in ca.certificates.keys:
        raise Problem("badPublicKey", "the key of a certificate", rule="A09")


def change_key(ca, request):
    statement, key = inner_message(ca, request)
    check_statement(ca, request, statement)
    check_new_key(ca, key)
    account = request.account
    del ca.accounts.by_key[account.key.thumbprint]
    account.key = key
    ca.accounts.by_key[key.thumbprint] = account
    ca.journal.note("key-changed", account=account.number)
    return json_reply(ca.accounts.document(account))
