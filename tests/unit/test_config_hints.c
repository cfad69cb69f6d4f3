/* SPDX-License-Identifier: MIT */

/*
 * What people write who took one thing for another, and what they are told.
 */

#include "config_texts.h"

#include "suite.h"

#include <check.h>
#include <string.h>

#define SITE "[Certificate]\nNames=a.example\n"

static const struct {
	const char *text;
	const char *hint;
} HINTS[] = {
	{"[Certificate]\nNames=a.example,b.example\n",
		"site.conf:2: 'Names=a.example,b.example' is no name: name "
		"'a.example,b.example' has a ',' or ';': names are separated "
		"by blanks"},
	{"[Certificate]\nNames=\"a.example\"\n", "has a quote"},
	{"[Certificate]\nNames=https://a.example\n",
		"a name stands alone, without 'https://', port and path"},
	{"[Certificate]\nNames=a.example:443\n", "a name stands alone"},
	{SITE "Names=b.example #\n",
		"site.conf:3: 'Names=#' is no name: name '#' has a '#': a "
		"comment stands on a line of its own"},
	{"[Certificate]\nNames=a_b.example\n",
		"has a '_', which no host name has"},
	{"[Certificate]\nNames=www\n",
		"has one label only: it lacks its domain"},
	{SITE "RenewBefore=30\n",
		"site.conf:3: 'RenewBefore=30' has no unit: write '30d' for "
		"days, or '30s'"},
	{SITE "Key=rsa2048\n", "did you mean 'rsa-2048'?"},
	{SITE "Key=dsa\n", "is none of 'ecdsa-p256', 'ecdsa-p384', "},
	{SITE "[Challenge]\nSolver=nginx\n",
		"is none of 'webroot', 'standalone', 'socket', "},
	{SITE "[Deploy]\nReload=systemctl reload nginx\n",
		"'Reload=systemctl' is no name of a unit such as "
		"'nginx.service'"},
	{SITE "[Deploy]\nReload=/usr/sbin/nginx -s reload\n",
		"a command belongs in 'ReloadCommand='"},
	{SITE "[Deploy]\nReload=nginx,haproxy\n",
		"units are separated by blanks"},
	{SITE "[Deploy]\nReload=a@.service\n", "is no name of a unit"},
	{SITE "[Deploy]\nVerify=a.example\n", "'www.example.com:443'"},
	{SITE "[Deploy]\nVerify=yes\n", "is neither 'auto' nor 'no' nor"},
};

START_TEST(a_mistake_comes_with_a_hint)
{
	config_free(config_of(CONFIG_GLOBAL, HINTS[_i].text));
	ck_assert_msg(strstr(config_mistakes(), HINTS[_i].hint) != NULL, "%s",
		config_mistakes());
}
END_TEST

START_TEST(a_ca_with_the_name_of_another_is_noticed)
{
	ck_assert_ptr_null(config_of(
		CONFIG_GLOBAL "[CA tests]\nContact=a@b.example\n", SITE));
	ck_assert_str_eq(config_mistakes(),
		"acmed.conf:5: '[CA tests]' has no 'Directory=': did you mean "
		"'[CA test]'?\n");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("config_hints");
	TCase *tests = tcase_create("config_hints");

	tcase_add_checked_fixture(tests, NULL, config_forget);
	tcase_add_loop_test(tests, a_mistake_comes_with_a_hint, 0,
		sizeof(HINTS) / sizeof(*HINTS));
	tcase_add_test(tests, a_ca_with_the_name_of_another_is_noticed);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
