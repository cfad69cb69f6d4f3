/* SPDX-License-Identifier: MIT */
#include "diagnosis_group.h"

/* What becomes of a certificate, and lifetimes that shrink. */

static const struct diagnosis CAUSES[] = {
	/* Deployment. */
	{"P1", "ccdccfdeb538480eb570fc9df2eac103",
		"The service was not reloaded",
		"The message says why: nothing reloads it (name it in "
		"Reload=), it is stopped or unknown (check Reload=), it cannot "
		"reload (use Restart=), or acmed may not do it (install "
		"polkit, or enable acmed-deploy.socket).",
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
	{"P7", "b335dc582e9d46108f4b417f963a696c",
		"A private key can be read by others",
		"Take that right away (chmod o-rwx) and find out who gave it. "
		"Then make a new key with 'acmectl renew --force NAME'.",
		BACKOFF_Q6},
	{"P8", "63365ac9e8c24d02ad972ca2361b52d5",
		"An endpoint does not serve the new certificate",
		"Check that its server runs, and that its configuration names "
		"the files below live/NAME. Then look what else may answer "
		"there: a proxy, a CDN, another machine. Name what has to be "
		"reloaded in Reload=.",
		BACKOFF_Q6},
	{"P9", "6c241daf5f4344ce86a5749f0841c328",
		"The chain is incomplete or out of order",
		"Let the server send live/NAME/fullchain.pem and not cert.pem "
		"alone. When it was the CA that sent it so, it was not "
		"switched in and the old certificate stays in service.",
		BACKOFF_Q1},
	{"P10", "6af3aca2da014d8a973e76b152e031fd",
		"The chain leads to another root than before",
		"Old devices may not know it. PreferredChain= asks for another "
		"chain, where the CA offers one.",
		BACKOFF_Q6},
	{"P11", "c47c41ead7a44ba4837ba63af231474a",
		"The TLSA record does not cover the new key",
		"Publish the record of the new key before the key is served, "
		"or keep the key with ReuseKey=yes.",
		BACKOFF_Q6},
	{"P12", "48772e311d2149a5bf258d9f0faa1a6b",
		"The certificate does not lead to a trusted root",
		"It was not switched in and the old one stays in service. "
		"Check Directory= (is it a staging one?) and RootFile= of the "
		"CA.",
		BACKOFF_Q4},
	/* Lifetimes. */
	{"X1", "0a616341f0f04fe3affb2e768dbea43f",
		"RenewBefore= does not fit the lifetime",
		"The CA issues for a shorter time than RenewBefore= supposes, "
		"so acmed takes its own share of the lifetime. Shorten it or "
		"take it away.",
		BACKOFF_Q4},
	{"X4", "ae85f113cdfe4131898f4d810be50b4c",
		"The challenge path has not been proven for long",
		"The CA relied on an earlier validation and will not do so "
		"forever. 'acmectl diagnose NAME' walks the path; "
		"Rehearse=daily watches it.",
		BACKOFF_Q2},
	{"X5", "71f622db5db04513ab586dac7eea8ee4",
		"The challenge takes longer than the CA waits",
		"The CA gives an hour or less: find out why the name servers "
		"or the hook are that slow, and keep Timeout= of [Challenge] "
		"below it.",
		BACKOFF_Q1},
};

const struct diagnosis_group diagnosis_deploy = {
	CAUSES, sizeof(CAUSES) / sizeof(*CAUSES)};
