/* SPDX-License-Identifier: MIT */
#include "daemon.h"

#include "alert.h"
#include "bus.h"
#include "container.h"
#include "control.h"
#include "json.h"
#include "log.h"
#include "mem.h"
#include "metrics_file.h"
#include "outlook.h"
#include "paths.h"
#include "schedule.h"
#include "selftest.h"
#include "service.h"
#include "signal_watch.h"
#include "vigil.h"
#include "walls.h"
#include "watchdog.h"

#include <ev.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <time.h>

#define VAULT_DEADLINE 30.0

struct daemon {
	struct ev_loop *loop;
	struct events *events;
	struct log *log;
	struct alert *alert;
	struct bus *bus;
	struct fleet fleet;
	struct schedule *schedule;
	struct control *control;
	struct helper_call *call; /* hello, or the last word to the vault */
	struct watchdog *watchdog;
	struct vigil *vigil;
	struct metrics_source metrics;
	struct metrics_file *metrics_file;
	struct signal_watch signals;
	const struct daemon_options *options;
	json_t *walls; /* {"up": [...], "missing": [...]} */
	bool is_ready;
	bool is_stopping;
	int status;
};

static void tell(struct daemon *daemon, const char *name, int priority,
	const struct error *err, const char *text)
{
	events_emit(daemon->events,
		&(struct event){.name = name, .priority = priority, .err = err},
		"%s", text);
}

/* The end. */

static void stop_now(struct daemon *daemon, int status)
{
	daemon->status = status;
	ev_break(daemon->loop, EVBREAK_ALL);
}

static void on_last_word(
	void *data, const json_t *reply, const struct error *err)
{
	struct daemon *daemon = data;

	(void)reply;
	(void)err;
	daemon->call = NULL;
	stop_now(daemon, EXIT_SUCCESS);
}

/* Jobs are dropped where they stand: an order is resumed from its URL. What
 * was sent to the vault before is done when it answers this. */
static void stop(struct daemon *daemon)
{
	if (daemon->is_stopping)
		return;
	daemon->is_stopping = true;
	service_stopping();
	tell(daemon, "stopped", LOG_INFO, NULL, "stopping");
	control_free(take(daemon->control));
	metrics_file_free(take(daemon->metrics_file));
	vigil_free(take(daemon->vigil));
	schedule_free(take(daemon->schedule));
	alert_close(daemon->alert);
	if (daemon->call)
		helper_cancel(daemon->call);
	daemon->call = helper_call(daemon->fleet.vault,
		json_pack("{s:s}", "verb", "ping"), 5., on_last_word, daemon);
}

static void on_vault_end(void *data, const struct error *err)
{
	struct daemon *daemon = data;
	bool is_fine = daemon->is_stopping;

	daemon->call = NULL;
	if (!is_fine)
		tell(daemon, "error", LOG_ERR, err, err->text);
	stop_now(daemon, is_fine ? EXIT_SUCCESS : EXIT_FAILURE);
}

static void on_late(void *data)
{
	struct daemon *daemon = data;

	schedule_wake(daemon->schedule);
}

static void on_minute(void *data)
{
	struct daemon *daemon = data;

	if (daemon->is_ready)
		service_status(schedule_status_line(daemon->schedule));
	if (!vigil_minute(daemon->vigil, daemon->fleet.count) &&
		service_starts_again())
		raise(SIGTERM);
	alert_look(daemon->alert);
	watchdog_minute(daemon->watchdog);
	metrics_file_touch(daemon->metrics_file);
}

/* Signals. */

static void on_rescanned(void *data, const struct intake_result *result)
{
	struct daemon *daemon = data;

	service_ready();
	if (result->err)
		tell(daemon, "error", LOG_ERR, result->err, result->err->text);
	else
		tell(daemon, "configured", LOG_INFO, NULL,
			schedule_status_line(daemon->schedule));
}

static void on_hangup(void *data)
{
	struct daemon *daemon = data;

	if (!daemon->is_ready || daemon->is_stopping)
		return;
	service_reloading();
	tell(daemon, "reloading", LOG_INFO, NULL, "rescan");
	schedule_rescan(daemon->schedule, on_rescanned, daemon);
}

static void on_terminate(void *data)
{
	stop(data);
}

/* The start: modules, vault, walls, configuration, control socket. */

static json_t *walls_of(void *data)
{
	struct daemon *daemon = data;

	return json_incref(daemon->walls);
}

static void serve(struct daemon *daemon)
{
	struct control_daemon self = {
		.walls = walls_of, .data = daemon, .metrics = &daemon->metrics};
	struct error err;

	daemon->control =
		control_new(daemon->loop, daemon->schedule, &self, &err);
	if (!daemon->control) {
		tell(daemon, "error", LOG_ERR, &err, err.text);
		stop_now(daemon, EXIT_FAILURE);
		return;
	}
	daemon->is_ready = true;
	solvers_sweep(daemon->fleet.solvers);
	tell(daemon, "started", LOG_INFO, NULL,
		schedule_status_line(daemon->schedule));
	alert_warn(daemon->alert);
	service_status(schedule_status_line(daemon->schedule));
	watchdog_started(daemon->watchdog);
	service_ready();
}

