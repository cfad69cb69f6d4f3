/* SPDX-License-Identifier: MIT */
#include "entrance.h"

#include "alpn_probe.h"
#include "alpn_responder.h"
#include "handshake.h"
#include "mem.h"
#include "paths.h"
#include "port_owner.h"
#include "publication.h"
#include "responder.h"
#include "text.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define PLACES 2

/* Where answers of a type are looked for. */
static const struct {
	enum challenge_type type;
	const char *port;
	const char *socket;
	const char *descriptor; /* as systemd calls what it hands over */
} PLACE[PLACES] = {
	{CHALLENGE_HTTP_01, "80", "http01.sock", "http01"},
	{CHALLENGE_TLS_ALPN_01, "443", "tlsalpn01.sock", "tlsalpn01"},
};

struct entrances {
	struct solvers *solvers; /* borrowed */
	struct responder *responder; /* owned, as all below */
	struct alpn_responder *alpn_responder;
	struct doors *doors[PLACES];
	SSL_CTX *context; /* of probes; made for the first one */
};

static bool is_alpn(const struct publication *publication)
{
	return publication->wish.answer->type == CHALLENGE_TLS_ALPN_01;
}

/* What the responders ask and tell. */

static struct publication *find_token(
	const struct entrances *entrances, const char *token)
{
	struct publication *publication = entrances->solvers->publications;

	while (publication &&
		(!publication->is_visited || is_alpn(publication) ||
			!streq(publication->wish.answer->token, token)))
		publication = publication->next;
	return publication;
}

static const char *on_find(void *data, const char *token)
{
	const struct publication *publication = find_token(data, token);

	return publication ? publication->wish.answer->answer : NULL;
}

static void on_served(void *data, const char *token)
{
	struct publication *publication = find_token(data, token);

	if (publication)
		publication_fetched(publication);
}

/* The next one of a server name, from `publication` on. */
static struct publication *find_name(
	struct publication *publication, const char *name)
{
	while (publication &&
		(!publication->alpn ||
			strcasecmp(publication->alpn->server_name, name) != 0))
		publication = publication->next;
	return publication;
}

static const struct alpn_answer *on_find_name(void *data, const char *name)
{
	const struct entrances *entrances = data;
	const struct publication *publication =
		find_name(entrances->solvers->publications, name);

	return publication ? publication->alpn : NULL;
}

static void on_shown(void *data, const char *name)
{
	const struct entrances *entrances = data;
	struct publication *publication =
		find_name(entrances->solvers->publications, name);

	for (; publication; publication = find_name(publication->next, name))
		publication_fetched(publication);
}

/* One publication. */

/* The server name is all by which a CA asks (RFC 8737 section 3): two orders
 * for one name, as for two types of key, go one after the other. */
static bool make_answer(struct publication *publication, struct error *err)
{
	const struct challenge *challenge = publication->wish.answer;
	struct alpn_answer *answer = alpn_answer_new(challenge, err);

	if (!answer)
		return false;
	const struct publication *other = find_name(
		publication->solvers->publications, answer->server_name);
	if (!other || streq(other->wish.answer->answer, challenge->answer)) {
		publication->alpn = answer;
		return true;
	}
	alpn_answer_free(answer);
	return fail(err, ERROR_TRANSIENT,
		"another tls-alpn-01 challenge for '%s' is open",
		challenge->identifier.value);
}

static int place_of(const struct publication *publication)
{
	int place = 0;

	while (place < PLACES - 1 &&
		PLACE[place].type != publication->wish.answer->type)
		place++;
	return place;
}

static bool open_doors(
	struct publication *publication, enum door_kind kind, struct error *err)
{
	const struct strings *listen = &publication->wish.challenge->listen;
	int place = place_of(publication);
	struct doors *doors = publication->solvers->entrances->doors[place];
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", paths_runtime(),
		PLACE[place].socket);
	if (!listen->count && doors_have_adopted(doors, kind))
		return true;
	return door_set_open(&publication->doors, doors, listen,
		kind == DOOR_TCP ? PLACE[place].port : path, err);
}

static unsigned losses_of(const struct publication *publication)
{
	const struct entrances *entrances = publication->solvers->entrances;

	return reception_losses(is_alpn(publication)
			? alpn_responder_reception(entrances->alpn_responder)
			: responder_reception(entrances->responder));
}

static void on_probed(void *data, const struct error *err)
{
	struct publication *publication = data;

	publication->probe = NULL;
	publication_report(publication, err);
}

