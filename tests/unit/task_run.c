/* SPDX-License-Identifier: MIT */
#include "task_run.h"

#include "key.h"
#include "mem.h"
#include "message.h"
#include "task.h"
#include "text.h"

#include <check.h>
#undef fail
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

void task_put_file(const char *path, const char *format, ...)
{
	FILE *file = fopen(path, "we");
	va_list arguments;

	ck_assert_ptr_nonnull(file);
	va_start(arguments, format);
	vfprintf(file, format, arguments);
	va_end(arguments);
	fclose(file);
}

char *task_get_file(const char *path)
{
	static char bytes[16384];
	FILE *file = fopen(path, "re");

	ck_assert_msg(file != NULL, "%s", path);
	bytes[fread(bytes, 1, sizeof(bytes) - 1, file)] = '\0';
	fclose(file);
	return bytes;
}

static void make_folders(struct task_run *run)
{
	static const char *const FOLDERS[] = {"certs.d", "state", "state/live",
		"state/archive", "state/archive/site", TASK_VERSION, "out",
		"run-sockets"};

	strcpy(run->folder, "/tmp/acmed-unit-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(run->folder));
	ck_assert_int_eq(chdir(run->folder), 0);
	snprintf(run->main_file, sizeof(run->main_file), "%s/acmed.conf",
		run->folder);
	for (size_t i = 0; i < sizeof(FOLDERS) / sizeof(*FOLDERS); i++)
		ck_assert_int_eq(mkdir(FOLDERS[i], 0755), 0);
	char path[64];
	snprintf(path, sizeof(path), "%s/state", run->folder);
	setenv("STATE_DIRECTORY", path, 1);
	snprintf(path, sizeof(path), "%s/run", run->folder);
	setenv("RUNTIME_DIRECTORY", path, 1);
	task_put_file("acmed.conf",
		"[CA test]\nDirectory=https://ca.example/dir\n"
		"AgreeToTerms=yes\n[Certificate]\nCA=test\n");
}

X509 *task_leaf(const struct task_run *run, const char *serial)
{
	char before[32];
	char after[32];
	time_t now = time(NULL);
	time_t then = now + 86400 * 30;
	struct tm tm;

	now -= 3600;
	strftime(before, sizeof(before), "%Y%m%d%H%M%SZ", gmtime_r(&now, &tm));
	strftime(after, sizeof(after), "%Y%m%d%H%M%SZ", gmtime_r(&then, &tm));
	return known_leaf(&run->known,
		(struct known_wish){
			.not_before = before,
			.not_after = after,
			.serial = serial,
		});
}

void task_install(const char *key, const char *full)
{
	task_put_file(TASK_VERSION "privkey.pem", "%s", key);
	task_put_file(TASK_VERSION "fullchain.pem", "%s", full);
	task_put_file(TASK_VERSION "cert.pem", "%s", full);
	unlink("state/live/site");
	ck_assert_int_eq(symlink("../archive/site/3", "state/live/site"), 0);
}

void task_open(struct task_run *run)
{
	*run = (struct task_run){.conversation = -1};
	make_folders(run);
	known_chain_make(&run->known);
	run->leaf = task_leaf(run, NULL);
	run->key_pem = key_to_pem(run->known.key, &run->err);
	run->full_pem = known_pem(run->leaf, run->known.middle, NULL);
	task_install(run->key_pem, run->full_pem);
	dup2(open("printed", O_RDWR | O_CREAT | O_CLOEXEC, 0600), 2);
}

void task_close(struct task_run *run)
{
	char command[64];

	json_decref(run->reply);
	key_pem_free(run->key_pem);
	free(run->full_pem);
	X509_free(run->leaf);
	known_chain_clear(&run->known);
	ck_assert_int_eq(chdir("/"), 0);
	snprintf(command, sizeof(command), "rm -rf '%s'", run->folder);
	ck_assert_int_eq(system(command), 0);
}

void task_configure(const char *format, ...)
{
	char text[1024];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	task_put_file("certs.d/site.conf",
		"[Certificate]\nNames=www.example.net\n[Deploy]\n%s", text);
}

bool task_ask_version(
	struct task_run *run, const char *name, int version, const char *step)
{
	cleanup(json) json_t *request = json_pack("{s:i, s:s, s:i, s:s}", "id",
		7, "name", name, "version", version, "step", step);

	json_decref(run->reply);
	run->err = (struct error){0};
	run->reply = task_answer(run->main_file, request, run->conversation);
	ck_assert_ptr_nonnull(run->reply);
	ck_assert_int_eq(
		json_integer_value(json_object_get(run->reply, "id")), 7);
	return !message_is_error(run->reply, &run->err);
}

bool task_ask(struct task_run *run, const char *step)
{
	return task_ask_version(run, "site", 3, step);
}
