#!/usr/bin/python3
# SPDX-License-Identifier: MIT
#
# Writes tsig-vectors.txt with dnspython (Debian: python3-dnspython): updates
# and their replies, signed; one a line: what, then bytes in hex.
import time

NOW = 1790000000
time.time = lambda: NOW

import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.tsig
import dns.tsigkeyring
import dns.update

SECRETS = {
    "hmac-sha256": "c2VjcmV0IG9mIHRoaXJ0eS10d28gYnl0ZXMsIG9rIQ==",
    "hmac-sha384": "YW5vdGhlciBzZWNyZXQ=",
    "hmac-sha512": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
}
SHORT = "ZTRx1Ckl1-tM05o5zaizTTA0yUy5AGereMgSNWC6Ll8"
LONG = "ca.example; accounturi=" + "x" * 300


compressing = dns.name.Name.to_wire


def plain(self, file=None, compress=None, origin=None, canonicalize=False):
    return compressing(self, file, None, origin, canonicalize)


# As acmed writes names; the replies are compressed, as servers write them.
def wire_of(message):
    dns.name.Name.to_wire = plain
    wire = message.to_wire()
    dns.name.Name.to_wire = compressing
    return wire


def line(what, wire):
    print(what, wire.hex())


def key_of(algorithm):
    return dns.tsig.Key("acme.example.", SECRETS[algorithm], algorithm)


def update_of(value, remove):
    update = dns.update.UpdateMessage("example.com", id=0x1234)
    name = "_acme-challenge.www"
    strings = [value[i:i + 255] for i in range(0, len(value), 255)]
    text = " ".join('"%s"' % s for s in strings)
    if remove:
        update.delete(name, "TXT", text)
    else:
        update.add(name, 60, "TXT", text)
    return update


for what, value, remove in (
    ("add", SHORT, False),
    ("remove", SHORT, True),
    ("add-long", LONG, False),
):
    line(what, wire_of(update_of(value, remove)))
for algorithm in SECRETS:
    update = update_of(SHORT, False)
    update.use_tsig(key_of(algorithm), fudge=300)
    wire = wire_of(update)
    line("sign-" + algorithm, wire)
    parsed = dns.message.from_wire(wire, keyring=key_of(algorithm))
    reply = dns.message.make_response(parsed)
    line("reply-" + algorithm, reply.to_wire())
    line("mac-" + algorithm, parsed.mac)
    # Signed, and refused.
    refused = dns.message.make_response(parsed)
    refused.set_rcode(dns.rcode.REFUSED)
    line("refused-" + algorithm, refused.to_wire())
    for error, name in ((16, "badsig"), (17, "badkey")):
        bad = dns.message.make_response(parsed, tsig_error=error)
        bad.set_rcode(dns.rcode.NOTAUTH)
        line(name + "-" + algorithm, bad.to_wire())

query = dns.message.make_query("_acme-challenge.www.example.com", "SOA")
query.id = 0x4321
query.flags = 0
line("ask-zone", query.to_wire())
answer = dns.message.make_response(query)
answer.authority.append(dns.rrset.from_text(
    "Example.com.", 300, "IN", "SOA",
    "ns1.example.com. hostmaster.example.com. 1 2 3 4 5"))
line("zone", answer.to_wire())
answer.set_rcode(dns.rcode.NXDOMAIN)
line("zone-nxdomain", answer.to_wire())
empty = dns.message.make_response(query)
line("zone-none", empty.to_wire())
empty.set_rcode(dns.rcode.SERVFAIL)
line("zone-servfail", empty.to_wire())
