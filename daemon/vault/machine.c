/* SPDX-License-Identifier: MIT */
#include "machine.h"

#include "file.h"
#include "json.h"
#include "mem.h"
#include "text.h"

#define FOLDER "state"
#define STATE_MAX 65536

/* Their files: without ".json" they are no certificate's. */
static const char *const PARTS[] = {
	"starts",
	"telling",
};

static const char *find_part(const json_t *request, struct error *err)
{
	const char *name = member_string(request, "part", err);

	if (!name)
		return NULL;
	for (size_t i = 0; i < sizeof(PARTS) / sizeof(*PARTS); i++)
		if (streq(PARTS[i], name))
			return PARTS[i];
	fail(err, ERROR_REFUSED, "the state of the machine has no such part");
	return NULL;
}

json_t *machine_save(
	struct vault *vault, const json_t *request, struct error *err)
{
	const char *part = find_part(request, err);
	const json_t *state = json_object_get(request, "state");

	if (!part)
		return NULL;
	cleanup(string) char *text =
		json_is_object(state) ? json_write(state) : NULL;
	if (!text || strlen(text) > STATE_MAX) {
		fail(err, ERROR_REFUSED,
			"a state is an object of at most %d bytes", STATE_MAX);
		return NULL;
	}
	int cleanup_folder folder =
		folder_make(vault->state, FOLDER, 0700, err);
	if (folder < 0 ||
		!file_write(folder, part, text, strlen(text), 0600, err))
		return NULL;
	return json_object();
}

/* One that is damaged tells as much as none: what is wrong is told again. */
json_t *machine_load(
	struct vault *vault, const json_t *request, struct error *err)
{
	const char *part = find_part(request, err);
	int cleanup_folder folder = folder_open(vault->state, FOLDER, NULL);
	size_t length = 0;

	if (!part)
		return NULL;
	cleanup(string) char *text = folder < 0
		? NULL
		: file_read(folder, part, STATE_MAX, &length, NULL);
	json_t *state = text ? json_read(text, length, part, NULL) : NULL;
	return json_pack("{s:o}", "state", state ? state : json_null());
}
