/* SPDX-License-Identifier: MIT */
#include "diagnosis.h"

/*
 * The causes of failures.md by its codes. A message id never changes: people
 * search the journal for it. A missing polkit rule is P1, a helper that is
 * missing or died M9, hooks have E1 to E5: the atlas has no rows of their own
 * for them.
 */
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
		"Update the package ca-certificates, check the clock, and "
		"look whether a proxy opens TLS on the way. For a CA of your "
		"own set TrustFile=.",
		BACKOFF_Q5},
	{"N5", "d8c802062fdb4cdfa0e27e884ee40952",
		"The CA stopped sending in the middle of a reply",
		"An overloaded CA does this, or a path that drops large "
		"packets (check the MTU). acmed tries again by itself.",
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
		"another location catches the path. Include the snippet for "
		"it from /usr/share/acmed/snippets, or set Webroot= to its "
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
		BACKOFF_Q2},
	{"H9", "ec10936ea057495fa1462bfbb97aba54",
		"The challenge was answered with other content",
		"A cache, or another ACME client with another account, "
		"answers for this name. Exempt the path from caching, and "
		"stop the other client.",
		BACKOFF_Q2},
	{"H11", "a2f4244b91024ed2b7ccf09a84057951",
		"The CA reached the name from one place but not from others",
		"Look for a filter by country or network; the CA looks from "
		"several continents.",
		BACKOFF_Q2},
	{"H12", "a5e9be26a204480a81a18bf84bdfbd67",
		"The web server failed while the CA looked",
		"It answered too slowly or with an error of its own; look "
		"into its log. With several servers behind the name each has "
		"to answer.",
		BACKOFF_Q2},
	{"H14", "b1c120a93fca423280b38dd0267246e9",
		"The name has no address in the DNS",
		"Add an A or AAAA record for it, or take it out of Names=.",
		BACKOFF_Q2},
	{"H16", "2694962a176d41a2871ba485378cbbd9",
		"The document root is read-only for acmed",
		"Open it with the two commands that 'acmed -t' prints: a "
		"folder of acmed-hand, and a drop-in with ReadWritePaths=.",
		BACKOFF_Q5},
	/* TLS and DNS. */
	{"T1", "505f2a48697f47a8ab12682102b43a2c",
		"Port 443 answered with an ordinary certificate",
		"The server that holds port 443 has to pass ALPN acme-tls/1 "
		"on to acmed: Solver=socket and the snippet for it in "
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
		"443 only: take Listen= away, or let what holds that port "
		"lead to this one.",
		BACKOFF_Q4},
	{"T4", "5dea83bfa42a7854b76da484e7885063",
		"Something else answers acme-tls/1 on port 443",
		"Another ACME client holds the port; only one of them can "
		"answer tls-alpn-01.",
		BACKOFF_Q2},
	{"T5", "ccc4db40fa4d4af36d93b203ee4ce0a0",
		"Strangers take all places where challenges are answered",
		"acmed holds 256 connections for 10 seconds each and tries "
		"again. If it lasts, limit new connections for each address "
		"in the firewall, or use a challenge over DNS.",
		BACKOFF_Q2},
	{"D1", "a8ae94fbc6f095fd1ccdda3b43c32a23",
		"The name server does not take the update",
		"Check that KeyFile= holds the key (name, algorithm and "
		"secret) that the server knows, and that its policy lets this "
		"key write the TXT record.",
		BACKOFF_Q4},
	{"D2", "c462bdb65aba4b44bfb4eb1074771c5b",
		"The TXT record is not to be found",
		"Check that every name server of the zone has taken the "
		"update over.",
		BACKOFF_Q2},
	{"D3", "2b70a082108d4913a5a8a0fb87ee6fac",
		"The TXT record has another value",
		"Remove old TXT records of _acme-challenge, and find out who "
		"else writes them.",
		BACKOFF_Q2},
	{"D5", "287163c6ec738db64767e6df48857363",
		"The alias of the challenge's name leads nowhere",
		"Check the CNAME at _acme-challenge, and that the name it "
		"points to can be written to.",
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
	{"D11", "de91872093ee4e848acaffaf5ad7ec60",
		"The record of dns-persist-01 is not there",
		"Set the TXT record that the message names, once: it stays "
		"good for every renewal. acmed looks again by itself; "
		"'acmectl renew' looks at once.",
		BACKOFF_Q2},
	/* Hooks that answer challenges. */
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
		"Give it and every folder above it to root, and take the "
		"right to write from all others.",
		BACKOFF_Q4},
	{"E4", "98e0c6034bee4d14998e367d005b557a", "The hook failed",
		"Its output is in the journal (journalctl -t acmed-hand); "
		"acmed "
		"tries again.",
		BACKOFF_Q1},
	{"E5", "afd0eb2c04b34bc08f420d76ad267925", "The hook answers nonsense",
		"With Protocol=acmed it has to print one line of JSON, see "
		"acmed-exec(7). Check Protocol= and the script.",
		BACKOFF_Q1},
	/* Account. */
	{"A1", "efcbef3b72694450b5cf30fcdb336851",
		"The CA wants consent to its terms",
		"Read them at the address in the message. A new account needs "
		"AgreeToTerms=yes for the CA; to terms that changed you agree "
		"at that address, then 'acmectl renew NAME'.",
		BACKOFF_Q4},
	{"A2", "f9697a42d82d432485a9190a0dd6ab5b", "The account is deactivated",
		"If it was not you who closed it, only the CA can say why. To "
		"go on with a new account, move the CA's folder below "
		"/var/lib/acmed/accounts away and run 'acmectl reload'.",
		BACKOFF_Q4},
	{"A3", "a71689278f6d45ea8b6b4c7c5850b4fb",
		"The CA does not know the account key",
		"acmed looks for its account again, and makes a new one if "
		"there is none; nothing is to be done.",
		BACKOFF_Q1},
	{"A4", "129d1ba0a21a4b64b73b9131156ee4cd",
		"The CA wants an external account binding",
		"Set EABKeyID= and EABKeyFile= of the CA to what its web page "
		"gives. Most are good for one account and for some days only: "
		"ask for a new one when it is refused.",
		BACKOFF_Q4},
	{"A6", "3d1e2180fba346fe8b5eeb991d750b23",
		"The CA refuses the contact address",
		"Correct Contact= of the CA, or leave it empty.", BACKOFF_Q4},
	/* Limits. */
	{"R1", "1bb5973be96a492483add2698f16c7b8",
		"Too many failed validations",
		"Mend what the last failures named. The CA counts them by the "
		"hour, and acmed waits until it may try again.",
		BACKOFF_Q3},
	{"R2", "938a4cf67b52445984eb4c43bbfa3d89",
		"This set of names was issued too often",
		"Find out who else issues for these names. acmed waits for "
		"the date that the CA named.",
		BACKOFF_Q3},
	{"R3", "f484259668ad4851a54a3e8fee248f7a",
		"A limit of the CA is reached",
		"acmed waits for the date that the CA named. Spread new "
		"certificates over more time, or ask the CA for a higher "
		"limit.",
		BACKOFF_Q3},
	{"R4", "d6a839550d354338af2adf912105a378",
		"The CA has paused this name",
		"It failed for too long. Mend the cause, then open the "
		"address in the message to have it resumed.",
		BACKOFF_Q4},
	{"R5", "c7b2eb08d1964fa4a038f7a98d145ef6", "The CA asks to wait",
		"acmed comes back when the CA said; nothing is to be done.",
		BACKOFF_Q3},
	/* This machine. */
	{"C1", "34b160117dc240e08f2a818465f44f33", "The clock is wrong",
		"Set it (timedatectl set-ntp true). Until then acmed neither "
		"renews nor calls anything expired.",
		BACKOFF_Q5},
	{"L1", "dc61353d1260422880fc283c643dc392", "The disk is full",
		"Free space on the file system of the folder in the message: "
		"for the state it is STATE_DIRECTORY, /var/lib/acmed where "
		"nothing else is set. acmed asks nothing of the CA until "
		"then.",
		BACKOFF_Q5},
	{"L3", "6437bac2b3944a78b74f69e200cf452d",
		"The file system is read-only",
		"Look for disk errors (dmesg), and mount it writable again.",
		BACKOFF_Q5},
	{"L4", "14757df8e2e54c7c8dca824ced7702ef", "Permission denied",
		"Look at owner and mode of the path in the message and of "
		"every folder above it (namei -l PATH), and whether SELinux "
		"or AppArmor denies it (journalctl -k).",
		BACKOFF_Q5},
	{"L5", "4f8436ff68754279afb8ef63a68c38c6", "A state file is damaged",
		"It was put aside; what is installed is read from the "
		"certificates themselves. Check the disk.",
		BACKOFF_Q5},
	{"L6", "be97b8a7fba8451bbdee6ec5d8f6ffc3",
		"Key and certificate do not fit each other",
		"The pair was not switched in and the old one stays in "
		"service. If the broken pair is the one in live/, run "
		"'acmectl rollback NAME'.",
		BACKOFF_Q5},
	{"L7", "800941bd7b9947ca8eea491f99c18410",
		"What stands in live/ is not the link that acmed made",
		"Move what stands at the path in the message away; acmed "
		"leaves alone what it did not make, and puts its link there.",
		BACKOFF_Q5},
	{"L8", "4d53316c8299451e91c9dc840c17f969",
		"Another acmed uses the state folder",
		"Stop the other one, or give this one folders of its own "
		"(STATE_DIRECTORY, RUNTIME_DIRECTORY).",
		BACKOFF_Q5},
	{"L12", "d6dca2dd7e9749629210ee45ae7ee27e",
		"An export would overwrite what it exports",
		"Path= of the [Export] section names acmed's own file; choose "
		"another.",
		BACKOFF_Q6},
	{"L15", "4d6bff3add1b4f5d826ae720e01985b8", "A resource has run out",
		"The message says which: free inodes or raise the quota of "
		"the file system, or raise LimitNOFILE= of the service.",
		BACKOFF_Q5},
	{"M2", "739f18353ac14ed9a7131b204c37147f",
		"A hook ran too long and was killed",
		"Look at its output in the journal, and make it end in time.",
		BACKOFF_Q6},
	{"M6", "65024995cb374ea998e63b936f0e052b", "A reply was too large",
		"What answers in the CA's place sends more than a CA has "
		"reason to: check Directory= and Proxy=.",
		BACKOFF_Q1},
	{"M9", "d18149781cab429dbd47252d21698cca",
		"A helper of acmed is missing or died",
		"See 'systemctl status acmed-vault.socket acmed-hand.socket "
		"acmed-deploy.socket': all have to be active. The journal has "
		"the helper's last words.",
		BACKOFF_Q5},
	/* Deployment. */
	{"P1", "ccdccfdeb538480eb570fc9df2eac103",
		"The service was not reloaded",
		"The message says why: it is stopped or unknown (check "
		"Reload=), it cannot reload (use Restart=), or acmed may not "
		"do it (install polkit, or enable acmed-deploy.socket).",
		BACKOFF_Q6},
	{"P2", "2d860d6a724d4f128728cccb0707d25c", "A due reload was left out",
		"Reload the service by hand (systemctl reload), then look why "
		"acmed could not.",
		BACKOFF_Q6},
	{"P3", "31e7c6894ca14a11a69b9c68618da799",
		"The service refused to reload or restart",
		"Check its configuration (nginx -t, apachectl configtest) and "
		"its log. After a refused reload it goes on with the old "
		"certificate.",
		BACKOFF_Q6},
	{"P4", "90968d29c8244c84819ab220c5aebdfb",
		"A part of the service still shows the old certificate",
		"Old workers live as long as their connections: limit that "
		"(worker_shutdown_timeout in nginx), or use Restart=.",
		BACKOFF_Q6},
	{"P5", "8d40ae379bb94f5dac810ce3d3c8f64d", "A hook failed",
		"Its output is in the journal. acmed runs it again by itself "
		"and orders no new certificate.",
		BACKOFF_Q6},
	{"P6", "1ac8a6168f874079a79a6bdce3c0ebbf",
		"The export could not be written",
		"Check Path=, Owner= and Group= of the [Export] section, and "
		"that the file system is writable there.",
		BACKOFF_Q6},
	{"P8", "63365ac9e8c24d02ad972ca2361b52d5",
		"An endpoint does not serve the new certificate",
		"Check that its server runs, and that its configuration names "
		"the files below live/NAME. Then look what else may answer "
		"there: a proxy, a CDN, another machine. Name what has to be "
		"reloaded in Reload=.",
		BACKOFF_Q6},
	{"P9", "6c241daf5f4344ce86a5749f0841c328",
		"The chain of the CA is incomplete or out of order",
		"It was not switched in and the old certificate stays in "
		"service. The fault is the CA's; acmed tries again by itself.",
		BACKOFF_Q1},
	{"P12", "48772e311d2149a5bf258d9f0faa1a6b",
		"The certificate does not lead to a trusted root",
		"It was not switched in and the old one stays in service. "
		"Check Directory= (is it a staging one?) and RootFile= of the "
		"CA.",
		BACKOFF_Q4},
	/* CA-side behaviour. */
	{"K1", "0484793db068425e8afcad93060c1c1d",
		"The CA is still at work on the order",
		"acmed keeps the order and asks again; nothing is to be done.",
		BACKOFF_Q1},
	{"K2", "9ecec38f3f834ed6a2c90075f58e5630", "The CA failed",
		"Its own machinery broke down, not your server; acmed tries "
		"again by itself.",
		BACKOFF_Q1},
	{"K4", "032f8a0ca4d44b708a97f227c63e753e",
		"The CA already knows a replacement of this certificate",
		"An earlier attempt got further than it could note. acmed "
		"orders again without naming what is replaced; nothing is to "
		"be done.",
		BACKOFF_Q1},
	{"K6", "aa32fb0df6d64b4da81b20e2dfe693cf",
		"The CA issued an unusable certificate",
		"It was not switched in and the old one stays in service. "
		"acmed tries again by itself; tell the CA if it lasts.",
		BACKOFF_Q1},
	{"K7", "f3fdcc63ae71438996077b615065f204",
		"The CA refuses what the request asks for",
		"Compare Key= and the names with what the CA supports; the "
		"message says what it refused.",
		BACKOFF_Q4},
	{"K8", "0cb7e31d61b84b55aed3de26b9a8fee1",
		"The CA rejects its own nonces",
		"Usually its load balancer is at fault; acmed tries again by "
		"itself.",
		BACKOFF_Q1},
	{"K10", "7cb7f6deb7d04acbb84bc5b4e528e20a",
		"The CA refuses this name by its policy",
		"Take the name out of Names=, or choose another CA with CA=.",
		BACKOFF_Q4},
};

const struct diagnosis *diagnosis_table(size_t *count)
{
	*count = sizeof(CAUSES) / sizeof(*CAUSES);
	return CAUSES;
}
