/* SPDX-License-Identifier: MIT */
#include "certificate.h"

#include "key.h"
#include "known_chain.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#undef fail

static struct known_chain known;

static void make_chain(void)
{
	known_chain_make(&known);
}

static void clear_chain(void)
{
	known_chain_clear(&known);
}

static STACK_OF(X509) * parse(const char *pem)
{
	struct error err = {0};
	STACK_OF(X509) *chain = certificate_chain_parse(pem, strlen(pem), &err);

	ck_assert_msg(chain != NULL, "%s", err.text);
	return chain;
}

static void refuses_bytes(const char *pem, size_t length, const char *word)
{
	struct error err = {0};

	ck_assert_ptr_null(certificate_chain_parse(pem, length, &err));
	ck_assert_msg(strstr(err.text, word) != NULL, "%s", err.text);
	ck_assert_int_eq(err.kind, ERROR_TRANSIENT);
	ck_assert_str_eq(err.code, "K6");
}

static void refuses(const char *pem, const char *word)
{
	refuses_bytes(pem, strlen(pem), word);
}

START_TEST(a_chain_is_parsed_leaf_first)
{
	cleanup(string) char *pem =
		known_pem(known.leaf, known.middle, known.root, NULL);
	cleanup(chain) STACK_OF(X509) *chain = parse(pem);

	ck_assert_int_eq(sk_X509_num(chain), 3);
	ck_assert_int_eq(X509_cmp(sk_X509_value(chain, 0), known.leaf), 0);
	ck_assert_int_eq(X509_cmp(sk_X509_value(chain, 2), known.root), 0);
}
END_TEST

START_TEST(what_was_parsed_is_written_again)
{
	cleanup(string) char *pem = known_pem(known.leaf, known.middle, NULL);
	cleanup(string) char *rest = known_pem(known.middle, NULL);
	cleanup(chain) STACK_OF(X509) *chain = parse(pem);
	cleanup(string) char *all = certificate_chain_to_pem(chain, 0, NULL);
	cleanup(string) char *upper = certificate_chain_to_pem(chain, 1, NULL);
	cleanup(string) char *none = certificate_chain_to_pem(chain, 2, NULL);

	ck_assert_str_eq(all, pem);
	ck_assert_str_eq(upper, rest);
	ck_assert_str_eq(none, "");
}
END_TEST

/* A copy in which each line ends in `end` and another one follows. */
static char *with_line_ends(const char *pem, const char *end)
{
	struct text text = {0};

	for (; *pem; pem++) {
		if (*pem == '\n')
			text_add(&text, end);
		else
			text_add_bytes(&text, pem, 1);
	}
	return text_take(&text);
}

START_TEST(line_ends_of_any_kind_will_do)
{
	static const char *const ends[] = {"\r\n", "\n\n", " \t\r\n", "\n\r\n"};
	cleanup(string) char *pem = known_pem(known.leaf, known.middle, NULL);
	cleanup(string) char *other = with_line_ends(pem, ends[_i]);
	cleanup(chain) STACK_OF(X509) *chain = parse(other);

	ck_assert_int_eq(sk_X509_num(chain), 2);
}
END_TEST

START_TEST(the_last_line_needs_no_end)
{
	cleanup(string) char *pem = known_pem(known.leaf, NULL);
	pem[strlen(pem) - 1] = '\0';
	cleanup(chain) STACK_OF(X509) *chain = parse(pem);

	ck_assert_int_eq(sk_X509_num(chain), 1);
}
END_TEST

START_TEST(a_private_key_in_the_chain_refuses_it)
{
	cleanup(string) char *leaf = known_pem(known.leaf, NULL);
	char *key = key_to_pem(known.key, NULL);
	cleanup(string) char *behind = text_format("%s%s", leaf, key);
	cleanup(string) char *before = text_format("%s%s", key, leaf);
	cleanup(string) char *between = text_format("%s%s%s", leaf, key, leaf);

	key_pem_free(key);
	refuses(behind, "something else");
	refuses(before, "something else");
	refuses(between, "something else");
}
END_TEST

START_TEST(a_key_within_a_certificate_refuses_it)
{
	cleanup(string) char *leaf = known_pem(known.leaf, NULL);
	char *key = key_to_pem(known.key, NULL);
	cleanup(string) char *pem =
		text_format("%.*s%s%s", 28, leaf, key, leaf + 28);

	key_pem_free(key);
	refuses(pem, "no certificate");
}
END_TEST

START_TEST(words_around_the_blocks_refuse_them)
{
	static const char *const words[] = {"subject=x\n", "x", " ",
		"-----BEGIN X509 CRL-----\n",
		"-----BEGIN TRUSTED CERTIFICATE-----",
		"-----END CERTIFICATE-----\n", "<html>", "{\"type\":\"x\"}"};
	cleanup(string) char *leaf = known_pem(known.leaf, NULL);
	cleanup(string) char *pem = text_format("%s%s", words[_i], leaf);

	refuses(pem, "something else");
}
END_TEST

START_TEST(an_encrypted_block_is_no_certificate)
{
	refuses("-----BEGIN CERTIFICATE-----\n"
		"Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nAAAA\n"
		"-----END CERTIFICATE-----\n",
		"no certificate");
}
END_TEST

