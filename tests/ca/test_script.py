# SPDX-License-Identifier: MIT
"""What a script makes of the CA: certificates, chains, orders, replies."""

import http.client
import unittest

from client import Ca, certid, leaves, make_csr
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from server.text import b64, parse_rfc3339


class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.ca = Ca()

    @classmethod
    def tearDownClass(cls):
        cls.ca.stop()

    def setUp(self):
        self.ca.script("clear")
        self.ca.ask("settings", DEFAULTS)
        self.client = self.ca.client()
        self.addCleanup(self.client.connection.close)

    def issue(self, *rules):
        """The certificates of a.test under those rules."""
        self.ca.script(*rules)
        order = self.client.issue("a.test")
        return leaves(self.client.download(order).body)

    def spoilt(self, kind):
        return self.issue(f"finalize 1 with=certificate={kind}")[0]


DEFAULTS = {"processing": 0, "window": "usual", "alternates": 0,
            "chain_length": 1, "retry_after_order": None, "profiles": {},
            "prefix": "", "explanation": None}


def signed_by(child, parent):
    try:
        parent.public_key().verify(child.signature,
                                   child.tbs_certificate_bytes,
                                   ec.ECDSA(child.signature_hash_algorithm))
    except Exception:
        return False
    return child.issuer == parent.subject


def names(certificate):
    return certificate.extensions.get_extension_for_class(
        x509.SubjectAlternativeName).value.get_values_for_type(x509.DNSName)


class Certificates(Case):
    def now(self):
        return self.ca.ask("clock")["now"]

    def test_right(self):
        leaf, above = self.issue()
        self.assertTrue(signed_by(leaf, above))
        self.assertEqual(names(leaf), ["a.test"])

    def test_wrong_key(self):
        key = ec.generate_private_key(ec.SECP256R1())
        self.ca.script("finalize 1 with=certificate=wrong-key")
        csr = make_csr("a.test", key=key)
        for same in (False, True):
            order = self.client.issue("a.test", csr=csr)
            leaf = leaves(self.client.download(order).body)[0]
            self.assertEqual(leaf.public_key().public_numbers() ==
                             key.public_key().public_numbers(), same)

    def test_names(self):
        self.assertEqual(names(self.spoilt("foreign-name")),
                         ["other.invalid"])
        self.assertEqual(names(self.spoilt("extra-name")),
                         ["a.test", "www.extra.invalid"])

    def test_dates(self):
        def seconds(date):
            return parse_rfc3339(date.isoformat() + "Z")
        self.assertLess(seconds(self.spoilt("expired").not_valid_after),
                        self.now())
        self.assertGreater(
            seconds(self.spoilt("not-yet-valid").not_valid_before),
            self.now())

    def test_wrong_issuer(self):
        leaf, above = self.issue("finalize 1 with=certificate=wrong-issuer")
        self.assertEqual(leaf.issuer, above.subject)
        self.assertFalse(signed_by(leaf, above))

    def test_a_serial_with_its_top_bit_set(self):
        leaf = self.issue("finalize 1 with=serial=top")[0]
        self.assertIn(certid(leaf), [item["id"] for item
                                     in self.ca.ask("certificates")])

    def test_lifetimes_of_profiles(self):
        self.ca.script('set profiles={"short": {"lifetime": "160h", '
                       '"types": ["dns"]}, "long": "as ever"}')
        order = self.client.issue("a.test", profile="short")
        leaf = leaves(self.client.download(order).body)[0]
        span = leaf.not_valid_after - leaf.not_valid_before
        self.assertEqual(span.total_seconds(), 160 * 3600 - 1)
        self.assertEqual(order["profile"], "short")
        _, answer = self.client.order("192.0.2.1", profile="short")
        self.assertEqual(answer.kind(), "rejectedIdentifier")
        _, answer = self.client.order("a.test", profile="tall")
        self.assertEqual(answer.kind(), "invalidProfile")


