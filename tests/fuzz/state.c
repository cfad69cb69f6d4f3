/* SPDX-License-Identifier: MIT */

/*
 * What lies in the folder of the vault, as somebody or a broken disk has left
 * it: the file of an account, of an order, and the list of records in zones.
 * The loop gets an answer all the same, and no nonsense of it.
 */

#include "file.h"
#include "folder.h"
#include "fuzz.h"
#include "json.h"
#include "mem.h"
#include "request.h"
#include "text.h"

#include <unistd.h>

static void put(const char *path, const char *name, struct fuzz_parts *parts)
{
	int cleanup_folder folder =
		folder_make(fuzz_vault_state(), path, 0700, NULL);
	size_t length;
	cleanup(string) char *bytes = fuzz_part(parts, &length);

	fuzz_check(file_write(folder, name, bytes, length, 0600, NULL));
}

static json_t *ask(const char *text)
{
	struct error err = {0};
	cleanup(json) json_t *request =
		fuzz_object((const uint8_t *)text, strlen(text));

	return fuzz_vault_reply(request, &err);
}

static void check_account(void)
{
	cleanup(json) json_t *reply =
		ask("{\"verb\":\"account\",\"ca\":\"little\"}");
	const char *url = member_string_or(reply, "url", NULL);

	fuzz_check(reply && member_string_or(reply, "thumbprint", NULL));
	fuzz_check(!url || url_is_https(url));
}

static void check_records(void)
{
	cleanup(json) json_t *reply = ask("{\"verb\":\"dns-leftovers\"}");
	const json_t *list = json_object_get(reply, "records");

	fuzz_check(json_is_array(list));
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *each = json_array_get(list, i);
		fuzz_check(
			streq(member_string_or(each, "name", ""), "a.example"));
		fuzz_check(member_string_or(each, "value", NULL) != NULL);
	}
}

void fuzz_state(const uint8_t *bytes, size_t length)
{
	struct fuzz_parts parts = {bytes, length};

	put("accounts/little", "account.json", &parts);
	close(folder_make(fuzz_vault_state(), "archive/a.example", 0700, NULL));
	put("archive/a.example/next", "order.json", &parts);
	put("records", "a.example.json", &parts);
	fuzz_vault_restart();
	check_account();
	json_decref(ask("{\"verb\":\"load\"}"));
	json_decref(ask("{\"verb\":\"csr\",\"name\":\"a.example\"}"));
	check_records();
}
