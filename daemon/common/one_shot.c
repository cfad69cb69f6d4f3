/* SPDX-License-Identifier: MIT */
#include "one_shot.h"

#include "handed_socket.h"
#include "json.h"
#include "message.h"
#include "signals.h"
#include "text.h"

#include <stdio.h>
#include <stdlib.h>

static int usage(const char *name)
{
	fprintf(stderr,
		"usage: %s [-c FILE] | --version\n"
		"It is started by %s.socket or by acmed.\n",
		name, name);
	return 2;
}

static int serve(const struct one_shot *program, const char *main_file)
{
	struct error err;
	json_t *request = message_receive(HANDED_SOCKET, &err);

	if (!request && err.kind == ERROR_NONE)
		return EXIT_SUCCESS;
	json_t *reply = request ? program->answer(main_file, request) : NULL;
	bool is_sent = reply && message_send(HANDED_SOCKET, reply, &err);
	json_decref(request);
	json_decref(reply);
	if (is_sent)
		return EXIT_SUCCESS;
	fprintf(stderr, "<3>%s: %s\n", program->name, err.text);
	return EXIT_FAILURE;
}

int one_shot_run(const struct one_shot *program, int argc, char **argv)
{
	const char *main_file = NULL;

	if (argc == 2 && streq(argv[1], "--version")) {
		printf("%s %s\n", program->name, ACMED_VERSION);
		return EXIT_SUCCESS;
	}
	if (argc == 3 && streq(argv[1], "-c"))
		main_file = argv[2];
	else if (argc != 1)
		return usage(program->name);
	json_end_without_memory();
	signals_ignore();
	if (!handed_socket_is_there())
		return usage(program->name);
	return serve(program, main_file);
}
