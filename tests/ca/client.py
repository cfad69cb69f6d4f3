# SPDX-License-Identifier: MIT
"""A small client for the tests of the scripted CA: it can do right, and break
any rule on purpose."""

import hashlib
import hmac
import http.client
import ipaddress
import json
import os
import ssl
import subprocess
import tempfile
import time
import urllib.request

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import (ec, ed25519, padding,
                                                       rsa, utils)
from cryptography.x509.oid import NameOID
from server.text import b64, unb64

HERE = os.path.dirname(os.path.realpath(__file__))
DER = serialization.Encoding.DER


def integer(number, size):
    return b64(number.to_bytes(size, "big"))


class Signer:
    """An account key of any kind that the CA takes."""

    def __init__(self, algorithm="ES256"):
        self.algorithm = algorithm
        if algorithm == "RS256":
            self.key = rsa.generate_private_key(65537, 2048)
        elif algorithm == "EdDSA":
            self.key = ed25519.Ed25519PrivateKey.generate()
        else:
            curve = ec.SECP256R1() if algorithm == "ES256" else ec.SECP384R1()
            self.key = ec.generate_private_key(curve)

    def jwk(self):
        public = self.key.public_key()
        if self.algorithm == "RS256":
            numbers = public.public_numbers()
            return {"kty": "RSA", "n": integer(numbers.n, 256),
                    "e": "AQAB"}
        if self.algorithm == "EdDSA":
            raw = public.public_bytes(serialization.Encoding.Raw,
                                      serialization.PublicFormat.Raw)
            return {"kty": "OKP", "crv": "Ed25519", "x": b64(raw)}
        size = 32 if self.algorithm == "ES256" else 48
        numbers = public.public_numbers()
        return {"kty": "EC", "crv": f"P-{size * 8}",
                "x": integer(numbers.x, size), "y": integer(numbers.y, size)}

    def sign(self, data):
        if self.algorithm == "RS256":
            return self.key.sign(data, padding.PKCS1v15(), hashes.SHA256())
        if self.algorithm == "EdDSA":
            return self.key.sign(data)
        size = 32 if self.algorithm == "ES256" else 48
        digest = hashes.SHA256() if size == 32 else hashes.SHA384()
        r, s = utils.decode_dss_signature(
            self.key.sign(data, ec.ECDSA(digest)))
        return r.to_bytes(size, "big") + s.to_bytes(size, "big")

    def thumbprint(self):
        text = json.dumps(self.jwk(), sort_keys=True, separators=(",", ":"))
        return b64(hashlib.sha256(text.encode()).digest())


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    def json(self):
        return json.loads(self.body)

    def kind(self):
        """The end of a problem's type."""
        return self.json()["type"].rsplit(":", 1)[1]


class Client:
    def __init__(self, directory, trust, signer=None):
        self.base = directory.rsplit("/", 1)[0]
        host, port = self.base[8:].rsplit(":", 1)
        context = ssl.create_default_context(cafile=trust)
        self.connection = http.client.HTTPSConnection(
            host, int(port), context=context, timeout=20)
        self.signer = signer or Signer()
        self.kid = None
        self.nonce = None
        self.urls = self.get("/directory").json()

    # --- requests

    def get(self, path, method="GET", headers=None):
        wanted = {"User-Agent": "test/1", "Accept-Language": "en"}
        wanted.update(headers or {})
        return self.request(method, path, None,
                            {k: v for k, v in wanted.items() if v})

    def request(self, method, url, body, headers):
        try:
            self.connection.request(method, url.replace(self.base, ""), body,
                                    headers)
            answer = Answer(self.connection.getresponse())
        except (OSError, http.client.HTTPException):
            self.connection.close()
            raise
        self.nonce = answer.headers.get("Replay-Nonce", self.nonce)
        return answer

    def take_nonce(self):
        if not self.nonce:
            self.get(self.urls["newNonce"], "HEAD")
        nonce, self.nonce = self.nonce, None
        return nonce

    def jws(self, url, payload, signer=None, /, **header):
        """`header` replaces members; None takes one away."""
        signer = signer or self.signer
        text = payload if isinstance(payload, str) else json.dumps(payload)
        protected = {"alg": signer.algorithm, "url": url}
        if "jwk" not in header and "kid" not in header:
            protected.update({"kid": self.kid} if self.kid
                             else {"jwk": signer.jwk()})
        protected.update(header)
        protected = {k: v for k, v in protected.items() if v is not None}
        first = b64(json.dumps(protected).encode())
        second = b64(text.encode())
        return {"protected": first, "payload": second,
                "signature": b64(signer.sign(f"{first}.{second}".encode()))}

    def post(self, url, payload="", /, headers=None, change=None,
             **header):
        header.setdefault("nonce", self.take_nonce())
        document = self.jws(url, payload, **header)
        if change:
            change(document)
        wanted = {"User-Agent": "test/1", "Accept-Language": "en",
                  "Content-Type": "application/jose+json"}
        wanted.update(headers or {})
        return self.request("POST", url, json.dumps(document), wanted)

    # --- the usual way

    def register(self, **members):
        answer = self.post(self.urls["newAccount"],
                           {"termsOfServiceAgreed": True, **members},
                           jwk=self.signer.jwk())
        self.kid = answer.headers.get("Location")
        return answer

    def order(self, *names, **members):
        """(URL, order)"""
        identifiers = [{"type": "ip" if name[0].isdigit() or ":" in name
                        else "dns", "value": name} for name in names]
        answer = self.post(self.urls["newOrder"],
                           {"identifiers": identifiers, **members})
        return answer.headers.get("Location"), answer

    def prove(self, order, kind="http-01"):
        for url in order["authorizations"]:
            found = self.post(url).json()
            for challenge in found["challenges"]:
                if challenge["type"] == kind and found["status"] == "pending":
                    self.post(challenge["url"], {})

    def until(self, url, *states):
        """Polls until a state that is none of those."""
        for _ in range(400):
            found = self.post(url).json()
            if found["status"] not in states:
                return found
            time.sleep(0.01)
        raise AssertionError(f"{url} stays {states}")

    def issue(self, *names, kind="http-01", csr=None, **members):
        """The answer to finalize or newOrder that was no success, or the
        order when it is valid."""
        url, answer = self.order(*names, **members)
        if answer.status != 201:
            return answer
        order = answer.json()
        self.prove(order, kind)
        order = self.until(url, "pending")
        if order["status"] == "invalid":
            return order
        answer = self.post(order["finalize"],
                           {"csr": csr or make_csr(*names)})
        if answer.status != 200:
            return answer
        return self.until(url, "processing")

    def download(self, order):
        return self.post(order["certificate"])


