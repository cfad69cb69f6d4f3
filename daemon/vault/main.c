/* SPDX-License-Identifier: MIT */

/*
 * acmed-vault: keeps the keys and the state of acmed. It is started with a
 * socket (LISTEN_FDS), listening or already connected, serves one loop and
 * ends with it. It has no network and runs no program.
 */

#include "handed_socket.h"
#include "json.h"
#include "mem.h"
#include "paths.h"
#include "sandbox.h"
#include "sandbox_mode.h"
#include "server.h"
#include "signals.h"
#include "text.h"
#include "vault.h"
#include "wipe.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static int usage(void)
{
	fprintf(stderr,
		"usage: acmed-vault [-c FILE] | --version\n"
		"It is started by acmed-vault.socket or by acmed.\n");
	return 2;
}

/* Nothing of this process gets into a core file or a debugger, and modes are
 * what the code says. */
static void harden(void)
{
	const struct rlimit none = {0};

	wipe_everything();
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	setrlimit(RLIMIT_CORE, &none);
	umask(0);
	json_end_without_memory();
	json_object_seed(0); /* from a device that is out of reach later */
	signals_ignore();
}

/* One socket, handed over as systemd does it. */
static bool has_socket(void)
{
	const char *pid = getenv("LISTEN_PID");
	bool is_ours = pid && strtol(pid, NULL, 10) == getpid() &&
		handed_socket_is_there();

	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_FDNAMES");
	return is_ours;
}

static bool is_listening(int socket)
{
	int listens = 0;
	socklen_t size = sizeof(listens);

	return getsockopt(socket, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) ==
		0 &&
		listens;
}

static void lock_in(const char *main_file, struct sandbox_report *report)
{
	char folder[4096] = ".";
	const char *const also[] = {folder, NULL};
	const char *slash = main_file ? strrchr(main_file, '/') : NULL;
	bool only_logs = sandbox_mode_only_logs(main_file);

	if (slash)
		snprintf(folder, sizeof(folder), "%.*s",
			(int)(slash - main_file) + 1, main_file);
	struct sandbox_wish wish = *sandbox_vault(main_file ? also : NULL);
	wish.only_logs = only_logs;
	sandbox_apply(&wish, report);
	if (report->warning[0])
		fprintf(stderr, "<4>acmed-vault: a wall is not up: %s\n",
			report->warning);
}

static json_t *list_walls(const struct sandbox_report *report)
{
	json_t *walls = json_array();

	for (size_t i = 0; i < report->count; i++)
		json_array_append_new(walls, json_string(report->walls[i]));
	return walls;
}

static void serve(const char *main_file)
{
	struct vault vault = {.main_file = main_file, .state = -1};
	struct sandbox_report report;

	lock_in(main_file, &report);
	cleanup(json) json_t *walls = list_walls(&report);
	struct server server = {.vault = &vault,
		.listener = -1,
		.walls = walls,
		.missing = report.warning};

	if (!vault_open(&vault, &server.broken))
		fprintf(stderr, "<3>acmed-vault: %s\n", server.broken.text);
	if (is_listening(HANDED_SOCKET))
		server.listener = HANDED_SOCKET;
	else
		server_add(&server, HANDED_SOCKET);
	server_run(&server);
	vault_close(&vault);
}

int main(int argc, char **argv)
{
	const char *main_file = NULL;

	if (argc == 2 && streq(argv[1], "--version")) {
		printf("acmed-vault %s\n", ACMED_VERSION);
		return 0;
	}
	if (argc == 3 && streq(argv[1], "-c"))
		main_file = argv[2];
	else if (argc != 1)
		return usage();
	harden();
	if (!has_socket())
		return usage();
	mkdir(paths_state(), 0755);
	serve(main_file);
	return 0;
}
