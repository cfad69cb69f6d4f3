/* SPDX-License-Identifier: MIT */
#include "starttls.h"

#include "config_endpoint.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#undef fail
#include <stdio.h>
#include <stdlib.h>

#define MYSQL_HEAD \
	"\x2d\0\0\0\x0a" \
	"8.0.30\0" \
	"\x01\0\0\0" \
	"saltsalt\0"

/* What a server says, what we are to say, and so on. */
struct line {
	const char *server;
	const char *client; /* NULL: nothing */
};

struct canned {
	enum starttls_protocol protocol;
	struct line lines[6];
};

static struct starttls talk;

static bool hear(const char *bytes, size_t length, struct error *err)
{
	return starttls_read(&talk, bytes, length, err);
}

static void expect_output(const char *expected)
{
	size_t length;
	const char *output = starttls_take_output(&talk, &length);

	if (!expected) {
		ck_assert_ptr_null(output);
		return;
	}
	ck_assert_uint_eq(length, strlen(expected));
	ck_assert_mem_eq(output, expected, length);
}

static const struct canned GOOD[] = {
	{STARTTLS_SMTP,
		{{"220 mail.example ESMTP\r\n", "EHLO [127.0.0.1]\r\n"},
			{"250-mail.example\r\n250-SIZE 1\r\n250 starttls\r\n",
				"STARTTLS\r\n"},
			{"220 2.0.0 go\r\n", NULL}}},
	{STARTTLS_SMTP,
		{{"220-mail.example\r\n220-busy\n", NULL},
			{"220 ESMTP\n", "EHLO [127.0.0.1]\r\n"},
			{"250-STARTTLS\n", NULL}, {"250\n", "STARTTLS\r\n"},
			{"220\n", NULL}}},
	{STARTTLS_IMAP,
		{{"* OK [CAPABILITY IMAP4rev1 STARTTLS] here\r\n",
			 "a STARTTLS\r\n"},
			{"* CAPABILITY X\r\n* 3 EXISTS\r\n", NULL},
			{"a ok Begin\r\n", NULL}}},
	{STARTTLS_POP3,
		{{"+OK POP3 <1@x>\r\n", "STLS\r\n"}, {"+OK\r\n", NULL}}},
};

START_TEST(mail_servers_are_led_to_tls)
{
	const struct canned *canned = &GOOD[_i];
	struct error err;

	starttls_start(&talk, canned->protocol);
	expect_output(NULL);
	for (const struct line *line = canned->lines; line->server; line++) {
		ck_assert(!starttls_is_ready(&talk));
		ck_assert(hear(line->server, strlen(line->server), &err));
		expect_output(line->client);
	}
	ck_assert(starttls_is_ready(&talk));
}
END_TEST

START_TEST(words_may_come_byte_by_byte)
{
	const struct canned *canned = &GOOD[_i];
	struct error err;

	starttls_start(&talk, canned->protocol);
	for (const struct line *line = canned->lines; line->server; line++) {
		for (const char *byte = line->server; *byte; byte++)
			ck_assert(hear(byte, 1, &err));
		expect_output(line->client);
	}
	ck_assert(starttls_is_ready(&talk));
}
END_TEST

START_TEST(postgres_is_asked_first_and_answers_with_a_letter)
{
	struct error err;
	size_t length;

	starttls_start(&talk, STARTTLS_POSTGRES);
	const void *output = starttls_take_output(&talk, &length);
	ck_assert_uint_eq(length, 8);
	ck_assert_mem_eq(output, "\0\0\0\x08\x04\xd2\x16\x2f", 8);
	ck_assert(hear("S", 1, &err));
	ck_assert(starttls_is_ready(&talk));
}
END_TEST

static bool hear_mysql(const char *flags, struct error *err)
{
	char greeting[49] = MYSQL_HEAD;

	memcpy(greeting + sizeof(MYSQL_HEAD) - 1, flags, 2);
	starttls_start(&talk, STARTTLS_MYSQL);
	return hear(greeting, sizeof(greeting), err);
}

START_TEST(mysql_is_asked_by_a_packet)
{
	struct error err;
	size_t length;

	ck_assert(hear_mysql("\xff\xff", &err));
	ck_assert(starttls_is_ready(&talk));
	const unsigned char *output = starttls_take_output(&talk, &length);
	ck_assert_uint_eq(length, 36);
	ck_assert_mem_eq(output, "\x20\0\0\x01\x01\x8a\0\0", 8);
	output = starttls_farewell(STARTTLS_MYSQL, &length);
	ck_assert_uint_eq(length, 43);
	ck_assert_mem_eq(output, "\x27\0\0\x02", 4);
	ck_assert_str_eq((const char *)output + 36, "acmed");
	ck_assert(!hear_mysql("\xff\xf7", &err));
	ck_assert_str_eq(err.text, "the server does not use TLS (no ssl_cert)");
}
END_TEST

