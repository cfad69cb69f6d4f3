# SPDX-License-Identifier: MIT
"""What the tests' CA looks at: a name server, a web server, a TLS server, each
a thread on a port of its own."""

import http.server
import socket
import socketserver
import ssl
import struct
import tempfile
import threading
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

TYPES = {1: "A", 16: "TXT", 28: "AAAA", 257: "CAA", 5: "CNAME"}
NUMBERS = {name: number for number, name in TYPES.items()}


def serve(server):
    thread = threading.Thread(target=server.serve_forever, args=(0.05,),
                              daemon=True)
    thread.start()
    return server


def spell(name):
    return b"".join(bytes([len(label)]) + label.encode()
                    for label in name.split(".")) + b"\0"


def data_of(kind, value):
    if kind == "A":
        return socket.inet_aton(value)
    if kind == "CNAME":
        return spell(value)
    if kind == "CAA":
        tag, text = value
        return bytes([0, len(tag)]) + tag.encode() + text.encode()
    text = value.encode()
    pieces = [text[i:i + 255] for i in range(0, len(text), 255)]
    return b"".join(bytes([len(piece)]) + piece for piece in pieces)


class NameServer:
    """`zone[name, type]` are the values; `codes[name]` an error. UDP answers
    of more than 512 octets are cut."""

    def __init__(self):
        self.zone, self.codes = {}, {}
        outer = self

        class Udp(socketserver.BaseRequestHandler):
            def handle(self):
                answer = outer.answer(self.request[0])
                if len(answer) > 512:
                    answer = answer[:2] + b"\x86\0" + answer[4:6] + \
                        b"\0" * 6 + outer.question(answer)
                self.request[1].sendto(answer, self.client_address)

        class Tcp(socketserver.StreamRequestHandler):
            def handle(self):
                length, = struct.unpack(">H", self.rfile.read(2))
                answer = outer.answer(self.rfile.read(length))
                self.wfile.write(struct.pack(">H", len(answer)) + answer)

        self.tcp = serve(socketserver.TCPServer(("127.0.0.1", 0), Tcp))
        self.port = self.tcp.server_address[1]
        self.udp = serve(socketserver.UDPServer(("127.0.0.1", self.port),
                                                Udp))

    @staticmethod
    def question(packet):
        end = packet.index(b"\0", 12) + 5
        return packet[12:end]

    def answer(self, packet):
        question = self.question(packet)
        labels, at = [], 0
        while question[at]:
            labels.append(question[at + 1:at + 1 + question[at]].decode())
            at += 1 + question[at]
        name = ".".join(labels)
        kind = TYPES.get(struct.unpack(">H", question[-4:-2])[0], "?")
        values = [(kind, value) for value in self.zone.get((name, kind), [])]
        values = values or [("CNAME", value) for value
                            in self.zone.get((name, "CNAME"), [])]
        records = b"".join(
            b"\xc0\x0c" + struct.pack(">HHIH", NUMBERS[kind], 1, 60,
                                      len(data_of(kind, value))) +
            data_of(kind, value) for kind, value in values)
        flags = 0x8400 | self.codes.get(name, 0)
        return packet[:2] + struct.pack(">5H", flags, 1, len(values), 0, 0) \
            + question + records

    def stop(self):
        for server in (self.tcp, self.udp):
            server.shutdown()
            server.server_close()


class WebServer:
    """`pages[path]` is (status, headers, body)."""

    def __init__(self):
        self.pages, self.seen = {}, []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                outer.seen.append((self.headers["Host"], self.path))
                status, headers, body = outer.pages.get(
                    self.path, (404, {}, b"none"))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_arguments):
                pass

        self.server = serve(http.server.HTTPServer(("127.0.0.1", 0),
                                                   Handler))
        self.port = self.server.server_address[1]

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


def challenge_certificate(name, digest, critical=True, issuer=None):
    """For tls-alpn-01 (RFC 8737), in PEM with its key."""
    key = ec.generate_private_key(ec.SECP256R1())

    def common(text):
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])
    now = datetime.utcnow()
    certificate = (
        x509.CertificateBuilder().subject_name(common("challenge"))
        .issuer_name(common(issuer or "challenge"))
        .public_key(key.public_key()).serial_number(1)
        .not_valid_before(now - timedelta(1))
        .not_valid_after(now + timedelta(1))
        .add_extension(x509.SubjectAlternativeName([name]), False)
        .add_extension(x509.UnrecognizedExtension(
            x509.ObjectIdentifier("1.3.6.1.5.5.7.1.31"),
            b"\x04\x20" + digest), critical)
        .sign(key, hashes.SHA256()))
    return certificate.public_bytes(serialization.Encoding.PEM) + \
        key.private_bytes(serialization.Encoding.PEM,
                          serialization.PrivateFormat.PKCS8,
                          serialization.NoEncryption())


class TlsServer:
    """Shows one certificate to everybody; `names` are the SNIs it saw."""

    def __init__(self, pem, protocol="acme-tls/1"):
        self.names = []
        with tempfile.NamedTemporaryFile() as file:
            file.write(pem)
            file.flush()
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(file.name)
        self.context.set_alpn_protocols([protocol])
        self.context.sni_callback = \
            lambda _socket, name, _context: self.names.append(name)
        outer = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self):
                try:
                    with outer.context.wrap_socket(self.request,
                                                   server_side=True):
                        pass
                except OSError:
                    pass

        self.server = serve(socketserver.TCPServer(("127.0.0.1", 0),
                                                   Handler))
        self.port = self.server.server_address[1]

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
