/* SPDX-License-Identifier: MIT */
#include "machine.h"

#include "bus.h"
#include "file.h"
#include "helpers.h"
#include "loop.h"
#include "outlook.h"
#include "tally.h"
#include "vigil.h"
#include "world.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const char GLOBAL[] = "[Daemon]\n"
			     "NotifyMail=root\n"
			     "[CA one]\n"
			     "Directory=https://one.test/dir\n"
			     "AgreeToTerms=yes\n"
			     "Limit=orders:20/3h set:5/7d failures:5/1h\n"
			     "[CA two]\n"
			     "Directory=https://two.test/dir\n"
			     "AgreeToTerms=yes\n"
			     "Limit=orders:20/3h set:5/7d failures:5/1h\n"
			     "[Certificate]\n"
			     "CA=one\n"
			     "[Challenge]\n"
			     "Type=http-01\n"
			     "Solver=none\n"
			     "[Deploy]\n"
			     "Verify=no\n";

/* Three kinds of certificates; the CA has them live 90, 45 and 6 days. */
static const struct {
	const char *name;
	const char *names[3];
	const char *settings;
	const char *sections;
} SITE_TEXTS[SITES] = {
	{"a.example",
		{"a.example www.a.example", "a.example new.a.example",
			"a.example"},
		"Window=Sat..Sun 02:00-05:00 UTC\n", ""},
	{"b.example",
		{"b.example www.b.example", "b.example",
			"b.example x.b.example y.b.example"},
		"CA=one two\nDropDeadNames=after-half-slack\n",
		"[Challenge]\nSolver=exec\nCommand=/bin/true\n"
		"[Export x]\nPath=/nowhere/b.pem\nFormat=combined\n"},
	{"c.example", {"c.example", "c.example z.c.example", "c.example"},
		"CA=one two\nPlaceholder=no\n", ""},
};

struct machine machine;
void (*machine_on_event)(const struct event *event);

static char folder[128];

/* Files. */

const char *machine_state_path(const char *format, ...)
{
	static char path[512];
	va_list arguments;

	int length = snprintf(path, sizeof(path), "%s/state/", folder);
	va_start(arguments, format);
	vsnprintf(path + length, sizeof(path) - (size_t)length, format,
		arguments);
	va_end(arguments);
	return path;
}

static void write_file(const char *name, const char *text)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/etc/%s", folder, name);
	FILE *file = fopen(path, "we");
	hold(file != NULL, "%s: %m", path);
	fputs(text, file);
	fclose(file);
}

void machine_write(const struct site *site)
{
	size_t which = (size_t)(site - machine.sites);
	char file[64];
	char text[1024];

	snprintf(file, sizeof(file), "certs.d/%s.conf", site->name);
	snprintf(text, sizeof(text), "[Certificate]\nNames=%s\n%s%s%s%s",
		SITE_TEXTS[which].names[site->names % 3],
		SITE_TEXTS[which].settings,
		site->has_other_key ? "Key=ecdsa-p384\n" : "",
		site->is_broken ? "Bogus=yes\n" : "",
		SITE_TEXTS[which].sections);
	write_file(file, text);
	if (!site->is_gone)
		return;
	char path[256];
	snprintf(path, sizeof(path), "%s/etc/%s", folder, file);
	unlink(path);
}

static void make_folder(const char *name, const char *variable)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	hold(mkdir(path, 0755) == 0, "%s: %m", path);
	if (variable)
		setenv(variable, path, 1);
}

static void remove_all(void)
{
	if (*folder)
		folder_remove(AT_FDCWD, folder, NULL);
	*folder = '\0';
}

static void make_folders(void)
{
	static bool is_registered;
	const char *place = getenv("TEST_DIR");

	snprintf(folder, sizeof(folder), "%s/acmed-stateful.XXXXXX",
		place ? place : "/tmp");
	hold(mkdtemp(folder) != NULL, "%s: %m", folder);
	if (!is_registered)
		atexit(remove_all);
	is_registered = true;
	make_folder("etc", "CONFIGURATION_DIRECTORY");
	make_folder("etc/certs.d", NULL);
	make_folder("state", "STATE_DIRECTORY");
	make_folder("run", "RUNTIME_DIRECTORY");
}

