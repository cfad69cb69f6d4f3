/* SPDX-License-Identifier: MIT */
#include "lineages.h"

#include "ask.h"
#include "config.h"
#include "mem.h"
#include "text.h"

static void keep(void *data, const json_t *reply)
{
	const json_t *found = json_object_get(reply, "certificates");
	size_t i;
	json_t *one;

	json_array_foreach (found, i, one)
		json_array_append(data, one);
}

static int look(
	const struct arguments *arguments, const char *pattern, json_t *list)
{
	struct arguments quiet = *arguments;

	quiet.is_json = false;
	return ask(&quiet, "Status", json_pack("{s:s}", "pattern", pattern),
		true, keep, list);
}

int lineages_find(
	const struct arguments *arguments, const char *name, json_t *list)
{
	cleanup(string) char *seconds = text_format("%s+*", name);
	int status = look(arguments, name, list);

	if (!status && seconds && !config_is_second(name))
		status = look(arguments, seconds, list);
	return status;
}
