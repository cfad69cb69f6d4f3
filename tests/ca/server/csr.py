# SPDX-License-Identifier: MIT
"""Certificate requests (RFC 8555, section 7.4; RFC 2986)."""

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtensionOID, NameOID

from .problem import Problem

KINDS = ((rsa.RSAPublicKey, "rsa"), (ec.EllipticCurvePublicKey, "ec"),
         (ed25519.Ed25519PublicKey, "ed25519"))
CURVES = ("secp256r1", "secp384r1")
BITS = (2048, 3072, 4096)


class Wanted:
    """What a CSR asks for."""

    def __init__(self, public, spki, names, common_name):
        self.public = public
        self.spki = spki
        self.names = names
        self.common_name = common_name


def bad(detail, rule):
    return Problem("badCSR", detail, rule=rule)


def parse(der):
    try:
        request = x509.load_der_x509_csr(der)
    except ValueError as error:
        raise bad(f"Error parsing certificate request: {error}", "F01") \
            from None
    # version INTEGER: after SEQUENCE, SEQUENCE (RFC 2986, section 4.1)
    if b"\x02\x01\x00" not in request.tbs_certrequest_bytes[:8]:
        raise bad("the version is not 0", "F02")
    if not request.is_signature_valid:
        raise bad("Error parsing certificate request: signature", "F02")
    return request


def check_key(public, allowed):
    kind = next((name for cls, name in KINDS if isinstance(public, cls)),
                "unknown")
    if kind not in allowed:
        raise bad(f"Error finalizing order :: invalid public key in CSR: "
                  f"{kind}", None)
    if kind == "rsa" and (public.key_size not in BITS or
                          public.public_numbers().e != 65537):
        raise bad("RSA key of an odd size or exponent", "F04")
    if kind == "ec" and public.curve.name not in CURVES:
        raise bad(f"curve {public.curve.name}", "F04")


def names_of(request):
    """The pairs of the subjectAltName."""
    try:
        value = request.extensions.get_extension_for_oid(
            ExtensionOID.SUBJECT_ALTERNATIVE_NAME).value
    except x509.ExtensionNotFound:
        raise bad("no subjectAltName", "F02") from None
    pairs = set()
    for name in value:
        if isinstance(name, x509.DNSName):
            pairs.add(("dns", name.value))
        elif isinstance(name, x509.IPAddress):
            pairs.add(("ip", str(name.value)))
        else:
            raise bad("a name that is neither DNS nor address", "F04")
    return pairs


def common_name_of(request, pairs):
    found = request.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    if not found:
        return None
    name = found[0].value
    if ("ip", name) in pairs:
        raise bad("CSR contains IP address in Common Name", "I01")
    if ("dns", name.lower()) not in pairs:
        raise bad(f"CN '{name}' is no subjectAltName", "F02")
    return name


def check_extensions(ca, request):
    for extension in request.extensions:
        if extension.oid == ExtensionOID.TLS_FEATURE and \
                not ca.settings.must_staple:
            raise Problem("unauthorized", "OCSP must-staple extension is no "
                          "longer available: see https://letsencrypt.org/"
                          "2024/12/05/ending-ocsp")


def check(ca, der, order):
    """Wanted of a CSR that fits the order."""
    request = parse(der)
    public = request.public_key()
    check_key(public, ca.settings.certificate_keys)
    spki = public.public_bytes(serialization.Encoding.DER,
                               serialization.PublicFormat.SubjectPublicKeyInfo)
    for account in ca.accounts.by_key.values():
        if account.key.spki == spki:
            raise bad("certificate public key must be different than account "
                      "key", "F03")
    pairs = names_of(request)
    if pairs != order.names():
        odd = ", ".join(sorted(value for _, value in pairs ^ order.names()))
        raise bad("CSR does not specify same identifiers as Order: "
                  f"{odd}", "F02")
    check_extensions(ca, request)
    return Wanted(public, spki, order.identifiers,
                  common_name_of(request, pairs))
