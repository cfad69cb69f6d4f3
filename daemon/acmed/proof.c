/* SPDX-License-Identifier: MIT */
#include "proof.h"

#include "certificate.h"
#include "deploy.h"
#include "mem.h"
#include "text.h"

#define FIRST_PAUSE 0.05 /* seconds */
#define LONGEST_PAUSE 10.0

struct proof {
	struct ev_loop *loop; /* borrowed */
	struct verify *verify; /* borrowed */
	struct served *served; /* owned */
	struct verify_look *look; /* under way, or NULL */
	char fingerprint[65];
	char serial[48];
	char anchor[CERTIFICATE_NAME_SIZE];
	int64_t issued; /* 0: unknown */
	char key_type[16]; /* "": any */
	struct identifier *identifiers; /* owned */
	size_t identifier_count;
	double patience; /* left, in seconds */
	double pause; /* the next one */
	bool is_unread; /* nothing is told of it, and it was not seen yet */
	bool has_looked;
	const char *reloaded; /* borrowed */
	ev_timer timer; /* the next look */
	void (*on_end)(void *data, const struct error *err);
	void *data; /* borrowed */
};

/* What was seen before has been read: then somebody else is at fault. */
static void blame_nobody(const struct proof *proof, struct error *err)
{
	error_prefix(err, "nothing reloads it");
	if (streq(err->code, "P8") && served_is_older(proof->served))
		memcpy(err->code, "P1", sizeof("P1"));
}

static void conclude(struct proof *proof)
{
	struct error err;

	if (served_check(proof->served, proof->reloaded, proof->serial, &err)) {
		proof->on_end(proof->data, NULL);
		return;
	}
	if (proof->is_unread)
		blame_nobody(proof, &err);
	proof->on_end(proof->data, &err);
}

static void wait(struct proof *proof, double pause)
{
	ev_timer_set(&proof->timer, pause, 0.);
	ev_timer_start(proof->loop, &proof->timer);
}

static void on_seen(void *data, const struct verify_seen *seen, size_t count)
{
	struct proof *proof = data;

	proof->look = NULL;
	proof->has_looked = true;
	served_note(proof->served, seen, count);
	if (!served_is_open(proof->served) || proof->patience <= 0) {
		conclude(proof);
		return;
	}
	double pause =
		proof->pause < proof->patience ? proof->pause : proof->patience;
	proof->patience -= pause;
	proof->pause = 2 * pause < LONGEST_PAUSE ? 2 * pause : LONGEST_PAUSE;
	wait(proof, pause);
}

static void on_timer(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct proof *proof = timer->data;
	struct verify_wish wish = {
		.fingerprint = proof->fingerprint,
		.anchor = proof->anchor,
		.issued = proof->issued,
		.key_type = *proof->key_type ? proof->key_type : NULL,
		.identifiers = proof->identifiers,
		.identifier_count = proof->identifier_count,
	};

	(void)loop;
	(void)events;
	wish.endpoints = served_open(proof->served, &wish.endpoint_count);
	proof->look = verify_start(proof->verify, &wish, on_seen, proof);
}

static void take_facts(struct proof *proof,
	const struct config_certificate *certificate,
	const struct certificate_facts *facts)
{
	memcpy(proof->fingerprint, facts->fingerprint,
		sizeof(proof->fingerprint));
	memcpy(proof->serial, facts->serial, sizeof(proof->serial));
	memcpy(proof->anchor, facts->anchor, sizeof(proof->anchor));
	if (proof->issued && proof->issued < facts->not_before)
		proof->issued = facts->not_before;
	if (certificate->key_count > 1)
		memcpy(proof->key_type, facts->key_type,
			sizeof(proof->key_type));
}

struct proof *proof_new(const struct proof_wish *wish)
{
	const struct config_certificate *certificate = wish->certificate;
	size_t bytes =
		certificate->identifier_count * sizeof(struct identifier);
	struct proof *proof = mem_new(sizeof(*proof));

	proof->loop = wish->loop;
	proof->verify = wish->verify;
	proof->patience = wish->patience;
	proof->issued = wish->issued;
	proof->is_unread =
		!wish->was_served && deploy_tells_nobody(certificate);
	proof->pause = FIRST_PAUSE;
	proof->served = served_new(certificate, wish->known);
	proof->identifiers = mem_new(bytes + 1);
	memcpy(proof->identifiers, certificate->identifiers, bytes);
	proof->identifier_count = certificate->identifier_count;
	take_facts(proof, certificate, wish->facts);
	ev_timer_init(&proof->timer, on_timer, 0., 0.);
	proof->timer.data = proof;
	return proof;
}

void proof_free(struct proof *proof)
{
	if (!proof)
		return;
	ev_timer_stop(proof->loop, &proof->timer);
	verify_cancel(proof->look);
	served_free(proof->served);
	free(proof->identifiers);
	free(proof);
}

void proof_start(struct proof *proof, const char *reloaded,
	void (*on_end)(void *data, const struct error *err), void *data)
{
	proof->reloaded = reloaded;
	proof->on_end = on_end;
	proof->data = data;
	wait(proof, 0.);
}

bool proof_is_stale(const struct proof *proof)
{
	return served_is_stale(proof->served);
}

bool proof_has_known(const struct proof *proof)
{
	return served_has_known(proof->served);
}

json_t *proof_known(const struct proof *proof)
{
	return proof->has_looked ? served_known(proof->served) : NULL;
}
