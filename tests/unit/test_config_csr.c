/* SPDX-License-Identifier: MIT */
#include "config_csr.h"

#include "config_texts.h"
#include "csr_read.h"
#include "mem.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#include <stdio.h>
#undef fail

/* request-plain.pem is for a.example, *.b.example and 192.0.2.7. */
#define SITE "[Certificate]\nCSR=/etc/site.csr\n"
#define FOR_ALL \
	SITE "[Challenge a.example]\nType=http-01\n" \
	     "[Challenge *.b.example]\nType=dns-01\nSolver=none\n"

static char request[8192];
static size_t request_length;

static void load(const char *name)
{
	const char *top = getenv("TEST_TOP");
	cleanup(string) char *path = text_format(
		"%s/tests/unit/data/request-%s.pem", top ? top : ".", name);
	FILE *file = fopen(path, "re");

	ck_assert_msg(file != NULL, "%s", path);
	request_length = fread(request, 1, sizeof(request), file);
	fclose(file);
}

/* What stands in the file, with a request of the tests behind it. */
static char *with(const char *name, const char *lines)
{
	const struct config_text text = {"site.conf", lines, strlen(lines)};
	size_t length;

	load(name);
	char *joined = config_csr_join(&text, request, request_length, &length);
	ck_assert_ptr_nonnull(joined);
	ck_assert_uint_eq(strlen(joined), length);
	return joined;
}

static void check(const char *name, const char *lines, const char *wanted)
{
	cleanup(string) char *text = with(name, lines);

	config_check_mistakes(CONFIG_GLOBAL, text, wanted);
}

START_TEST(names_and_key_come_from_the_request)
{
	cleanup(string) char *text = with("plain", FOR_ALL);
	const struct config_certificate *site = config_site(text);
	char hash[CSR_HASH_SIZE];

	ck_assert_str_eq(site->csr_file, "/etc/site.csr");
	ck_assert_uint_eq(site->identifier_count, 3);
	ck_assert_str_eq(site->identifiers[2].value, "192.0.2.7");
	ck_assert_int_eq(site->key, KEY_ECDSA_P256);
	ck_assert(!site->placeholder);
	ck_assert(!site->wants_staple);
	csr_hash(site->csr, hash);
	ck_assert_uint_eq(strlen(hash), 64);
	config_forget();
}
END_TEST

START_TEST(keys_of_the_defaults_are_not_for_it)
{
	cleanup(string) char *text = with("subject", SITE);
	struct config *config = config_of(
		CONFIG_GLOBAL "Key=rsa-2048 ed25519\nReuseKey=yes\n", text);
	ck_assert_str_eq(config_mistakes(), "");

	ck_assert_uint_eq(config->certificate_count, 1);
	ck_assert_int_eq(config->certificates[0]->key, KEY_ECDSA_P256);
	ck_assert(!config->certificates[0]->reuse_key);
	config_free(config);
}
END_TEST

START_TEST(names_beside_it_say_the_same)
{
	cleanup(string) char *text = with("plain",
		FOR_ALL "[Certificate]\nNames=192.0.2.7 "
			"*.b.example a.example\n");
	const struct config_certificate *site = config_site(text);

	ck_assert_str_eq(site->identifiers[0].value, "192.0.2.7");
	config_forget();
	check("subject", SITE "Names=a.example b.example\n",
		"site.conf:3: 'Names=' has 'b.example', which "
		"'CSR=/etc/site.csr' does not ask for\n");
	check("plain", SITE "Names=a.example 192.0.2.7\n",
		"site.conf:3: 'Names=' lacks '*.b.example', which "
		"'CSR=/etc/site.csr' asks for\n");
}
END_TEST

START_TEST(what_needs_the_key_is_refused_beside_it)
{
	check("subject", SITE "Key=rsa-2048\nReuseKey=yes\nPlaceholder=yes\n",
		"site.conf:3: 'Key=' does not go with 'CSR=': its key is not "
		"here\n"
		"site.conf:4: 'ReuseKey=' does not go with 'CSR=': its key is "
		"not here\n"
		"site.conf:5: 'Placeholder=' does not go with 'CSR=': its key "
		"is not here\n");
	check("subject", SITE "ReuseKey=no\nPlaceholder=no\n", "");
	check("subject",
		SITE "[Export a]\nPath=/a\n[Export b]\nPath=/b\n"
		     "Format=pkcs12\n[Export c]\nPath=/c\nFormat=pem\n",
		"site.conf:3: '[Export a]' would need the key, which is not "
		"here (CSR=): 'Format=pem' goes without\n"
		"site.conf:7: '[Export b]' would need the key, which is not "
		"here (CSR=): 'Format=pem' goes without\n");
}
END_TEST

START_TEST(the_names_are_checked_as_others_are)
{
	check("plain", SITE,
		"site.conf:2: '*.b.example' needs 'Type=dns-01', not "
		"'http-01'\n");
}
END_TEST

START_TEST(a_request_that_no_ca_takes_is_a_mistake)
{
	check("weak", SITE,
		"site.conf:2: 'CSR=/etc/site.csr': the request has a key that "
		"no CA signs\n");
	config_check_mistakes(CONFIG_GLOBAL, SITE,
		"site.conf:2: 'CSR=/etc/site.csr': it has not been read\n");
	config_check_mistakes(CONFIG_GLOBAL, SITE "\fCSR=A A",
		"site.conf:2: 'CSR=/etc/site.csr': the request is none, "
		"neither in PEM nor in DER\n");
}
END_TEST

