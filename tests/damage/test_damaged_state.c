/* SPDX-License-Identifier: MIT */
#include "vault_run.h"

#include "disk.h"
#include "json.h"
#include "mem.h"
#include "near_vault.h"
#include "suite.h"
#include "text.h"
#include "torture.h"

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * Every file of a state folder is damaged in every way: each byte changed,
 * cut at each length, gone, or something else in its place. The certificate
 * concerned says so, or offers another version to switch to, or nothing that
 * counts has changed; it can be renewed, or says why not; and the other one does not notice.
 *
 * CASES= of them are tried, drawn by chance (150); 0: all, or those of every
 * PARTS-th file from PART on.
 */

#define A "a.example"
#define B "b.example"

enum damage {
	DAMAGE_CHANGED, /* the byte at `place` */
	DAMAGE_CUT, /* to `place` bytes */
	DAMAGE_GONE,
	DAMAGE_FOLDER, /* in its place */
	DAMAGE_LINK, /* to nowhere */
	DAMAGE_LOOP, /* to itself */
	DAMAGE_FIFO,
	DAMAGE_ZEROS, /* of the same length */
	DAMAGE_HUGE, /* 8 MiB */
	DAMAGE_COUNT
};

static const char *const DAMAGES[DAMAGE_COUNT] = {"changed at", "cut to",
	"gone", "a folder", "a link to nowhere", "a link to itself", "a fifo",
	"zeros", "huge"};

struct fault {
	const struct disk_entry *entry;
	enum damage damage;
	size_t place;
};

static struct vault_run run;
static struct little_ca ca;
static struct disk_state sound;
static json_t *sound_a, *sound_b;
static unsigned cases, told;

/* A life before. */

/* False with err. */
static bool save_order(const char *name, struct error *err)
{
	cleanup(json) json_t *request = json_pack(
		"{s:s, s:s, s:{s:s, s:s, s:s}}", "verb", "order-save", "name",
		name, "order", "ca", "little", "url", "https://ca.test/order/1",
		"account", "https://ca.test/account/1");
	cleanup(json) json_t *reply = near_ask(request, err);

	return reply != NULL;
}

/* False with err. */
static bool renew(const char *name, struct error *err)
{
	cleanup(json) json_t *ask_csr =
		json_pack("{s:s, s:s}", "verb", "csr", "name", name);
	cleanup(json) json_t *csr = near_ask(ask_csr, err);
	cleanup(string) char *chain = csr
		? little_ca_sign(&ca, member_string_or(csr, "csr", ""))
		: NULL;
	cleanup(json) json_t *ask_stage = json_pack("{s:s, s:s, s:s?}", "verb",
		"stage", "name", name, "chain", chain);
	cleanup(json) json_t *staged = csr ? near_ask(ask_stage, err) : NULL;
	cleanup(json) json_t *ask_switch = json_pack("{s:s, s:s, s:I}", "verb",
		"switch", "name", name, "version",
		(json_int_t)member_integer_or(staged, "version", 0));
	cleanup(json) json_t *switched =
		staged ? near_ask(ask_switch, err) : NULL;

	return switched != NULL;
}

static void lead_a_life(const char *name)
{
	struct error err = {0};

	json_decref(near_do("placeholder", "s:s", "name", name));
	for (int i = 0; i < 2; i++) {
		ck_assert_msg(save_order(name, &err) && renew(name, &err), "%s",
			err.text);
	}
	json_decref(near_do("state-save", "s:s, s:{s:i, s:i, s:s}", "name",
		name, "state", "schema", 1, "failures", 3, "last_error",
		"connection refused"));
}

/* Opens, and reads it as the loop does at its start. */
static void open_state(void)
{
	near_open(run_path(&run, "etc"), run_path(&run, "state"));
	json_decref(near_do("configure", ""));
}

static json_t *find_in(const json_t *page, const char *name)
{
	const json_t *list = json_object_get(page, "certificates");
	size_t i;
	json_t *lineage;

	json_array_foreach (list, i, lineage)
		if (streq(member_string_or(lineage, "name", ""), name))
			return json_incref(lineage);
	return NULL;
}

/* A page holds what was read in a moment: there may be several. */
static json_t *load(const char *name)
{
	char after[256] = "";
	json_t *found = NULL;

	do {
		cleanup(json) json_t *page =
			near_do("load", "s:s", "after", after);
		found = find_in(page, name);
		snprintf(after, sizeof(after), "%s",
			member_string_or(page, "next", ""));
	} while (!found && *after);
	return found;
}

