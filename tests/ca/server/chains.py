# SPDX-License-Identifier: MIT
"""The PEM that a download gives: in order, or not.

The setting `chain`:

    right, crlf, no-newline, text   as it should be; other line ends, none at
                                    the end, text between the blocks
    reversed, shuffled              the leaf is last; all but the leaf is
    with-root                       the root too
    leaf-only                       nothing above the leaf
    foreign                         an intermediate that did not sign the leaf
    duplicate                       everything twice
    no-leaf                         everything but the leaf
    long:10000                      so many certificates
    private-key                     a key after the chain
    key-first                       a key before it
    garbage, empty                  no PEM; nothing
    cut                             the last block without its end
    bad-der                         a block that is no certificate
"""

from cryptography.hazmat.primitives import serialization

PEM = serialization.Encoding.PEM
JUNK = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"


def pem(certificate):
    return certificate.public_bytes(PEM).decode()


def some_key(issuer):
    return issuer.stranger.key.private_bytes(
        PEM, serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption()).decode()


def foreign(issuer):
    return pem(issuer.stranger.vouch(issuer.stranger))


def long(leaf, above, count):
    return "".join([leaf] + above + above[-1:] * (count - 1 - len(above)))


def document(issuer, certificate, number, style):
    """PEM of the certificate with chain `number`, in that style."""
    leaf = pem(certificate.leaf)
    above = [pem(item) for item in issuer.chain(number)]
    good = leaf + "".join(above)
    if style.startswith("long:"):
        return long(leaf, above, int(style[5:]))
    make = STYLES[style]
    return make(issuer, number, leaf, above, good)


STYLES = {
    "right": lambda i, n, leaf, above, good: good,
    "crlf": lambda i, n, leaf, above, good: good.replace("\n", "\r\n"),
    "no-newline": lambda i, n, leaf, above, good: good.rstrip("\n"),
    "text": lambda i, n, leaf, above, good:
        "\n\n".join(["subject=leaf", leaf, "issuer=it", *above]),
    "reversed": lambda i, n, leaf, above, good:
        "".join(above[::-1]) + leaf,
    "shuffled": lambda i, n, leaf, above, good:
        leaf + "".join(above[::-1]),
    "with-root": lambda i, n, leaf, above, good:
        good + pem(i.root(n).certificate),
    "leaf-only": lambda i, n, leaf, above, good: leaf,
    "foreign": lambda i, n, leaf, above, good: leaf + foreign(i),
    "duplicate": lambda i, n, leaf, above, good: good + good,
    "no-leaf": lambda i, n, leaf, above, good: "".join(above),
    "private-key": lambda i, n, leaf, above, good: good + some_key(i),
    "key-first": lambda i, n, leaf, above, good: some_key(i) + good,
    "garbage": lambda i, n, leaf, above, good: "<html>no PEM</html>\n",
    "empty": lambda i, n, leaf, above, good: "",
    "cut": lambda i, n, leaf, above, good: good[:-40],
    "bad-der": lambda i, n, leaf, above, good: leaf + JUNK,
}
