/* SPDX-License-Identifier: MIT */

/*
 * Requests of a compromised loop to the vault, one behind the other, with a
 * state folder of its own: each is answered or refused, an answer fits into a
 * message, and no private key is ever in one.
 */

#include "vault.h"

#include "answer.h"
#include "file.h"
#include "fuzz.h"
#include "mem.h"
#include "message.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

static const char GLOBAL[] = "[CA little]\nDirectory=https://ca.test/dir\n"
			     "Contact=ops@a.example\nAgreeToTerms=yes\n"
			     "[Certificate]\nCA=little\n";
static const char SITE[] = "[Certificate]\nNames=a.example www.a.example\n";

static char folder[256];
static struct vault vault;

static void remove_all(void)
{
	vault_close(&vault);
	folder_remove(AT_FDCWD, folder, NULL);
}

static json_t *ask(const json_t *request, unsigned rights, struct error *err)
{
	json_t *reply = verbs_answer(&vault, rights, request, err);

	if (!reply && !vault.wants_key)
		fuzz_check_error(err);
	vault.wants_key = false;
	return reply;
}

static void begin(void)
{
	cleanup(json) json_t *request = json_pack("{s:s}", "verb", "configure");
	struct error err = {0};

	setenv("CONFIGURATION_DIRECTORY", folder, 1);
	setenv("STATE_DIRECTORY", folder, 1);
	fuzz_check(vault_open(&vault, NULL));
	do
		json_decref(ask(request, RIGHT_LOOP, &err));
	while (vault.taking);
}

static void prepare(void)
{
	const char *place = getenv("TEST_DIR");

	snprintf(folder, sizeof(folder), "%s/acmed-fuzz.XXXXXX",
		place ? place : "/tmp");
	fuzz_check(mkdtemp(folder) && atexit(remove_all) == 0);
	int at = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	fuzz_check(!mkdirat(at, "certs.d", 0755));
	fuzz_check(file_create(
		at, "acmed.conf", GLOBAL, sizeof(GLOBAL) - 1, 0644, NULL));
	fuzz_check(file_create(at, "certs.d/a.example.conf", SITE,
		sizeof(SITE) - 1, 0644, NULL));
	close_folder(&at);
	begin();
}

static void check(const json_t *reply)
{
	size_t length = 0;
	cleanup(string) char *bytes = message_encode(reply, &length, NULL);

	fuzz_check(bytes && length <= MESSAGE_MAX);
	fuzz_check(!memmem(bytes, length, "PRIVATE KEY", 11));
}

int fuzz_vault_state(void)
{
	if (vault.state <= 0)
		prepare();
	return vault.state;
}

void fuzz_vault_restart(void)
{
	vault_close(&vault);
	vault = (struct vault){0};
	begin();
}

json_t *fuzz_vault_reply(const json_t *request, struct error *err)
{
	fuzz_vault_state();
	*err = (struct error){0};
	json_t *reply = ask(request, RIGHT_LOOP, err);
	if (reply)
		check(reply);
	return reply;
}

void fuzz_vault(const uint8_t *bytes, size_t length)
{
	struct fuzz_parts parts = {bytes, length};

	do {
		struct error err = {0};
		cleanup(string) char *part = fuzz_part(&parts, &length);
		cleanup(json) json_t *request =
			message_decode(part, length, NULL);
		if (request)
			json_decref(fuzz_vault_reply(request, &err));
	} while (parts.left);
}
