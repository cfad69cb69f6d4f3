/* SPDX-License-Identifier: MIT */

/*
 * Every hostile case of tests/hostile/rows, in one process, with caps on time
 * and memory.
 */

#include "cases.h"
#include "kind.h"
#include "mem.h"
#include "suite.h"

#include <check.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>
#undef fail

#define CASES_MIN 1000
#define SECONDS_MAX 20.0 /* of the processor, for one case */
#define MEMORY_MAX_KIB (32L * 1024)

#define SAMPLE 32 /* one of so many, where each takes long */

static size_t ran;
static size_t failures;

static double seconds(void)
{
	return (double)clock() / CLOCKS_PER_SEC;
}

static bool is_same_without(const struct hostile_case *each,
	hostile_reader *read, const struct text *seen)
{
	struct text other cleanup_text_value = {0};

	return each->without &&
		read(&other, each->without, strlen(each->without)) &&
		seen->length == other.length &&
		memcmp(seen->data, other.data, seen->length) == 0;
}

/* "refused", "ignored" for a member that changes nothing, else "taken" or,
 * of a kind without a base, what was understood. */
static char *judge(const struct hostile_case *each, hostile_reader *read)
{
	struct text seen cleanup_text_value = {0};

	if (!read(&seen, each->bytes, each->length))
		return mem_string("refused");
	if (is_same_without(each, read, &seen))
		return mem_string("ignored");
	return each->without ? mem_string("taken") : text_take(&seen);
}

static void on_case(void *data, const struct hostile_case *each)
{
	hostile_reader *read = hostile_kind(each->kind);
	double start = seconds();

	(void)data;
	ck_assert_msg(read != NULL, "%s: no kind '%s'", each->name, each->kind);
	cleanup(string) char *verdict = judge(each, read);
	hostile_fuzz(each->kind, each->bytes, each->length);
	double used = seconds() - start;
	ran++;
	if (streq(verdict, each->verdict) && used < SECONDS_MAX)
		return;
	failures++;
	fprintf(stderr, "%s: %.60s, and not %s (%.2f s): %.60s\n", each->name,
		verdict, each->verdict, used, each->bytes);
}

static bool is_under_valgrind(void)
{
	const char *preload = getenv("LD_PRELOAD");

	return preload && strstr(preload, "vgpreload");
}

/* KiB of the process, at its height. */
static long peak(void)
{
	long kib = 0;
	char line[128];
	FILE *file = fopen("/proc/self/status", "re");

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "VmHWM: %ld kB", &kib) == 1)
			break;
	if (file)
		fclose(file);
	return kib;
}

/* The sanitizers and valgrind have their own memory. */
static bool has_cap(bool is_sample)
{
#if defined(__SANITIZE_ADDRESS__)
	(void)is_sample;
	return false;
#else
	return !is_sample;
#endif
}

START_TEST(every_hostile_case_has_its_verdict)
{
	const char *top = getenv("TEST_TOP");
	cleanup(string) char *path =
		text_format("%s/tests/hostile/rows", top ? top : ".");
	bool is_sample = is_under_valgrind();

	size_t count =
		hostile_table_run(path, is_sample ? SAMPLE : 1, on_case, NULL);

	printf("%zu cases, %zu failures: of %zu, %ld KiB at most, %.1f s\n",
		ran, failures, count, peak(), seconds());
	fflush(stdout); /* before a failed check ends this process */
	ck_assert_uint_eq(failures, 0);
	ck_assert_uint_ge(count, CASES_MIN);
	if (has_cap(is_sample))
		ck_assert_int_le(peak(), MEMORY_MAX_KIB);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("hostile");
	TCase *tests = tcase_create("hostile");

	suite_add_tcase(suite, tests);
	tcase_set_timeout(tests, 120);
	tcase_add_test(tests, every_hostile_case_has_its_verdict);
	return suite_run(suite);
}
