/* SPDX-License-Identifier: MIT */
#include "alpn_probe.h"

#include "certificate.h"
#include "diagnosis_look.h"
#include "handshake.h"
#include "mem.h"
#include "port_owner.h"
#include "tls_alpn.h"

#include <stdio.h>

#define PORT 443 /* the only one (RFC 8737 section 3) */
#define DEADLINE 5.0
#define WAYS_OUT \
	"let it pass acme-tls/1 on (Solver=socket), or use Type=http-01"

struct alpn_probe {
	struct alpn_probe_wish wish;
	struct handshake *handshake;
	struct port_owner owner;
};

static bool blame(const struct alpn_probe *probe, const char *code,
	const char *what, struct error *err)
{
	char who[192];

	port_owner_describe(&probe->owner, who, sizeof(who));
	return fail_cause(err, ERROR_REFUSED, code,
		"port %d is not ours: served by %s, %s: " WAYS_OUT, PORT, who,
		what);
}

/* Whose it is, by its first name. */
static bool blame_leaf(
	const struct alpn_probe *probe, X509 *leaf, struct error *err)
{
	struct certificate_facts facts = {0};
	char what[192] = "with a certificate of its own";

	if (tls_alpn_is_answer(leaf))
		return blame(probe, diagnosis_of_alpn(true, true, false),
			"which answers acme-tls/1 for another ACME client",
			err);
	if (certificate_read_facts(leaf, &facts, NULL) &&
		facts.identifier_count)
		snprintf(what, sizeof(what), "with the certificate of '%.120s'",
			facts.identifiers[0].value);
	certificate_facts_clear(&facts);
	return blame(probe, diagnosis_of_alpn(true, false, false), what, err);
}

static bool judge(const struct alpn_probe *probe, X509 *leaf,
	const struct error *failure, struct error *err)
{
	char what[192];

	if (leaf && X509_cmp(leaf, probe->wish.answer->certificate) == 0)
		return true;
	if (leaf)
		return blame_leaf(probe, leaf, err);
	if (failure->kind != ERROR_REFUSED)
		return true; /* nobody was reached */
	snprintf(what, sizeof(what), "and %.150s", failure->text);
	return blame(probe, diagnosis_of_alpn(false, false, true), what, err);
}

static void on_end(void *data, X509 *leaf, const struct error *failure)
{
	struct alpn_probe *probe = data;
	struct alpn_probe_wish wish = probe->wish;
	struct error err;
	bool is_fine = judge(probe, leaf, failure, &err);

	free(probe);
	wish.on_end(wish.data, is_fine ? NULL : &err);
}

struct alpn_probe *alpn_probe_start(const struct alpn_probe_wish *wish)
{
	struct port_owner owner;

	if (!port_owner_find(PORT, &owner) || !owner.address.family)
		return NULL;
	struct alpn_probe *probe = mem_new(sizeof(*probe));
	probe->wish = *wish;
	probe->owner = owner;
	probe->handshake = handshake_start(wish->loop,
		&(struct handshake_wish){
			.context = wish->context,
			.address = &owner.address,
			.port = PORT,
			.sni = wish->answer->server_name,
			.protocol = TLS_ALPN_PROTOCOL,
			.deadline = DEADLINE,
			.on_end = on_end,
			.data = probe,
		});
	return probe;
}

void alpn_probe_cancel(struct alpn_probe *probe)
{
	if (!probe)
		return;
	handshake_cancel(probe->handshake);
	free(probe);
}
