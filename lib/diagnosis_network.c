/* SPDX-License-Identifier: MIT */
#include "diagnosis_group.h"

/* The network and the CA behind it. */

static const struct diagnosis CAUSES[] = {
	/* Network and CA. */
	{"N1", "5ad10c366d0444e9ba41ffef43dbdddd", "The CA does not answer",
		"Check that no firewall stops outgoing TCP 443 from this host "
		"to the CA's address, and look at the CA's status page. acmed "
		"tries again by itself.",
		BACKOFF_Q1},
	{"N2", "bb56346783e7405fad364866e5b02b38",
		"The connection to the CA was refused or broken",
		"A firewall, a proxy or a captive portal refused it, or "
		"answered in the CA's place. Let this host reach the CA "
		"directly, or set Proxy=.",
		BACKOFF_Q1},
	{"N3", "03aac2a47bef489cb033f33c80274ef1",
		"A name cannot be looked up in the DNS",
		"Check that the servers in /etc/resolv.conf answer this host "
		"('getent hosts NAME'), and for the name of a CA its "
		"Directory=. acmed notices by itself when it is mended.",
		BACKOFF_Q1},
	{"N4", "cb129acf36b84b59a4db4860f3ef57b2",
		"The TLS certificate of the CA is not trusted",
		"Update the package ca-certificates, check the clock, and look "
		"whether a proxy opens TLS on the way. For a CA of your own "
		"set TrustFile=.",
		BACKOFF_Q5},
	{"N5", "d8c802062fdb4cdfa0e27e884ee40952",
		"The CA stopped sending in the middle of a reply",
		"An overloaded CA does this, or a path that drops large "
		"packets (check the MTU). acmed tries again by itself.",
		BACKOFF_Q1},
	{"N6", "6a9b402a633c4614a760b420f07e8c90",
		"IPv6 to the CA is broken, IPv4 is used",
		"Mend the IPv6 route of this host (ip -6 route), or take its "
		"IPv6 address away. acmed goes on over IPv4.",
		BACKOFF_Q1},
	{"N7", "c5673ac33d2d4f1dbbfb5b84e26f5311",
		"The proxy refused the connection",
		"Check Proxy= in acmed.conf, and what the proxy allows.",
		BACKOFF_Q1},
	{"N8", "fd099d582e074b77901128c29cff0107", "The CA is out of order",
		"It answers with errors of its own: look at its status page. "
		"acmed tries again by itself; nothing is to be done here.",
		BACKOFF_Q1},
	{"N9", "e661bb97f139446c853f3a389b4a5bef",
		"The directory URL is wrong or retired",
		"Compare Directory= of the CA with what the CA documents.",
		BACKOFF_Q4},
	{"N10", "02bb1c24ce454503a6ecb679fd8d7d5c",
		"This machine has no network",
		"No route leads to the CA: check addresses and routes (ip "
		"address, ip route). acmed tries again by itself, without a "
		"restart.",
		BACKOFF_Q1},
	{"N11", "61aaa867074f45588b15d3a19d49cca7",
		"A certificate was due but nothing was scheduled",
		"This is a fault inside acmed, which has scheduled it anew. "
		"Report it with what 'journalctl -u acmed' shows.",
		BACKOFF_Q1},
};

const struct diagnosis_group diagnosis_network = {
	CAUSES, sizeof(CAUSES) / sizeof(*CAUSES)};