static void prepare_state(void)
{
	ck_assert_int_eq(mkdir(run_path(&run, "state"), 0755), 0);
	open_state();
	json_decref(near_do("account", "s:s", "ca", "little"));
	json_decref(near_do("account-save", "s:s, s:s, s:s", "ca", "little",
		"url", "https://ca.test/account/1", "directory",
		"https://ca.test/dir"));
	json_decref(near_do("machine-save", "s:s, s:{s:i}", "part", "telling",
		"state", "schema", 1));
	lead_a_life(A);
	lead_a_life(B);
	ck_assert(save_order(A, NULL));
	json_decref(near_do("csr", "s:s", "name", A));
	sound_a = load(A);
	sound_b = load(B);
	near_close();
	disk_begin(run_path(&run, "state"));
	sound = disk_lose(0, NULL);
	disk_end();
}

/* Damage. */

static void write_bytes(const char *path, const char *bytes, size_t length)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, bytes, length), (ssize_t)length);
	close(fd);
}

static void write_changed(const struct fault *fault, const char *path)
{
	size_t length = fault->entry->length;
	cleanup(bytes) unsigned char *bytes = malloc(length + 1);

	memcpy(bytes, fault->entry->bytes, length);
	if (fault->damage == DAMAGE_CUT)
		length = fault->place;
	else if (fault->damage == DAMAGE_ZEROS)
		memset(bytes, 0, length);
	else
		bytes[fault->place] ^= (unsigned char)(1U << torture_draw(8));
	write_bytes(path, (const char *)bytes, length);
}

static void put_in_its_place(const struct fault *fault, const char *path)
{
	switch (fault->damage) {
	case DAMAGE_CHANGED:
	case DAMAGE_CUT:
	case DAMAGE_ZEROS:
		write_changed(fault, path);
		break;
	case DAMAGE_FOLDER:
		ck_assert_int_eq(mkdir(path, 0755), 0);
		break;
	case DAMAGE_LINK:
		ck_assert_int_eq(symlink("/nonexistent/x", path), 0);
		break;
	case DAMAGE_LOOP:
		ck_assert_int_eq(symlink(path, path), 0);
		break;
	case DAMAGE_FIFO:
		ck_assert_int_eq(mkfifo(path, 0600), 0);
		break;
	case DAMAGE_HUGE:
		write_bytes(path, "x", 1);
		ck_assert_int_eq(truncate(path, 8 << 20), 0);
		break;
	case DAMAGE_GONE:
	case DAMAGE_COUNT:
		break;
	}
}

static void damage(const struct fault *fault)
{
	cleanup(string) char *path =
		text_format("%s/state/%s", run.folder, fault->entry->path);

	disk_write_out(&sound, run_path(&run, "state"));
	disk_remove(path);
	put_in_its_place(fault, path);
}

/* Judging. */

static void say(const struct fault *fault, const char *what, const char *more)
{
	ck_abort_msg("%s %s %zu: %s %s", fault->entry->path,
		DAMAGES[fault->damage], fault->place, what, more);
}

/* Does what servers read lie there as it did? */
static bool serves_the_same(const char *name)
{
	static const char *const FILES[] = {"cert.pem", "chain.pem",
		"fullchain.pem", "privkey.pem", "combined.pem"};

	for (size_t i = 0; i < sizeof(FILES) / sizeof(*FILES); i++) {
		cleanup(string) char *live =
			text_format("state/live/%s/%s", name, FILES[i]);
		cleanup(string) char *archived =
			text_format("archive/%s/3/%s", name, FILES[i]);
		cleanup(string) char *text = run_read(&run, live);
		const struct disk_entry *entry = disk_find(&sound, archived);
		ck_assert_ptr_nonnull(entry);
		if (!text || !streq(text, entry->bytes))
			return false;
	}
	return true;
}

static bool judge_account(void)
{
	struct error err = {0};
	cleanup(json) json_t *request =
		json_pack("{s:s, s:s}", "verb", "account", "ca", "little");
	cleanup(json) json_t *reply = near_ask(request, &err);

	ck_assert(reply || *err.text);
	return !reply;
}

/* It is said that something is wrong, or there is another version to switch
 * to, or all is as it was. */
