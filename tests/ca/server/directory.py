# SPDX-License-Identifier: MIT
"""The directory and newNonce (RFC 8555, sections 7.1.1 and 7.2)."""

from .http import Reply, json_reply
from .resources import NAMED


class Directory:
    def __init__(self, ca):
        self.ca = ca

    def read(self, _request):
        settings = self.ca.settings
        prefix = f"/{settings.prefix}" if settings.prefix else ""
        document = {name: f"{self.ca.base}{prefix}/{path}"
                    for name, path in NAMED.items()}
        if not settings.ari:
            del document["renewalInfo"]
        if not settings.pre_authorization:
            del document["newAuthz"]
        meta = self.meta()
        if meta:
            document["meta"] = meta
        return json_reply(document)

    def meta(self):
        settings = self.ca.settings
        meta = {"website": "https://ca.test/"}
        if settings.terms:
            meta["termsOfService"] = settings.terms
        if settings.caa_identities:
            meta["caaIdentities"] = settings.caa_identities
        if settings.profiles:
            meta["profiles"] = self.ca.profiles.advertised()
        if settings.eab_required:
            meta["externalAccountRequired"] = True
        if settings.meta is None:
            return {}
        meta.update(settings.meta)
        return meta

    def nonce(self, request):
        return Reply(200 if request.method == "HEAD" else 204)

    def terms(self, _request):
        return Reply(200, b"Be good.\n", "text/plain")