/* The loop's modules. */

static void on_minute(void *data)
{
	(void)data;
	vigil_minute(machine.vigil, machine.fleet.count);
	alert_look(machine.alert);
}

static void on_late(void *data)
{
	(void)data;
	schedule_wake(machine.schedule);
}

static void on_event(void *data, const struct event *event)
{
	(void)data;
	world_say("   %s %s: %s", event->name,
		event->certificate ? event->certificate : "-", event->text);
	if (machine_on_event)
		machine_on_event(event);
}

static void on_vault_end(void *data, const struct error *err)
{
	(void)data;
	hold(!err, "the vault has ended: %s", err->text);
}

static void on_intake(void *data, const struct intake_result *result)
{
	(void)data;
	if (result->err && !machine.rescans)
		machine.has_failed = true;
	else
		machine.rescans++;
}

void machine_rescan(void)
{
	schedule_rescan(machine.schedule, on_intake, NULL);
}

static void open_modules(void)
{
	struct fleet *fleet = &machine.fleet;
	struct error err = {0};

	*fleet = (struct fleet){
		.loop = ev_loop_new(0),
		.events = events_new(),
	};
	events_listen(fleet->events, on_event, NULL);
	machine.alert = fleet->alert = alert_new(fleet->loop, fleet->events);
	fleet->tally = tally_new(fleet->events);
	fleet->vault =
		helper_new(fleet->loop, "vault", on_vault_end, NULL, &err);
	fleet->dns = dns_new(fleet->loop);
	fleet->http = http_new(fleet->loop, fleet->dns, &err);
	alert_open(machine.alert, fleet->http, fleet->vault);
	fleet->solvers = solvers_new(fleet->loop, fleet->events);
	solvers_set_tools(fleet->solvers,
		&(struct dns_tools){.loop = fleet->loop,
			.dns = fleet->dns,
			.vault = fleet->vault,
			.port = DNS_PORT});
	machine.bus = bus_new(fleet->loop);
	fleet->deployer = deployer_new(fleet->loop, fleet->dns, machine.bus);
	fleet->outlook = outlook_new(fleet);
	machine.schedule = schedule_new(fleet, on_minute, NULL);
	machine.vigil =
		vigil_new(fleet->loop, machine.alert, NULL, on_late, NULL);
}

static void close_modules(void)
{
	struct fleet *fleet = &machine.fleet;

	schedule_free(machine.schedule);
	alert_close(machine.alert);
	fleet_clear(fleet);
	outlook_free(fleet->outlook);
	alert_free(machine.alert);
	deployer_free(fleet->deployer);
	bus_free(machine.bus);
	solvers_free(fleet->solvers);
	http_free(fleet->http);
	dns_free(fleet->dns);
	vigil_free(machine.vigil);
	helper_free(fleet->vault);
	tally_free(fleet->tally);
	events_free(fleet->events);
	hold(loop_watchers(fleet->loop) == 0, "%zu watchers are left behind",
		loop_watchers(fleet->loop));
	ev_loop_destroy(fleet->loop);
	*fleet = (struct fleet){0};
	machine.schedule = NULL;
	machine.is_up = false;
	machine.has_failed = false;
}

void machine_start(void)
{
	helpers_begin();
	machine.rescans = 0;
	open_modules();
	alert_load(machine.alert);
	machine_rescan();
	machine.is_up = true;
}

void machine_stop(void)
{
	close_modules();
	helpers_end();
}

void machine_crash(bool is_done)
{
	helpers_crash(is_done);
	close_modules();
	helpers_end();
}

void machine_begin(void)
{
	setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent", 1);
	make_folders();
	machine = (struct machine){0};
	write_file("acmed.conf", GLOBAL);
	for (size_t i = 0; i < SITES; i++) {
		machine.sites[i].name = SITE_TEXTS[i].name;
		machine_write(&machine.sites[i]);
	}
}

void machine_end(void)
{
	if (machine.is_up)
		machine_crash(false);
	remove_all();
}