class Chains(Case):
    def chain(self, style):
        self.ca.script("clear", f"certificate every with=chain={style}")
        order = self.client.issue("a.test")
        return self.client.download(order).body

    def test_orders_of_a_chain(self):
        self.ca.script("set chain_length=3")
        right = [item.subject for item in leaves(self.chain("right"))[1:]]
        self.assertEqual(len(right), 3)
        turned = leaves(self.chain("reversed"))
        self.assertEqual([item.subject for item in turned[:-1]], right[::-1])
        self.assertEqual(len(leaves(self.chain("leaf-only"))), 1)
        rooted = leaves(self.chain("with-root"))
        self.assertEqual(rooted[-1].issuer, rooted[-1].subject)

    def test_ten_thousand(self):
        self.assertEqual(self.chain("long:10000").count(b"BEGIN CERT"), 10000)

    def test_what_is_no_chain(self):
        self.assertIn(b"PRIVATE KEY", self.chain("private-key"))
        self.assertEqual(self.chain("empty"), b"")
        self.assertNotIn(b"BEGIN", self.chain("garbage"))
        self.assertIn(b"\r\n", self.chain("crlf"))

    def test_alternates_end_at_other_roots(self):
        self.ca.script("set alternates=2")
        order = self.client.issue("a.test")
        answer = self.client.download(order)
        links = [link.split(">")[0][1:] for link
                 in answer.headers.get_all("Link") if "alternate" in link]
        self.assertEqual(len(links), 2)
        issuers = {leaves(self.client.post(url).body)[1].issuer
                   for url in [order["certificate"], *links]}
        self.assertEqual(len(issuers), 3)


class Orders(Case):
    def test_lost_replies_were_done(self):
        for kind, act in (
                ("newAccount", self.client.register),
                ("newOrder", lambda: self.client.order("lost.test"))):
            before = len(self.ca.ask("orders"))
            self.ca.script(f"{kind} 1 lose")
            with self.assertRaises((http.client.HTTPException, OSError)):
                act()
            self.assertGreaterEqual(len(self.ca.ask("orders")), before)
        self.assertEqual(self.ca.ask("orders")[-1]["identifiers"],
                         [{"type": "dns", "value": "lost.test"}])

    def test_processing_for_a_day(self):
        self.ca.script("set processing=1d retry_after_order=86400")
        url, answer = self.client.order("a.test")
        order = answer.json()
        self.client.prove(order)
        self.client.until(url, "pending")
        answer = self.client.post(order["finalize"],
                                  {"csr": make_csr("a.test")})
        self.assertEqual(answer.headers["Retry-After"], "86400")
        self.ca.script("clock +23h")
        self.assertEqual(self.client.post(url).json()["status"],
                         "processing")
        self.ca.script("clock +1h")
        self.assertEqual(self.client.post(url).json()["status"], "valid")

    def test_any_status(self):
        url, _ = self.client.order("a.test")
        number = url.rsplit("/", 1)[1]
        for status in ("ready", "processing", "invalid", "pondering"):
            self.ca.ask(f"order/{number}", {"status": status})
            self.assertEqual(self.client.post(url).json()["status"], status)

    def test_merged_and_dropped(self):
        self.ca.script(
            'newOrder 1 merge={"expires": null, "authorizations": '
            '["http://other.test/1"]} drop=Location')
        url, answer = self.client.order("a.test")
        self.assertEqual((url, answer.json()["authorizations"]),
                         (None, ["http://other.test/1"]))
        self.assertNotIn("expires", answer.json())

    def test_tokens_of_any_kind(self):
        for token in ("../../x", "a\0b"):
            self.ca.ask("settings", {"token": token})
            _, answer = self.client.order("a.test")
            found = self.client.post(answer.json()["authorizations"][0])
            self.assertEqual(found.json()["challenges"][0]["token"], token)
        self.ca.ask("settings", {"token": None})

    def test_rules_for_a_name(self):
        self.ca.script("newOrder 1 for=^bad\\.test$ problem=serverInternal")
        self.assertEqual(self.client.order("a.test")[1].status, 201)
        self.assertEqual(self.client.order("bad.test")[1].status, 500)
        self.assertEqual(self.client.order("bad.test")[1].status, 201)

    def test_a_directory_that_moves(self):
        old = self.client.urls["newOrder"]
        self.ca.script("set prefix=v2/x")
        self.assertEqual(self.client.post(old, {}).status, 404)
        self.client.urls = self.client.get("/directory").json()
        self.assertEqual(self.client.order("a.test")[1].status, 201)
        self.assertEqual(self.client.post(self.client.kid).status, 200)


