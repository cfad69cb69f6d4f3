# SPDX-License-Identifier: MIT
"""A scripted ACME server for tests; ../README.md says how to use it."""