def make_csr(*names, key=None, common_name=None, extensions=()):
    key = key or ec.generate_private_key(ec.SECP256R1())
    subject = [x509.NameAttribute(NameOID.COMMON_NAME, common_name)] \
        if common_name else []
    builder = x509.CertificateSigningRequestBuilder().subject_name(
        x509.Name(subject)).add_extension(
            x509.SubjectAlternativeName([general(name) for name in names]),
            False)
    for extension in extensions:
        builder = builder.add_extension(extension, False)
    digest = None if isinstance(key, ed25519.Ed25519PrivateKey) \
        else hashes.SHA256()
    return b64(builder.sign(key, digest).public_bytes(DER))


def general(name):
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def leaves(pem):
    """Every certificate of a PEM file."""
    blocks = pem.decode().split("-----END CERTIFICATE-----")
    return [x509.load_pem_x509_certificate(
        (block[block.index("-----BEGIN"):] + "-----END CERTIFICATE-----")
        .encode()) for block in blocks if "-----BEGIN CERT" in block]


def certid(certificate):
    """RFC 9773, section 4.1, by another way than the server's."""
    authority = certificate.extensions.get_extension_for_class(
        x509.AuthorityKeyIdentifier).value.key_identifier
    raw = f"{certificate.serial_number:x}"
    raw = raw if len(raw) % 2 == 0 else "0" + raw
    raw = "00" + raw if raw[0] in "89abcdef" else raw
    return f"{b64(authority)}.{b64(bytes.fromhex(raw))}"


class Ca:
    """The program, in a folder of its own."""

    def __init__(self, *arguments):
        self.clients = []
        self.folder = tempfile.TemporaryDirectory()
        self.process = subprocess.Popen(
            [os.path.join(HERE, "scripted-ca"), "-d", self.folder.name,
             *arguments])
        path = os.path.join(self.folder.name, "ready.json")
        while not os.path.exists(path):
            if self.process.poll() is not None:
                raise AssertionError("the CA ended at its start")
            time.sleep(0.01)
        with open(path, encoding="utf-8") as file:
            self.ready = json.load(file)
        self.trust = os.path.join(self.folder.name, "ca.pem")

    def stop(self):
        for client in self.clients:
            client.connection.close()
        self.process.terminate()
        self.process.wait()
        self.folder.cleanup()

    def ask(self, verb, body=None, method=None):
        data = body if body is None or isinstance(body, str) \
            else json.dumps(body)
        request = urllib.request.Request(
            f"{self.ready['control']}/{verb}", None if data is None else data.encode(),
            method=method or ("GET" if data is None else "POST"))
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    def script(self, *lines):
        self.ask("script", "\n".join(lines))

    def rules(self):
        """The rules of all complaints that bind, and forgets them."""
        found = [item["rule"] for item in self.ask("complaints")
                 if not item["should"]]
        self.ask("complaints", method="DELETE")
        return found

    def client(self, signer=None, register=True):
        client = Client(self.ready["directory"], self.trust, signer)
        self.clients.append(client)
        if register:
            client.register()
        return client


def bind(client, kid, secret, **header):
    """An externalAccountBinding."""
    protected = b64(json.dumps({
        "alg": "HS256", "kid": kid, "url": client.urls["newAccount"],
        **header}).encode())
    payload = b64(json.dumps(client.signer.jwk()).encode())
    mac = hmac.new(unb64(secret), f"{protected}.{payload}".encode(),
                   hashlib.sha256).digest()
    return {"protected": protected, "payload": payload,
            "signature": b64(mac)}
