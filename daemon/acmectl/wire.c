/* SPDX-License-Identifier: MIT */
#include "wire.h"

#include "json.h"
#include "mem.h"
#include "member.h"
#include "offline.h"
#include "paths.h"
#include "proof.h"
#include "text.h"

#include <ev.h>
#include <unistd.h>

#define AT_ONCE 32 /* certificates */

struct wire {
	struct ev_loop *loop;
	struct dns *dns;
	struct verify *verify;
	const struct config *config; /* borrowed, or NULL */
	json_t *certificates; /* borrowed */
	size_t next;
	unsigned running;
};

/* The look at one certificate. */
struct view {
	struct wire *wire;
	json_t *object; /* borrowed */
	const struct config_certificate *certificate; /* borrowed, or NULL */
	bool is_orphan;
	struct proof *proof; /* owned */
};

static void begin_next(struct wire *wire);

static const char *name_of(const json_t *object)
{
	return member_string_or(object, "name", "");
}

/* Its file is there, though it may have mistakes. */
static bool has_file(const char *name)
{
	cleanup(string) char *path = text_format("%s/certs.d/%.*s.conf",
		paths_configuration(), (int)config_base_length(name), name);

	return path && access(path, F_OK) == 0;
}

static void fault(struct view *view, const struct error *err)
{
	json_object_set_new(view->object, "state", json_string("failing"));
	json_object_set_new(view->object, "error",
		json_pack("{s:s, s:s, s:s}", "kind", error_kind_name(err->kind),
			"code", err->code, "text", err->text));
}

static void praise(struct view *view)
{
	const char *state = member_string_or(view->object, "state", "");

	if (streq(state, "ok") || streq(state, "installed, unproven"))
		json_object_set_new(view->object, "state",
			json_string(proof_has_known(view->proof)
					? "ok"
					: "installed, unproven"));
}

/* Nobody expects anything of an orphan; is it served? */
static void note_orphan(struct view *view, const struct error *err)
{
	json_object_set_new(view->object, "state", json_string("orphan"));
	if (err)
		json_object_set_new(view->object, "endpoints", json_array());
}

static void on_proved(void *data, const struct error *err)
{
	struct view *view = data;
	struct wire *wire = view->wire;
	json_t *known = proof_known(view->proof);

	if (known)
		json_object_set_new(view->object, "endpoints", known);
	if (view->is_orphan)
		note_orphan(view, err);
	else if (err)
		fault(view, err);
	else
		praise(view);
	proof_free(view->proof);
	free(view);
	wire->running--;
	begin_next(wire);
}

/* What the daemon would say of its end; orphans have no settings. */
static void put_dates(json_t *object,
	const struct config_certificate *certificate,
	const struct certificate_facts *facts)
{
	const struct renewal_policy policy =
		certificate ? certificate->policy : (struct renewal_policy){0};

	member_put_time(object, "warn_at",
		renewal_warn_time(
			&policy, facts->not_before, facts->not_after));
	json_object_set_new(object, "slack",
		json_integer(renewal_slack(
			&policy, facts->not_before, facts->not_after)));
}

static void begin(struct wire *wire, json_t *object,
	const struct certificate_facts *facts)
{
	const struct config_certificate all = {
		.identifiers = facts->identifiers,
		.identifier_count = facts->identifier_count,
		.deploy.verify = VERIFY_AUTO,
	};
	struct view *view = mem_new(sizeof(*view));
	const char *name = name_of(object);

	view->wire = wire;
	view->object = object;
	if (wire->config)
		view->certificate = config_find(wire->config, name);
	view->is_orphan = wire->config && !view->certificate && !has_file(name);
	if (wire->config && !view->certificate && !view->is_orphan)
		json_object_set_new(object, "waits_for_file",
			json_sprintf("%s.conf", name));
	put_dates(object, view->certificate, facts);
	view->proof = proof_new(&(struct proof_wish){
		.loop = wire->loop,
		.verify = wire->verify,
		.certificate = view->certificate ? view->certificate : &all,
		.facts = facts,
		.was_served = true, /* who knows */
		.known = json_object_get(object, "endpoints"),
	});
	wire->running++;
	proof_start(view->proof, "", on_proved, view);
}

static void begin_next(struct wire *wire)
{
	size_t count = json_array_size(wire->certificates);

	while (wire->running < AT_ONCE && wire->next < count) {
		json_t *object =
			json_array_get(wire->certificates, wire->next++);
		struct certificate_facts facts = {0};
		if (offline_facts(name_of(object), &facts) &&
			!certificate_is_placeholder(&facts))
			begin(wire, object, &facts);
		certificate_facts_clear(&facts);
	}
	if (!wire->running)
		ev_break(wire->loop, EVBREAK_ALL);
}

void wire_look(json_t *certificates, const struct config *config)
{
	struct wire wire = {
		.loop = ev_loop_new(EVFLAG_NOENV),
		.config = config,
		.certificates = certificates,
	};

	wire.dns = dns_new(wire.loop);
	wire.verify = verify_new(wire.loop, wire.dns);
	begin_next(&wire);
	while (wire.running)
		ev_run(wire.loop, EVRUN_ONCE);
	verify_free(wire.verify);
	dns_free(wire.dns);
	ev_loop_destroy(wire.loop);
}
