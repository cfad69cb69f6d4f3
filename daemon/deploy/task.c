/* SPDX-License-Identifier: MIT */
#include "task.h"

#include "config_files.h"
#include "environment.h"
#include "export.h"
#include "json.h"
#include "mem.h"
#include "message.h"
#include "pid_signal.h"
#include "program.h"
#include "text.h"
#include "turn.h"
#include "unit.h"

#include <stdio.h>

#define PROGRAM_DEADLINE 120.0 /* seconds */

struct task {
	const struct config_certificate *certificate; /* borrowed */
	int conversation; /* borrowed; -1: none */
	struct material material;
	json_t *done; /* owned: what was, as texts */
	const char *waits_for; /* borrowed: a unit that is not running */
};

static void note(struct task *task, const char *what, const char *name)
{
	cleanup(string) char *text = text_format("%s %s", what, name);

	json_array_append_new(task->done, json_string(text));
}

/* Export. */

static bool write_exports(
	struct task *task, const struct turn *turn, struct error *err)
{
	const struct config_certificate *certificate = task->certificate;

	for (size_t i = 0; i < certificate->export_count; i++) {
		const struct config_export *export = &certificate->exports[i];
		if (!export_write(export, &task->material, turn, err))
			return false;
		note(task, "wrote", export->path);
	}
	return true;
}

static bool do_export(struct task *task, struct error *err)
{
	struct turn turn;

	if (!turn_take(&turn, task->certificate->name, task->conversation, err))
		return false;
	bool is_written = write_exports(task, &turn, err);
	turn_leave(&turn);
	return is_written;
}

/* What cannot be run at all, or does not end, has causes of its own. */
static void blame_hook(struct error *err)
{
	static const char *const OWN[] = {"E1", "E2", "E3", "M2"};

	for (size_t i = 0; i < sizeof(OWN) / sizeof(*OWN); i++)
		if (streq(err->code, OWN[i]))
			return;
	snprintf(err->code, sizeof(err->code), "P5");
}

/* Programs, and hooks that are units. */

static bool run_program(
	struct task *task, char *const *words, struct error *err)
{
	struct environment environment = {0};

	environment_fill(
		&environment, task->certificate->name, &task->material);
	bool is_well = program_run(
		&(struct program_wish){
			.words = words,
			.environment = environment.items,
			.deadline = PROGRAM_DEADLINE,
		},
		err);
	environment_clear(&environment);
	if (is_well)
		note(task, "ran", words[0]);
	else
		blame_hook(err);
	return is_well;
}

/* Not by the loop: who may start a unit of systemd may start a transient one,
 * with any command. */
static bool start_unit(struct task *task, const char *unit, struct error *err)
{
	if (unit_do(BUS_START, unit, err) != BUS_DONE)
		return false;
	note(task, "started", unit);
	return true;
}

static bool run_hook(
	struct task *task, const struct config_hook *hook, struct error *err)
{
	char *const words[] = {hook->value, NULL};

	return hook->kind == HOOK_UNIT ? start_unit(task, hook->value, err)
				       : run_program(task, words, err);
}

static bool do_hook(struct task *task, struct error *err)
{
	const struct config_deploy *deploy = &task->certificate->deploy;

	for (size_t i = 0; i < deploy->hook_count; i++)
		if (!run_hook(task, &deploy->hooks[i], err))
			return false;
	return true;
}

/* Units. All are tried; the first failure counts. */

static bool do_units(struct task *task, enum bus_verb verb,
	const struct strings *units, struct error *err)
{
	struct error next;
	bool is_well = true;

	for (size_t i = 0; i < units->count; i++) {
		const char *unit = units->items[i];
		enum bus_result result = unit_do(verb, unit, &next);
		if (result == BUS_DONE) {
			note(task,
				verb == BUS_RELOAD ? "reloaded" : "restarted",
				unit);
		} else if (result == BUS_NOT_RUNNING) {
			if (!task->waits_for)
				task->waits_for = unit;
		} else if (is_well) {
			*err = next;
			is_well = false;
		}
	}
	return is_well;
}

