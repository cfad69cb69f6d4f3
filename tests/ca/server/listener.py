# SPDX-License-Identifier: MIT
"""The two ports, and the certificate that the API itself shows."""

import asyncio
import ipaddress
import os
import socket
import ssl

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from .http import Connection
from .issuer import FOREVER, SERVER, Signer, make_root, x509_name
from .text import utc

PEM = serialization.Encoding.PEM
KINDS = ("right", "usual", "expired", "not-yet-valid", "foreign-name")


def api_dates(kind, now):
    if kind == "usual":
        return now - 86400, now + 90 * 86400
    if kind == "expired":
        return now - 90 * 86400, now - 86400
    if kind == "not-yet-valid":
        return now + 86400, now + 90 * 86400
    return FOREVER


def make_api_certificate(folder, kind, now):
    """FOLDER/ca.pem to trust, FOLDER/api.pem with the key to serve."""
    root, key = make_root("Scripted API Root"), Signer("localhost")
    start, end = api_dates(kind, now)
    names = [x509.DNSName("localhost"), x509.DNSName("ca.test"),
             x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
             x509.IPAddress(ipaddress.ip_address("::1"))]
    if kind == "foreign-name":
        names = [x509.DNSName("other.invalid")]
    leaf = (x509.CertificateBuilder()
            .subject_name(x509_name("localhost")).issuer_name(root.name)
            .public_key(key.key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(utc(start).replace(tzinfo=None))
            .not_valid_after(utc(end).replace(tzinfo=None))
            .add_extension(x509.SubjectAlternativeName(names), False)
            .add_extension(SERVER, False)
            .add_extension(root.authority, False)
            .sign(root.key, hashes.SHA256()))
    write(folder, "ca.pem", root.certificate.public_bytes(PEM))
    write(folder, "api.pem", key.key.private_bytes(
        PEM, serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption()) + leaf.public_bytes(PEM))


def write(folder, name, data):
    """Whole or not at all."""
    path = os.path.join(folder, name)
    with open(path + ".new", "wb") as file:
        file.write(data)
    os.rename(path + ".new", path)


def bind(address, port):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((address, port))
    return listening


class Listener:
    """The API's port, which a test may shut and open again."""

    def __init__(self, folder, address, port):
        self.folder = folder
        self.address = address
        self.socket = bind(address, port)
        self.port = self.socket.getsockname()[1]
        self.server = None
        self.service = None

    def base(self):
        host = f"[{self.address}]" if ":" in self.address else self.address
        return f"https://{host}:{self.port}"

    def context(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(os.path.join(self.folder, "api.pem"))
        context.set_alpn_protocols(["http/1.1"])
        return context

    async def open(self):
        if not self.socket:
            self.socket = bind(self.address, self.port)
        self.server = await asyncio.get_running_loop().create_server(
            lambda: Connection(self.service), sock=self.socket,
            ssl=self.context(), backlog=1024)

    def set(self, wanted):
        if wanted and not self.server:
            asyncio.get_running_loop().create_task(self.open())
        elif not wanted and self.server:
            self.server.close()
            self.server = self.socket = None