static struct alpn_probe *probe(struct publication *publication)
{
	struct entrances *entrances = publication->solvers->entrances;

	if (!entrances->context)
		entrances->context = handshake_context();
	return alpn_probe_start(&(struct alpn_probe_wish){
		.loop = publication->solvers->loop,
		.context = entrances->context,
		.answer = publication->alpn,
		.on_end = on_probed,
		.data = publication,
	});
}

/* Does what leads here stand on this machine? */
static bool is_near(const struct strings *listen)
{
	for (size_t i = 0; i < listen->count; i++)
		if (*listen->items[i] != '/' &&
			!text_starts_with(listen->items[i], "127.") &&
			!text_starts_with(listen->items[i], "[::1]"))
			return false;
	return true;
}

void entrance_open(struct publication *publication, enum door_kind kind)
{
	const struct strings *listen = &publication->wish.challenge->listen;
	bool is_port = kind == DOOR_TCP && !listen->count;
	struct error err = {0};

	publication->is_visited = true;
	publication->losses = losses_of(publication);
	if ((is_alpn(publication) && !make_answer(publication, &err)) ||
		!open_doors(publication, kind, &err)) {
		publication_report(publication, &err);
		return;
	}
	if (is_alpn(publication) && !is_port && is_near(listen))
		publication->probe = probe(publication);
	if (!publication->probe)
		publication_report(publication, NULL);
}

void entrance_close(struct publication *publication)
{
	alpn_probe_cancel(publication->probe);
	door_set_close(&publication->doors);
	alpn_answer_free(publication->alpn);
}

static bool has_port(const struct strings *listen, const char *port)
{
	for (size_t i = 0; i < listen->count; i++) {
		const char *colon = strrchr(listen->items[i], ':');
		if (streq(colon ? colon + 1 : listen->items[i], port))
			return true;
	}
	return false;
}

/* Who has port 443 here, where the CA may have come. */
static void explain_owner(struct error *cause)
{
	struct port_owner owner;
	char who[192];

	if (!port_owner_find(443, &owner))
		return;
	port_owner_describe(&owner, who, sizeof(who));
	fail_cause(cause, ERROR_VALIDATION, "T1",
		"port 443 of this machine is not ours: served by %s", who);
}

void entrance_explain(
	const struct publication *publication, struct error *cause)
{
	const struct strings *listen = &publication->wish.challenge->listen;
	const char *port = PLACE[place_of(publication)].port;
	unsigned losses = losses_of(publication) - publication->losses;

	if (losses)
		fail_cause(cause, ERROR_VALIDATION, "T5",
			"%u connections were dropped for others meanwhile",
			losses);
	else if (publication->wish.challenge->solver == SOLVER_STANDALONE &&
		listen->count && !has_port(listen, port))
		fail_cause(cause, ERROR_VALIDATION, "T3",
			"'Listen=%s' is not port %s, where the CA comes",
			listen->items[0], port);
	else if (is_alpn(publication) && listen->count &&
		!has_port(listen, port))
		explain_owner(cause);
}

/* All of them. */

void entrances_adopt(struct entrances *entrances, const char *name, int fd)
{
	for (int i = 0; i < PLACES; i++)
		if (streq(PLACE[i].descriptor, name)) {
			doors_adopt(entrances->doors[i], fd);
			return;
		}
	close(fd);
}

struct entrances *entrances_new(struct solvers *solvers)
{
	struct entrances *entrances = mem_new(sizeof(*entrances));
	const struct responder_source tokens = {
		.find = on_find,
		.on_fetch = on_served,
		.data = entrances,
	};
	const struct alpn_source names = {
		.find = on_find_name,
		.on_fetch = on_shown,
		.data = entrances,
	};

	entrances->solvers = solvers;
	entrances->responder = responder_new(solvers->loop, &tokens);
	entrances->alpn_responder = alpn_responder_new(solvers->loop, &names);
	entrances->doors[0] =
		doors_new(responder_reception(entrances->responder));
	entrances->doors[1] =
		doors_new(alpn_responder_reception(entrances->alpn_responder));
	return entrances;
}

void entrances_free(struct entrances *entrances)
{
	for (int i = 0; i < PLACES; i++)
		doors_free(entrances->doors[i]);
	responder_free(entrances->responder);
	alpn_responder_free(entrances->alpn_responder);
	SSL_CTX_free(entrances->context);
	free(entrances);
}