START_TEST(why_it_was_not_read_is_said_in_its_line)
{
	const struct config_text text = {"site.conf", SITE, strlen(SITE)};
	struct error err;
	size_t length;

	fail(&err, ERROR_LOCAL, "cannot open it");
	cleanup(string) char *joined =
		config_csr_join_error(&text, &err, &length);
	config_check_mistakes(CONFIG_GLOBAL, joined,
		"site.conf:2: 'CSR=/etc/site.csr': cannot open it\n");
}
END_TEST

START_TEST(nobody_else_puts_a_request_behind_a_text)
{
	cleanup(string) char *text = with("subject", SITE);
	const struct config_text twice = {"site.conf", text, strlen(text)};
	size_t length;

	ck_assert_uint_eq(config_csr_cut(&twice), strlen(SITE));
	ck_assert_ptr_null(config_csr_join(&twice, "x", 1, &length));
}
END_TEST

START_TEST(its_path_is_found_in_the_text)
{
	const struct config_text none = {"a", "[Certificate]\n#CSR=/x\n", 22};
	const struct config_text one = {"a", SITE, strlen(SITE)};
	cleanup(string) char *path = config_csr_path(&one);

	const struct config_text empty = {"a", "", 0};
	const struct config_text reset = {"a", "[Certificate]\nCSR=\n", 19};
	const struct config_text word = {"a", "[Certificate]\nCSRS=/x\n", 22};

	ck_assert_ptr_null(config_csr_path(&empty));
	ck_assert_ptr_null(config_csr_path(&reset));
	ck_assert_ptr_null(config_csr_path(&word));
	ck_assert_ptr_null(config_csr_path(&none));
	ck_assert_str_eq(path, "/etc/site.csr");
}
END_TEST

START_TEST(an_installed_one_lies_where_it_can_be_read)
{
	struct mistakes mistakes = {0};
	const struct config_text global = {
		"acmed.conf", CONFIG_GLOBAL, strlen(CONFIG_GLOBAL)};
	struct config *config = config_new(&global, 1, 0, &mistakes);
	cleanup(string) char *text =
		with("subject", "[Certificate]\nCSR=/home/x.csr\n");
	const struct config_text site = {
		"/etc/acmed/certs.d/site.conf", text, strlen(text)};

	ck_assert(!config_add_certificate(config, "site", &site, &mistakes));
	ck_assert_ptr_nonnull(strstr(mistakes.list.items[0],
		"site.conf:2: 'CSR=/home/x.csr' must lie below /etc or /usr"));
	mistakes_clear(&mistakes);
	config_free(config);
}
END_TEST

/* The one piece of advice for a certificate is that. */
static void expect_advice(
	const char *defaults, const char *text, const char *wanted)
{
	struct mistakes mistakes = {0};
	const struct config_text global = {
		"acmed.conf", defaults, strlen(defaults)};
	struct config *config = config_new(&global, 1, 0, &mistakes);
	const struct config_text site = {"site.conf", text, strlen(text)};

	ck_assert(config_add_certificate(config, "site", &site, &mistakes));
	ck_assert_uint_eq(mistakes.list.count, 0);
	ck_assert_uint_eq(mistakes.advice.count, 1);
	ck_assert_ptr_nonnull(strstr(mistakes.advice.items[0], wanted));
	mistakes_clear(&mistakes);
	config_free(config);
}

START_TEST(must_staple_is_advised_against)
{
	cleanup(string) char *text = with("staple", SITE);

	expect_advice(CONFIG_GLOBAL, text,
		"site.conf:2: 'CSR=/etc/site.csr' asks for must-staple");
}
END_TEST

START_TEST(that_no_dead_name_can_be_left_out_is_told)
{
	cleanup(string) char *own =
		with("subject", SITE "DropDeadNames=after-half-slack\n");
	cleanup(string) char *plain = with("subject", SITE);

	expect_advice(CONFIG_GLOBAL, own,
		"site.conf:3: 'DropDeadNames=after-half-slack' has no effect "
		"on 'site': its names are those of 'CSR=/etc/site.csr'");
	expect_advice(CONFIG_GLOBAL "[Certificate]\n"
				    "DropDeadNames=after-half-slack\n",
		plain, "acmed.conf:");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("config_csr");
	TCase *tests = tcase_create("config_csr");

	tcase_add_test(tests, names_and_key_come_from_the_request);
	tcase_add_test(tests, keys_of_the_defaults_are_not_for_it);
	tcase_add_test(tests, names_beside_it_say_the_same);
	tcase_add_test(tests, what_needs_the_key_is_refused_beside_it);
	tcase_add_test(tests, the_names_are_checked_as_others_are);
	tcase_add_test(tests, a_request_that_no_ca_takes_is_a_mistake);
	tcase_add_test(tests, why_it_was_not_read_is_said_in_its_line);
	tcase_add_test(tests, nobody_else_puts_a_request_behind_a_text);
	tcase_add_test(tests, its_path_is_found_in_the_text);
	tcase_add_test(tests, an_installed_one_lies_where_it_can_be_read);
	tcase_add_test(tests, must_staple_is_advised_against);
	tcase_add_test(tests, that_no_dead_name_can_be_left_out_is_told);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
