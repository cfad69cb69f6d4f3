# SPDX-License-Identifier: MIT
"""Real validations: what the CA looks at, and what it says is wrong."""

import base64
import hashlib
import ipaddress
import unittest

from client import Ca
from cryptography import x509
from responder import (NameServer, TlsServer, WebServer,
                       challenge_certificate)
from server.text import b64


class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.ca = Ca()
        cls.dns = NameServer()
        cls.web = WebServer()
        cls.ca.script("set validation=real challenges="
                      '["http-01","dns-01","tls-alpn-01","dns-account-01",'
                      '"dns-persist-01"]',
                      f"set resolver=127.0.0.1:{cls.dns.port} "
                      f"http_port={cls.web.port}")

    @classmethod
    def tearDownClass(cls):
        for part in (cls.web, cls.dns, cls.ca):
            part.stop()

    def setUp(self):
        self.dns.zone.clear()
        self.dns.codes.clear()
        self.web.pages.clear()
        self.web.seen.clear()
        self.dns.zone["a.test", "A"] = ["127.0.0.1"]
        self.client = self.ca.client()

    def start(self, name, kind):
        """An order, and its challenge of that kind."""
        _, answer = self.client.order(name)
        self.url = answer.json()["authorizations"][0]
        found = self.client.post(self.url).json()
        challenge, = [item for item in found["challenges"]
                      if item["type"] == kind]
        self.proof = (f"{challenge.get('token')}."
                      f"{self.client.signer.thumbprint()}")
        self.digest = hashlib.sha256(self.proof.encode()).digest()
        return challenge

    def verdict(self, challenge):
        """None, or (type, detail) of the challenge's error."""
        self.client.post(challenge["url"], {})
        found = self.client.until(self.url, "pending")
        error, = [item.get("error") for item in found["challenges"]
                  if item["url"] == challenge["url"]]
        self.assertEqual(found["status"], "invalid" if error else "valid")
        return error and (error["type"].rsplit(":", 1)[1], error["detail"])

    def refused(self, challenge, kind, text):
        got = self.verdict(challenge)
        self.assertIsNotNone(got)
        self.assertEqual(got[0], kind, got[1])
        self.assertIn(text, got[1])


class Http(Case):
    def put(self, challenge, body=None, status=200, **headers):
        path = f"/.well-known/acme-challenge/{challenge['token']}"
        self.web.pages[path] = (status, headers,
                                self.proof.encode() if body is None
                                else body)
        return path

    def test_right(self):
        challenge = self.start("a.test", "http-01")
        path = self.put(challenge)
        self.assertIsNone(self.verdict(challenge))
        self.assertEqual(self.web.seen, [("a.test", path)])

    def test_several_looks(self):
        self.ca.script("set perspectives=6")
        challenge = self.start("a.test", "http-01")
        self.put(challenge)
        self.assertIsNone(self.verdict(challenge))
        self.assertEqual(len(self.web.seen), 6)
        self.ca.script("set perspectives=1")

    def test_an_address(self):
        challenge = self.start("127.0.0.1", "http-01")
        self.put(challenge)
        self.assertIsNone(self.verdict(challenge))
        self.assertEqual(self.web.seen[0][0], "127.0.0.1")

    def test_not_found(self):
        challenge = self.start("a.test", "http-01")
        self.refused(challenge, "unauthorized", "Invalid response from "
                     "http://a.test/.well-known/acme-challenge/")

    def test_another_key(self):
        challenge = self.start("a.test", "http-01")
        self.put(challenge, b"else")
        self.refused(challenge, "unauthorized", "The key authorization file "
                     "from the server did not match this challenge")

    def test_a_body_that_is_too_long(self):
        challenge = self.start("a.test", "http-01")
        self.put(challenge, b"x" * 200)
        self.refused(challenge, "unauthorized", "Invalid response from")

    def test_redirects(self):
        challenge = self.start("a.test", "http-01")
        path = self.put(challenge, b"", 302, Location="http://a.test/x")
        self.web.pages["/x"] = (200, {}, self.proof.encode())
        self.assertIsNone(self.verdict(challenge))
        challenge = self.start("a.test", "http-01")
        path = self.put(challenge, b"", 301, Location="http://a.test:8080/")
        self.refused(challenge, "connection", "Invalid port in redirect "
                     "target. Only ports 80 and 443 are supported")
        challenge = self.start("a.test", "http-01")
        path = self.put(challenge, b"", 301)
        self.web.pages[path][1]["Location"] = f"http://a.test{path}"
        self.refused(challenge, "connection", "Too many redirects")

    def test_nobody_listens(self):
        self.ca.script("set http_port=1")
        challenge = self.start("a.test", "http-01")
        self.refused(challenge, "connection", "Connection refused")
        self.ca.script(f"set http_port={self.web.port}")

    def test_names_that_are_none(self):
        self.dns.codes["b.test"] = 3
        self.refused(self.start("b.test", "http-01"), "dns",
                     "DNS problem: NXDOMAIN looking up AAAA for b.test")
        self.dns.codes["b.test"] = 2
        self.refused(self.start("b.test", "http-01"), "dns", "SERVFAIL")
        self.refused(self.start("c.test", "http-01"), "dns",
                     "no valid A records found for c.test")