#define BYTES(string) string, sizeof(string) - 1

static const struct {
	enum starttls_protocol protocol;
	const char *bytes;
	size_t length;
	const char *text;
} BAD[] = {
	{STARTTLS_SMTP, BYTES("554 go away\r\n"),
		"the server says '554 go away' instead of TLS"},
	{STARTTLS_SMTP, BYTES("SSH-2.0-OpenSSH_9\r\n"),
		"the server says 'SSH-2.0-OpenSSH_9' instead of TLS"},
	{STARTTLS_SMTP, BYTES("\r\n"), "the server says '' instead of TLS"},
	{STARTTLS_SMTP, BYTES("5\033[2J\0\r\n"),
		"the server says '5?[2J?' instead of TLS"},
	{STARTTLS_SMTP, BYTES("220 x\r\n250-x\r\n250 SIZE\r\n"),
		"the server offers no STARTTLS"},
	{STARTTLS_SMTP, BYTES("220 x\r\n250 STARTTLS\r\n454 not now\r\n"),
		"the server says '454 not now' instead of TLS"},
	{STARTTLS_SMTP, BYTES("220 x\r\n250 STARTTLS\r\n220 go\r\n250 more"),
		"the server talks on between its consent and TLS"},
	{STARTTLS_IMAP, BYTES("* PREAUTH welcome\r\n"),
		"the server says '* PREAUTH welcome' instead of TLS"},
	{STARTTLS_IMAP, BYTES("* OK\r\n* BYE\r\n"),
		"the server says '* BYE' instead of TLS"},
	{STARTTLS_IMAP, BYTES("* OK\r\na NO\r\n"),
		"the server says 'a NO' instead of TLS"},
	{STARTTLS_IMAP, BYTES("* OK\r\na OK\r\n* x"),
		"the server talks on between its consent and TLS"},
	{STARTTLS_POP3, BYTES("-ERR busy\r\n"),
		"the server says '-ERR busy' instead of TLS"},
	{STARTTLS_POP3, BYTES("+OK\r\n-ERR\r\n"),
		"the server says '-ERR' instead of TLS"},
	{STARTTLS_POSTGRES, BYTES("N"),
		"the server does not use TLS (ssl=off)"},
	{STARTTLS_POSTGRES, BYTES("E\0\0\0\x05"),
		"the server answers with an error instead of TLS"},
	{STARTTLS_POSTGRES, BYTES("H"), "the server does not speak PostgreSQL"},
	{STARTTLS_POSTGRES, BYTES("SX"),
		"the server talks on between its consent and TLS"},
	{STARTTLS_MYSQL, BYTES("\x18\0\0\0\xff\x6a\x04Host 'x' is blocked!!"),
		"the server says 'Host 'x' is blocked!!' instead of TLS"},
	{STARTTLS_MYSQL, BYTES("\x0b\0\0\0\xff\x6a\x04#08004no"),
		"the server says 'no' instead of TLS"},
	{STARTTLS_MYSQL, BYTES("\x01\0\0\0\xff"),
		"the server says '' instead of TLS"},
	{STARTTLS_MYSQL, BYTES("\0\0\0\0"), "the server does not speak MySQL"},
	{STARTTLS_MYSQL,
		BYTES("\x05\0\0\0\x0a"
		      "5.5\0"),
		"the server does not speak MySQL"},
	{STARTTLS_MYSQL,
		BYTES("\x05\0\0\0\x0a"
		      "12345"),
		"the server does not speak MySQL"},
	{STARTTLS_MYSQL, BYTES("220 mail.example ESMTP\r\n"),
		"the server says more than 2048 bytes at once"},
};

START_TEST(what_does_not_lead_to_tls_is_named)
{
	struct error err = {0};

	starttls_start(&talk, BAD[_i].protocol);
	ck_assert(!hear(BAD[_i].bytes, BAD[_i].length, &err));
	ck_assert_int_eq(err.kind, ERROR_REFUSED);
	ck_assert_str_eq(err.text, BAD[_i].text);
}
END_TEST

