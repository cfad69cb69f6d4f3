# SPDX-License-Identifier: MIT
"""The limits of Let's Encrypt, counted from zero, on a clock that we move."""

import unittest

from client import Ca, certid, leaves

DAY = 86400


class Limits(unittest.TestCase):
    def setUp(self):
        self.ca = Ca()
        self.addCleanup(self.ca.stop)
        self.ca.script("set limits=letsencrypt", "clock 2027-01-01T00:00:00Z",
                       "clock freeze")
        self.client = self.ca.client()

    def limited(self, answer, text, seconds):
        self.assertEqual((answer.status, answer.kind()), (429, "rateLimited"))
        self.assertIn(text, answer.json()["detail"])
        self.assertAlmostEqual(int(answer.headers["Retry-After"]), seconds,
                               delta=2)
        self.assertIn('rel="help"', ", ".join(
            answer.headers.get_all("Link")))

    def issued(self, *names, **members):
        order = self.client.issue(*names, **members)
        self.assertIsInstance(order, dict, getattr(order, "body", ""))
        self.assertEqual(order["status"], "valid")
        return order

    def test_ten_accounts_in_three_hours(self):
        for _ in range(9):
            self.ca.client()
        answer = self.ca.client(register=False).register()
        self.limited(answer, "too many new registrations (10) from this IP "
                     "address in the last 3h0m0s, retry after 2027-01-01 "
                     "00:18:00 UTC: see https://letsencrypt.org/docs/rate-"
                     "limits/#new-registrations-per-ip-address", 18 * 60)
        self.ca.script("clock +18m")
        self.assertEqual(self.ca.client(register=False).register().status,
                         201)

    def test_five_of_one_set(self):
        for _ in range(5):
            self.issued("a.test", "b.test")
        _, answer = self.client.order("b.test", "a.test")
        self.limited(answer, "too many certificates (5) already issued for "
                     "this exact set of identifiers in the last 168h0m0s, "
                     "retry after 2027-01-02 09:36:00 UTC", 7 * DAY / 5)
        self.issued("a.test")
        self.ca.script("clock +34h")
        self.issued("a.test", "b.test")

    def test_fifty_of_one_registered_domain(self):
        for i in range(50):
            self.issued(f"n{i}.shop.test")
        _, answer = self.client.order("more.shop.test")
        self.limited(answer, "too many certificates (50) already issued for "
                     "\"shop.test\" in the last 168h0m0s", 7 * DAY / 50)
        self.issued("other.test")
        self.issued("n3.shop.test")     # a renewal
        self.ca.script("clock +202m")
        self.issued("more.shop.test")

    def test_three_hundred_orders_in_three_hours(self):
        for i in range(300):
            self.assertEqual(self.client.order(f"n{i}.test")[1].status, 201)
        _, answer = self.client.order("more.test")
        self.limited(answer, "too many new orders (300) from this account in "
                     "the last 3h0m0s", 36)

    def test_five_failures_an_hour_and_pausing(self):
        self.ca.script('set validations={"bad.test": {"type": "dns", '
                       '"detail": "DNS problem: NXDOMAIN"}}',
                       'set limits={"failures": [5, "1h"], '
                       '"pause": [7, "7d"]}')
        for _ in range(5):
            order = self.client.issue("bad.test")
            self.assertEqual(order["status"], "invalid")
        _, answer = self.client.order("bad.test")
        self.limited(answer, "too many failed authorizations (5) for "
                     "\"bad.test\" in the last 1h0m0s", 720)
        for _ in range(2):
            self.ca.script("clock +12m")
            self.client.issue("bad.test")
        self.ca.script("clock +3h")
        _, answer = self.client.order("bad.test", "good.test")
        self.assertEqual(answer.status, 429)
        self.assertNotIn("Retry-After", answer.headers)
        self.assertIn("temporarily prevented from requesting certificates "
                      "for bad.test and possibly", answer.json()["detail"])
        self.ca.ask("unpause", "{}")
        self.assertEqual(self.client.order("bad.test")[1].status, 201)

    def test_renewal_information_exempts_from_all(self):
        for _ in range(5):
            order = self.issued("a.test")
        leaf = leaves(self.client.download(order).body)[0]
        self.assertEqual(self.client.order("a.test")[1].status, 429)
        _, answer = self.client.order("a.test", replaces=certid(leaf))
        self.assertEqual(answer.status, 429, "before its window")
        self.ca.script("set window=now")
        self.issued("a.test", replaces=certid(leaf))
        _, answer = self.client.order("a.test", replaces=certid(leaf))
        self.assertEqual((answer.status, answer.kind()),
                         (409, "alreadyReplaced"))

    def test_requests_a_second(self):
        self.ca.script("set throttle=letsencrypt")
        for _ in range(40):
            self.assertEqual(self.client.get("/directory").status, 200)
        answers = [self.client.get("/directory") for _ in range(3)]
        self.assertEqual(answers[-1].status, 503)
        self.assertEqual(answers[-1].headers["Retry-After"], "1")
        self.ca.script("clock +1s")
        self.assertEqual(self.client.get("/directory").status, 200)


if __name__ == "__main__":
    unittest.main()
