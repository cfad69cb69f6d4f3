/* SPDX-License-Identifier: MIT */
#include "hand.h"
#include "json.h"

#include "text.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* The first socket that the service manager hands over (sd_listen_fds). */
#define CONVERSATION 3

static int usage(void)
{
	fputs("usage: acmed-hand [-c FILE]\n"
	      "It is started by acmed-hand.socket, not by hand.\n",
		stderr);
	return 2;
}

static bool has_conversation(void)
{
	const char *count = getenv("LISTEN_FDS");

	return count && streq(count, "1");
}

/* It ends when the conversation does, and withdraws then: never before. */
static void ignore_signals(void)
{
	static const int ignored[] = {SIGHUP, SIGINT, SIGTERM, SIGPIPE};

	for (size_t i = 0; i < sizeof(ignored) / sizeof(*ignored); i++)
		signal(ignored[i], SIG_IGN);
}

int main(int argc, char **argv)
{
	const char *main_file = NULL;
	int option;

	while ((option = getopt(argc, argv, "c:")) != -1) {
		if (option != 'c')
			return usage();
		main_file = optarg;
	}
	if (optind != argc || !has_conversation())
		return usage();
	json_end_without_memory();
	ignore_signals();
	struct hand *hand = hand_new(main_file, true);
	bool is_done = hand_serve(hand, CONVERSATION);
	hand_free(hand);
	return is_done ? EXIT_SUCCESS : EXIT_FAILURE;
}
