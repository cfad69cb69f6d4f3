/* SPDX-License-Identifier: MIT */

/*
 * A vault that lives long: ROUNDS= (10,000) renewals, each with a rescan of a
 * configuration that has changed and with what the loop keeps. After a warm-up
 * it may hold no more descriptors, and not 64 KiB more memory, than before.
 */

#include "json.h"
#include "near_vault.h"
#include "text.h"
#include "torture.h"
#include "vault_run.h"
#include "wipe.h"

#include <check.h>
#include <dirent.h>
#include <malloc.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>

#define NAME "a.example"
#define ACCOUNT "https://ca.test/account/1"
#define WARM_UP 100 /* rounds */
#define GROWTH_MAX (64 << 10)

struct figures {
	size_t memory; /* allocated, not what the heap spans */
	unsigned descriptors;
	unsigned files; /* below the state folder */
};

static struct vault_run run;
static struct little_ca ca;

/* Figures. */

static unsigned count_entries(const char *path)
{
	DIR *folder = opendir(path);
	unsigned count = 0;

	ck_assert_ptr_nonnull(folder);
	while (readdir(folder))
		count++;
	closedir(folder);
	return count;
}

static struct figures measure(void)
{
	struct figures now = {
		.descriptors = count_entries("/proc/self/fd"),
		.files = count_entries(run_path(&run, "state/state")) +
			count_entries(run_path(&run, "state/archive/" NAME)) +
			count_entries(run_path(&run, "state/live")),
	};

	malloc_trim(0);
	now.memory = mallinfo2().uordblks;
	return now;
}

static bool has_grown(const struct figures *before, const struct figures *after)
{
	return after->descriptors > before->descriptors ||
		after->files > before->files ||
		after->memory > before->memory + GROWTH_MAX;
}

/* Rounds. */

static void rescan(unsigned round)
{
	json_t *reply;
	char after[256] = "";

	run_write(&run, "etc/certs.d/b.example.conf",
		round % 2 ? "[Certificate]\nNames=b.example\n"
			  : "[Certificate]\nNames=b.example www.b.example\n");
	reply = near_do("configure", "");
	ck_assert_int_eq(member_integer_or(reply, "certificates", 0), 2);
	json_decref(reply);
	do {
		reply = near_do("load", "s:s", "after", after);
		snprintf(after, sizeof(after), "%s",
			member_string_or(reply, "next", ""));
		json_decref(reply);
	} while (*after);
}

static void order(unsigned round)
{
	char url[64];

	snprintf(url, sizeof(url), "https://ca.test/order/%u", round);
	json_decref(near_do("probe", ""));
	json_decref(near_do("sign", "s:s, s:s, s:s, s:s, s:s", "ca", "little",
		"by", "account", "url", "https://ca.test/new-order", "nonce",
		"n", "payload",
		"{\"identifiers\":["
		"{\"type\":\"dns\",\"value\":\"a.example\"},"
		"{\"type\":\"dns\",\"value\":\"www.a.example\"}]}"));
	json_decref(near_do("order-save", "s:s, s:{s:s, s:s, s:s}", "name",
		NAME, "order", "ca", "little", "url", url, "account", ACCOUNT));
}

static void finish(void)
{
	json_t *csr = near_do("csr", "s:s", "name", NAME);
	char *chain = little_ca_sign(&ca, member_string_or(csr, "csr", ""));
	json_t *staged =
		near_do("stage", "s:s, s:s", "name", NAME, "chain", chain);

	json_decref(near_do("switch", "s:s, s:I", "name", NAME, "version",
		(json_int_t)member_integer_or(staged, "version", 0)));
	json_decref(staged);
	json_decref(csr);
	free(chain);
}

static void save(unsigned round)
{
	json_decref(near_do("state-save", "s:s, s:{s:i, s:i}", "name", NAME,
		"state", "schema", 1, "failures", (int)(round % 10)));
	json_decref(
		near_do("machine-save", "s:s, s:{s:i, s:i}", "part", "telling",
			"state", "schema", 1, "reminded", (int)(round % 10)));
}

static void go_round(unsigned round)
{
	rescan(round);
	order(round);
	finish();
	save(round);
}

/* The life. */

static void begin(void)
{
	run_prepare(&run);
	little_ca_open(&ca);
	ck_assert_int_eq(mkdir(run_path(&run, "state"), 0755), 0);
	near_open(run_path(&run, "etc"), run_path(&run, "state"));
	rescan(0);
	json_decref(near_do("account", "s:s", "ca", "little"));
	json_decref(near_do("account-save", "s:s, s:s, s:s", "ca", "little",
		"url", ACCOUNT, "directory", "https://ca.test/dir"));
	json_decref(near_do("placeholder", "s:s", "name", NAME));
}

static void end(void)
{
	near_close();
	little_ca_close(&ca);
	run_clean(&run);
}

int main(void)
{
	unsigned rounds = torture_setting("ROUNDS", 10000);
	time_t start = time(NULL);

	wipe_everything();
	umask(0);
	begin();
	for (unsigned i = 1; i <= WARM_UP; i++)
		go_round(i);
	struct figures before = measure();
	for (unsigned i = 1; i <= rounds; i++)
		go_round(i);
	struct figures after = measure();
	end();
	bool has_failed = has_grown(&before, &after);
	printf("%u cases, %d failures: renewals and rescans, descriptors %u to "
	       "%u, files %u to %u, memory %zu to %zu; %ld s\n",
		rounds, has_failed, before.descriptors, after.descriptors,
		before.files, after.files, before.memory, after.memory,
		(long)(time(NULL) - start));
	return has_failed;
}