static void judge_one(const struct fault *fault, const char *name)
{
	cleanup(json) json_t *lineage = load(name);
	bool is_told = *member_string_or(lineage, "problem", "");
	bool is_offered = json_is_object(json_object_get(lineage, "staged"));

	told += is_told;
	if (!is_told && !is_offered && !serves_the_same(name))
		say(fault, "changes what is served, and nothing is said of",
			name);
}

static void judge_other(const struct fault *fault)
{
	cleanup(json) json_t *b = load(B);

	if (!json_equal(b, sound_b))
		say(fault, "changes", B);
	if (!serves_the_same(B))
		say(fault, "changes what is served for", B);
}

/* No renewal puts the folder of the states back, which is said all along. */
static void judge_renewal(const struct fault *fault)
{
	bool is_folder_of_states = streq(fault->entry->path, "state");
	struct error err = {0};

	if (!save_order(A, &err) || !renew(A, &err)) {
		if (!*err.text)
			say(fault, "refuses a renewal without a word", "");
		return;
	}
	cleanup(json) json_t *lineage = load(A);
	const char *problem = member_string_or(lineage, "problem", "");
	if (*problem && !is_folder_of_states)
		say(fault, "is not mended by a renewal:", problem);
}

/* Has only this certificate to do with it? */
static bool is_of(const struct fault *fault, const char *name)
{
	return strstr(fault->entry->path, name) != NULL;
}

static void try(const struct fault *fault)
{
	bool is_folder_of_both =
		S_ISDIR(fault->entry->mode) && !is_of(fault, A);

	cases++;
	damage(fault);
	open_state();
	judge_one(fault, A);
	if (is_folder_of_both || is_of(fault, B))
		judge_one(fault, B);
	else
		judge_other(fault);
	judge_account();
	judge_renewal(fault);
	near_close();
}

/* All of them. */

static void try_all_of(const struct disk_entry *entry)
{
	struct fault fault = {.entry = entry};
	bool is_file = S_ISREG(entry->mode);

	for (size_t i = 0; is_file && i < entry->length; i++) {
		fault.place = i;
		fault.damage = DAMAGE_CHANGED;
		try(&fault);
		fault.damage = DAMAGE_CUT;
		try(&fault);
	}
	fault.place = 0;
	for (unsigned d = DAMAGE_GONE; d < DAMAGE_COUNT; d++) {
		fault.damage = (enum damage)d;
		if (is_file || fault.damage != DAMAGE_ZEROS)
			try(&fault);
	}
}

static void try_some(unsigned count)
{
	while (count--) {
		struct fault fault = {.entry = &sound.entries[torture_draw(
					      (unsigned)sound.count)],
			.damage = (enum damage)torture_draw(DAMAGE_COUNT)};
		if (fault.damage <= DAMAGE_CUT && fault.entry->length)
			fault.place =
				torture_draw((unsigned)fault.entry->length);
		if (S_ISREG(fault.entry->mode) ||
			(fault.damage > DAMAGE_CUT &&
				fault.damage != DAMAGE_ZEROS))
			try(&fault);
	}
}

START_TEST(what_is_damaged_says_so_and_hurts_nobody_else)
{
	unsigned count = torture_setting("CASES", 150);
	unsigned part = torture_setting("PART", 0);
	unsigned parts = torture_setting("PARTS", 1);

	if (count)
		try_some(count);
	for (size_t i = part; !count && i < sound.count; i += parts)
		try_all_of(&sound.entries[i]);
	printf("%u told by the certificate\n", told);
	printf("%u cases, 0 failures: bytes and files of a state folder\n",
		cases);
}
END_TEST

static void prepare(void)
{
	umask(0);
	torture_begin("damaged state");
	run_prepare(&run);
	run_write(&run, "etc/certs.d/b.example.conf",
		"[Certificate]\nNames=b.example\n");
	little_ca_open(&ca);
	prepare_state();
}

static void clean(void)
{
	json_decref(sound_a);
	json_decref(sound_b);
	disk_state_clear(&sound);
	run_clean(&run);
	little_ca_close(&ca);
}

int main(void)
{
	Suite *suite = suite_create("damaged_state");
	TCase *tests = tcase_create("damaged_state");

	tcase_set_timeout(tests, 7200);
	tcase_add_checked_fixture(tests, prepare, clean);
	tcase_add_test(tests, what_is_damaged_says_so_and_hurts_nobody_else);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