START_TEST(blocks_without_a_certificate_are_refused)
{
	static const char *const bodies[] = {"", "AAAA\n", "A\n", "AAA=A\n",
		"====\n", "A===\n", "MAA=\n", "*\n",
		"-----BEGIN CERTIFICATE-----\n"};
	cleanup(string) char *pem = text_format("-----BEGIN CERTIFICATE-----\n"
						"%s-----END CERTIFICATE-----\n",
		bodies[_i]);

	refuses(pem, "no certificate");
}
END_TEST

START_TEST(no_block_at_all_is_refused)
{
	refuses("", "empty");
	refuses("\r\n\n  \n", "empty");
}
END_TEST

START_TEST(a_cut_chain_is_refused)
{
	cleanup(string) char *pem = known_pem(known.leaf, known.middle, NULL);

	for (size_t cut = 2; cut < strlen(pem) / 2; cut += 7) {
		struct error err = {0};
		STACK_OF(X509) *chain =
			certificate_chain_parse(pem, strlen(pem) - cut, &err);
		ck_assert_ptr_null(chain);
	}
}
END_TEST

START_TEST(bytes_behind_a_certificate_refuse_it)
{
	unsigned char der[4096];
	unsigned char *at = der;
	unsigned char base64[8192];
	int length = i2d_X509(known.leaf, &at);

	der[length] = 0;
	EVP_EncodeBlock(base64, der, length + 1);
	cleanup(string) char *pem =
		text_format("-----BEGIN CERTIFICATE-----\n"
			    "%s\n-----END CERTIFICATE-----\n",
			(char *)base64);
	refuses(pem, "no certificate");
	EVP_EncodeBlock(base64, der, length);
	cleanup(string) char *good =
		text_format("-----BEGIN CERTIFICATE-----\n"
			    "%s\n-----END CERTIFICATE-----\n",
			(char *)base64);
	cleanup(chain) STACK_OF(X509) *chain = parse(good);
	ck_assert_int_eq(sk_X509_num(chain), 1);
}
END_TEST

START_TEST(a_nul_in_the_chain_refuses_it)
{
	cleanup(string) char *pem = known_pem(known.leaf, NULL);
	size_t length = strlen(pem);

	pem[100] = '\0';
	refuses_bytes(pem, length, "no certificate");
}
END_TEST

START_TEST(ten_certificates_are_enough)
{
	cleanup(string) char *one = known_pem(known.leaf, NULL);
	struct text text = {0};

	for (int i = 0; i < 10; i++)
		text_add(&text, one);
	cleanup(string) char *ten = text_take(&text);
	cleanup(string) char *eleven = text_format("%s%s", ten, one);
	cleanup(chain) STACK_OF(X509) *chain = parse(ten);
	ck_assert_int_eq(sk_X509_num(chain), 10);
	refuses(eleven, "more than 10");
}
END_TEST

START_TEST(more_than_64_kib_are_not_looked_at)
{
	cleanup(string) char *much = mem_new(CHAIN_MAX_BYTES + 2);

	memset(much, '\n', CHAIN_MAX_BYTES + 1);
	refuses_bytes(much, CHAIN_MAX_BYTES, "empty");
	refuses_bytes(much, CHAIN_MAX_BYTES + 1, "64 KiB");
}
END_TEST

/* Whatever is spoilt, nothing but a failure happens. */
START_TEST(spoilt_chains_never_crash)
{
	cleanup(string) char *pem = known_pem(known.leaf, known.middle, NULL);
	size_t length = strlen(pem);
	uint32_t seed = 1;

	for (int i = 0; i < 1500; i++) {
		seed = seed * 1664525 + 1013904223;
		size_t at = seed % length;
		char before = pem[at];
		pem[at] = (char)(seed >> 24);
		STACK_OF(X509) *chain =
			certificate_chain_parse(pem, length, NULL);
		struct certificate_facts facts;
		if (chain &&
			certificate_read_facts(
				sk_X509_value(chain, 0), &facts, NULL))
			certificate_facts_clear(&facts);
		certificate_chain_free(chain);
		pem[at] = before;
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("chain");
	TCase *tests = tcase_create("chain");

	tcase_add_checked_fixture(tests, make_chain, clear_chain);
	tcase_add_test(tests, a_chain_is_parsed_leaf_first);
	tcase_add_test(tests, what_was_parsed_is_written_again);
	tcase_add_loop_test(tests, line_ends_of_any_kind_will_do, 0, 4);
	tcase_add_test(tests, the_last_line_needs_no_end);
	tcase_add_test(tests, a_private_key_in_the_chain_refuses_it);
	tcase_add_test(tests, a_key_within_a_certificate_refuses_it);
	tcase_add_loop_test(tests, words_around_the_blocks_refuse_them, 0, 8);
	tcase_add_test(tests, an_encrypted_block_is_no_certificate);
	tcase_add_loop_test(
		tests, blocks_without_a_certificate_are_refused, 0, 9);
	tcase_add_test(tests, no_block_at_all_is_refused);
	tcase_add_test(tests, a_cut_chain_is_refused);
	tcase_add_test(tests, bytes_behind_a_certificate_refuse_it);
	tcase_add_test(tests, a_nul_in_the_chain_refuses_it);
	tcase_add_test(tests, ten_certificates_are_enough);
	tcase_add_test(tests, more_than_64_kib_are_not_looked_at);
	tcase_add_test(tests, spoilt_chains_never_crash);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