static void on_first_intake(void *data, const struct intake_result *result)
{
	struct daemon *daemon = data;

	if (!result->err) {
		serve(daemon);
		return;
	}
	tell(daemon, "config-rejected", LOG_ERR, result->err,
		result->err->text);
	stop_now(daemon,
		result->err->kind == ERROR_REFUSED ? EX_CONFIG : EXIT_FAILURE);
}

static void on_hello(void *data, const json_t *reply, const struct error *err)
{
	struct daemon *daemon = data;

	daemon->call = NULL;
	if (err) {
		tell(daemon, "error", LOG_ERR, err, err->text);
		stop_now(daemon, EXIT_FAILURE);
		return;
	}
	walls_note(daemon->walls, reply);
	alert_load(daemon->alert);
	schedule_rescan(daemon->schedule, on_first_intake, daemon);
}

static void adopt_socket(struct solvers *solvers, const char *name)
{
	int fd = service_take_socket(name);

	if (fd >= 0)
		solvers_adopt_socket(solvers, name, fd);
}

static void make_metrics(struct daemon *daemon)
{
	daemon->metrics = (struct metrics_source){
		.fleet = &daemon->fleet,
		.tally = daemon->fleet.tally,
		.started = time(NULL),
	};
	daemon->metrics_file = metrics_file_new(daemon->loop, &daemon->metrics);
}

static bool make_modules(struct daemon *daemon, struct error *err)
{
	struct fleet *fleet = &daemon->fleet;

	fleet->loop = daemon->loop;
	fleet->events = daemon->events;
	fleet->alert = daemon->alert;
	fleet->tally = tally_new(daemon->events);
	fleet->vault =
		helper_new(daemon->loop, "vault", on_vault_end, daemon, err);
	if (!fleet->vault)
		return false;
	daemon->watchdog = watchdog_new(daemon->loop, fleet->vault);
	fleet->dns = dns_new(daemon->loop);
	fleet->http = http_new(daemon->loop, fleet->dns, err);
	if (!fleet->http)
		return false;
	alert_open(daemon->alert, fleet->http, fleet->vault);
	fleet->solvers = solvers_new(daemon->loop, daemon->events);
	solvers_set_tools(fleet->solvers,
		&(struct dns_tools){.loop = daemon->loop,
			.dns = fleet->dns,
			.vault = fleet->vault,
			.port = DNS_PORT});
	adopt_socket(fleet->solvers, "http01");
	adopt_socket(fleet->solvers, "tlsalpn01");
	daemon->bus = bus_new(daemon->loop);
	fleet->deployer = deployer_new(daemon->loop, fleet->dns, daemon->bus);
	fleet->outlook = outlook_new(fleet);
	daemon->schedule = schedule_new(fleet, on_minute, daemon);
	daemon->vigil = vigil_new(
		daemon->loop, daemon->alert, daemon->log, on_late, daemon);
	make_metrics(daemon);
	return true;
}

static void free_modules(struct daemon *daemon)
{
	metrics_file_free(daemon->metrics_file);
	control_free(daemon->control);
	schedule_free(daemon->schedule);
	fleet_clear(&daemon->fleet);
	outlook_free(daemon->fleet.outlook);
	alert_free(daemon->alert);
	deployer_free(daemon->fleet.deployer);
	bus_free(daemon->bus);
	solvers_free(daemon->fleet.solvers);
	http_free(daemon->fleet.http);
	dns_free(daemon->fleet.dns);
	vigil_free(daemon->vigil);
	watchdog_free(daemon->watchdog);
	helper_free(daemon->fleet.vault);
	tally_free(daemon->fleet.tally);
	json_decref(daemon->walls);
	log_free(daemon->log);
	events_free(daemon->events);
}

static void start(struct daemon *daemon)
{
	const struct parent_view *parent = &daemon->options->parent;
	const struct walls_wish walls = {
		.main_file = daemon->options->main_file,
		.is_one_user = parent->is_split && !parent->has_users,
	};
	struct error err;

	daemon->signals = (struct signal_watch){
		.loop = daemon->loop,
		.on_hangup = on_hangup,
		.on_terminate = on_terminate,
		.data = daemon,
	};
	signal_watch_start(&daemon->signals);
	if (!make_modules(daemon, &err)) {
		tell(daemon, "error", LOG_ERR, &err, err.text);
		daemon->status = EXIT_FAILURE;
		return;
	}
	selftest_tell(daemon->events);
	container_learn();
	daemon->walls = walls_raise(&walls, daemon->events);
	daemon->call = helper_call(daemon->fleet.vault,
		json_pack("{s:s, s:s}", "verb", "hello", "role", "loop"),
		VAULT_DEADLINE, on_hello, daemon);
	ev_run(daemon->loop, 0);
}

int daemon_run(const struct daemon_options *options)
{
	struct daemon daemon = {
		.options = options,
		.loop = ev_loop_new(
			EVFLAG_AUTO | EVFLAG_NOENV | EVFLAG_NOTIMERFD),
		.events = events_new(),
	};

	daemon.log = log_new(daemon.loop, daemon.events, options->is_verbose);
	daemon.alert = alert_new(daemon.loop, daemon.events);
	start(&daemon);
	free_modules(&daemon);
	ev_loop_destroy(daemon.loop);
	return daemon.status;
}
