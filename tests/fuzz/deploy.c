/* SPDX-License-Identifier: MIT */

/*
 * Requests of a compromised loop to acmed-deploy, which is root: of a
 * certificate without hooks, exports and units nothing is done, whatever is
 * asked, and whatever lies in the state folder, which is another user's. Of
 * the input the first part is the request, the others chain and key.
 */

#include "task.h"

#include "file.h"
#include "folder.h"
#include "fuzz.h"
#include "mem.h"
#include "message.h"
#include "text.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define VERSION "state/archive/a.example/1"

static const char GLOBAL[] = "[CA little]\nDirectory=https://ca.test/dir\n"
			     "AgreeToTerms=yes\n[Certificate]\nCA=little\n";
static const char SITE[] = "[Certificate]\nNames=a.example\n";

static char folder[256];

static void remove_all(void)
{
	folder_remove(AT_FDCWD, folder, NULL);
}

static int prepare(void)
{
	static const char *const FOLDERS[] = {"certs.d", "run-sockets", "state",
		"state/live", "state/archive", "state/archive/a.example",
		VERSION};
	const char *place = getenv("TEST_DIR");

	snprintf(folder, sizeof(folder), "%s/acmed-fuzz.XXXXXX",
		place ? place : "/tmp");
	fuzz_check(mkdtemp(folder) && atexit(remove_all) == 0);
	int at = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (size_t i = 0; i < sizeof(FOLDERS) / sizeof(*FOLDERS); i++)
		fuzz_check(!mkdirat(at, FOLDERS[i], 0755));
	fuzz_check(!symlinkat(
		"../archive/a.example/1", at, "state/live/a.example"));
	fuzz_check(file_create(
		at, "acmed.conf", GLOBAL, sizeof(GLOBAL) - 1, 0644, NULL));
	fuzz_check(file_create(at, "certs.d/a.example.conf", SITE,
		sizeof(SITE) - 1, 0644, NULL));
	return at;
}

static void point(const char *variable, const char *below)
{
	cleanup(string) char *path = text_format("%s/%s", folder, below);

	setenv(variable, path, 1);
}

static void install(int at, const char *name, struct fuzz_parts *parts)
{
	int cleanup_folder version = folder_open(at, VERSION, NULL);
	size_t length;
	cleanup(string) char *bytes = fuzz_part(parts, &length);

	fuzz_check(file_write(version, name, bytes, length, 0600, NULL));
}

static size_t count(int at, const char *path)
{
	int cleanup_folder opened = folder_open(at, path, NULL);
	struct strings names = folder_list(opened);
	size_t number = names.count;

	strings_clear(&names);
	return number;
}

static void check_reply(const json_t *reply)
{
	struct error err = {0};

	fuzz_check(json_is_object(reply));
	if (message_is_error(reply, &err))
		fuzz_check_error(&err);
	else
		fuzz_check(json_is_array(json_object_get(reply, "done")) &&
			!json_array_size(json_object_get(reply, "done")));
}

void fuzz_deploy(const uint8_t *bytes, size_t length)
{
	static int at = -1;
	struct fuzz_parts parts = {bytes, length};
	cleanup(string) char *asked = fuzz_part(&parts, &length);
	cleanup(json) json_t *request = message_decode(asked, length, NULL);

	if (at < 0)
		at = prepare();
	point("STATE_DIRECTORY", "state");
	point("RUNTIME_DIRECTORY", "run");
	install(at, "fullchain.pem", &parts);
	install(at, "privkey.pem", &parts);
	if (!request)
		return;
	cleanup(string) char *file = text_format("%s/acmed.conf", folder);
	cleanup(json) json_t *reply = task_answer(file, request, -1);
	check_reply(reply);
	fuzz_check(count(at, ".") == 4 && count(at, "certs.d") == 1);
	fuzz_check(count(at, "state") == 2 && count(at, VERSION) == 2);
}
