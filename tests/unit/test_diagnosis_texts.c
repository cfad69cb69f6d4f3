/* SPDX-License-Identifier: MIT */

/*
 * The golden file: every text names its cause exactly, or none at all; never
 * another's.
 */

#include "diagnosis.h"

#include "diagnosis_errno.h"
#include "diagnosis_hook.h"
#include "diagnosis_lookup.h"
#include "diagnosis_transfer.h"
#include "diagnosis_unit.h"
#include "mem.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#include <curl/curl.h>
#include <openssl/x509.h>
#include <stdlib.h>

#define LINES_MIN 200
#define NAMED_MIN 95 /* of a hundred */

struct line {
	const char *type;
	const char *text;
	const char *code;
};

static FILE *open_texts(void)
{
	const char *top = getenv("TEST_TOP");
	cleanup(string) char *path = text_format(
		"%s/tests/unit/data/diagnosis-texts.txt", top ? top : ".");
	FILE *file = fopen(path, "re");

	ck_assert_msg(file != NULL, "%s", path);
	return file;
}

/* "type | text | code"; the text may have bars too. */
static bool split(char *bytes, struct line *line)
{
	if (*bytes == '#' || *bytes == '\n')
		return false;
	bytes[strcspn(bytes, "\n")] = '\0';
	char *text = strstr(bytes, " | ");
	char *code = strrchr(bytes, '|');
	ck_assert_msg(text && code > text + 1, "%s", bytes);
	*text = '\0';
	code[-1] = '\0';
	*line = (struct line){
		bytes, text + strlen(" | "), code + 1 + (code[1] == ' ')};
	return true;
}

/* The first errno with this text; 0: this libc says it otherwise. */
static int find_errno(const char *text)
{
	for (int number = 1; number < 200; number++)
		if (streq(strerror(number), text))
			return number;
	return 0;
}

static const char *of_curl(int number, const char *text)
{
	(void)text;
	return diagnosis_of_curl(number, 0);
}

static const char *of_cut(int number, const char *text)
{
	(void)text;
	return diagnosis_of_curl(number, 77);
}

static const char *of_old_leaf(int number, const char *text)
{
	(void)text;
	return diagnosis_of_verify(number, false);
}

static const char *of_good_leaf(int number, const char *text)
{
	(void)text;
	return diagnosis_of_verify(number, true);
}

static const char *of_errno(int number, const char *text)
{
	(void)number;
	return diagnosis_of_errno(find_errno(text));
}

static const char *of_listen(int number, const char *text)
{
	(void)number;
	return diagnosis_of_listen(find_errno(text));
}

static const char *of_place(int number, const char *text)
{
	(void)number;
	return diagnosis_of_place(find_errno(text));
}

static const char *of_connect(int number, const char *text)
{
	(void)number;
	return diagnosis_of_connect(find_errno(text), false);
}

static const char *of_proxy(int number, const char *text)
{
	(void)number;
	return diagnosis_of_connect(find_errno(text), true);
}

static const char *of_reload(int number, const char *text)
{
	(void)number;
	return strchr(text, '.') ? diagnosis_of_bus_error(text, false)
				 : diagnosis_of_job(text, true, false);
}

static const char *of_restart(int number, const char *text)
{
	(void)number;
	return diagnosis_of_job(text, false, false);
}

static const char *of_hook(int number, const char *text)
{
	(void)number;
	return strchr(text, '.') ? diagnosis_of_bus_error(text, true)
				 : diagnosis_of_job(text, false, true);
}

static const char *of_resolver(int number, const char *text)
{
	(void)text;
	return diagnosis_of_rcode(DIAGNOSIS_RESOLVER, (unsigned)number);
}

static const char *of_authority(int number, const char *text)
{
	(void)text;
	return diagnosis_of_rcode(DIAGNOSIS_AUTHORITY, (unsigned)number);
}

static const char *of_update(int number, const char *text)
{
	(void)text;
	return diagnosis_of_rcode(DIAGNOSIS_UPDATE, (unsigned)number);
}

static const char *of_http(int number, const char *text)
{
	(void)text;
	return diagnosis_of_status(number);
}

static const char *of_program(int number, const char *text)
{
	(void)number;
	return diagnosis_of_hook(text);
}

/* Who speaks, when it is no CA: "verify 10". */
static const struct {
	const char *name;
	const char *(*code)(int number, const char *text);
} SPEAKERS[] = {
	{"curl", of_curl},
	{"curl-cut", of_cut},
	{"verify", of_old_leaf},
	{"bundle", of_good_leaf},
	{"errno", of_errno},
	{"listen", of_listen},
	{"place", of_place},
	{"connect", of_connect},
	{"proxy", of_proxy},
	{"reload", of_reload},
	{"restart", of_restart},
	{"hook", of_hook},
	{"resolver", of_resolver},
	{"authority", of_authority},
	{"update", of_update},
	{"http", of_http},
	{"program", of_program},
};

static const char *code_of(const struct line *line)
{
	size_t length = strcspn(line->type, " ");
	int number = atoi(line->type + length);

	for (size_t i = 0; i < sizeof(SPEAKERS) / sizeof(*SPEAKERS); i++)
		if (strlen(SPEAKERS[i].name) == length &&
			!strncmp(SPEAKERS[i].name, line->type, length))
			return SPEAKERS[i].code(number, line->text);
	return diagnosis_of_problem(line->type, line->text);
}

