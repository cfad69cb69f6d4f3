/* SPDX-License-Identifier: MIT */
#include "diagnosis_group.h"

/* The paths of http-01 and tls-alpn-01. */

static const struct diagnosis CAUSES[] = {
	/* http-01. */
	{"H1", "d3e04c7718c647d1b7f3063da9160bc9",
		"The CA cannot reach the name",
		"Open TCP 80 (443 for tls-alpn-01) in the firewall, the "
		"cloud's security group and the router, and check that the "
		"name points to this host.",
		BACKOFF_Q2},
	{"H2", "962f80b959dc4fabb2934fa804a4467f",
		"The port is taken by another program",
		"Stop it, or let it keep the port and answer itself: "
		"Solver=webroot with its document root (port 80), or "
		"Solver=socket and the snippet for it in "
		"/usr/share/acmed/snippets.",
		BACKOFF_Q4},
	{"H3", "1b24fc9bae8f40b3b24cd3ab429cb3a2",
		"acmed may not listen on the port",
		"Remove the drop-in no-bind.conf of acmed.service, or enable "
		"acmed-http01.socket or acmed-tlsalpn01.socket, which open "
		"port 80 and port 443 for acmed.",
		BACKOFF_Q5},
	{"H4", "ce6fa3f89df944cab5ee14e905a16b39",
		"The web server redirects the challenge away",
		"Exempt /.well-known/acme-challenge/ from the redirect; in "
		"nginx move 'return 301' inside 'location /'.",
		BACKOFF_Q2},
	{"H5", "c5b1a61abf164145b722242a400a3bce",
		"The web server does not serve the challenge file",
		"Its document root is not the folder that acmed writes to, or "
		"another location catches the path. Include the snippet for it "
		"from /usr/share/acmed/snippets, or set Webroot= to its "
		"document root.",
		BACKOFF_Q2},
	{"H6", "d2d52ac8af4542c0a5aa5e458109f67a",
		"A redirect leads the CA astray",
		"Do not redirect /.well-known/acme-challenge/ at all, or only "
		"to port 80 or 443 of a name that serves the file.",
		BACKOFF_Q2},
	{"H7", "91cf18f62ac84a8a83a1c90ccf02720e",
		"The IPv6 address of the name does not lead here",
		"Correct the AAAA record or remove it: the CA tries IPv6 "
		"first.",
		BACKOFF_Q2},
	{"H8", "9c3977326ce24873b967fd60e4c9d1c2",
		"The web server refuses the challenge file",
		"Look for a rule that denies paths with a leading dot, for a "
		"filter in front of the server, and whether the server's user "
		"may enter the document root.",
		BACKOFF_Q5},
	{"H9", "ec10936ea057495fa1462bfbb97aba54",
		"The challenge was answered with other content",
		"A cache, or another ACME client with another account, answers "
		"for this name. Exempt the path from caching, and stop the "
		"other client.",
		BACKOFF_Q2},
	{"H10", "eb26c667a1ed4b41868949ef67cde4dc",
		"A filter in front of the web server refuses the CA",
		"The name leads to a CDN or a web application firewall: exempt "
		"/.well-known/acme-challenge/ from its rules, or use "
		"Type=dns-01.",
		BACKOFF_Q2},
	{"H11", "a2f4244b91024ed2b7ccf09a84057951",
		"The CA reached the name from one place but not from others",
		"Look for a filter by country or network; the CA looks from "
		"several continents.",
		BACKOFF_Q2},
	{"H12", "a5e9be26a204480a81a18bf84bdfbd67",
		"The web server failed while the CA looked",
		"It answered too slowly or with an error of its own; look into "
		"its log. With several servers behind the name each has to "
		"answer.",
		BACKOFF_Q2},
	{"H13", "ff1d80276329432996cc9cba01331cd9",
		"The port is open in the container but not on its host",
		"Publish port 80 (443 for tls-alpn-01) of the container on the "
		"host, or use Solver=webroot on the host.",
		BACKOFF_Q2},
	{"H14", "b1c120a93fca423280b38dd0267246e9",
		"The name has no address in the DNS",
		"Add an A or AAAA record for it, or take it out of Names=.",
		BACKOFF_Q2},
	{"H15", "fc2bd9a3e6a0423dbb1bd07fcbaae520",
		"The name leads to another machine",
		"None of its addresses is one of this host's any more: restore "
		"its DNS records, or take it out of Names=.",
		BACKOFF_Q2},
	{"H16", "2694962a176d41a2871ba485378cbbd9",
		"The document root is read-only for acmed",
		"Open it with the two commands that 'acmed -t' prints: a "
		"folder of acmed-hand, and a drop-in with ReadWritePaths=.",
		BACKOFF_Q5},
	/* tls-alpn-01. */
	{"T1", "505f2a48697f47a8ab12682102b43a2c",
		"Port 443 answered with an ordinary certificate",
		"The server that holds port 443 has to pass ALPN acme-tls/1 on "
		"to acmed: Solver=socket and the snippet for it in "
		"/usr/share/acmed/snippets; or use Type=http-01.",
		BACKOFF_Q2},
	{"T2", "a260e4fda792428f8f78117bd6d7cc41",
		"Port 443 does not speak acme-tls/1",
		"Let what terminates TLS pass ALPN acme-tls/1 on to acmed: "
		"Solver=socket and the snippet for it in "
		"/usr/share/acmed/snippets; or use Type=http-01.",
		BACKOFF_Q2},
	{"T3", "45ffa5745c6ce3add762f69047aa6b26",
		"acmed listens on a port that the CA never comes to",
		"A CA looks for http-01 at port 80 and for tls-alpn-01 at port "
		"443 only: take Listen= away, or let what holds that port lead "
		"to this one.",
		BACKOFF_Q4},
	{"T4", "5dea83bfa42a7854b76da484e7885063",
		"Something else answers acme-tls/1 on port 443",
		"Another ACME client holds the port; only one of them can "
		"answer tls-alpn-01.",
		BACKOFF_Q4},
	{"T5", "ccc4db40fa4d4af36d93b203ee4ce0a0",
		"Strangers take all places where challenges are answered",
		"acmed holds 256 connections for 10 seconds each and tries "
		"again. If it lasts, limit new connections for each address in "
		"the firewall, or use a challenge over DNS.",
		BACKOFF_Q2},
};

const struct diagnosis_group diagnosis_paths = {
	CAUSES, sizeof(CAUSES) / sizeof(*CAUSES)};
