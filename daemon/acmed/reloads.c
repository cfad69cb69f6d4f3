/* SPDX-License-Identifier: MIT */
#include "reloads.h"

#include "errand.h"
#include "json.h"
#include "mem.h"
#include "text.h"

#include <sys/queue.h>

TAILQ_HEAD(waiting, reload);

/* What is reloaded as one: a unit, or what certificates ask acmed-deploy for. */
struct target {
	TAILQ_ENTRY(target) entry;
	struct reloads *reloads; /* borrowed */
	char *key; /* owned: a unit, or what an errand does */
	const char *step; /* of the errand; NULL: the loop does it */
	double deadline; /* of an errand */
	struct bus_call *call; /* under way, or NULL */
	struct errand *errand; /* under way, or NULL */
	ev_timer turn; /* active: the next one may not begin yet */
	struct waiting waiting; /* for the next one */
	struct waiting served; /* by the one under way */
};

struct reload {
	TAILQ_ENTRY(reload) entry;
	struct target *target; /* borrowed */
	struct waiting *list; /* in which it is */
	char *certificate; /* owned; of an errand */
	unsigned version;
	void (*on_done)(void *data, const struct reload_result *result);
	void *data; /* borrowed */
};

struct reloads {
	struct ev_loop *loop; /* borrowed */
	struct bus *bus; /* borrowed */
	double interval; /* seconds */
	struct bus_call *probe; /* under way, or NULL */
	bool may_not;
	TAILQ_HEAD(, target) targets;
	json_t *memory; /* owned: {NAME: {"version": N, UNIT: true...}} */
};

static void set_turn(struct target *target, double seconds)
{
	ev_timer_stop(target->reloads->loop, &target->turn);
	ev_timer_set(&target->turn, seconds, 0.);
	ev_timer_start(target->reloads->loop, &target->turn);
}

static void leave(struct reload *reload)
{
	TAILQ_REMOVE(reload->list, reload, entry);
	free(reload->certificate);
	free(reload);
}

/* The end of one, for all that it served. */
static void deliver(struct target *target, const struct reload_result *result)
{
	struct reload *reload;

	while ((reload = TAILQ_FIRST(&target->served))) {
		void *data = reload->data;
		void (*on_done)(void *, const struct reload_result *) =
			reload->on_done;

		leave(reload);
		on_done(data, result);
	}
	if (!TAILQ_EMPTY(&target->waiting) && !ev_is_active(&target->turn))
		set_turn(target, 0.);
}

static void on_job(void *data, enum bus_result result, const struct error *err)
{
	struct target *target = data;

	target->call = NULL;
	if (result == BUS_DENIED || result == BUS_ABSENT)
		target->reloads->may_not = true;
	deliver(target,
		&(struct reload_result){
			.result = result,
			.unit = target->key,
			.err = err,
		});
}

static void on_errand(void *data, const json_t *reply, const struct error *err)
{
	struct target *target = data;
	const char *unit =
		reply ? member_string_or(reply, "waits_for", NULL) : NULL;
	struct reload_result result = {.unit = unit, .err = err};
	struct error stopped;

	target->errand = NULL;
	if (err)
		result.result = BUS_FAILED;
	else if (unit) {
		fail_cause(&stopped, ERROR_LOCAL, "P1", "'%s' is not running",
			unit);
		result.result = BUS_NOT_RUNNING;
		result.err = &stopped;
	}
	deliver(target, &result);
}

static void start_errand(struct target *target, const struct reload *first)
{
	target->errand = errand_start(target->reloads->loop,
		&(struct errand_wish){
			.name = first->certificate,
			.version = first->version,
			.step = target->step,
			.deadline = target->deadline,
			.on_end = on_errand,
			.data = target,
		});
}

static void start(struct target *target)
{
	struct reload *reload;

	while ((reload = TAILQ_FIRST(&target->waiting))) {
		TAILQ_REMOVE(&target->waiting, reload, entry);
		TAILQ_INSERT_TAIL(&target->served, reload, entry);
		reload->list = &target->served;
	}
	if (target->step)
		start_errand(target, TAILQ_FIRST(&target->served));
	else
		target->call = bus_reload(
			target->reloads->bus, target->key, on_job, target);
	set_turn(target, target->reloads->interval);
}

static bool is_under_way(const struct target *target)
{
	return target->call || target->errand;
}

static void on_turn(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct target *target = timer->data;

	(void)loop;
	(void)events;
	if (!is_under_way(target) && !TAILQ_EMPTY(&target->waiting))
		start(target);
}