START_TEST(no_text_names_a_wrong_cause)
{
	FILE *file = open_texts();
	char bytes[1024];
	struct line line;

	while (fgets(bytes, sizeof(bytes), file)) {
		if (!split(bytes, &line))
			continue;
		ck_assert_msg(!*line.code || diagnosis_find(line.code), "%s",
			line.code);
		ck_assert_msg(streq(code_of(&line), line.code),
			"%s '%s': '%s', not '%s'", line.type, line.text,
			code_of(&line), line.code);
	}
	fclose(file);
}
END_TEST

START_TEST(nearly_all_of_many_texts_are_named)
{
	FILE *file = open_texts();
	char bytes[1024];
	struct line line;
	unsigned count = 0;
	unsigned named = 0;

	while (fgets(bytes, sizeof(bytes), file)) {
		if (!split(bytes, &line))
			continue;
		count++;
		named += *code_of(&line) != '\0';
	}
	fclose(file);
	ck_assert_uint_ge(count, LINES_MIN);
	ck_assert_uint_ge(named * 100, count * NAMED_MIN);
}
END_TEST

/* The types are words of the standard (RFC 8555 section 6.7), the rest is a
 * stranger's, who could say anything. */
START_TEST(a_page_of_a_stranger_names_no_cause_of_the_ca)
{
	static const char *const pages[] = {"Terms of service",
		"temporarily prevented", "Account is not valid", "SERVFAIL",
		"too many new orders", "externalAccountBinding"};

	for (size_t i = 0; i < sizeof(pages) / sizeof(*pages); i++) {
		cleanup(string) char *detail = text_format(
			"192.0.2.7: Invalid response from http://x/a: \"%s\"",
			pages[i]);
		ck_assert_str_eq(
			diagnosis_of_problem("unauthorized", detail), "H5");
	}
}
END_TEST

/* lib/ knows only their numbers. */
START_TEST(the_numbers_are_those_of_curl)
{
	static const struct {
		CURLcode code;
		const char *cause;
	} codes[] = {
		{CURLE_URL_MALFORMAT, "N9"},
		{CURLE_COULDNT_RESOLVE_PROXY, "N7"},
		{CURLE_COULDNT_RESOLVE_HOST, "N3"},
		{CURLE_PARTIAL_FILE, "N2"},
		{CURLE_OPERATION_TIMEDOUT, "N1"},
		{CURLE_SSL_CONNECT_ERROR, "N2"},
		{CURLE_INTERFACE_FAILED, "N10"},
		{CURLE_GOT_NOTHING, "N2"},
		{CURLE_SEND_ERROR, "N2"},
		{CURLE_RECV_ERROR, "N2"},
		{CURLE_PEER_FAILED_VERIFICATION, "N4"},
		{CURLE_FILESIZE_EXCEEDED, "M6"},
		{CURLE_SSL_CACERT_BADFILE, "N4"},
		{CURLE_HTTP2_STREAM, "N2"},
		{CURLE_PROXY, "N7"},
	};

	for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++)
		ck_assert_str_eq(diagnosis_of_curl((int)codes[i].code, 0),
			codes[i].cause);
	ck_assert_str_eq(diagnosis_of_curl(CURLE_OK, 0), "");
}
END_TEST

START_TEST(a_stage_whose_time_ran_out_is_told)
{
	ck_assert_str_eq(diagnosis_of_timeout(HTTP_NAME, false), "N3");
	ck_assert_str_eq(diagnosis_of_timeout(HTTP_TCP, false), "N1");
	ck_assert_str_eq(diagnosis_of_timeout(HTTP_TCP, true), "N7");
	ck_assert_str_eq(diagnosis_of_timeout(HTTP_TLS, false), "N1");
	ck_assert_str_eq(diagnosis_of_timeout(HTTP_REPLY, false), "N1");
	ck_assert_str_eq(diagnosis_of_timeout(HTTP_BODY, false), "N5");
}
END_TEST

START_TEST(what_went_well_has_no_cause)
{
	ck_assert_str_eq(diagnosis_of_job("done", true, false), "");
	ck_assert_str_eq(diagnosis_of_verify(X509_V_OK, false), "");
	ck_assert_str_eq(diagnosis_of_rcode(DIAGNOSIS_UPDATE, 0), "");
	ck_assert_str_eq(diagnosis_of_rcode(DIAGNOSIS_RESOLVER, 3), "");
	ck_assert_str_eq(diagnosis_of_errno(0), "");
}
END_TEST

START_TEST(what_was_met_from_afar_is_told_too)
{
	ck_assert_str_eq(diagnosis_of_inner("connection",
				 "During secondary validation: 192.0.2.7: "
				 "Fetching http://x/a: Connection refused"),
		"H1");
	ck_assert_str_eq(
		diagnosis_of_inner("connection", "Connection refused"), "");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("diagnosis_texts");
	TCase *tests = tcase_create("diagnosis_texts");

	tcase_add_test(tests, no_text_names_a_wrong_cause);
	tcase_add_test(tests, nearly_all_of_many_texts_are_named);
	tcase_add_test(tests, a_page_of_a_stranger_names_no_cause_of_the_ca);
	tcase_add_test(tests, the_numbers_are_those_of_curl);
	tcase_add_test(tests, a_stage_whose_time_ran_out_is_told);
	tcase_add_test(tests, what_went_well_has_no_cause);
	tcase_add_test(tests, what_was_met_from_afar_is_told_too);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
