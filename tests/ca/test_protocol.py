# SPDX-License-Identifier: MIT
"""Every rule that a client can break: answered as the RFC says, and told."""

import unittest

from case import Case
from client import Signer, bind


class Requests(Case):
    def setUp(self):
        super().setUp()
        self.client = self.ca.client()
        self.ca.rules()

    def ask(self, **header):
        return self.client.post(self.client.kid, **header)

    def test_a_right_request_is_no_complaint(self):
        self.assertEqual(self.ask().status, 200)
        self.assertEqual(self.ca.rules(), [])

    def test_every_kind_of_account_key_works(self):
        for algorithm in ("ES256", "ES384", "RS256", "EdDSA"):
            client = self.ca.client(Signer(algorithm))
            self.assertEqual(client.post(client.kid).status, 200, algorithm)
        self.assertEqual(self.ca.rules(), [])

    def test_the_media_type_is_exact(self):
        answer = self.ask(headers={
            "Content-Type": "application/jose+json; charset=utf-8"})
        self.refused(answer, 415, "malformed", "T05")

    def test_a_user_agent_is_needed(self):
        answer = self.client.get("/directory", headers={"User-Agent": None})
        self.refused(answer, 400, "malformed", "T02")

    def test_a_get_of_an_account_is_not_allowed(self):
        self.refused(self.client.get(self.client.kid), 405, "malformed",
                     "J10")

    def test_the_url_is_the_one_asked_for(self):
        answer = self.ask(url=self.client.kid + "/")
        self.refused(answer, 403, "unauthorized", "J04")

    def test_jwk_and_kid_exclude_each_other(self):
        both = self.ask(jwk=self.client.signer.jwk(), kid=self.client.kid)
        self.refused(both, 400, "malformed", "J02")
        self.refused(self.ask(kid=None), 400, "malformed", "J02")
        self.refused(self.ask(jwk=self.client.signer.jwk()), 400,
                     "malformed", "J05")

    def test_no_algorithm_and_macs_are_refused(self):
        for algorithm in ("none", "HS256"):
            self.refused(self.ask(alg=algorithm), 400,
                         "badSignatureAlgorithm", "J03")

    def test_an_algorithm_fits_its_key(self):
        self.refused(self.ask(alg="ES384"), 400, "malformed", "J03")

    def test_the_algorithms_are_listed(self):
        answer = self.ask(alg="ES512")
        self.assertEqual(answer.json()["algorithms"],
                         ["ES256", "ES384", "RS256", "EdDSA"])

    def test_a_spoilt_signature_is_refused(self):
        def spoil(document):
            end = "A" if document["signature"][5] != "A" else "B"
            document["signature"] = \
                document["signature"][:5] + end + document["signature"][6:]
        self.refused(self.ask(change=spoil), 400, "malformed", "J06")

    def test_padding_is_refused(self):
        def pad(document):
            document["signature"] += "=="
        self.refused(self.ask(change=pad), 400, "malformed", "T04")

    def test_superfluous_members_are_refused(self):
        def add(document):
            document["header"] = {}
        self.refused(self.ask(change=add), 400, "malformed", "J01")

    def test_post_as_get_is_empty(self):
        url, _ = self.client.order("a.test")
        self.refused(self.client.post(url, {}), 400, "malformed", "J09")

    def test_short_coordinates_are_refused(self):
        jwk = {**self.client.signer.jwk(), "x": "AAAA"}
        answer = self.client.post(self.client.urls["newAccount"], {}, jwk=jwk)
        self.refused(answer, 400, "badPublicKey", "J07")

    def test_private_members_are_refused(self):
        jwk = {**self.client.signer.jwk(), "d": "AAAA"}
        answer = self.client.post(self.client.urls["newAccount"], {}, jwk=jwk)
        self.refused(answer, 400, "badPublicKey", "J05")

    def test_an_unknown_kid_does_not_exist(self):
        answer = self.ask(kid=self.client.base + "/account/999")
        self.refused(answer, 400, "accountDoesNotExist")

    def test_a_foreign_kid_is_malformed(self):
        answer = self.ask(kid="https://other.test/account/1")
        self.refused(answer, 400, "malformed", "J05")

    def test_unknown_members_are_told_softly(self):
        self.client.order("b.test", colour="blue")
        self.assertEqual(self.ca.rules(), [])


