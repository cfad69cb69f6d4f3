/* SPDX-License-Identifier: MIT */
#include "config_trouble.h"

#include <stdio.h>

#define SOURCE "config"
#define SUBJECT "/config"

bool config_trouble_describe(const struct intake_result *result,
	char out[static CONFIG_TROUBLE_SIZE])
{
	const struct strings *list = &result->mistakes->list;

	if (result->err)
		snprintf(out, CONFIG_TROUBLE_SIZE,
			"the configuration cannot be read, what was accepted "
			"before goes on: %s",
			result->err->text);
	else if (list->count > 1)
		snprintf(out, CONFIG_TROUBLE_SIZE,
			"%.400s; and %zu more mistakes: what was accepted "
			"before goes on, see 'acmed -t'",
			list->items[0], list->count - 1);
	else if (list->count)
		snprintf(out, CONFIG_TROUBLE_SIZE,
			"%.400s: what was accepted before goes on, see "
			"'acmed -t'",
			list->items[0]);
	return result->err || list->count;
}

/* The journal has each mistake already. */
void config_trouble_note(
	struct alert *alert, const struct intake_result *result)
{
	char text[CONFIG_TROUBLE_SIZE];

	if (!config_trouble_describe(result, text)) {
		alert_clear(alert, SOURCE, SUBJECT);
		return;
	}
	alert_set(alert,
		&(struct alert_trouble){
			.source = SOURCE,
			.subject = SUBJECT,
			.code = result->err ? result->err->code : "",
			.level = ALERT_WARNING,
			.text = text,
			.is_logged = true,
		});
}
