/* SPDX-License-Identifier: MIT */
#include "fleet_run.h"

#include "text.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEADLINE 60. /* seconds, of a wait */

static void set_paths(struct vault_run *vault)
{
	setenv("RUNTIME_DIRECTORY", run_path(vault, "run"), 1);
	setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent", 1);
	mkdir(run_path(vault, "run-sockets"), 0700);
	ck_assert_int_eq(
		symlink("../run/vault", run_path(vault, "run-sockets/vault")),
		0);
}

void fleet_run_prepare(struct fleet_run *run)
{
	*run = (struct fleet_run){0};
	run_prepare(&run->vault);
	set_paths(&run->vault);
	run_write(&run->vault, "etc/acmed.conf",
		"[CA little]\n"
		"Directory=https://127.0.0.1:1/dir\n"
		"AgreeToTerms=yes\n"
		"[Certificate]\n"
		"CA=little\n"
		"[Deploy]\n"
		"Verify=no\n");
}

void fleet_run_write(struct fleet_run *run, const char *name, const char *text)
{
	char path[128];

	snprintf(path, sizeof(path), "etc/certs.d/%s.conf", name);
	run_write(&run->vault, path, text);
}

void fleet_run_remove(struct fleet_run *run, const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "etc/certs.d/%s.conf", name);
	run_remove(&run->vault, path);
}

/* Waiting. */

static void on_late(struct ev_loop *loop, ev_timer *timer, int events)
{
	const struct fleet_run *run = timer->data;

	(void)loop;
	(void)events;
	ck_abort_msg("nothing more happens; told: %s", run->told);
}

void fleet_run_wait(struct fleet_run *run)
{
	ev_timer late;

	ev_timer_init(&late, on_late, DEADLINE, 0.);
	late.data = run;
	ev_now_update(run->fleet.loop);
	ev_timer_start(run->fleet.loop, &late);
	while (!run->is_ended)
		ev_run(run->fleet.loop, EVRUN_ONCE);
	run->is_ended = false;
	ev_timer_stop(run->fleet.loop, &late);
}

void fleet_run_await(struct fleet_run *run, const char *told)
{
	while (!strstr(run->told, told)) {
		ev_timer late;
		ev_timer_init(&late, on_late, DEADLINE, 0.);
		late.data = run;
		ev_now_update(run->fleet.loop);
		ev_timer_start(run->fleet.loop, &late);
		ev_run(run->fleet.loop, EVRUN_ONCE);
		ev_timer_stop(run->fleet.loop, &late);
	}
}

/* Life. */

static void on_event(void *data, const struct event *event)
{
	struct fleet_run *run = data;
	size_t length = strlen(run->told);

	snprintf(run->told + length, sizeof(run->told) - length, "%s:%s ",
		event->name, event->certificate ? event->certificate : "");
}

static void on_vault_end(void *data, const struct error *err)
{
	(void)data;
	ck_abort_msg("the vault has ended: %s", err->text);
}

static void on_hello(void *data, const json_t *reply, const struct error *err)
{
	struct fleet_run *run = data;

	ck_assert_msg(reply != NULL, "%s", err ? err->text : "");
	run->is_ended = true;
}

static void connect_vault(struct fleet_run *run)
{
	struct error err;

	run->fleet.vault =
		helper_new(run->fleet.loop, "vault", on_vault_end, run, &err);
	ck_assert_msg(run->fleet.vault != NULL, "%s", err.text);
	helper_call(run->fleet.vault,
		json_pack("{s:s, s:s}", "verb", "hello", "role", "loop"),
		DEADLINE, on_hello, run);
	fleet_run_wait(run);
}

void fleet_run_open(struct fleet_run *run)
{
	struct fleet *fleet = &run->fleet;
	struct error err;

	run_start_listening(&run->vault);
	run->told[0] = '\0';
	*fleet = (struct fleet){
		.loop = ev_loop_new(EVFLAG_NOTIMERFD),
		.events = events_new(),
	};
	events_listen(fleet->events, on_event, run);
	connect_vault(run);
	fleet->dns = dns_new(fleet->loop);
	fleet->http = http_new(fleet->loop, fleet->dns, &err);
	ck_assert_msg(fleet->http != NULL, "%s", err.text);
	fleet->solvers = solvers_new(fleet->loop, fleet->events);
	solvers_set_tools(fleet->solvers,
		&(struct dns_tools){.loop = fleet->loop, .dns = fleet->dns});
	run->bus = bus_new(fleet->loop);
	fleet->deployer = deployer_new(fleet->loop, fleet->dns, run->bus);
}

static void on_minute(void *data)
{
	struct fleet_run *run = data;

	run->minutes++;
}

void fleet_run_start(struct fleet_run *run)
{
	fleet_run_open(run);
	run->schedule = schedule_new(&run->fleet, on_minute, run);
}

void fleet_run_stop(struct fleet_run *run)
{
	struct fleet *fleet = &run->fleet;

	if (!fleet->loop)
		return;
	schedule_free(run->schedule);
	run->schedule = NULL;
	fleet_clear(fleet);
	deployer_free(fleet->deployer);
	bus_free(run->bus);
	solvers_free(fleet->solvers);
	http_free(fleet->http);
	dns_free(fleet->dns);
	helper_free(fleet->vault);
	events_free(fleet->events);
	ev_loop_destroy(fleet->loop);
	*fleet = (struct fleet){0};
	run_end(&run->vault);
}

void fleet_run_clean(struct fleet_run *run)
{
	fleet_run_stop(run);
	run_clean(&run->vault);
}
