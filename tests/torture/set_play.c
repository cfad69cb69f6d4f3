/* SPDX-License-Identifier: MIT */
#include "set_play.h"

#include "client.h"
#include "json.h"
#include "mem.h"
#include "tree.h"

#include <curl/curl.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE 60 /* seconds, of a call and of an end */
#define PAUSE 10000000 /* nanoseconds */

_Noreturn static void give_up(const char *what)
{
	fprintf(stderr, "%s: %m\n", what);
	exit(2);
}

static const char *need(const char *variable)
{
	const char *value = getenv(variable);

	return value ? value : (give_up(variable), "");
}

void set_open(struct set *set, struct trace *trace)
{
	*set = (struct set){.trace = trace, .folder = need("DIR")};
	mkdir(set_path(set, "kept"), 0755);
}

const char *set_path(const struct set *set, const char *path)
{
	static char full[2][PATH_MAX];
	static unsigned turn;
	char *out = full[turn++ % 2];

	if (snprintf(out, PATH_MAX, "%s/%s", set->folder, path) >= PATH_MAX)
		give_up(path);
	return out;
}

void set_pause(void)
{
	const struct timespec pause = {.tv_nsec = PAUSE};

	nanosleep(&pause, NULL);
}

/* Life. */

static void become_acmed(void *data)
{
	const struct set *set = data;
	const char *path = need("ACMED");
	int log = open(
		set_path(set,
			set->is_traced ? "acmed.log.traced" : "acmed.log.next"),
		O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	dup2(log, 1);
	dup2(log, 2);
	execl(path, "acmed", "-d", (char *)NULL);
}

void set_start(struct set *set, bool is_traced)
{
	set->is_traced = is_traced;
	set->has_answered = false;
	if (is_traced)
		set->pid = trace_start(set->trace, become_acmed, set);
	else
		set->pid = fork();
	if (set->pid > 0)
		return;
	become_acmed(set);
	_exit(127);
}

static bool reap(struct set *set, int flags)
{
	int status = 0;

	if (!set->pid || waitpid(set->pid, &status, flags) != set->pid)
		return false;
	set->pid = 0;
	set->status = WIFEXITED(status) ? WEXITSTATUS(status)
					: 128 + WTERMSIG(status);
	return true;
}

bool set_is_there(struct set *set)
{
	reap(set, WNOHANG);
	return set->pid != 0;
}

/* The tracer is not acmed, but has its number in shared memory. */
static pid_t acmed_of(const struct set *set)
{
	return set->trace->root ? set->trace->root : set->pid;
}

bool set_stop(struct set *set)
{
	time_t end = time(NULL) + PATIENCE;

	if (!set_is_there(set))
		return true;
	kill(acmed_of(set), SIGTERM);
	while (set_is_there(set) && time(NULL) <= end)
		set_pause();
	if (!set->pid)
		return true;
	kill(set->pid, SIGKILL);
	reap(set, 0);
	set->trace->root = 0; /* which the tracer did not live to tell */
	for (int i = 0; i < 50; i++) /* all that it traced follows */
		set_pause();
	return false;
}

/* Calls. */

static bool note(struct set *set, const struct error *err)
{
	snprintf(set->text, sizeof(set->text), "%s", err->text);
	return false;
}

static json_t *ask(struct set *set, const char *method, json_t *parameters)
{
	struct error err = {0};
	json_t *reply = NULL;
	struct client *client = client_new_within(PATIENCE, &err);

	if (!client)
		json_decref(parameters);
	if (client && client_call(client, method, parameters, false, &err) &&
		client_next(client, &reply, &err) != CLIENT_LAST) {
		json_decref(reply);
		reply = NULL;
	}
	client_free(client);
	if (!reply)
		note(set, &err);
	return reply;
}

bool set_call(struct set *set, const char *method, json_t *parameters)
{
	cleanup(json) json_t *reply = ask(set, method, parameters);

	return reply != NULL;
}

bool set_look(struct set *set)
{
	cleanup(json) json_t *reply =
		ask(set, "Status", json_pack("{s:s}", "pattern", SET_NAME));

	json_decref(set->seen);
	set->seen = json_incref(
		json_array_get(json_object_get(reply, "certificates"), 0));
	if (set->seen)
		set->has_answered = true;
	return set->seen != NULL;
}

bool set_tells(struct set *set)
{
	cleanup(json) json_t *reply = ask(set, "Status", json_object());
	const json_t *item;
	size_t i;

	json_array_foreach (json_object_get(reply, "certificates"), i, item)
		if (json_object_get(item, "error") ||
			json_object_get(
				json_object_get(item, "deploy"), "error"))
			return true;
	return false;
}

const char *set_says(const struct set *set, const char *member)
{
	const json_t *at = set->seen;
	const char *dot;

	for (; (dot = strchr(member, '.')); member = dot + 1) {
		cleanup(string) char *first =
			strndup(member, (size_t)(dot - member));
		at = json_object_get(at, first);
	}
	return member_string_or(at, member, "");
}

int set_version(const struct set *set)
{
	return (int)member_integer_or(
		json_object_get(set->seen, "installed"), "version", 0);
}

/* The CA. */

static size_t keep(char *bytes, size_t size, size_t count, void *data)
{
	text_add_bytes(data, bytes, size * count);
	return size * count;
}

/* GET without a body; DELETE for an empty one. */
static json_t *ask_ca(const char *verb, const char *body)
{
	cleanup(string) char *url =
		text_format("%s/%s", need("CA_CONTROL"), verb);
	struct text answer = {.limit = 1 << 20};
	CURL *curl = curl_easy_init();

	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, keep);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer);
	if (body && *body)
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
	else if (body)
		curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, "DELETE");
	if (curl_easy_perform(curl) != CURLE_OK)
		give_up(url);
	curl_easy_cleanup(curl);
	json_t *json = json_loads(
		answer.data ? answer.data : "", JSON_DECODE_ANY, NULL);
	text_clear(&answer);
	return json;
}

