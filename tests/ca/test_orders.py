# SPDX-License-Identifier: MIT
"""What can be wrong with an order: names, states, challenges, CSRs."""

import unittest

from case import Case
from client import make_csr
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa


class Orders(Case):
    def setUp(self):
        super().setUp()
        self.client = self.ca.client()

    def test_identifiers(self):
        for name, kind in (("A.test", "rejectedIdentifier"),
                           ("a.test.", "rejectedIdentifier"),
                           ("*.*.test", "rejectedIdentifier"),
                           ("localhost", "rejectedIdentifier")):
            _, answer = self.client.order(name)
            self.refused(answer, 400, kind, "O01")
        _, answer = self.client.order("2001:DB8::1")
        self.refused(answer, 400, "rejectedIdentifier", "I01")
        _, answer = self.client.order("a.test", "a.test")
        self.refused(answer, 400, "malformed", "O01")

    def test_policy_has_subproblems(self):
        self.ca.script('set refuse_identifiers=["bad.test"]')
        _, answer = self.client.order("bad.test", "x.bad.test", "good.test")
        self.ca.script("set refuse_identifiers=[]")
        self.refused(answer, 400, "rejectedIdentifier")
        names = [item["identifier"]["value"]
                 for item in answer.json()["subproblems"]]
        self.assertEqual(names, ["bad.test", "x.bad.test"])

    def test_a_wildcard_is_proved_by_dns(self):
        _, answer = self.client.order("*.a.test")
        found = self.client.post(answer.json()["authorizations"][0]).json()
        self.assertEqual([item["type"] for item in found["challenges"]],
                         ["dns-01"])
        self.assertEqual((found["identifier"]["value"], found["wildcard"]),
                         ("a.test", True))

    def test_an_address_is_not_proved_by_dns(self):
        _, answer = self.client.order("192.0.2.1")
        found = self.client.post(answer.json()["authorizations"][0]).json()
        self.assertEqual({item["type"] for item in found["challenges"]},
                         {"http-01", "tls-alpn-01"})

    def test_not_ready_is_not_finalized(self):
        _, answer = self.client.order("a.test")
        answer = self.client.post(answer.json()["finalize"],
                                  {"csr": make_csr("a.test")})
        self.refused(answer, 403, "orderNotReady")

    def test_csrs_that_do_not_do(self):
        key = self.client.signer.key
        staple = x509.TLSFeature([x509.TLSFeatureType.status_request])
        weak = rsa.generate_private_key(65537, 1024)
        for csr, kind, *rules in (
                (make_csr("b.test"), "badCSR", "F02"),
                (make_csr("a.test", "b.test"), "badCSR", "F02"),
                (make_csr("a.test", key=key), "badCSR", "F03"),
                (make_csr("a.test", key=weak), "badCSR", "F04"),
                (make_csr("a.test", common_name="c.test"), "badCSR", "F02"),
                (make_csr("a.test", extensions=[staple]), "unauthorized"),
                (make_csr("a.test", key=ed25519.Ed25519PrivateKey
                          .generate()), "badCSR"),
                ("AAAA", "badCSR", "F01"), ("===", "malformed", "F01")):
            answer = self.client.issue("a.test", csr=csr)
            self.assertEqual((answer.kind(), self.ca.rules()),
                             (kind, list(rules)))

    def test_a_challenge_is_answered_with_an_empty_object(self):
        _, answer = self.client.order("a.test")
        found = self.client.post(answer.json()["authorizations"][0]).json()
        url = found["challenges"][0]["url"]
        answer = self.client.post(url, {"keyAuthorization": "x"})
        self.refused(answer, 400, "malformed", "Z06")
        self.client.post(url, {})
        self.client.until(found["challenges"][0]["url"], "processing")
        self.refused(self.client.post(url, {}), 400, "malformed", "Z11")

    def test_others_see_nothing(self):
        url, answer = self.client.order("a.test")
        other = self.ca.client()
        for path in (url, answer.json()["authorizations"][0]):
            self.refused(other.post(path), 403, "unauthorized", "J05")

    def test_an_authorization_is_deactivated(self):
        url, answer = self.client.order("a.test")
        found = self.client.post(answer.json()["authorizations"][0],
                                 {"status": "deactivated"}).json()
        self.assertEqual(found["status"], "deactivated")
        self.assertEqual(self.client.post(url).json()["status"], "invalid")

    def test_a_key_of_an_elliptic_curve_of_521_bits_is_refused(self):
        csr = make_csr("a.test", key=ec.generate_private_key(ec.SECP521R1()))
        self.refused(self.client.issue("a.test", csr=csr), 400, "badCSR",
                     "F04")


if __name__ == "__main__":
    unittest.main()
