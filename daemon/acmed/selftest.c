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
#include <linux/seccomp.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#define CANNOT_LOAD "L11"

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

static bool has_seccomp(void)
{
	uint32_t action = SECCOMP_RET_KILL_PROCESS;

	return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

static const struct check LIBRARIES[] = {
	{"libcurl speaks TLS and HTTP/2", has_curl_tls},
	{"libev is the one it was built for", has_libev},
	{"c-ares starts", has_cares},
	{"OpenSSL makes a key and signs", can_sign},
	{"the table of causes is sound", has_catalog},
};
static const struct check WALLS[] = {
	{"the kernel has Landlock", has_landlock},
	{"the kernel has seccomp", has_seccomp},
};

#define COUNT(checks) (sizeof(checks) / sizeof(*(checks)))

void selftest_tell(struct events *events)
{
	struct error err;

	for (size_t i = 0; i < COUNT(LIBRARIES); i++) {
		if (LIBRARIES[i].holds())
			continue;
		fail_cause(&err, ERROR_LOCAL, CANNOT_LOAD,
			"the self-test fails: not so: %s", LIBRARIES[i].what);
		events_emit(events,
			&(struct event){.name = "error",
				.priority = LOG_ERR,
				.err = &err},
			"%s", err.text);
	}
}

static bool print(const struct check *checks, size_t count)
{
	bool all = true;

	for (size_t i = 0; i < count; i++) {
		bool holds = checks[i].holds();
		printf("%s %s\n", holds ? "ok  " : "FAIL", checks[i].what);
		all = all && holds;
	}
	return all;
}

int selftest(void)
{
	bool has_libraries = print(LIBRARIES, COUNT(LIBRARIES));
	bool has_walls = print(WALLS, COUNT(WALLS));
	const struct diagnosis *cause = diagnosis_find(CANNOT_LOAD);

	if (!has_libraries && cause)
		printf("%s: %s. %s\n", cause->code, cause->sentence,
			cause->remedy);
	return has_libraries && has_walls ? 0 : 1;
}
