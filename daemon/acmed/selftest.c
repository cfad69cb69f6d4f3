/* SPDX-License-Identifier: MIT */
#include "selftest.h"

#include "diagnosis.h"
#include "jws.h"
#include "key.h"
#include "mem.h"
#include "text.h"

#include <ares.h>
#include <curl/curl.h>
#include <ev.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

struct check {
	const char *what;
	bool (*holds)(void);
};

static bool has_curl_tls(void)
{
	const curl_version_info_data *info = curl_version_info(CURLVERSION_NOW);

	return (info->features & CURL_VERSION_SSL) &&
		(info->features & CURL_VERSION_HTTP2);
}

static bool has_libev(void)
{
	return ev_version_major() == EV_VERSION_MAJOR;
}

static bool has_cares(void)
{
	bool is_fine = ares_library_init(ARES_LIB_INIT_ALL) == 0;

	ares_library_cleanup();
	return is_fine;
}

static bool can_sign(void)
{
	struct jws_header header = {.url = "https://ca.invalid/", .nonce = "n"};
	EVP_PKEY *key cleanup(pkey) = key_generate(KEY_ECDSA_P256, NULL);
	char *jws cleanup(string) =
		key ? jws_sign(key, &header, "{}", NULL) : NULL;

	return jws != NULL;
}

static bool has_catalog(void)
{
	const struct diagnosis *cause;
	size_t count = 0;

	for (; (cause = diagnosis_at(count)); count++)
		if (strlen(cause->message_id) != 32 ||
			diagnosis_find(cause->code) != cause)
			return false;
	return count > 0;
}

static bool has_landlock(void)
{
	return syscall(SYS_landlock_create_ruleset, NULL, 0, 1) > 0;
}

int selftest(void)
{
	static const struct check CHECKS[] = {
		{"libcurl speaks TLS and HTTP/2", has_curl_tls},
		{"libev is the one it was built for", has_libev},
		{"c-ares starts", has_cares},
		{"OpenSSL makes a key and signs", can_sign},
		{"the table of causes is sound", has_catalog},
		{"the kernel has Landlock", has_landlock},
	};
	int status = 0;

	for (size_t i = 0; i < sizeof(CHECKS) / sizeof(*CHECKS); i++) {
		bool holds = CHECKS[i].holds();
		printf("%s %s\n", holds ? "ok  " : "FAIL", CHECKS[i].what);
		if (!holds)
			status = 1;
	}
	return status;
}
