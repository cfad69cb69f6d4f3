/* SPDX-License-Identifier: MIT */
#include "diagnosis_group.h"

/* The names: DNS, CAA, and the hooks that publish records. */

static const struct diagnosis CAUSES[] = {
	/* DNS. */
	{"D1", "a8ae94fbc6f095fd1ccdda3b43c32a23",
		"The name server or DNS provider takes no update from this key",
		"With rfc2136 KeyFile= has to hold the key (name, algorithm, "
		"secret) that the server lets write the TXT record. With exec "
		"renew the provider's token in EnvironmentFile=.",
		BACKOFF_Q4},
	{"D2", "c462bdb65aba4b44bfb4eb1074771c5b",
		"The TXT record is not to be found",
		"Check that every name server of the zone has taken the update "
		"over.",
		BACKOFF_Q2},
	{"D3", "2b70a082108d4913a5a8a0fb87ee6fac",
		"The TXT record has another value",
		"Remove old TXT records of _acme-challenge, and find out who "
		"else writes them.",
		BACKOFF_Q2},
	{"D4", "e433cbe836624678b7085e148563b28c",
		"One TXT value has overwritten another",
		"A name and its wildcard need two TXT records at "
		"_acme-challenge at the same time: let the hook add values and "
		"never replace them.",
		BACKOFF_Q2},
	{"D5", "287163c6ec738db64767e6df48857363",
		"The challenge's name does not exist in the DNS",
		"Where _acme-challenge has a CNAME or NS record, what it "
		"points to has to exist and take updates. Else check that "
		"every name server of the zone has taken the update over.",
		BACKOFF_Q2},
	{"D6", "5b6db35293561cee51557aba91a61045",
		"The authoritative name servers cannot be reached from here",
		"Allow port 53 (UDP and TCP) to the name servers of the zone, "
		"or check Server=.",
		BACKOFF_Q2},
	{"D7", "896bc15f25c14409abe0438d07af3ec7",
		"The name servers of the name fail",
		"The CA got SERVFAIL, a DNSSEC error or no answer. Check that "
		"every authoritative server answers, and that the signatures "
		"have not expired.",
		BACKOFF_Q2},
	{"D8", "e29d2e53b7334f9fb1bf9801446d816a",
		"A CAA record forbids this CA",
		"Add an 'issue' record for the CA to the CAA set that the "
		"message names, or choose another CA with CA=.",
		BACKOFF_Q4},
	{"D9", "228318394488484da513cf9c84d69e9d",
		"The hook asks to come back later",
		"It ended with status 75: usually the provider of the DNS "
		"limits requests. acmed waits; nothing is to be done.",
		BACKOFF_Q3},
	{"D10", "71f317069a0c43229fcd482f76b51c2d",
		"The method needs a human at every renewal",
		"A record that is set by hand lasts for one renewal. Use "
		"Solver=rfc2136, Solver=exec with a hook for the DNS provider, "
		"or Type=dns-persist-01.",
		BACKOFF_Q4},
	{"D11", "de91872093ee4e848acaffaf5ad7ec60",
		"The record of dns-persist-01 is missing or does not fit",
		"Set the TXT record that the message names, once: it stays "
		"good for every renewal. acmed looks again by itself; 'acmectl "
		"renew' looks at once.",
		BACKOFF_Q2},
	/* Hooks that answer challenges; not of the atlas. */
	{"E1", "6c4fcb84898e4bafb56054bfbbc7c8a3", "The hook is not there",
		"Check the path in Command=, and that the user acmed-hand may "
		"enter every folder above it.",
		BACKOFF_Q4},
	{"E2", "56d7d87ef633476f8a6c7c3491da38b7", "The hook cannot be run",
		"It has to be a file that the user acmed-hand may read and "
		"execute (chmod a+rx).",
		BACKOFF_Q4},
	{"E3", "c9323674042a45c891454d4d419ff128",
		"Others than root can change the hook",
		"Give it and every folder above it to root, and take the right "
		"to write from all others.",
		BACKOFF_Q4},
	{"E4", "98e0c6034bee4d14998e367d005b557a", "The hook failed",
		"Its output is in the journal (journalctl -t acmed-hand); "
		"acmed tries again.",
		BACKOFF_Q1},
	{"E5", "afd0eb2c04b34bc08f420d76ad267925", "The hook answers nonsense",
		"With Protocol=acmed it has to print one line of JSON, see "
		"acmed-exec(7). Check Protocol= and the script.",
		BACKOFF_Q1},
};

const struct diagnosis_group diagnosis_names = {
	CAUSES, sizeof(CAUSES) / sizeof(*CAUSES)};
