/* SPDX-License-Identifier: MIT */
#include "notify_url.h"

#include "json.h"
#include "mem.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#undef fail /* ours, not the old one of check */

#define WHEN 1800000000 /* 2027-01-15T08:00:00Z */

static struct notify_url target;
static struct error err;

static void read_it(const char *text)
{
	ck_assert_msg(notify_url_read(&target, text, &err), "%s", err.text);
}

/* As jq would show it, compact. */
static void expect_body(const char *subject, const char *text, const char *body)
{
	struct telling_message message = {
		.kind = TELLING_NEWS,
		.level = ALERT_CRITICAL,
		.subject = (char *)subject,
		.text = (char *)text,
		.causes = json_array(),
	};
	cleanup(string) char *made =
		notify_url_body(&target, &message, "www", WHEN);

	ck_assert_str_eq(made, body);
	json_decref(message.causes);
	notify_url_clear(&target);
}

START_TEST(without_a_known_host_all_is_told)
{
	read_it("https://hooks.example:8443/a?b=c");
	ck_assert_str_eq(target.host, "hooks.example");
	ck_assert_str_eq(target.url, "https://hooks.example:8443/a?b=c");
	expect_body("a \"b\"", "one\ntwo\n",
		"{\"from\":\"acmed\",\"host\":\"www\","
		"\"time\":\"2027-01-15T08:00:00Z\",\"kind\":\"news\","
		"\"level\":\"critical\",\"subject\":\"a \\\"b\\\"\","
		"\"text\":\"one\\ntwo\\n\",\"causes\":[]}");
}
END_TEST

START_TEST(ntfy_takes_it_at_its_root)
{
	read_it("https://ntfy.sh/mytopic\nToken=tk_x\n");
	ck_assert_str_eq(target.url, "https://ntfy.sh/");
	ck_assert_str_eq(target.authorization, "Bearer tk_x");
	expect_body("a", "b",
		"{\"topic\":\"mytopic\",\"title\":\"a\",\"message\":\"b\","
		"\"priority\":4,\"tags\":[\"warning\"]}");
}
END_TEST

START_TEST(slack_takes_one_text)
{
	read_it("https://hooks.slack.com/services/T/B/x");
	expect_body("a & <b>", "c > d\n",
		"{\"text\":\"*a &amp; &lt;b&gt;*\\nc &gt; d\\n\"}");
}
END_TEST

START_TEST(a_shape_may_be_named)
{
	read_it("https://push.example/topic\n# mine\n; mine\n\nShape=ntfy\n"
		"TrustFile=/etc/acmed/ca.pem");
	ck_assert_str_eq(target.topic, "topic");
	ck_assert_str_eq(target.trust_file, "/etc/acmed/ca.pem");
	notify_url_clear(&target);
	read_it("https://ntfy.example/x\r\nShape=generic\r\n");
	ck_assert_int_eq(target.shape, NOTIFY_GENERIC);
	notify_url_clear(&target);
}
END_TEST

START_TEST(a_long_text_is_cut_for_ntfy_between_characters)
{
	struct text text cleanup_text_value = {0};

	for (int i = 0; i < 3000; i++)
		text_add(&text, "\xc3\xa4");
	read_it("https://ntfy.sh/t");
	struct telling_message message = {
		.subject = (char *)"a", .text = text.data};
	cleanup(string) char *body =
		notify_url_body(&target, &message, "www", WHEN);
	cleanup(json) json_t *value =
		json_read(body, strlen(body), "body", NULL);
	ck_assert_uint_eq(strlen(member_string_or(value, "message", "")), 3800);
	notify_url_clear(&target);
}
END_TEST

START_TEST(mistakes_are_named_without_the_secret)
{
	static const struct {
		const char *text;
		const char *wanted;
	} CASES[] = {
		{"http://x.example/SECRET", "line 1: it is no 'https://' URL"},
		{"https://x.example/SECRET x",
			"line 1: it is no 'https://' URL"},
		{"https://x.example/<SECRET>",
			"line 1: it is no 'https://' URL"},
		{"https:///SECRET", "line 1: the URL has no host"},
		{"https://x.example/SECRET\nToken=",
			"line 2: 'Token=' is no word"},
		{"https://ntfy.sh/", "of ntfy it is 'https://HOST/TOPIC'"},
		{"https://ntfy.sh/a/SECRET",
			"of ntfy it is 'https://HOST/TOPIC'"},
		{"https://x.example/SECRET\nShape=SECRET",
			"line 2: 'Shape=' is none of 'ntfy', 'slack' and "
			"'generic'"},
		{"https://x.example/SECRET\nToken=a SECRET",
			"line 2: 'Token=' is no word"},
		{"https://x.example/SECRET\nTrustFile=SECRET",
			"line 2: 'TrustFile=' is no absolute path"},
		{"https://x.example/SECRET\nhttps://SECRET",
			"line 2: only 'Shape=', 'Token=' and 'TrustFile=' may "
			"follow the URL"},
		{"https://x.example/\n\n\n\n\n\n\n\n\n",
			"line 9: that is too long"},
	};

	for (size_t i = 0; i < sizeof(CASES) / sizeof(*CASES); i++) {
		ck_assert(!notify_url_read(&target, CASES[i].text, &err));
		ck_assert_str_eq(err.text, CASES[i].wanted);
	}
}
END_TEST

START_TEST(a_password_in_the_url_is_no_host)
{
	read_it("https://me:SECRET@hooks.example/x");
	ck_assert_str_eq(target.host, "hooks.example");
	notify_url_clear(&target);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("notify_url");
	TCase *urls = tcase_create("urls");

	tcase_add_test(urls, without_a_known_host_all_is_told);
	tcase_add_test(urls, ntfy_takes_it_at_its_root);
	tcase_add_test(urls, slack_takes_one_text);
	tcase_add_test(urls, a_shape_may_be_named);
	tcase_add_test(urls, a_long_text_is_cut_for_ntfy_between_characters);
	tcase_add_test(urls, mistakes_are_named_without_the_secret);
	tcase_add_test(urls, a_password_in_the_url_is_no_host);
	suite_add_tcase(suite, urls);
	return suite_run(suite);
}