static bool do_reload(struct task *task, struct error *err)
{
	return do_units(
		task, BUS_RELOAD, &task->certificate->deploy.reload, err);
}

static bool do_command(struct task *task, struct error *err)
{
	const struct strings *command =
		&task->certificate->deploy.reload_command;

	if (!command->count)
		return true;
	cleanup(memory) void *memory =
		mem_new((command->count + 1) * sizeof(char *));
	char **words = memory;
	for (size_t i = 0; i < command->count; i++)
		words[i] = command->items[i];
	if (run_program(task, words, err))
		return true;
	snprintf(err->code, sizeof(err->code), "P3");
	return false;
}

static bool do_signal(struct task *task, struct error *err)
{
	const struct config_deploy *deploy = &task->certificate->deploy;

	if (!deploy->reload_signal)
		return true;
	if (!pid_signal_send(
		    deploy->reload_signal, deploy->reload_pid_file, err))
		return false;
	note(task, "signalled", deploy->reload_pid_file);
	return true;
}

static bool do_restart(struct task *task, struct error *err)
{
	return do_units(task, BUS_RESTART, &task->certificate->deploy.restart,
		       err) &&
		do_command(task, err) && do_signal(task, err);
}

static const struct {
	const char *name;
	bool (*run)(struct task *task, struct error *err);
} STEPS[] = {
	{"export", do_export},
	{"hook", do_hook},
	{"restart", do_restart},
	{"reload", do_reload},
};

/* The request. */

static bool run_step(struct task *task, const char *step, struct error *err)
{
	for (size_t i = 0; i < sizeof(STEPS) / sizeof(*STEPS); i++)
		if (streq(step, STEPS[i].name))
			return STEPS[i].run(task, err);
	return fail(err, ERROR_REFUSED, "the step is unknown");
}

static bool find(struct task *task, const struct config *config,
	const char *name, const struct mistakes *mistakes, struct error *err)
{
	task->certificate = config ? config_find(config, name) : NULL;
	if (task->certificate)
		return true;
	if (mistakes->list.count)
		return fail(err, ERROR_REFUSED, "%s", mistakes->list.items[0]);
	return fail(
		err, ERROR_REFUSED, "no certificate '%s' is configured", name);
}

static bool run(struct task *task, const struct config *config,
	const struct mistakes *mistakes, const json_t *request,
	struct error *err)
{
	int64_t version = member_integer_or(request, "version", 0);
	const char *name = member_string(request, "name", err);

	if (!name)
		return false;
	if (version < 1 || version > UINT32_MAX)
		return fail(err, ERROR_REFUSED, "the version is no number");
	return find(task, config, name, mistakes, err) &&
		material_read(&task->material, name, (unsigned)version, err) &&
		run_step(task, member_string_or(request, "step", ""), err);
}

static json_t *make_reply(const struct task *task, const json_t *request)
{
	return json_pack("{s:O*, s:O, s:s?}", "id",
		json_object_get(request, "id"), "done", task->done, "waits_for",
		task->waits_for);
}

json_t *task_answer(
	const char *main_file, const json_t *request, int conversation)
{
	const char *name = member_string_or(request, "name", "");
	struct task task = {.conversation = conversation, .done = json_array()};
	struct mistakes mistakes = {0};
	struct config *config = NULL;
	struct error err = {0};

	if (config_lineage_is_valid(name))
		config = config_files_load(main_file, name, &mistakes);
	json_t *reply = run(&task, config, &mistakes, request, &err)
		? make_reply(&task, request)
		: message_error(request, &err);
	material_clear(&task.material);
	config_free(config);
	mistakes_clear(&mistakes);
	json_decref(task.done);
	return reply;
}
