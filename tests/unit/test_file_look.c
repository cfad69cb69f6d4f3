/* SPDX-License-Identifier: MIT */
#include "file_look.h"

#include "known_chain.h"
#include "mem.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#undef fail

#define WELL "link/good/ chain/good/ expiry/good/ key/good/ modes/good/ "

static char state[] = "/tmp/file-look-XXXXXX";
static struct known_chain known;
static time_t now;
static char found[256]; /* "check/verdict/code " of each */
static char said[400]; /* of the last that is bad */
static struct config_certificate certificate;
static struct identifier identifiers[1];

/* The clock of this program. */
time_t time(time_t *result)
{
	if (result)
		*result = now;
	return now;
}

static void on_finding(void *data, const struct finding *finding)
{
	size_t length = strlen(found);

	(void)data;
	ck_assert_str_eq(finding->subject, "site");
	snprintf(found + length, sizeof(found) - length, "%s/%s/%s ",
		finding->check, finding_verdict_name(finding->verdict),
		finding->code);
	if (finding->verdict != FINDING_GOOD)
		snprintf(said, sizeof(said), "%s", finding->text);
}

static const struct finding_listener LISTENER = {.on_finding = on_finding};

/* Of a file of the version, for one use. */
static const char *place(const char *file)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/archive/site/1/%s", state, file);
	return path;
}

static void write_file(const char *file, const char *text, mode_t mode)
{
	FILE *out = fopen(place(file), "we");

	ck_assert_ptr_nonnull(out);
	fputs(text, out);
	fclose(out);
	ck_assert_int_eq(chmod(place(file), mode), 0);
}

static void write_key(const char *file, EVP_PKEY *key)
{
	FILE *out = fopen(place(file), "we");

	ck_assert_int_eq(
		PEM_write_PrivateKey(out, key, NULL, NULL, 0, NULL, NULL), 1);
	fclose(out);
	ck_assert_int_eq(chmod(place(file), 0600), 0);
}

static void write_chain(X509 *leaf, X509 *issuer)
{
	cleanup(string) char *pem = known_pem(leaf, issuer, NULL);

	write_file("fullchain.pem", pem, 0644);
}

static void write_files(void)
{
	write_key("privkey.pem", known.key);
	write_file("combined.pem", "", 0600);
	write_file("cert.pem", "", 0644);
	write_file("chain.pem", "", 0644);
	write_chain(known.leaf, known.middle);
}

static void run(const char *command)
{
	cleanup(string) char *line = text_format("cd %s && %s", state, command);

	ck_assert_int_eq(system(line), 0);
}

static void set_up(void)
{
	umask(022);
	ck_assert_ptr_nonnull(mkdtemp(state));
	setenv("STATE_DIRECTORY", state, 1);
	run("mkdir -p live archive/site/1 && "
	    "ln -s ../archive/site/1 live/site");
	now = KNOWN_NOW;
	known_chain_make(&known);
	write_files();
	certificate = (struct config_certificate){
		.identifiers = identifiers, .identifier_count = 1};
	ck_assert(identifier_parse("www.example.net", &identifiers[0], NULL));
}

static void tear_down(void)
{
	run("rm -r live archive");
	rmdir(state);
	strcpy(state + strlen(state) - 6, "XXXXXX");
	known_chain_clear(&known);
}

static void expect(const char *wanted)
{
	bool is_well = streq(wanted, WELL);

	found[0] = said[0] = '\0';
	ck_assert_int_eq(file_look("site", &certificate, &LISTENER),
		is_well ? FINDING_GOOD : FINDING_BAD);
	ck_assert_str_eq(found, wanted);
}