START_TEST(an_endless_line_and_an_endless_talk_are_refused)
{
	char line[STARTTLS_UNIT_MAX];
	struct error err;
	unsigned lines = 0;

	memset(line, 'x', sizeof(line));
	starttls_start(&talk, STARTTLS_POP3);
	ck_assert(!hear(line, sizeof(line), &err));
	ck_assert_str_eq(
		err.text, "the server says more than 2048 bytes at once");
	starttls_start(&talk, STARTTLS_SMTP);
	while (hear("220-and so on\r\n", 15, &err))
		lines++;
	ck_assert_uint_eq(lines, STARTTLS_TALK_MAX / 15);
	ck_assert_str_eq(
		err.text, "the server says more than 16384 bytes before TLS");
}
END_TEST

START_TEST(random_bytes_end_in_an_error_or_wait)
{
	unsigned char bytes[512];
	struct error err;

	srandom(7);
	for (int round = 0; round < 2000; round++) {
		for (size_t i = 0; i < sizeof(bytes); i++)
			bytes[i] = (unsigned char)random();
		bytes[1] &= (unsigned char)-(round % 2);
		bytes[2] = 0;
		starttls_start(&talk,
			(enum starttls_protocol)(1 + round % STARTTLS_MYSQL));
		if (starttls_read(&talk, bytes, sizeof(bytes), &err))
			ck_assert(!starttls_is_ready(&talk));
	}
}
END_TEST

START_TEST(tls_at_once_needs_no_words)
{
	size_t length;

	starttls_start(&talk, STARTTLS_NONE);
	ck_assert(starttls_is_ready(&talk));
	expect_output(NULL);
	ck_assert_ptr_null(starttls_farewell(STARTTLS_NONE, &length));
	ck_assert_uint_eq(starttls_port(STARTTLS_NONE), 0);
}
END_TEST

static const struct {
	const char *text;
	const char *label; /* NULL: no endpoint */
} ENDPOINTS[] = {
	{"www.Example:443", "www.example:443"},
	{"[2001:DB8::1]:8443,sni=A.b", "[2001:db8::1]:8443,sni=a.b"},
	{"smtp://mail.example", "smtp://mail.example:25"},
	{"imap://[::1]", "imap://[::1]:143"},
	{"pop3://192.0.2.1:1110,sni=x.y", "pop3://192.0.2.1:1110,sni=x.y"},
	{"postgres://db", "postgres://db:5432"},
	{"mysql://db:1", "mysql://db:1"},
	{"LocalHost:443,sni=a.b", "localhost:443,sni=a.b"},
	{"www.example", NULL},
	{"*:443", NULL},
	{"a b:443", NULL},
	{"-:443", NULL},
	{"[::1]", NULL},
	{"::1:443", NULL},
	{"smtp://::1", NULL},
	{"smtp://[::1", NULL},
	{"smtp://[192.0.2.1]", NULL},
	{"smtp://", NULL},
	{"smtp://a:", NULL},
	{"smtp://a:0", NULL},
	{"SMTP://a", NULL},
	{"ldap://a", NULL},
	{"://a", NULL},
	{"a:443,sni=", NULL},
	{"a:443,sni=192.0.2.1", NULL},
	{"*.a.example:443", NULL},
};

START_TEST(an_endpoint_is_read_and_shown)
{
	struct config_endpoint endpoint;

	ck_assert_int_eq(config_endpoint_parse(ENDPOINTS[_i].text, &endpoint),
		ENDPOINTS[_i].label != NULL);
	if (!ENDPOINTS[_i].label)
		return;
	struct config_endpoint copy = config_endpoint_copy(&endpoint);
	config_endpoint_clear(&endpoint);
	char *label = config_endpoint_label(&copy);
	ck_assert_str_eq(label, ENDPOINTS[_i].label);
	free(label);
	config_endpoint_clear(&copy);
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof(*(array))))

static Suite *suite(void)
{
	Suite *suite = suite_create("starttls");
	TCase *tests = tcase_create("starttls");

	tcase_add_loop_test(tests, mail_servers_are_led_to_tls, 0, COUNT(GOOD));
	tcase_add_loop_test(tests, words_may_come_byte_by_byte, 0, COUNT(GOOD));
	tcase_add_test(
		tests, postgres_is_asked_first_and_answers_with_a_letter);
	tcase_add_test(tests, mysql_is_asked_by_a_packet);
	tcase_add_loop_test(
		tests, what_does_not_lead_to_tls_is_named, 0, COUNT(BAD));
	tcase_add_test(tests, an_endless_line_and_an_endless_talk_are_refused);
	tcase_add_test(tests, random_bytes_end_in_an_error_or_wait);
	tcase_add_test(tests, tls_at_once_needs_no_words);
	tcase_add_loop_test(
		tests, an_endpoint_is_read_and_shown, 0, COUNT(ENDPOINTS));
	suite_add_tcase(suite, tests);
	return suite;
}

int main(void)
{
	return suite_run(suite());
}
