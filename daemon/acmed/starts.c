/* SPDX-License-Identifier: MIT */
#include "starts.h"

#include "alert.h"
#include "mem.h"

#include <stdio.h>
#include <time.h>

#define PART "starts"
#define VAULT_DEADLINE 30.
#define SPAN 600 /* seconds */
#define MOST 8 /* starts in that time; RestartSec= allows more */
#define KEPT 60

struct starts {
	struct fleet *fleet;
	struct helper_call *call; /* under way, or NULL */
	json_t *times; /* owned, of the last starts; NULL: not asked for yet */
};

/* Also what a clock that was ahead has left does not count. */
static json_t *read_times(const json_t *list, int64_t now)
{
	json_t *times = json_array();

	for (size_t i = 0; i < json_array_size(list); i++) {
		json_t *time = json_array_get(list, i);
		json_int_t when = json_integer_value(time);
		if (when > now - SPAN && when <= now)
			json_array_append(times, time);
		if (json_array_size(times) > KEPT)
			json_array_remove(times, 0);
	}
	return times;
}

static void tell(const struct starts *starts)
{
	char text[160];

	snprintf(text, sizeof(text),
		"acmed was started %zu times in %d minutes, the CAs are asked "
		"no more than their limits allow",
		json_array_size(starts->times), SPAN / 60);
	alert_set(starts->fleet->alert,
		&(struct alert_trouble){
			.source = "machine",
			.subject = "/starts",
			.code = "R6",
			.level = ALERT_WARNING,
			.text = text,
		});
}

static void judge(const struct starts *starts)
{
	if (json_array_size(starts->times) >= MOST)
		tell(starts);
	else
		alert_clear(starts->fleet->alert, "machine", "/starts");
}

static void on_saved(void *data, const json_t *reply, const struct error *err)
{
	struct starts *starts = data;

	(void)reply;
	(void)err;
	starts->call = NULL;
}

static void on_loaded(void *data, const json_t *reply, const struct error *err)
{
	struct starts *starts = data;
	const json_t *state = json_object_get(reply, "state");
	int64_t now = time(NULL);

	(void)err;
	json_decref(starts->times);
	starts->times = read_times(json_object_get(state, PART), now);
	json_array_append_new(starts->times, json_integer(now));
	judge(starts);
	starts->call = helper_call(starts->fleet->vault,
		json_pack("{s:s, s:s, s:{s:O}}", "verb", "machine-save", "part",
			PART, "state", PART, starts->times),
		VAULT_DEADLINE, on_saved, starts);
}

static void load(struct starts *starts)
{
	starts->times = json_array();
	starts->call = helper_call(starts->fleet->vault,
		json_pack("{s:s, s:s}", "verb", "machine-load", "part", PART),
		VAULT_DEADLINE, on_loaded, starts);
}

void starts_look(struct starts *starts)
{
	if (!starts->times) {
		load(starts);
		return;
	}
	if (starts->call)
		return;
	json_t *times = read_times(starts->times, time(NULL));
	json_decref(starts->times);
	starts->times = times;
	judge(starts);
}

struct starts *starts_new(struct fleet *fleet)
{
	struct starts *starts = mem_new(sizeof(*starts));

	starts->fleet = fleet;
	return starts;
}

void starts_free(struct starts *starts)
{
	if (!starts)
		return;
	if (starts->call)
		helper_cancel(starts->call);
	json_decref(starts->times);
	free(starts);
}