void set_forget(void)
{
	json_decref(ask_ca("counts", ""));
}

void set_tell_ca(const char *script)
{
	json_decref(ask_ca("script", script));
}

static unsigned count_writes(const json_t *requests)
{
	static const char *const KINDS[] = {"newAccount", "account",
		"keyChange", "newOrder", "challenge", "finalize", "revokeCert"};
	unsigned count = 0;

	for (size_t i = 0; i < sizeof(KINDS) / sizeof(*KINDS); i++)
		count += (unsigned)member_integer_or(requests, KINDS[i], 0);
	return count;
}

struct set_counts set_count(void)
{
	cleanup(json) json_t *counts = ask_ca("counts", NULL);
	cleanup(json) json_t *accounts = ask_ca("accounts", NULL);
	const json_t *requests = json_object_get(counts, "requests");

	return (struct set_counts){
		.accounts = (unsigned)json_array_size(accounts),
		.orders = (unsigned)member_integer_or(requests, "newOrder", 0),
		.writes = count_writes(requests),
	};
}

/* The disk. */

static const char *const FOLDERS[] = {"acmed/state", "acmed/etc", "out"};
#define FOLDER_COUNT (sizeof(FOLDERS) / sizeof(*FOLDERS))

static void kept_path(char out[static PATH_MAX], const struct set *set,
	const char *name, size_t folder)
{
	cleanup(string) char *path = text_format("kept/%s/%zu", name, folder);

	snprintf(out, PATH_MAX, "%s", set_path(set, path));
}

void set_keep(const struct set *set, const char *name)
{
	cleanup(string) char *folder = text_format("kept/%s", name);
	char path[PATH_MAX];

	mkdir(set_path(set, folder), 0755);
	for (size_t i = 0; i < FOLDER_COUNT; i++) {
		kept_path(path, set, name, i);
		tree_copy(set_path(set, FOLDERS[i]), path);
	}
}

void set_put_back(const struct set *set, const char *name)
{
	char path[PATH_MAX];

	for (size_t i = 0; i < FOLDER_COUNT; i++) {
		kept_path(path, set, name, i);
		tree_remove(set_path(set, FOLDERS[i]));
		tree_copy(path, set_path(set, FOLDERS[i]));
	}
	tree_remove(set_path(set, SET_TOKENS));
	mkdir(set_path(set, SET_TOKENS), 0755);
}
