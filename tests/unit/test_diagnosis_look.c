/* SPDX-License-Identifier: MIT */
#include "diagnosis_look.h"

#include "suite.h"

#include <check.h>

static const struct {
	struct diagnosis_web web;
	const char *code;
} WEBS[] = {
	{{.status = 404}, "H5"},
	{{.status = 200}, "H5"},
	{{.status = 200, .is_foreign = true}, "H9"},
	{{.status = 404, .is_foreign = true}, "H5"},
	{{.status = 403}, "H8"},
	{{.status = 403, .is_filtered = true}, "H10"},
	{{.status = 503, .is_filtered = true}, "H10"},
	{{.status = 404, .is_redirected = true}, "H4"},
	{{.status = 200, .is_redirected = true, .is_foreign = true}, "H4"},
	{{.status = 502, .is_redirected = true}, "H12"},
	{{.status = 502}, "H12"},
	{{.status = 301}, "H4"},
};

START_TEST(a_web_server_is_told_by_its_reply)
{
	ck_assert_str_eq(diagnosis_of_web(&WEBS[_i].web), WEBS[_i].code);
}
END_TEST

START_TEST(port_443_is_told_by_what_it_shows)
{
	ck_assert_str_eq(diagnosis_of_alpn(true, false, false), "T1");
	ck_assert_str_eq(diagnosis_of_alpn(false, false, true), "T2");
	ck_assert_str_eq(diagnosis_of_alpn(true, true, false), "T4");
	ck_assert_str_eq(diagnosis_of_alpn(false, false, false), "H1");
}
END_TEST

START_TEST(an_endpoint_is_told_by_its_handshakes)
{
	ck_assert_str_eq(diagnosis_of_served(8, 0), "");
	ck_assert_str_eq(diagnosis_of_served(5, 3), "P4");
	ck_assert_str_eq(diagnosis_of_served(0, 8), "P8");
	ck_assert_str_eq(diagnosis_of_served(0, 0), "P8");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("diagnosis_look");
	TCase *tests = tcase_create("diagnosis_look");

	tcase_add_loop_test(tests, a_web_server_is_told_by_its_reply, 0,
		sizeof(WEBS) / sizeof(*WEBS));
	tcase_add_test(tests, port_443_is_told_by_what_it_shows);
	tcase_add_test(tests, an_endpoint_is_told_by_its_handshakes);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