class Dns(Case):
    def txt(self, owner, *values):
        self.dns.zone[owner, "TXT"] = list(values)

    def test_right_among_others(self):
        challenge = self.start("a.test", "dns-01")
        self.txt("_acme-challenge.a.test", "x", b64(self.digest))
        self.assertIsNone(self.verdict(challenge))

    def test_over_tcp_when_it_is_long(self):
        challenge = self.start("*.a.test", "dns-01")
        self.txt("_acme-challenge.a.test", "x" * 300, "y" * 300,
                 b64(self.digest))
        self.assertIsNone(self.verdict(challenge))

    def test_by_an_alias(self):
        challenge = self.start("a.test", "dns-01")
        self.dns.zone["_acme-challenge.a.test", "CNAME"] = ["d.other.test"]
        self.txt("d.other.test", b64(self.digest))
        self.assertIsNone(self.verdict(challenge))

    def test_none_and_wrong(self):
        self.refused(self.start("a.test", "dns-01"), "unauthorized",
                     "No TXT record found at _acme-challenge.a.test")
        self.txt("_acme-challenge.a.test", "old", "older", "oldest")
        self.refused(self.start("a.test", "dns-01"), "unauthorized",
                     'Incorrect TXT record "old" (and 2 more) found at '
                     "_acme-challenge.a.test")

    def test_of_the_account(self):
        challenge = self.start("a.test", "dns-account-01")
        digest = hashlib.sha256(self.client.kid.encode()).digest()[:10]
        label = base64.b32encode(digest).decode().lower()
        self.txt(f"_{label}._acme-challenge.a.test", b64(self.digest))
        self.assertIsNone(self.verdict(challenge))

    def test_persistent(self):
        challenge = self.start("a.test", "dns-persist-01")
        self.assertNotIn("token", challenge)
        self.txt("_validation-persist.a.test",
                 f"ca.test; accounturi={self.client.kid}")
        self.assertIsNone(self.verdict(challenge))
        challenge = self.start("*.a.test", "dns-persist-01")
        self.refused(challenge, "unauthorized", "No fitting TXT record")

    def test_caa(self):
        self.ca.script("set caa=true")
        self.addCleanup(self.ca.script, "set caa=false")
        for value, allowed in (
                (("issue", "ca.test"), True), (("issue", ";"), False),
                (("issue", "other.test"), False),
                (("issue", f"ca.test; accounturi={self.client.kid}"), True),
                (("issue", "ca.test; accounturi=https://x.test/1"), False),
                (("issue", "ca.test; validationmethods=http-01"), False),
                (("iodef", "mailto:a@b.test"), True)):
            self.dns.zone["a.test", "CAA"] = [value]
            challenge = self.start("x.a.test", "dns-01")
            self.txt("_acme-challenge.x.a.test", b64(self.digest))
            got = self.verdict(challenge)
            self.assertEqual(got is None, allowed, value)
            if got:
                self.assertEqual(got, ("caa", "CAA record for a.test "
                                       "prevents issuance"))


class Tls(Case):
    def look(self, name, general, protocol="acme-tls/1", **wrong):
        challenge = self.start(name, "tls-alpn-01")
        digest = wrong.pop("digest", self.digest)
        server = TlsServer(challenge_certificate(general, digest, **wrong),
                           protocol)
        self.addCleanup(server.stop)
        self.ca.script(f"set tls_port={server.port}")
        return challenge, server

    def test_right(self):
        challenge, server = self.look("a.test", x509.DNSName("a.test"))
        self.assertIsNone(self.verdict(challenge))
        self.assertEqual(server.names, ["a.test"])

    def test_an_address(self):
        address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
        challenge, server = self.look("127.0.0.1", address)
        self.assertIsNone(self.verdict(challenge))
        self.assertEqual(server.names, ["1.0.0.127.in-addr.arpa"])

    def test_wrong_in_every_way(self):
        name = x509.DNSName("a.test")
        for text, arguments in (
                ("not self-signed", {"issuer": "else"}),
                ("not Critical", {"critical": False}),
                ("extension value", {"digest": b"x" * 32})):
            challenge, _ = self.look("a.test", name, **arguments)
            self.refused(challenge, "unauthorized", text)
        challenge, _ = self.look("a.test", x509.DNSName("b.test"))
        self.refused(challenge, "unauthorized", "unexpected identifiers")
        challenge, _ = self.look("a.test", name, "http/1.1")
        self.refused(challenge, "tls", "Cannot negotiate ALPN protocol")


if __name__ == "__main__":
    unittest.main()
