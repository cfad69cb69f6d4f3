/* SPDX-License-Identifier: MIT */
#include "caa_check.h"

#include "caa.h"
#include "dns_lookup.h"
#include "mem.h"
#include "text.h"

#define DEADLINE 5.0
#define LOOKUPS_MAX 8
#define TYPE_CAA 257

/* What is known of one name; several identifiers climb over it. */
struct seen {
	struct seen *next;
	struct caa_check *check;
	char *name; /* owned */
	struct dns_lookup *lookup; /* under way, or NULL */
	bool is_known;
	bool is_dark; /* it could not be looked up */
	struct caa_set *set; /* owned; NULL: no records */
};

struct caa_check {
	struct caa_check_wish wish;
	json_t *issuers; /* owned, or NULL */
	char *account; /* owned */
	struct seen *names; /* owned */
	unsigned running; /* look-ups */
	ev_timer timer; /* the first turn, then the deadline */
	struct error doubt; /* kind NONE: none */
};

static void free_seen(struct seen *seen)
{
	dns_lookup_cancel(seen->lookup);
	free(seen->name);
	free(seen->set);
	free(seen);
}

void caa_check_cancel(struct caa_check *check)
{
	if (!check)
		return;
	while (check->names) {
		struct seen *seen = check->names;
		check->names = seen->next;
		free_seen(seen);
	}
	ev_timer_stop(check->wish.tools->loop, &check->timer);
	json_decref(check->issuers);
	free(check->account);
	free(check);
}

/* The one exit. */
static void end(struct caa_check *check, const struct error *forbidden)
{
	struct caa_check_wish wish = check->wish;
	struct error doubt = check->doubt;
	struct error err = forbidden ? *forbidden : (struct error){0};

	error_prefix(&doubt, "CAA records are left to the CA");
	caa_check_cancel(check);
	wish.on_end(wish.data, forbidden ? &err : NULL,
		doubt.kind == ERROR_NONE ? NULL : &doubt);
}

/* Looking up. */

static struct caa_set *read_set(struct dns_answer *answer)
{
	struct caa_set *set = NULL;
	struct dns_record record;

	while (dns_answer_next(answer, TYPE_CAA, &record)) {
		if (!set)
			set = mem_new(sizeof(*set));
		caa_add(set, answer->reader.bytes + record.data,
			record.data_length);
	}
	return set;
}

static struct seen *add_seen(struct caa_check *check, const char *name)
{
	struct seen *seen = mem_new(sizeof(*seen));

	seen->check = check;
	seen->name = mem_string(name);
	seen->next = check->names;
	check->names = seen;
	return seen;
}

static struct seen *find_seen(const struct caa_check *check, const char *name)
{
	for (struct seen *s = check->names; s; s = s->next)
		if (streq(s->name, name))
			return s;
	return NULL;
}

/* Climbing: the closest name with records decides (RFC 8659 section 3). */

enum climb {
	CLIMB_WAITS,
	CLIMB_ALLOWED,
	CLIMB_FORBIDDEN,
};

static enum climb judge(const struct caa_check *check,
	const struct identifier *identifier, const struct seen *seen,
	struct error *err)
{
	const struct config_challenge *challenge =
		config_challenge_for(check->wish.certificate, identifier);
	const struct caa_wish wish = {
		.issuers = check->issuers,
		.account = check->account,
		.method = challenge_type_name(challenge->type),
		.is_wildcard = identifier_is_wildcard(identifier),
	};

	if (caa_allows(seen->set, &wish, seen->name, err))
		return CLIMB_ALLOWED;
	error_prefix(err, "'%s'", identifier->value);
	return CLIMB_FORBIDDEN;
}

static const char *parent_of(const char *name)
{
	const char *dot = strchr(name, '.');

	return dot ? dot + 1 : NULL;
}

/* *wanted is what has to be looked up first. */
static enum climb climb(const struct caa_check *check,
	const struct identifier *identifier, const char **wanted,
	struct error *err)
{
	const char *name = identifier_base(identifier);

	if (identifier->type != IDENTIFIER_DNS)
		return CLIMB_ALLOWED;
	for (; name; name = parent_of(name)) {
		const struct seen *seen = find_seen(check, name);
		if (!seen)
			*wanted = name;
		if (!seen || !seen->is_known)
			return CLIMB_WAITS;
		if (seen->is_dark)
			return CLIMB_ALLOWED;
		if (seen->set)
			return judge(check, identifier, seen, err);
	}
	return CLIMB_ALLOWED;
}

static void look_up(struct caa_check *check, const char *name,
	void (*on_answer)(
		void *data, struct dns_answer *answer, const struct error *err))
{
	struct seen *seen = add_seen(check, name);

	check->running++;
	seen->lookup = dns_lookup_start(
		check->wish.tools, name, TYPE_CAA, on_answer, seen);
}

/* All that can be judged is, and what is missing for the rest is asked for. */
static void go_on(struct caa_check *check,
	void (*on_answer)(
		void *data, struct dns_answer *answer, const struct error *err))
{
	const struct config_certificate *certificate = check->wish.certificate;
	bool waits = false;
	struct error err;

	for (size_t i = 0; i < certificate->identifier_count; i++) {
		const char *wanted = NULL;
		enum climb found = climb(
			check, &certificate->identifiers[i], &wanted, &err);
		if (found == CLIMB_FORBIDDEN) {
			end(check, &err);
			return;
		}
		waits |= found == CLIMB_WAITS;
		if (wanted && check->running < LOOKUPS_MAX)
			look_up(check, wanted, on_answer);
	}
	if (!waits)
		end(check, NULL);
}

/* A name that cannot be looked up here says nothing: the CA judges, and what
 * stands above it is not asked. */
static void on_answer(
	void *data, struct dns_answer *answer, const struct error *err)
{
	struct seen *seen = data;
	struct caa_check *check = seen->check;

	seen->lookup = NULL;
	seen->is_known = true;
	check->running--;
	seen->is_dark = !answer;
	if (answer)
		seen->set = read_set(answer);
	else
		check->doubt = *err;
	go_on(check, on_answer);
}

/* Turns. */

static void on_timer(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct caa_check *check = timer->data;

	(void)events;
	if (check->names) {
		fail_cause(&check->doubt, ERROR_TRANSIENT, "N3",
			"no name server answered within %g s", DEADLINE);
		end(check, NULL);
		return;
	}
	ev_timer_set(timer, DEADLINE, 0.);
	ev_timer_start(loop, timer);
	if (json_array_size(check->issuers))
		go_on(check, on_answer);
	else
		end(check, NULL);
}

struct caa_check *caa_check_start(const struct caa_check_wish *wish)
{
	struct caa_check *check = mem_new(sizeof(*check));

	check->wish = *wish;
	check->issuers = json_incref((json_t *)wish->issuers);
	check->account = mem_string(wish->account);
	ev_timer_init(&check->timer, on_timer, 0., 0.);
	check->timer.data = check;
	ev_timer_start(wish->tools->loop, &check->timer);
	return check;
}
