# SPDX-License-Identifier: MIT
"""External account binding (RFC 8555, section 7.3.4)."""

import json

from . import jws
from .problem import Problem, malformed
from .text import lenient_b64


class Binding:
    def __init__(self, kid, document):
        self.kid = kid
        self.document = document


class Bindings:
    def __init__(self, ca):
        self.ca = ca
        self.clear()

    def clear(self):
        self.bound = {}

    def check(self, request):
        """The Binding of a newAccount request, None without one."""
        document = request.payload.get("externalAccountBinding")
        if document is None:
            if self.ca.settings.eab_required:
                raise Problem("externalAccountRequired",
                              "this CA needs an external account binding",
                              rule="E01")
            return None
        message = jws.parse(document, "externalAccountBinding")
        self.check_header(request, message.protected)
        jws.verify_mac(message, self.secret(message.protected["kid"]))
        if json.loads(message.payload) != request.protected["jwk"]:
            raise malformed("the binding's payload is not the outer jwk",
                            "E02")
        return Binding(message.protected["kid"], document)

    @staticmethod
    def check_header(request, header):
        if header.get("alg") not in jws.MACS:
            raise malformed(f"the binding's alg '{header.get('alg')}'",
                            "E02")
        if "nonce" in header:
            raise malformed("the binding has a nonce", "N09")
        if header.get("url") != request.protected["url"]:
            raise malformed("the binding's url is not the outer one", "E02")
        if not isinstance(header.get("kid"), str):
            raise malformed("the binding has no kid", "E02")

    def secret(self, kid):
        secret = self.ca.settings.eab_keys.get(kid)
        if secret is None:
            raise Problem("unauthorized", "Unknown external account binding "
                          "(EAB) key. This may be due to the EAB key "
                          "expiring which occurs 7 days after creation")
        if self.ca.settings.eab_once and kid in self.bound:
            raise Problem("unauthorized", "The account is not awaiting "
                          "external account binding", rule="E04")
        return lenient_b64(secret)

    def spend(self, binding, account):
        if binding:
            self.bound[binding.kid] = account
