/* SPDX-License-Identifier: MIT */
#include "kind.h"

#include "duration.h"
#include "fuzz.h"
#include "mem.h"
#include "timestamp.h"

#define ANSWERED "200 application/json - 0\n"

#define KIND_ROW(name) {#name, hostile_##name},

static const struct {
	const char *name;
	hostile_reader *read;
} KINDS[] = {HOSTILE_KINDS(KIND_ROW)};

/* In the form of each harness. */
static const struct {
	const char *kind;
	const char *harness;
	const char *before;
} INVARIANTS[] = {
	{"directory", "directory", ANSWERED},
	{"account", "account",
		" 201 application/json https://ca.example/account/1 0\n"},
	{"order", "order_document", ANSWERED},
	{"authorization", "authorization", ""},
	{"challenge", "authorization", ""},
	{"persist", "authorization", ""},
	{"problem", "problem", "403 application/problem+json - 0\n"},
	{"renewal", "renewal_info", "{}\n%%\n" ANSWERED},
	{"retry", "headers", "Retry-After: "},
	{"location", "headers", "Location: "},
	{"links", "headers", "Link: "},
	{"nonce", "headers", "Replay-Nonce: "},
	{"head", "headers", ""},
	{"der", "certificate", ""},
	{"dns", "dns_answer", ""},
	{"caa", "caa", ""},
	{"http01", "http01", ""},
	{"hello", "client_hello", ""},
	{"control", "control", ""},
	{"vault", "vault", ""},
	{"payload", "payload", " "},
	{"wish", "wish", ""},
	{"lineage", "lineage_load", ""},
	{"message", "message", ""},
	{"hook", "hook_reply", ""},
	{"config", "config", ""},
	{"timestamp", "timestamp", ""},
};

hostile_reader *hostile_kind(const char *name)
{
	for (size_t i = 0; i < sizeof(KINDS) / sizeof(*KINDS); i++)
		if (streq(KINDS[i].name, name))
			return KINDS[i].read;
	return NULL;
}

static void run(size_t index, const char *bytes, size_t length)
{
	size_t before = strlen(INVARIANTS[index].before);
	uint8_t *whole = mem_new(before + length + 1);

	memcpy(whole, INVARIANTS[index].before, before);
	memcpy(whole + before, bytes, length);
	fuzz_find(INVARIANTS[index].harness)(whole, before + length);
	free(whole);
}

bool hostile_fuzz(const char *kind, const char *bytes, size_t length)
{
	for (size_t i = 0; i < sizeof(INVARIANTS) / sizeof(*INVARIANTS); i++) {
		if (!streq(INVARIANTS[i].kind, kind))
			continue;
		run(i, bytes, length);
		return true;
	}
	return false;
}

static bool read_time(struct text *seen, const char *bytes, size_t length,
	bool (*parse)(const char *text, int64_t *out))
{
	int64_t value;

	if (strlen(bytes) != length || !parse(bytes, &value))
		return false;
	text_addf(seen, "%lld", (long long)value);
	return true;
}

bool hostile_timestamp(struct text *seen, const char *bytes, size_t length)
{
	return read_time(seen, bytes, length, timestamp_parse);
}

bool hostile_duration(struct text *seen, const char *bytes, size_t length)
{
	return read_time(seen, bytes, length, duration_parse);
}

/* Those that nobody but the program itself reads: how the conversation ends. */

bool hostile_hello(struct text *seen, const char *bytes, size_t length)
{
	hostile_fuzz("hello", bytes, length);
	text_add(seen, fuzz_hello_end());
	return true;
}

bool hostile_control(struct text *seen, const char *bytes, size_t length)
{
	hostile_fuzz("control", bytes, length);
	text_add(seen, fuzz_control_end());
	return true;
}