/* All is well but for one check. */
static void expect_bad(const char *check, const char *code)
{
	char wanted[256] = "";
	static const char *const CHECKS[] = {
		"link", "chain", "expiry", "key", "modes"};

	for (size_t i = 0; i < sizeof(CHECKS) / sizeof(*CHECKS); i++) {
		bool is_bad = streq(CHECKS[i], check);
		size_t length = strlen(wanted);
		ck_assert(file_look_has(CHECKS[i]));
		snprintf(wanted + length, sizeof(wanted) - length, "%s/%s/%s ",
			CHECKS[i], is_bad ? "bad" : "good", is_bad ? code : "");
	}
	expect(wanted);
}

START_TEST(what_servers_can_read_is_well)
{
	expect(WELL);
	ck_assert_int_eq(file_look("site", NULL, &LISTENER), FINDING_GOOD);
	ck_assert(!file_look_has("wire"));
}
END_TEST

START_TEST(a_folder_in_place_of_the_link_is_told)
{
	run("rm live/site && mkdir live/site");
	expect("link/bad/L7 ");
}
END_TEST

START_TEST(a_link_that_leads_out_is_told)
{
	run("ln -sfn /etc live/site");
	expect("link/bad/L7 ");
	ck_assert_ptr_nonnull(
		strstr(said, "leads to '/etc', not below archive/"));
}
END_TEST

START_TEST(the_key_of_another_one_is_told)
{
	write_key("privkey.pem", known.root_key);
	expect_bad("key", "L6");
	write_file("privkey.pem", "no key", 0600);
	expect_bad("key", "L2");
}
END_TEST

START_TEST(who_else_may_touch_a_key_is_told)
{
	chmod(place("combined.pem"), 0640);
	expect_bad("modes", "P7");
	ck_assert_ptr_nonnull(strstr(said, "has mode 0640"));
	chmod(place("combined.pem"), 0600);
	chmod(place("."), 0777);
	expect_bad("modes", "P7");
}
END_TEST

START_TEST(a_chain_that_servers_cannot_read_is_told)
{
	chmod(place("chain.pem"), 0600);
	expect_bad("modes", "L4");
}
END_TEST

START_TEST(a_chain_of_another_issuer_is_told)
{
	write_chain(known.leaf, known.leaf);
	expect_bad("chain", "P9");
}
END_TEST

START_TEST(a_certificate_for_other_names_is_told)
{
	ck_assert(identifier_parse("b.example", &identifiers[0], NULL));
	expect_bad("chain", "K6");
}
END_TEST

START_TEST(an_end_that_has_come_is_told)
{
	now += 80 * 86400;
	expect_bad("expiry", "");
	ck_assert(text_starts_with(said, "expired, 2027-01-"));
}
END_TEST

START_TEST(an_end_that_comes_near_is_told)
{
	now += 65 * 86400;
	expect_bad("expiry", "");
	ck_assert(text_starts_with(said, "should have been renewed by now"));
}
END_TEST

START_TEST(a_key_that_is_elsewhere_is_not_missed)
{
	char request[] = "/etc/site.csr";

	unlink(place("privkey.pem"));
	unlink(place("combined.pem"));
	certificate.csr_file = request;
	found[0] = '\0';
	ck_assert_int_eq(
		file_look("site", &certificate, &LISTENER), FINDING_GOOD);
	ck_assert_str_eq(
		found, "link/good/ chain/good/ expiry/good/ modes/good/ ");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("file_look");
	TCase *tests = tcase_create("file_look");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, what_servers_can_read_is_well);
	tcase_add_test(tests, a_folder_in_place_of_the_link_is_told);
	tcase_add_test(tests, a_link_that_leads_out_is_told);
	tcase_add_test(tests, the_key_of_another_one_is_told);
	tcase_add_test(tests, who_else_may_touch_a_key_is_told);
	tcase_add_test(tests, a_chain_that_servers_cannot_read_is_told);
	tcase_add_test(tests, a_chain_of_another_issuer_is_told);
	tcase_add_test(tests, a_certificate_for_other_names_is_told);
	tcase_add_test(tests, an_end_that_has_come_is_told);
	tcase_add_test(tests, an_end_that_comes_near_is_told);
	tcase_add_test(tests, a_key_that_is_elsewhere_is_not_missed);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
