# SPDX-License-Identifier: MIT
"""Roots, intermediates, and the certificates that they sign."""

import ipaddress
import secrets

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import (AuthorityInformationAccessOID,
                                   ExtendedKeyUsageOID, NameOID)

from . import wrong
from .certificates import Certificate
from .text import duration, parse_rfc3339, utc

FOREVER = (parse_rfc3339("2000-01-01T00:00:00Z"),
           parse_rfc3339("2199-12-31T00:00:00Z"))
SHA256 = hashes.SHA256()
USAGE = x509.KeyUsage(True, False, False, False, False, False, False, False,
                      False)
SIGNS = x509.KeyUsage(True, False, False, False, False, True, True, False,
                      False)
SERVER = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
LEAF = x509.BasicConstraints(False, None)


def new_key():
    return ec.generate_private_key(ec.SECP256R1())


def x509_name(common_name):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


class Signer:
    """A key with a name; `certificate` is how somebody vouches for it."""

    def __init__(self, name, key=None):
        self.name = x509_name(name)
        self.key = key or new_key()
        self.identifier = x509.SubjectKeyIdentifier.from_public_key(
            self.key.public_key())
        self.authority = \
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(
                self.identifier)
        self.certificate = None

    def vouch(self, other):
        """A CA certificate for another signer (or itself)."""
        builder = (x509.CertificateBuilder()
                   .subject_name(other.name).issuer_name(self.name)
                   .public_key(other.key.public_key())
                   .serial_number(x509.random_serial_number())
                   .not_valid_before(utc(FOREVER[0]).replace(tzinfo=None))
                   .not_valid_after(utc(FOREVER[1]).replace(tzinfo=None))
                   .add_extension(x509.BasicConstraints(True, None), True)
                   .add_extension(SIGNS, True)
                   .add_extension(other.identifier, False)
                   .add_extension(self.authority, False))
        return builder.sign(self.key, SHA256)


def make_root(name):
    root = Signer(name)
    root.certificate = root.vouch(root)
    return root


def general_name(identifier):
    if identifier.type == "ip":
        return x509.IPAddress(ipaddress.ip_address(identifier.value))
    return x509.DNSName(identifier.value)


class Issuer:
    """One intermediate signs; each root vouches for it in a chain of its
    own, so that alternates differ only above the leaf."""

    def __init__(self, ca):
        self.ca = ca
        self.roots = [make_root("Scripted Root 0")]
        self.intermediate = Signer("Scripted Intermediate")
        self.links = []          # between root and intermediate
        self.chains = {}         # (root, length): certificates above the leaf
        self.stranger = Signer("Scripted Stranger")

    def root(self, number):
        while len(self.roots) <= number:
            self.roots.append(make_root(f"Scripted Root {len(self.roots)}"))
        return self.roots[number]

    def chain(self, number):
        """What stands above a leaf, up to below root `number`."""
        length = max(1, int(self.ca.settings.chain_length))
        place = (number, length)
        if place not in self.chains:
            self.chains[place] = self.make_chain(self.root(number), length)
        return self.chains[place]

    def make_chain(self, root, length):
        while len(self.links) < length - 1:
            self.links.append(Signer(f"Scripted Link {len(self.links)}"))
        signers = [self.intermediate] + self.links[:length - 1] + [root]
        return [above.vouch(below)
                for below, above in zip(signers, signers[1:])]

    # --- leaves

    def issue(self, order, wanted):
        """A Certificate, as the settings want it: right or wrong."""
        plan = wrong.plan(self.ca, order, wanted)
        leaf = self.sign(plan)
        return self.ca.certificates.add(
            Certificate(leaf, order, self.chain(0)), plan)

    def dates(self, order):
        settings, now = self.ca.settings, self.ca.clock.now()
        profile = self.ca.profiles.find(order.profile)
        start = order.not_before
        if start is None:
            start = now - duration(settings.backdate)
        end = order.not_after
        if end is None:
            end = start + profile.lifetime - 1
        return start, end

    def serial(self):
        raw = bytearray(secrets.token_bytes(16))
        raw[0] = raw[0] | 0x80 if self.ca.settings.serial == "top" \
            else raw[0] or 1
        return int.from_bytes(raw, "big")

    def sign(self, plan):
        names = [general_name(item) for item in plan.names]
        subject = x509_name(plan.common_name) if plan.common_name \
            else x509.Name([])
        builder = (x509.CertificateBuilder()
                   .subject_name(subject)
                   .issuer_name(plan.issuer_name)
                   .public_key(plan.public)
                   .serial_number(self.serial())
                   .not_valid_before(utc(plan.start).replace(tzinfo=None))
                   .not_valid_after(utc(plan.end).replace(tzinfo=None))
                   .add_extension(LEAF, True)
                   .add_extension(USAGE, True)
                   .add_extension(SERVER, False)
                   .add_extension(self.intermediate.authority, False)
                   .add_extension(self.access(), False)
                   .add_extension(x509.SubjectAlternativeName(names),
                                  not plan.common_name))
        return builder.sign(plan.key, SHA256)

    def access(self):
        if not hasattr(self, "where"):
            self.where = x509.AuthorityInformationAccess([
                x509.AccessDescription(
                    AuthorityInformationAccessOID.CA_ISSUERS,
                    x509.UniformResourceIdentifier("http://ca.test/i.der"))])
        return self.where
