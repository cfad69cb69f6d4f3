/* SPDX-License-Identifier: MIT */

/*
 * metrics: the text for Prometheus, as the daemon makes it.
 */

#include "ask.h"
#include "json.h"

#include <stdio.h>

static void print_piece(void *data, const json_t *reply)
{
	(void)data;
	fputs(member_string_or(reply, "text", ""), stdout);
}

int verb_metrics(const struct arguments *arguments)
{
	return ask(
		arguments, "Metrics", json_object(), true, print_piece, NULL);
}
