/* SPDX-License-Identifier: MIT */
#include "taking.h"

#include "accepted.h"
#include "config_files.h"
#include "configuration_global.h"
#include "file.h"
#include "mem.h"
#include "slice.h"
#include "text.h"

#include <errno.h>

struct taking {
	int state;
	const struct configuration *old; /* borrowed: what goes on until then */
	struct config_files files; /* owned, as they are read */
	struct configuration fresh; /* owned */
	struct accepted_keeping *keeping; /* owned, or NULL */
	bool is_kept;
	size_t step;
	size_t next; /* file of this step */
	struct error err; /* why it cannot even begin */
};

/* First: the files. */

/* The texts travel and are kept as JSON strings. */
static bool is_text(const char *bytes, size_t length)
{
	cleanup(json) json_t *string = json_stringn(bytes, length);

	return string && !memchr(bytes, '\0', length);
}

static bool copy_file(
	struct configuration_file *out, const struct config_file *file)
{
	out->path = strdup(file->path);
	out->name = file->name ? strdup(file->name) : NULL;
	out->is_known_ca = file->is_known_ca;
	if (!out->path || (file->name && !out->name))
		return false;
	if (!file->bytes) {
		mistakes_add(
			&out->mistakes, out->path, 0, "%s", file->err.text);
		return true;
	}
	if (!is_text(file->bytes, file->length)) {
		mistakes_add(&out->mistakes, out->path, 0, "is no UTF-8 text");
		return true;
	}
	out->text = strndup(file->bytes, file->length);
	out->length = file->length;
	return out->text != NULL;
}

static int compare(const void *a, const void *b)
{
	return strcmp(((const struct configuration_file *)a)->name,
		((const struct configuration_file *)b)->name);
}

/* A descriptor, memory, a disk: it comes back without anybody's help. */
static bool is_passing(const struct error *err)
{
	static const int NUMBERS[] = {
		EMFILE, ENFILE, ENOMEM, ENOBUFS, EIO, EINTR, EAGAIN};

	for (size_t i = 0; i < sizeof(NUMBERS) / sizeof(*NUMBERS); i++)
		if (err->number == NUMBERS[i])
			return true;
	return false;
}

static bool read_next(struct taking *taking, struct error *err)
{
	struct config_file *file = &taking->files.files[taking->next];
	struct configuration *fresh = &taking->fresh;

	config_file_read(file);
	if (!copy_file(&fresh->files[taking->next], file))
		return fail_memory(err);
	free(take(file->bytes));
	fresh->is_unfinished |= is_passing(&file->err);
	if (!file->name)
		fresh->global_count = taking->next + 1;
	return true;
}

static size_t count_files(const struct taking *taking)
{
	return taking->files.count;
}

/* Second: the global ones, with which the others are read. */

static bool take_global(struct taking *taking, struct error *err)
{
	struct configuration *fresh = &taking->fresh;

	qsort(fresh->files + fresh->global_count,
		fresh->count - fresh->global_count, sizeof(*fresh->files),
		compare);
	return configuration_take_global(fresh, taking->state, err);
}

static size_t count_one(const struct taking *taking)
{
	(void)taking;
	return 1;
}

/* Third: each certificate. */

static bool add(struct config *config, const struct configuration_file *file,
	struct mistakes *mistakes)
{
	struct config_text text = {.file = file->path,
		.bytes = file->text,
		.length = file->length};

	return config_add_certificate(config, file->name, &text, mistakes);
}

static void drop_text(struct configuration_file *file)
{
	free(take(file->text));
	file->length = 0;
}

/* What a sick disk does not give is still in memory. */
static void copy_old_text(
	const struct configuration *old, struct configuration_file *file)
{
	for (size_t i = old->global_count; i < old->count; i++) {
		const struct configuration_file *each = &old->files[i];
		if (!each->text || !streq(each->name, file->name))
			continue;
		file->text = strndup(each->text, each->length);
		file->length = file->text ? each->length : 0;
	}
}

/* Goes by the text that was accepted last, if it still can be. */
static void go_stale(struct taking *taking, struct configuration_file *file)
{
	struct config *config = taking->fresh.config;
	struct mistakes ignored = {0};

	drop_text(file);
	file->is_stale = true;
	file->text =
		accepted_certificate(taking->state, file->name, &file->length);
	if (!file->text)
		copy_old_text(taking->old, file);
	if (file->text && !add(config, file, &ignored))
		drop_text(file);
	mistakes_clear(&ignored);
}

