# SPDX-License-Identifier: MIT
"""Certificates that were issued: download (RFC 8555, section 7.4.2) and
revocation (7.6)."""

from cryptography.hazmat.primitives import serialization

from . import chains
from .auth import unknown_members
from .http import Reply
from .problem import Problem, malformed
from .text import b64, unb64

DER = serialization.Encoding.DER
PEM_CHAIN = "application/pem-certificate-chain"
# Reasons that Let's Encrypt takes of a subscriber.
REASONS = (0, 1, 4, 5)


def serial_octets(number):
    """The content octets of the INTEGER, a leading zero included."""
    return number.to_bytes(number.bit_length() // 8 + 1, "big")


class Certificate:
    def __init__(self, leaf, order, above):
        self.leaf = leaf
        self.order = order
        self.account = order.account
        self.names = order.names()
        self.id = ""
        self.issued = self.start = self.end = 0.0
        self.serial = serial_octets(leaf.serial_number)
        self.above = above
        self.url = ""
        self.revoked = None      # reason
        self.replaced_by = None  # Order
        self.window = None       # of this certificate, by a test
        self.der = leaf.public_bytes(DER)
        self.spki = leaf.public_key().public_bytes(
            DER, serialization.PublicFormat.SubjectPublicKeyInfo)

    def certid(self, identifier):
        return f"{b64(identifier)}.{b64(self.serial)}"

    def describe(self):
        return {"serial": self.serial.hex(), "url": self.url,
                "names": sorted(value for _, value in self.names),
                "notBefore": self.leaf.not_valid_before.isoformat() + "Z",
                "notAfter": self.leaf.not_valid_after.isoformat() + "Z",
                "revoked": self.revoked, "account": self.account.number,
                "order": self.order.number, "id": self.id,
                "replaces": self.order.replaces, "issued": self.issued,
                "pem": chains.pem(self.leaf)}


class Certificates:
    def __init__(self, ca):
        self.ca = ca
        self.clear()

    def clear(self):
        self.all = {}
        self.by_id = {}
        self.by_der = {}
        self.by_names = {}
        self.keys = set()

    def add(self, certificate, plan):
        known = self.by_names.get(certificate.names)
        if plan.same and known:
            return known[-1]
        certificate.id = certificate.certid(
            self.ca.issuer.intermediate.identifier.digest)
        certificate.issued = self.ca.clock.now()
        certificate.start, certificate.end = int(plan.start), int(plan.end)
        number = len(self.all) + 1
        certificate.url = f"{self.ca.base}/certificate/{number}"
        self.all[str(number)] = certificate
        self.by_id[certificate.id] = certificate
        self.by_der[certificate.der] = certificate
        self.by_names.setdefault(certificate.names, []).append(certificate)
        self.keys.add(certificate.spki)
        return certificate

    # --- download

    def download(self, request):
        found = self.all.get(request.argument[0])
        if not found:
            raise malformed("Certificate not found", None, status=404)
        if found.account is not request.account:
            raise Problem("unauthorized", "Account in use did not issue "
                          "specified certificate", rule="J05")
        number = int(request.argument[1]) if len(request.argument) > 1 else 0
        alternates = int(self.ca.settings.alternates)
        if not 0 <= number <= alternates:
            raise malformed("no such alternate", None, status=404)
        text = chains.document(self.ca.issuer, found, number,
                               self.ca.settings.chain)
        reply = Reply(200, text.encode(), PEM_CHAIN)
        for other in range(alternates + 1):
            if other != number:
                reply.add("Link", f'<{found.url}/{other}>;rel="alternate"')
        return reply

    # --- revocation

    def revoke(self, request):
        unknown_members(self.ca, request, {"certificate", "reason"})
        found = self.find(request.payload)
        self.check_right(request, found)
        if found.revoked is not None:
            raise Problem("alreadyRevoked", "Certificate already revoked")
        found.revoked = self.reason(request)
        self.ca.journal.note("revoked", serial=found.serial.hex(),
                             reason=found.revoked)
        return Reply(200)

    def find(self, payload):
        try:
            der = unb64(payload.get("certificate"))
        except ValueError as error:
            raise malformed(f"certificate: {error}", "R01") from None
        found = self.by_der.get(der)
        if not found:
            raise malformed("Certificate from unrecognized issuer", "R01",
                            status=404)
        return found

    def reason(self, request):
        reason = request.payload.get("reason", 0)
        if not isinstance(reason, int) or isinstance(reason, bool):
            raise malformed("reason is no integer", "R01")
        if reason not in REASONS:
            raise Problem("badRevocationReason",
                          f"unsupported revocation reason code {reason}",
                          rule="R04")
        if request.account and reason == 1:
            return 1
        return reason if request.account else 1

    def check_right(self, request, found):
        """By its own key, by who ordered it, or by who holds valid
        authorizations for all its names."""
        if request.account is None:
            if request.key.spki != found.spki:
                raise Problem("unauthorized", "JWK embedded in revocation "
                              "request must be the same public key as the "
                              "cert to be revoked", rule="R02")
            return
        if request.account is found.account:
            return
        for pair in found.names:
            held = self.ca.authorizations.reusable.get(
                (request.account.number, pair))
            if not held or held.refresh(self.ca.clock.now()) != "valid":
                raise Problem("unauthorized", "The key ID specified is not "
                              "authorized to revoke this certificate",
                              rule="R02")
