/* SPDX-License-Identifier: MIT */
#include "hand.h"
#include "handed_socket.h"
#include "json.h"
#include "signals.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int usage(void)
{
	fputs("usage: acmed-hand [-c FILE]\n"
	      "It is started by acmed-hand.socket, not by hand.\n",
		stderr);
	return 2;
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
	if (optind != argc || !handed_socket_is_there())
		return usage();
	json_end_without_memory();
	signals_ignore();
	struct hand *hand = hand_new(main_file, true);
	bool is_done = hand_serve(hand, HANDED_SOCKET);
	hand_free(hand);
	return is_done ? EXIT_SUCCESS : EXIT_FAILURE;
}