class RenewalInfo(Case):
    def setUp(self):
        super().setUp()
        self.order = self.client.issue("a.test")
        self.leaf = leaves(self.client.download(self.order).body)[0]

    def ask(self, number=None):
        return self.client.get(self.client.urls["renewalInfo"] + "/" +
                               (number or certid(self.leaf)))

    def window(self, *rules):
        self.ca.script(*rules)
        found = self.ask().json()["suggestedWindow"]
        return parse_rfc3339(found["start"]), parse_rfc3339(found["end"])

    def test_usual_as_at_lets_encrypt(self):
        start, end = self.window()
        born = parse_rfc3339(self.leaf.not_valid_before.isoformat() + "Z")
        self.assertAlmostEqual((start + end) / 2, born + 60 * 86400, delta=5)
        self.assertAlmostEqual(end - start, 1.8 * 86400, delta=5)

    def test_windows_of_every_kind(self):
        now = self.ca.ask("clock")["now"]
        start, end = self.window("set window=past")
        self.assertTrue(start < end < now)
        start, end = self.window("set window=inverted")
        self.assertLess(end, start)
        start, end = self.window('set window={"start": "+1h", "end": "2h"}')
        self.assertAlmostEqual(end - start, 3600, delta=2)
        self.assertEqual(self.window("set window=huge")[0], 0)
        self.ca.script("set window=missing")
        self.assertEqual(self.ask().status, 404)
        self.ca.script("set window=none")
        self.assertEqual(self.ask().json(), {})

    def test_of_one_certificate_only(self):
        number = self.order["certificate"].rsplit("/", 1)[1]
        self.ca.ask(f"certificate/{number}", {"window": "past"})
        start, _ = self.window()
        self.assertLess(start, self.ca.ask("clock")["now"])

    def test_retry_after_of_every_kind(self):
        for value in ("0", "-1", "99999999999", "soon"):
            self.ca.ask("settings", {"ari_retry_after": value})
            self.assertEqual(self.ask().headers["Retry-After"], value)
        self.ca.script("set ari_retry_after=date:60")
        self.assertIn("GMT", self.ask().headers["Retry-After"])
        self.ca.ask("settings", {"ari_retry_after": "21600"})

    def test_ids_that_are_none(self):
        self.ca.rules()
        for number in ("x", "AAAA.=", "A.A.A"):
            self.assertEqual(self.ask(number).status, 400)
        self.assertEqual(self.ca.rules(), ["ARI-01"] * 3)
        serial = certid(self.leaf).split(".")[0] + ".gAAA"
        self.ask(serial)
        self.assertEqual(self.ca.rules(), ["ARI-03"])

    def test_asked_too_early_is_told(self):
        self.ca.rules()
        self.ask()
        self.ask()
        self.assertEqual(self.ca.rules(), ["ARI-09"])
        self.ask()
        self.ca.script("clock +6h")
        self.ca.rules()
        self.ask()
        self.assertEqual(self.ca.rules(), [])

    def test_replaces(self):
        order = self.client.issue("a.test", replaces=certid(self.leaf))
        self.assertEqual(order["replaces"], certid(self.leaf))
        self.ca.rules()
        _, answer = self.client.order("b.test", replaces=certid(self.leaf))
        self.assertEqual(self.ca.rules(), ["ARI-18"])


class Revocation(Case):
    def test_by_account_and_by_nobody_else(self):
        order = self.client.issue("a.test")
        leaf = leaves(self.client.download(order).body)[0]
        payload = {"certificate": b64(leaf.public_bytes(Encoding.DER))}
        url = self.client.urls["revokeCert"]
        self.assertEqual(self.ca.client().post(url, payload).kind(),
                         "unauthorized")
        answer = self.client.post(url, {**payload, "reason": 7})
        self.assertEqual(answer.kind(), "badRevocationReason")
        self.assertEqual(self.client.post(url, {**payload, "reason": 4})
                         .status, 200)
        self.assertEqual(self.client.post(url, payload).kind(),
                         "alreadyRevoked")
        self.assertEqual(self.ca.ask("certificates")[-1]["revoked"], 4)


if __name__ == "__main__":
    unittest.main()
