/* SPDX-License-Identifier: MIT */
#include "subject.h"

#include "config_texts.h"
#include "suite.h"
#include "text.h"

#include <check.h>

#define SITE "[Certificate]\nNames=a.example b.example\n"

static void set_up(void)
{
}

static void tear_down(void)
{
	config_forget();
}

static bool differs(const char *text)
{
	char before[SUBJECT_SIZE], after[SUBJECT_SIZE];

	subject_of(config_site(SITE), before);
	subject_of(config_site(text), after);
	return !streq(before, after);
}

START_TEST(the_same_configuration_is_the_same_subject)
{
	ck_assert(!differs(SITE));
	ck_assert(!differs("# a remark\n" SITE));
}
END_TEST

START_TEST(names_belong_to_it)
{
	ck_assert(differs("[Certificate]\nNames=a.example\n"));
	ck_assert(differs("[Certificate]\nNames=a.example c.example\n"));
}
END_TEST

START_TEST(the_key_belongs_to_it)
{
	ck_assert(differs(SITE "Key=rsa-2048\n"));
}
END_TEST

START_TEST(a_solver_belongs_to_it)
{
	ck_assert(differs(SITE "[Challenge]\nSolver=standalone\n"));
	ck_assert(differs(SITE "[Challenge]\nWebroot=/srv/www\n"));
	ck_assert(differs(SITE "[Challenge b.example]\nSolver=standalone\n"));
	ck_assert(differs(SITE "[Challenge]\nType=dns-01\nSolver=rfc2136\n"
			       "Server=192.0.2.53\nKeyFile=/a\n"));
}
END_TEST

#define RFC2136 \
	SITE "[Challenge]\nType=dns-01\nSolver=rfc2136\n" \
	     "Server=192.0.2.53\nKeyFile=/etc/acmed/secrets/tsig\n"

START_TEST(so_does_its_name_server)
{
	char plain[SUBJECT_SIZE], ttl[SUBJECT_SIZE], zone[SUBJECT_SIZE];

	subject_of(config_site(RFC2136), plain);
	subject_of(config_site(RFC2136 "Zone=example\n"), zone);
	subject_of(config_site(RFC2136 "TTL=5m\n"), ttl);
	ck_assert_str_ne(plain, zone);
	ck_assert_str_ne(plain, ttl);
}
END_TEST

START_TEST(what_is_asked_of_the_ca_belongs_to_it)
{
	ck_assert(differs(SITE "Profile=short\n"));
	ck_assert(differs(SITE "RequireProfile=short\n"));
	ck_assert(differs(SITE "PreferredChain=Old Root\n"));
}
END_TEST

START_TEST(deployment_does_not_belong_to_it)
{
	ck_assert(!differs(SITE "[Deploy]\nReload=nginx.service\n"));
	ck_assert(!differs(SITE "RenewBefore=20d\n"));
}
END_TEST

START_TEST(the_ca_belongs_to_it)
{
	char before[SUBJECT_SIZE], after[SUBJECT_SIZE];
	struct config *config = config_of(
		CONFIG_GLOBAL "[CA test]\nContact=a@b.example\n", SITE);

	ck_assert_ptr_nonnull(config);
	subject_of(config_find(config, "site"), after);
	config_free(config);
	subject_of(config_site(SITE), before);
	ck_assert_str_ne(before, after);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("subject");
	TCase *tests = tcase_create("subject");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, the_same_configuration_is_the_same_subject);
	tcase_add_test(tests, names_belong_to_it);
	tcase_add_test(tests, the_key_belongs_to_it);
	tcase_add_test(tests, a_solver_belongs_to_it);
	tcase_add_test(tests, so_does_its_name_server);
	tcase_add_test(tests, what_is_asked_of_the_ca_belongs_to_it);
	tcase_add_test(tests, deployment_does_not_belong_to_it);
	tcase_add_test(tests, the_ca_belongs_to_it);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
