/* SPDX-License-Identifier: MIT */

/*
 * acmed-notify: gives a message to the mail system of this machine, as a user
 * of its own. It is started with one conversation (LISTEN_FDS), answers one
 * request and ends.
 */

#include "mail.h"
#include "one_shot.h"

int main(int argc, char **argv)
{
	const struct one_shot notify = {
		.name = "acmed-notify", .answer = mail_answer};

	return one_shot_run(&notify, argc, argv);
}