class Nonces(Case):
    def test_a_nonce_works_once(self):
        client = self.ca.client()
        nonce = client.take_nonce()
        self.assertEqual(client.post(client.kid, nonce=nonce).status, 200)
        answer = client.post(client.kid, nonce=nonce)
        self.refused(answer, 400, "badNonce", "N04")
        self.assertTrue(answer.headers["Replay-Nonce"])

    def test_a_retry_takes_the_nonce_of_the_refusal(self):
        client = self.ca.client()
        spare = client.take_nonce()
        client.nonce = None
        client.get(client.urls["newNonce"], "HEAD")
        self.ca.script("account 1 bad-nonce")
        self.assertEqual(client.post(client.kid).kind(), "badNonce")
        client.post(client.kid, nonce=spare)
        self.assertEqual(self.ca.rules(), ["N05"])

    def test_a_right_retry_is_no_complaint(self):
        client = self.ca.client()
        self.ca.script("account 1-3 bad-nonce")
        kinds = [client.post(client.kid).status for _ in range(4)]
        self.assertEqual(kinds, [400, 400, 400, 200])
        self.assertEqual(self.ca.rules(), [])

    def test_an_old_nonce_is_refused(self):
        client = self.ca.client()
        nonce = client.take_nonce()
        self.ca.script("set nonce_life=1h", "clock +2h")
        self.addCleanup(self.ca.script, "set nonce_life=null")
        answer = client.post(client.kid, nonce=nonce)
        self.refused(answer, 400, "badNonce")

    def test_nonces_come_from_get_and_head(self):
        client = self.ca.client(register=False)
        head = client.get(client.urls["newNonce"], "HEAD")
        get = client.get(client.urls["newNonce"])
        self.assertEqual((head.status, get.status), (200, 204))
        self.assertNotEqual(head.headers["Replay-Nonce"],
                            get.headers["Replay-Nonce"])
        self.assertEqual(get.headers["Cache-Control"], "no-store")


class Accounts(Case):
    def test_created_found_and_not_there(self):
        client = self.ca.client(register=False)
        answer = client.register(onlyReturnExisting=True)
        self.refused(answer, 400, "accountDoesNotExist")
        self.assertEqual(client.register().status, 201)
        url = client.kid
        self.assertEqual(client.register(onlyReturnExisting=True).status, 200)
        self.assertEqual(client.kid, url)

    def test_terms_are_to_be_agreed_to(self):
        client = self.ca.client(register=False)
        answer = client.register(termsOfServiceAgreed=False)
        self.refused(answer, 403, "userActionRequired", "A03")
        self.assertIn("terms-of-service", answer.headers["Link"])

    def test_contacts(self):
        client = self.ca.client(register=False)
        for contact, kind in (("tel:1", "unsupportedContact"),
                              ("mailto:a@b.c?subject=x", "invalidContact"),
                              ("mailto:a@b.c,d@e.f", "invalidContact")):
            answer = client.register(contact=[contact])
            self.refused(answer, 400, kind, "A04")
        client.register()
        answer = client.post(client.kid, {"contact": ["mailto:a@b.test"]})
        self.assertEqual(answer.json()["contact"], ["mailto:a@b.test"])

    def test_deactivated_is_for_ever(self):
        client = self.ca.client()
        answer = client.post(client.kid, {"status": "deactivated"})
        self.assertEqual(answer.json()["status"], "deactivated")
        self.refused(client.post(client.kid), 403, "unauthorized")
        self.refused(client.register(), 403, "unauthorized")

    def test_changed_terms(self):
        client = self.ca.client()
        self.ca.script("set terms_changed=true")
        _, answer = client.order("a.test")
        self.ca.script("set terms_changed=false")
        self.refused(answer, 403, "userActionRequired")
        self.assertTrue(answer.json()["instance"])

    def test_key_change(self):
        client, new = self.ca.client(), Signer()
        url = client.urls["keyChange"]
        statement = {"account": client.kid, "oldKey": client.signer.jwk()}
        inner = client.jws(url, statement, new, jwk=new.jwk())
        self.assertEqual(client.post(url, inner).status, 200)
        old, client.signer = client.signer, new
        self.assertEqual(client.post(client.kid).status, 200)
        self.assertEqual(self.ca.rules(), [])
        client.signer = old
        self.refused(client.post(client.kid), 400, "malformed", "J06")

    def test_key_change_done_wrong(self):
        client, new = self.ca.client(), Signer()
        url = client.urls["keyChange"]
        statement = {"account": client.kid, "oldKey": client.signer.jwk()}

        def change(statement, **header):
            header.setdefault("jwk", new.jwk())
            return client.post(url, client.jws(url, statement, new, **header))
        self.refused(change(statement, nonce="x"), 400, "malformed", "N09")
        self.refused(change(statement, url=url + "x"), 400, "malformed",
                     "A08")
        self.refused(change({**statement, "oldKey": new.jwk()}), 400,
                     "malformed", "A08")
        other = self.ca.client()
        new = other.signer
        answer = change(statement)
        self.refused(answer, 409, "conflict")
        self.assertEqual(answer.headers["Location"], other.kid)

    def test_external_account_binding(self):
        secret = "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDk" \
            "MTQ12W"
        self.ca.ask("settings", {"eab_required": True,
                                 "eab_keys": {"kid-1": secret}})
        client = self.ca.client(register=False)
        self.refused(client.register(), 403, "externalAccountRequired", "E01")
        answer = client.register(
            externalAccountBinding=bind(client, "kid-1", "AAAA"))
        self.refused(answer, 403, "unauthorized", "E02")
        answer = client.register(
            externalAccountBinding=bind(client, "kid-1", secret, nonce="x"))
        self.refused(answer, 400, "malformed", "N09")
        right = bind(client, "kid-1", secret)
        self.assertEqual(client.register(externalAccountBinding=right).status,
                         201)
        second = self.ca.client(register=False)
        answer = second.register(
            externalAccountBinding=bind(second, "kid-1", secret))
        self.refused(answer, 403, "unauthorized", "E04")
        self.ca.ask("settings", {"eab_required": False})


if __name__ == "__main__":
    unittest.main()
