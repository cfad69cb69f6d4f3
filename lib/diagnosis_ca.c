/* SPDX-License-Identifier: MIT */
#include "diagnosis_group.h"

/* What the CA says: account, limits, orders. */

static const struct diagnosis CAUSES[] = {
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
	{"A5", "795cb28014e14dada002a8e18e1cf0f2",
		"The account is not fit for the CA that is asked",
		"The CA of the certificate has changed, or wants of its "
		"account what it did not want before: check CA=, and set "
		"Contact= of the CA.",
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
		"Find out who else issues for these names. acmed waits for the "
		"date that the CA named.",
		BACKOFF_Q3},
	{"R3", "f484259668ad4851a54a3e8fee248f7a",
		"A limit of the CA is reached",
		"acmed waits for the date that the CA named. Spread new "
		"certificates over more time, or ask the CA for a higher "
		"limit.",
		BACKOFF_Q3},
	{"R4", "d6a839550d354338af2adf912105a378",
		"The CA has paused this name",
		"It failed for too long. Mend the cause, then open the address "
		"in the message to have it resumed.",
		BACKOFF_Q4},
	{"R5", "c7b2eb08d1964fa4a038f7a98d145ef6", "The CA asks to wait",
		"acmed comes back when the CA said; nothing is to be done.",
		BACKOFF_Q3},
	{"R6", "3de381115e5844c09bd774d822dbecb5",
		"acmed was restarted too often",
		"Look in 'journalctl -u acmed' for what ends it. Waits survive "
		"a restart, so that it asks no more of the CA than it may.",
		BACKOFF_Q3},
	{"R7", "34b25552ec9c40f79a90d163ede8285a",
		"The CA asks to renew again right after a renewal",
		"acmed keeps the least gap between two issuances. Read the "
		"CA's explanation in 'acmectl status NAME'; 'acmectl renew "
		"--force NAME' renews now.",
		BACKOFF_Q3},
	/* The CA itself. */
	{"K1", "0484793db068425e8afcad93060c1c1d",
		"The CA is still at work on the order",
		"acmed keeps the order and asks again; nothing is to be done.",
		BACKOFF_Q1},
	{"K2", "9ecec38f3f834ed6a2c90075f58e5630", "The CA failed",
		"Its own machinery broke down, not your server; acmed tries "
		"again by itself.",
		BACKOFF_Q1},
	{"K3", "cd73b4074c7d48b8b09c863cccf96791",
		"The CA is going to revoke the certificate",
		"acmed replaces it now. The address in the message says why.",
		BACKOFF_Q1},
	{"K4", "032f8a0ca4d44b708a97f227c63e753e",
		"The CA refuses what the order says that it replaces",
		"An earlier attempt got further than it could note, or another "
		"account has the certificate. acmed orders again without "
		"naming what is replaced; nothing is to be done.",
		BACKOFF_Q1},
	{"K6", "aa32fb0df6d64b4da81b20e2dfe693cf",
		"The CA issued an unusable certificate",
		"It was not switched in and the old one stays in service. "
		"acmed tries again by itself; tell the CA if it lasts.",
		BACKOFF_Q1},
	{"K7", "f3fdcc63ae71438996077b615065f204",
		"The CA refuses what the request asks for",
		"Compare Key=, CSR= and the names with what the CA supports; "
		"the message says what it refused. A request that asks for "
		"must-staple has to be made anew without it.",
		BACKOFF_Q4},
	{"K8", "0cb7e31d61b84b55aed3de26b9a8fee1",
		"The CA rejects its own nonces",
		"Usually its load balancer is at fault; acmed tries again by "
		"itself.",
		BACKOFF_Q1},
	{"K9", "3c7d31549b13414298bcf82fffa54d0d",
		"One name holds up all others of the certificate",
		"Mend that name, or take it out of Names=. "
		"DropDeadNames=after-half-slack leaves it out meanwhile.",
		BACKOFF_Q2},
	{"K10", "7cb7f6deb7d04acbb84bc5b4e528e20a",
		"The CA refuses this name by its policy",
		"Take the name out of Names=, or choose another CA with CA=.",
		BACKOFF_Q4},
	{"K11", "76407ebb0fb1489d8b7ac5472264f3d8",
		"The CA has not validated the names in time",
		"It took the answers to its challenges and never said whether "
		"they are good. acmed keeps the order and asks again; look at "
		"the CA's status page if it lasts.",
		BACKOFF_Q1},
};

const struct diagnosis_group diagnosis_ca = {
	CAUSES, sizeof(CAUSES) / sizeof(*CAUSES)};
