/* SPDX-License-Identifier: MIT */
#include "probe_kind.h"

#include "certificate.h"
#include "diagnosis_look.h"
#include "handshake.h"
#include "mem.h"
#include "own_addresses.h"
#include "port_owner.h"
#include "tls_alpn.h"

#include <stdio.h>

#define CHECK "tls"
#define PORT 443 /* the only one (RFC 8737 section 3) */
#define DEADLINE 5.0

/* One address of the name. */
struct view {
	struct alpn_walk *walk; /* borrowed */
	struct dns_address address;
	struct handshake *handshake; /* NULL: over */
};

struct alpn_walk {
	const struct probe_wish *wish; /* borrowed */
	struct finding_listener listener;
	struct challenge challenge; /* owned */
	char server_name[256];
	struct publication *publication; /* or NULL */
	SSL_CTX *context; /* owned */
	struct view views[DNS_ADDRESSES];
	size_t count;
	size_t left; /* handshakes that are not over */
	ev_timer start;
};

static void cancel(void *data)
{
	struct alpn_walk *walk = data;

	for (size_t i = 0; i < walk->count; i++)
		if (walk->views[i].handshake)
			handshake_cancel(walk->views[i].handshake);
	if (walk->publication)
		solver_withdraw(walk->publication);
	SSL_CTX_free(walk->context);
	ev_timer_stop(walk->wish->tools->loop, &walk->start);
	challenge_clear(&walk->challenge);
	free(walk);
}

static void end(struct alpn_walk *walk)
{
	struct finding_listener listener = walk->listener;

	cancel(walk);
	listener.on_end(listener.data, FINDING_UNKNOWN);
}

static const char *subject(const struct alpn_walk *walk)
{
	return walk->wish->path.identifier->value;
}

/* "443 of 192.0.2.1, served by nginx.service (uid 0)" */
static void name_port(const struct view *view, char *out, size_t size)
{
	struct port_owner owner;
	char who[160];

	snprintf(out, size, "port %d of %s", PORT, view->address.text);
	if (!own_addresses_have(&view->address) ||
		!port_owner_find(PORT, &owner))
		return;
	port_owner_describe(&owner, who, sizeof(who));
	snprintf(out, size, "port %d of %s, served by %.150s,", PORT,
		view->address.text, who);
}

static void describe_leaf(X509 *leaf, char *out, size_t size)
{
	struct certificate_facts facts = {0};

	snprintf(out, size, "a certificate of its own");
	if (certificate_read_facts(leaf, &facts, NULL) &&
		facts.identifier_count)
		snprintf(out, size, "the certificate of '%.120s'",
			facts.identifiers[0].value);
	certificate_facts_clear(&facts);
}

static bool judge_leaf(const struct view *view, X509 *leaf, struct error *err)
{
	const struct alpn_walk *walk = view->walk;
	char port[256], what[160];

	if (walk->publication && tls_alpn_answers(leaf, walk->challenge.answer))
		return true;
	name_port(view, port, sizeof(port));
	if (tls_alpn_is_answer(leaf))
		return fail_cause(err, ERROR_VALIDATION,
			diagnosis_of_alpn(true, true, false),
			"%s answers acme-tls/1 for another ACME client", port);
	describe_leaf(leaf, what, sizeof(what));
	return fail_cause(err, ERROR_VALIDATION,
		diagnosis_of_alpn(true, false, false),
		"%s answers with %s and not with the answer", port, what);
}

static bool judge_failure(
	const struct view *view, const struct error *failure, struct error *err)
{
	bool is_refused = failure->kind == ERROR_REFUSED;
	char port[256];

	name_port(view, port, sizeof(port));
	return fail_cause(err, ERROR_VALIDATION,
		diagnosis_of_alpn(false, false, is_refused), "%s %s: %s", port,
		is_refused ? "does not speak acme-tls/1" : "cannot be reached",
		failure->text);
}

static void tell(
	const struct view *view, X509 *leaf, const struct error *failure)
{
	const struct alpn_walk *walk = view->walk;
	struct error err;
	bool is_fine = leaf ? judge_leaf(view, leaf, &err)
			    : judge_failure(view, failure, &err);

	if (is_fine)
		finding_good(&walk->listener, CHECK, subject(walk),
			"the answer is shown at %s", view->address.text);
	else
		finding_error(&walk->listener, CHECK, subject(walk),
			walk->publication ? FINDING_BAD : FINDING_UNKNOWN,
			&err);
}

static void on_shaken(void *data, X509 *leaf, const struct error *failure)
{
	struct view *view = data;
	struct alpn_walk *walk = view->walk;

	view->handshake = NULL;
	tell(view, leaf, failure);
	if (--walk->left == 0)
		end(walk);
}

static void shake(struct alpn_walk *walk)
{
	walk->left = walk->count;
	for (size_t i = 0; i < walk->count; i++)
		walk->views[i].handshake =
			handshake_start(walk->wish->tools->loop,
				&(struct handshake_wish){
					.context = walk->context,
					.address = &walk->views[i].address,
					.port = PORT,
					.sni = walk->server_name,
					.protocol = TLS_ALPN_PROTOCOL,
					.deadline = DEADLINE,
					.on_end = on_shaken,
					.data = &walk->views[i],
				});
}

static void on_published(void *data, const struct error *err, bool sees_fetches)
{
	struct alpn_walk *walk = data;

	(void)sees_fetches;
	if (!err) {
		shake(walk);
		return;
	}
	walk->publication = NULL;
	finding_error(&walk->listener, CHECK, subject(walk), FINDING_BAD, err);
	end(walk);
}

static void on_start(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct alpn_walk *walk = timer->data;
	const struct probe_wish *wish = walk->wish;

	(void)loop;
	(void)events;
	if (!probe_publishes(wish)) {
		shake(walk);
		return;
	}
	walk->publication = solver_present(wish->tools->solvers,
		&(struct publication_wish){
			.certificate = wish->path.certificate,
			.challenge = wish->path.challenge,
			.answer = &walk->challenge,
			.on_published = on_published,
			.data = walk,
		});
}

static void *start(const struct probe_setup *setup)
{
	struct alpn_walk *walk = mem_new(sizeof(*walk));

	walk->wish = setup->wish;
	walk->listener = setup->listener;
	walk->count = setup->addresses->count;
	walk->context = handshake_context();
	probe_challenge_make(&setup->wish->path, &walk->challenge, NULL);
	tls_alpn_server_name(setup->wish->path.identifier, walk->server_name);
	for (size_t i = 0; i < walk->count; i++)
		walk->views[i] = (struct view){
			.walk = walk,
			.address = setup->addresses->list[i],
		};
	ev_timer_init(&walk->start, on_start, 0., 0.);
	walk->start.data = walk;
	ev_timer_start(setup->wish->tools->loop, &walk->start);
	return walk;
}

const struct probe_kind probe_alpn = {start, cancel};