static bool take_next(struct taking *taking, struct error *err)
{
	struct configuration *fresh = &taking->fresh;
	struct configuration_file *file =
		&fresh->files[fresh->global_count + taking->next];

	(void)err;
	if (!file->text || !add(fresh->config, file, &file->mistakes))
		go_stale(taking, file);
	else if (accepted_has(taking->state, file->name, file->length))
		config_settle(fresh->config, file->name);
	return true;
}

static size_t count_certificates(const struct taking *taking)
{
	return taking->fresh.count - taking->fresh.global_count;
}

/* Fourth: all together. */

/* A certificate that the others leave no room for (the same names twice)
 * goes by its accepted text; if that has no room either, by none. True when
 * there is more to check. */
static bool check_together(struct taking *taking)
{
	struct configuration *configuration = &taking->fresh;
	struct mistakes mistakes = {0};
	bool has_changed = false;

	config_check(configuration->config, &mistakes);
	configuration_hand_out(
		configuration->files + configuration->global_count,
		configuration->count - configuration->global_count, &mistakes);
	for (size_t i = configuration->global_count; i < configuration->count;
		i++) {
		struct configuration_file *file = &configuration->files[i];
		if (!file->text ||
			config_find(configuration->config, file->name))
			continue;
		if (file->is_stale)
			drop_text(file);
		else
			go_stale(taking, file);
		has_changed |= file->text != NULL;
	}
	mistakes_clear(&mistakes);
	return has_changed;
}

static bool check(struct taking *taking, struct error *err)
{
	(void)err;
	while (check_together(taking))
		;
	return true;
}

/* Last: the accepted texts are kept. */

static bool keep_next(struct taking *taking, struct error *err)
{
	(void)err;
	if (!taking->keeping)
		taking->keeping = accepted_keep(taking->state, &taking->fresh);
	taking->is_kept = !accepted_keep_on(taking->keeping);
	return true;
}

static size_t count_kept(const struct taking *taking)
{
	return taking->is_kept ? taking->next : SIZE_MAX;
}

static const struct {
	size_t (*count)(const struct taking *taking);
	bool (*run)(struct taking *taking, struct error *err);
} STEPS[] = {
	{count_files, read_next},
	{count_one, take_global},
	{count_certificates, take_next},
	{count_one, check},
	{count_kept, keep_next},
};

#define STEP_COUNT (sizeof(STEPS) / sizeof(*STEPS))

enum taking_state taking_go_on(struct taking *taking, struct error *err)
{
	double end = slice_begin();

	if (taking->err.kind != ERROR_NONE) {
		*err = taking->err;
		return TAKING_FAILED;
	}
	while (taking->step < STEP_COUNT) {
		if (slice_is_over(end))
			return TAKING_ON;
		if (taking->next == STEPS[taking->step].count(taking)) {
			taking->step++;
			taking->next = 0;
			continue;
		}
		if (!STEPS[taking->step].run(taking, err))
			return TAKING_FAILED;
		taking->next++;
	}
	return TAKING_DONE;
}

/* While nobody can see which files there are, those that were accepted last
 * are taken for there, and as unreadable. */
static void add_unlisted(struct taking *taking)
{
	struct strings names;

	if (!taking->files.unlisted ||
		!accepted_names(taking->state, &names, &taking->err))
		return;
	for (size_t i = 0; i < names.count; i++)
		config_files_add_unlisted(&taking->files, names.items[i]);
	strings_clear(&names);
}

struct taking *taking_start(
	int state, const char *main_file, const struct configuration *old)
{
	struct taking *taking = mem_new(sizeof(*taking));

	taking->state = state;
	taking->old = old;
	config_files_list(&taking->files, main_file);
	add_unlisted(taking);
	taking->fresh.count = taking->files.count;
	taking->fresh.files = mem_new(
		(taking->fresh.count + 1) * sizeof(struct configuration_file));
	return taking;
}

void taking_free(struct taking *taking)
{
	if (!taking)
		return;
	accepted_keeping_free(taking->keeping);
	config_files_clear(&taking->files);
	configuration_clear(&taking->fresh);
	free(taking);
}

void taking_finish(struct taking *taking, struct configuration *configuration)
{
	configuration_clear(configuration);
	*configuration = taking->fresh;
	taking->fresh = (struct configuration){0};
}
