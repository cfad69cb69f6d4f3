# SPDX-License-Identifier: MIT
"""Opens a POST: media type, JWS, nonce, URL, key or account, payload."""

import hashlib

from . import jws
from .problem import Problem, malformed


def check_media_type(request):
    kind = request.header("content-type")
    if kind != "application/jose+json":
        raise malformed(f"Content-Type is '{kind}'", "T05", status=415)
    if request.header("replay-nonce"):
        raise malformed("a request with Replay-Nonce", "N07")


def check_user_agent(ca, request):
    if not request.header("user-agent"):
        raise malformed("no User-Agent", "T02")
    if not request.header("accept-language"):
        ca.journal.complain(request, "T03", "no Accept-Language", True)


def check_url(ca, request, message):
    wanted = ca.base + request.target
    url = message.protected["url"]
    if url != wanted:
        raise Problem("unauthorized", f"url '{url}' is not '{wanted}'",
                      rule="J04")


def find_account(ca, request, kid):
    if not isinstance(kid, str) or not kid.startswith(ca.base):
        raise malformed(f"kid '{kid}' is no account of this CA", "J05")
    account = ca.accounts.by_url.get(kid)
    if not account:
        raise Problem("accountDoesNotExist",
                      f"Unable to validate JWS :: Account \"{kid}\" not "
                      "found")
    request.account = account
    if account.status != "valid":
        raise Problem("unauthorized", "Account is not valid, has status "
                      f"\"{account.status}\"")
    return account.key


def check_terms(ca, request):
    """RFC 8555, section 7.3.3: the terms have changed."""
    if not ca.settings.terms_changed or request.kind == "account":
        return
    raise Problem("userActionRequired", "Terms of service have changed",
                  instance=f"{ca.base}/terms",
                  headers=[("Link", f'<{ca.settings.terms}>;'
                            'rel="terms-of-service"')])


def check_payload(request, message, wanted):
    """Into request.payload: None for POST-as-GET, else a dict."""
    if not message.payload:
        if "empty" not in wanted:
            raise malformed("an empty payload", "J09")
        return
    if "json" not in wanted:
        raise malformed("POST-as-GET with a payload", "J09")
    request.payload = message.json()
    if "resource" in request.payload:
        raise malformed("a member 'resource', of ACME before the RFC",
                        "J09")


def open_post(ca, request, resource):
    """After this request.key, and .account when it has a kid, are right."""
    check_media_type(request)
    message = jws.parse_body(request.body)
    ca.nonces.check_retry(request, message)
    try:
        ca.nonces.spend(request, message.protected.get("nonce"))
    except Problem as problem:
        problem.message = message
        raise
    which = jws.check_header(message.protected, resource.signers)
    jws.check_algorithm(message.protected["alg"], ca.settings.algorithms)
    check_url(ca, request, message)
    request.protected = message.protected
    if which == "jwk":
        request.key = ca.keys.parse(message.protected["jwk"])
    else:
        request.key = find_account(ca, request, message.protected["kid"])
    jws.verify(message, request.key)
    if which == "kid":
        check_terms(ca, request)
    check_payload(request, message, resource.payload)


def unknown_members(ca, request, known):
    """Servers ignore what they do not know (section 7.3); tests may ask."""
    for name in (request.payload or {}).keys() - known:
        ca.journal.complain(request, "unknown", f"member '{name}'", True)


def short_hash(text):
    return hashlib.sha256(text.encode()).hexdigest()[:12]