static struct target *find(
	struct reloads *reloads, const char *key, const char *step)
{
	struct target *target;

	TAILQ_FOREACH(target, &reloads->targets, entry)
	if (text_same(target->step, step) && streq(target->key, key))
		return target;
	target = mem_new(sizeof(*target));
	target->reloads = reloads;
	target->key = mem_string(key);
	target->step = step;
	TAILQ_INIT(&target->waiting);
	TAILQ_INIT(&target->served);
	ev_init(&target->turn, on_turn);
	target->turn.data = target;
	TAILQ_INSERT_TAIL(&reloads->targets, target, entry);
	return target;
}

static struct reload *join(struct target *target,
	void (*on_done)(void *data, const struct reload_result *result),
	void *data)
{
	struct reload *reload = mem_new(sizeof(*reload));

	reload->target = target;
	reload->list = &target->waiting;
	reload->on_done = on_done;
	reload->data = data;
	TAILQ_INSERT_TAIL(&target->waiting, reload, entry);
	if (!ev_is_active(&target->turn) && !is_under_way(target))
		set_turn(target, 0.);
	return reload;
}

struct reload *reloads_join(struct reloads *reloads, const char *unit,
	void (*on_done)(void *data, const struct reload_result *result),
	void *data)
{
	return join(find(reloads, unit, NULL), on_done, data);
}

struct reload *reloads_join_deploy(struct reloads *reloads,
	const struct reload_errand *errand,
	void (*on_done)(void *data, const struct reload_result *result),
	void *data)
{
	struct target *target = find(reloads, errand->what, errand->step);
	struct reload *reload = join(target, on_done, data);

	target->deadline = errand->deadline;
	reload->certificate = mem_string(errand->certificate);
	reload->version = errand->version;
	return reload;
}

void reload_cancel(struct reload *reload)
{
	if (reload)
		leave(reload);
}

static void on_probe(
	void *data, enum bus_result result, const struct error *err)
{
	struct reloads *reloads = data;

	(void)err;
	reloads->probe = NULL;
	reloads->may_not = result == BUS_DENIED || result == BUS_ABSENT;
}

bool reloads_may(const struct reloads *reloads)
{
	return !reloads->may_not;
}

void reloads_configure(struct reloads *reloads, int64_t interval)
{
	reloads->interval = (double)interval;
	if (!reloads->probe)
		reloads->probe = bus_probe(reloads->bus, on_probe, reloads);
}

struct reloads *reloads_new(struct ev_loop *loop, struct bus *bus)
{
	struct reloads *reloads = mem_new(sizeof(*reloads));

	reloads->loop = loop;
	reloads->bus = bus;
	reloads->memory = json_object();
	TAILQ_INIT(&reloads->targets);
	reloads_configure(reloads, 60);
	return reloads;
}

static void free_target(struct target *target)
{
	struct reload *reload;

	bus_cancel(target->call);
	errand_cancel(target->errand);
	ev_timer_stop(target->reloads->loop, &target->turn);
	while ((reload = TAILQ_FIRST(&target->waiting)))
		leave(reload);
	while ((reload = TAILQ_FIRST(&target->served)))
		leave(reload);
	TAILQ_REMOVE(&target->reloads->targets, target, entry);
	free(target->key);
	free(target);
}

void reloads_free(struct reloads *reloads)
{
	struct target *target;

	if (!reloads)
		return;
	bus_cancel(reloads->probe);
	while ((target = TAILQ_FIRST(&reloads->targets)))
		free_target(target);
	json_decref(reloads->memory);
	free(reloads);
}

bool reloads_knows(const struct reloads *reloads, const char *certificate,
	unsigned version, const char *unit)
{
	const json_t *known = json_object_get(reloads->memory, certificate);

	return member_integer_or(known, "version", -1) == version &&
		member_bool_or(known, unit, false);
}

void reloads_remember(struct reloads *reloads, const char *certificate,
	unsigned version, const char *unit)
{
	json_t *known = json_object_get(reloads->memory, certificate);

	if (member_integer_or(known, "version", -1) != version) {
		known = json_pack("{s:I}", "version", (json_int_t)version);
		json_object_set_new(reloads->memory, certificate, known);
	}
	json_object_set_new(known, unit, json_true());
}

void reloads_forget(struct reloads *reloads, const char *certificate)
{
	json_object_del(reloads->memory, certificate);
}
