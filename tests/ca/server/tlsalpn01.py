# SPDX-License-Identifier: MIT
"""tls-alpn-01 as Let's Encrypt looks at it (RFC 8737, RFC 8738)."""

import asyncio
import ipaddress
import ssl

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtensionOID

from .problem import Problem

ACME_IDENTIFIER = "1.3.6.1.5.5.7.1.31"
PATIENCE = 10.0


def server_name(identifier):
    """The SNI: for an address its reverse name (RFC 8738, section 6)."""
    if identifier.type == "ip":
        return ipaddress.ip_address(identifier.value).reverse_pointer
    return identifier.value


async def fetch(address, port, name):
    """The certificate in DER, and the protocol that was agreed on."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_alpn_protocols(["acme-tls/1"])
    _, writer = await asyncio.open_connection(address, port, ssl=context,
                                              server_hostname=name)
    peer = writer.get_extra_info("ssl_object")
    result = peer.getpeercert(True), peer.selected_alpn_protocol()
    writer.close()
    return result


def incorrect(identifier, where, what):
    return Problem("unauthorized", "Incorrect validation certificate for "
                   f"tls-alpn-01 challenge. Requested {identifier.value} from"
                   f" {where}. {what}")


def self_signed(certificate):
    public = certificate.public_key()
    digest = certificate.signature_hash_algorithm
    try:
        if isinstance(public, ec.EllipticCurvePublicKey):
            public.verify(certificate.signature,
                          certificate.tbs_certificate_bytes, ec.ECDSA(digest))
        elif isinstance(public, rsa.RSAPublicKey):
            public.verify(certificate.signature,
                          certificate.tbs_certificate_bytes,
                          padding.PKCS1v15(), digest)
        else:
            public.verify(certificate.signature,
                          certificate.tbs_certificate_bytes)
    except InvalidSignature:
        return False
    return certificate.issuer == certificate.subject


def names_of(certificate):
    try:
        value = certificate.extensions.get_extension_for_oid(
            ExtensionOID.SUBJECT_ALTERNATIVE_NAME).value
    except x509.ExtensionNotFound:
        return []
    return [("ip" if isinstance(name, x509.IPAddress) else "dns",
             str(name.value).lower()) for name in value]


def judge(der, identifier, where, digest):
    certificate = x509.load_der_x509_certificate(der)
    if not self_signed(certificate):
        raise incorrect(identifier, where,
                        "Received certificate which is not self-signed.")
    if names_of(certificate) != [identifier.pair()]:
        raise incorrect(identifier, where,
                        "Received certificate with unexpected identifiers.")
    for extension in certificate.extensions:
        if extension.oid.dotted_string != ACME_IDENTIFIER:
            continue
        if not extension.critical:
            raise incorrect(identifier, where, "Received certificate with "
                            "acmeIdentifier extension that is not Critical.")
        if extension.value.value != b"\x04\x20" + digest:
            raise incorrect(identifier, where, "Received certificate with "
                            "acmeValidationV1 extension value "
                            f"{extension.value.value.hex()} but expected "
                            f"0420{digest.hex()}.")
        return
    raise incorrect(identifier, where,
                    "Received certificate with no acmeValidationV1 extension.")


async def look(address, port, identifier, digest):
    where = f"{address}:{port}"
    try:
        der, protocol = await asyncio.wait_for(
            fetch(address, port, server_name(identifier)), PATIENCE)
    except asyncio.TimeoutError:
        raise Problem("connection", f"{address}: Timeout during connect "
                      "(likely firewall problem)") from None
    except ConnectionRefusedError:
        raise Problem("connection", f"{address}: Connection refused") \
            from None
    except ssl.SSLError as error:
        if "NO_APPLICATION_PROTOCOL" in str(error):
            raise Problem("tls", f"{address}: Cannot negotiate ALPN protocol "
                          "\"acme-tls/1\" for tls-alpn-01 challenge") \
                from None
        raise Problem("tls", f"{address}: remote error: tls: "
                      f"{error.reason}") from None
    except OSError as error:
        raise Problem("connection", f"{address}: {error.strerror}") from None
    if protocol != "acme-tls/1":
        raise Problem("tls", f"{address}: Cannot negotiate ALPN protocol "
                      "\"acme-tls/1\" for tls-alpn-01 challenge")
    judge(der, identifier, where, digest)
