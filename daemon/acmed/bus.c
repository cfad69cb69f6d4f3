/* SPDX-License-Identifier: MIT */
#include "bus.h"

#include "bus_connection.h"
#include "mem.h"
#include "text.h"

#include <string.h>
#include <sys/queue.h>

#define PROBE_UNIT "acmed-probe.service"
#define REMOVED_MAX 256

struct bus_call {
	TAILQ_ENTRY(bus_call) entry;
	struct bus *bus; /* borrowed */
	char *unit; /* owned */
	sd_bus_slot *slot; /* owned; of the call, until its reply */
	char *job; /* owned; NULL before the reply */
	bool is_over; /* the timer delivers, no longer the deadline */
	ev_timer timer;
	enum bus_result result;
	struct error err;
	void (*on_done)(
		void *data, enum bus_result result, const struct error *err);
	void *data; /* borrowed */
};

/* A job that was removed before we knew that it is ours. */
struct removed {
	TAILQ_ENTRY(removed) entry;
	char *job; /* owned */
	char *result; /* owned */
};

/* The connection lives as long as there are calls: an idle daemon is not
 * woken by the jobs of others. */
struct bus {
	struct ev_loop *loop; /* borrowed */
	struct bus_connection *connection; /* owned, or NULL */
	bool is_lost; /* the connection is dead: to be freed */
	double deadline;
	size_t unanswered; /* calls whose job is not known yet */
	TAILQ_HEAD(, bus_call) calls;
	TAILQ_HEAD(, removed) removed;
	size_t removed_count;
};

static void drop_removed(struct bus *bus, struct removed *removed)
{
	TAILQ_REMOVE(&bus->removed, removed, entry);
	bus->removed_count--;
	free(removed->job);
	free(removed->result);
	free(removed);
}

static void drop_all_removed(struct bus *bus)
{
	struct removed *next;

	for (struct removed *removed = TAILQ_FIRST(&bus->removed); removed;
		removed = next) {
		next = TAILQ_NEXT(removed, entry);
		drop_removed(bus, removed);
	}
}

static void disconnect(struct bus *bus)
{
	drop_all_removed(bus);
	bus_connection_free(take(bus->connection));
	bus->is_lost = false;
}

static void forget_reply(struct bus_call *call)
{
	if (!call->slot)
		return;
	call->slot = sd_bus_slot_unref(call->slot);
	if (--call->bus->unanswered == 0)
		drop_all_removed(call->bus);
}

static void free_call(struct bus_call *call)
{
	struct bus *bus = call->bus;

	ev_timer_stop(bus->loop, &call->timer);
	forget_reply(call);
	TAILQ_REMOVE(&bus->calls, call, entry);
	free(call->unit);
	free(call->job);
	free(call);
}

static void set_timer(struct bus_call *call, double seconds)
{
	ev_timer_stop(call->bus->loop, &call->timer);
	ev_timer_set(&call->timer, seconds, 0.);
	ev_timer_start(call->bus->loop, &call->timer);
}

/* From inside sd-bus: only remembers, and sets the timer. */
static void finish(struct bus_call *call, enum bus_result result)
{
	call->is_over = true;
	call->result = result;
	forget_reply(call);
	set_timer(call, 0.);
}

static void finish_removed(struct bus_call *call, const char *result)
{
	finish(call,
		unit_job_result(BUS_RELOAD, call->unit, result, &call->err));
}

static void on_removed(void *data, const char *job, const char *result)
{
	struct bus *bus = data;
	struct bus_call *call;

	TAILQ_FOREACH(call, &bus->calls, entry)
	if (!call->is_over && call->job && streq(call->job, job))
		finish_removed(call, result);
	if (!bus->unanswered)
		return;
	struct removed *removed = mem_new(sizeof(*removed));
	removed->job = mem_string(job);
	removed->result = mem_string(result);
	TAILQ_INSERT_TAIL(&bus->removed, removed, entry);
	if (++bus->removed_count > REMOVED_MAX)
		drop_removed(bus, TAILQ_FIRST(&bus->removed));
}

static void refuse(struct bus_call *call, const char *name, const char *text)
{
	finish(call,
		unit_job_refusal(
			BUS_RELOAD, call->unit, name, text, &call->err));
}

