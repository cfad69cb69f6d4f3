# SPDX-License-Identifier: MIT
"""What the tests of the scripted CA have in common: one CA a class."""

import unittest

from client import Ca


class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.ca = Ca()

    @classmethod
    def tearDownClass(cls):
        cls.ca.stop()

    def setUp(self):
        self.ca.script("clear")
        self.ca.rules()

    def refused(self, answer, status, kind, *rules):
        self.assertEqual((answer.status, answer.kind()), (status, kind),
                         answer.body)
        self.assertEqual(self.ca.rules(), list(rules))
