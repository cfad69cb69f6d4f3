/* SPDX-License-Identifier: MIT */

/*
 * acmed-notify: gives a message to the mail system of this machine, as a user
 * of its own. It is started with one conversation (LISTEN_FDS), answers one
 * request and ends.
 */

#include "json.h"
#include "mail.h"
#include "message.h"
#include "text.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define CONVERSATION 3 /* SD_LISTEN_FDS_START */

static int usage(void)
{
	fputs("usage: acmed-notify [-c FILE] | --version\n"
	      "It is started by acmed-notify.socket or by acmed.\n",
		stderr);
	return 2;
}

static bool has_conversation(void)
{
	const char *count = getenv("LISTEN_FDS");

	return count && streq(count, "1") &&
		fcntl(CONVERSATION, F_SETFD, FD_CLOEXEC) == 0;
}

/* A letter that is being handed over is finished. */
static void harden(void)
{
	static const int IGNORED[] = {SIGHUP, SIGINT, SIGTERM, SIGPIPE};

	for (size_t i = 0; i < sizeof(IGNORED) / sizeof(*IGNORED); i++)
		signal(IGNORED[i], SIG_IGN);
}

static int serve(const char *main_file)
{
	struct error err;
	json_t *request = message_receive(CONVERSATION, &err);

	if (!request && err.kind == ERROR_NONE)
		return EXIT_SUCCESS;
	json_t *reply = request ? mail_answer(main_file, request) : NULL;
	bool is_sent = reply && message_send(CONVERSATION, reply, &err);
	json_decref(request);
	json_decref(reply);
	if (is_sent)
		return EXIT_SUCCESS;
	fprintf(stderr, "<3>acmed-notify: %s\n", err.text);
	return EXIT_FAILURE;
}

int main(int argc, char **argv)
{
	const char *main_file = NULL;

	if (argc == 2 && streq(argv[1], "--version")) {
		printf("acmed-notify %s\n", ACMED_VERSION);
		return EXIT_SUCCESS;
	}
	if (argc == 3 && streq(argv[1], "-c"))
		main_file = argv[2];
	else if (argc != 1)
		return usage();
	json_end_without_memory();
	harden();
	if (!has_conversation())
		return usage();
	return serve(main_file);
}