static void refuse_errno(struct bus_call *call, int error)
{
	sd_bus_error reason = SD_BUS_ERROR_NULL;

	sd_bus_error_set_errno(&reason, error);
	refuse(call, reason.name ? reason.name : "", reason.message);
	sd_bus_error_free(&reason);
}

/* Two calls may have got the same job: systemd joins them. */
static int on_reply(sd_bus_message *message, void *data, sd_bus_error *ignored)
{
	struct bus_call *call = data;
	const sd_bus_error *error = sd_bus_message_get_error(message);
	const char *job;
	struct removed *removed;

	(void)ignored;
	if (error) {
		refuse(call, error->name, error->message);
		return 0;
	}
	if (sd_bus_message_read(message, "o", &job) < 0) {
		refuse(call, "", "the reply names no job");
		return 0;
	}
	call->job = mem_string(job);
	TAILQ_FOREACH(removed, &call->bus->removed, entry)
	if (streq(removed->job, job)) {
		finish_removed(call, removed->result);
		return 0;
	}
	forget_reply(call);
	return 0;
}

static void on_lost(void *data, int error)
{
	struct bus *bus = data;
	struct bus_call *call;

	bus->is_lost = true;
	TAILQ_FOREACH(call, &bus->calls, entry)
	if (!call->is_over)
		refuse_errno(call, error);
}

static void on_timer(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct bus_call *call = timer->data;
	struct bus *bus = call->bus;
	void *data = call->data;
	void (*on_done)(void *, enum bus_result, const struct error *) =
		call->on_done;

	(void)loop;
	(void)events;
	if (!call->is_over)
		call->result =
			unit_job_timeout(BUS_RELOAD, call->unit, &call->err);
	enum bus_result result = call->result;
	struct error err = call->err;
	free_call(call);
	if (TAILQ_EMPTY(&bus->calls))
		disconnect(bus);
	on_done(data, result, result == BUS_DONE ? NULL : &err);
}

static int connect_bus(struct bus *bus)
{
	int error = 0;

	if (bus->is_lost)
		disconnect(bus);
	if (!bus->connection)
		bus->connection = bus_connection_new(bus->loop,
			&(struct bus_events){on_removed, on_lost, bus}, &error);
	return error;
}

struct bus_call *bus_reload(struct bus *bus, const char *unit,
	void (*on_done)(
		void *data, enum bus_result result, const struct error *err),
	void *data)
{
	struct bus_call *call = mem_new(sizeof(*call));

	call->bus = bus;
	call->unit = mem_string(unit);
	call->on_done = on_done;
	call->data = data;
	ev_init(&call->timer, on_timer);
	call->timer.data = call;
	TAILQ_INSERT_TAIL(&bus->calls, call, entry);
	set_timer(call, bus->deadline);
	int error = connect_bus(bus);
	if (error < 0) {
		refuse(call, SD_BUS_ERROR_NO_SERVER, strerror(-error));
		return call;
	}
	error = bus_connection_call(bus->connection, &call->slot,
		unit_job_method(BUS_RELOAD), unit, on_reply, call);
	if (error < 0)
		refuse_errno(call, error);
	else
		bus->unanswered++;
	return call;
}

struct bus_call *bus_probe(struct bus *bus,
	void (*on_done)(
		void *data, enum bus_result result, const struct error *err),
	void *data)
{
	return bus_reload(bus, PROBE_UNIT, on_done, data);
}

void bus_cancel(struct bus_call *call)
{
	if (!call)
		return;
	struct bus *bus = call->bus;
	free_call(call);
	if (TAILQ_EMPTY(&bus->calls))
		disconnect(bus);
}

struct bus *bus_new(struct ev_loop *loop)
{
	struct bus *bus = mem_new(sizeof(*bus));

	bus->loop = loop;
	bus->deadline = UNIT_JOB_DEADLINE;
	TAILQ_INIT(&bus->calls);
	TAILQ_INIT(&bus->removed);
	return bus;
}

void bus_set_deadline(struct bus *bus, double seconds)
{
	bus->deadline = seconds;
}

void bus_free(struct bus *bus)
{
	struct bus_call *next;

	if (!bus)
		return;
	for (struct bus_call *call = TAILQ_FIRST(&bus->calls); call;
		call = next) {
		next = TAILQ_NEXT(call, entry);
		free_call(call);
	}
	disconnect(bus);
	free(bus);
}
