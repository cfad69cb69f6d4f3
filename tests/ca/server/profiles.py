# SPDX-License-Identifier: MIT
"""Profiles (draft-ietf-acme-profiles): what a certificate may hold, how long
it lives. With none in the settings there is one, without a name."""

from .problem import Problem
from .text import duration


class Profile:
    def __init__(self, name, settings, values):
        self.name = name
        self.lifetime = duration(values.get("lifetime", settings.lifetime))
        self.types = values.get("types", ["dns", "ip"])
        self.most = values.get("most", settings.most_identifiers)

    def check(self, names):
        for item in names:
            if item.type not in self.types:
                raise Problem("rejectedIdentifier",
                              f"Profile \"{self.name}\" does not permit "
                              f"{item.type} type identifiers")


class Profiles:
    def __init__(self, ca):
        self.ca = ca

    def table(self):
        return {name: {"description": value} if isinstance(value, str)
                else value
                for name, value in self.ca.settings.profiles.items()}

    def advertised(self):
        return {name: values.get("description", name)
                for name, values in self.table().items()}

    def choose(self, name):
        """The named one; without a name the first of the table."""
        table = self.table()
        if not table:
            return Profile(None, self.ca.settings, {})
        if name is None:
            name = next(iter(table))
        if name not in table:
            raise Problem("invalidProfile", f"Certificate profile \"{name}\""
                          " is not known to this CA")
        return Profile(name, self.ca.settings, table[name])

    def find(self, name):
        values = self.table().get(name, {}) if name else {}
        return Profile(name, self.ca.settings, values)
