/* SPDX-License-Identifier: MIT */

/*
 * Files of an administrator that hold secrets: NotifyURLFile=, an environment
 * for hooks, a key for a binding. No message quotes a byte of them.
 */

#include "base64url.h"
#include "environment_list.h"
#include "fuzz.h"
#include "mem.h"
#include "notify_url.h"
#include "text.h"

#include <string.h>

static void read_url(const char *text)
{
	struct notify_url url = {0};
	struct error err = {0};

	if (!notify_url_read(&url, text, &err)) {
		fuzz_check_error(&err);
		return;
	}
	fuzz_check(url.url && url.host && *url.host);
	fuzz_check(!strpbrk(url.url, "\r\n \t"));
	if (url.authorization)
		fuzz_check(!strpbrk(url.authorization, "\r\n"));
	notify_url_clear(&url);
}

static void read_environment(const char *text)
{
	struct strings list = {0};
	struct error err = {0};

	environment_list_set(&list, "PATH", "/bin");
	if (!environment_list_read(&list, text, &err))
		fuzz_check_error(&err);
	for (size_t i = 0; i < list.count; i++) {
		const char *end = strchr(list.items[i], '=');
		fuzz_check(end && end > list.items[i]);
		for (size_t j = 0; j < i; j++)
			fuzz_check(strncmp(list.items[i], list.items[j],
					   (size_t)(end - list.items[i]) + 1) !=
				0);
	}
	strings_clear(&list);
}

static void read_key(const char *text)
{
	size_t length = 0;
	unsigned char *bytes = base64_secret_decode(text, &length);

	if (!bytes)
		return;
	fuzz_check(length <= strlen(text));
	cleanup(string) char *again = base64url_encode(bytes, length);
	fuzz_check(again && (!length || base64url_is_valid(again)));
	base64_secret_free(bytes, length);
}

void fuzz_secrets(const uint8_t *bytes, size_t length)
{
	cleanup(string) char *text = fuzz_string(bytes, length);

	read_url(text);
	read_environment(text);
	read_key(text);
}
