/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "mem.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#include <string.h>

/* What cannot work with a CA that is known: acmed.conf, the file of the
 * certificate, and what is told. */

#define KNOWN "[CA big]\nDirectory=https://big.example/\nAddressProfile=short\n"
#define USES "[Certificate]\nCA=big\n"
#define AGREES "[CA big]\nAgreeToTerms=yes\n" USES
#define TERMS \
	"CA 'big' opens no account before you agree to its terms: write " \
	"'AgreeToTerms=yes' below '[CA big]' in acmed.conf\n"
#define MEANINGLESS(name) \
	"site.conf:2: CA 'big' issues nothing for '" name "', which has no " \
	"meaning in the Internet: take a name below a domain of yours, or a " \
	"CA of your own\n"

static const struct {
	const char *global, *site;
	const char *advice;
} ROWS[] = {
	{AGREES, "[Certificate]\nNames=a.example.org\n", ""},
	{USES, "[Certificate]\nNames=a.example.org\n", "acmed.conf:2: " TERMS},
	{"[CA big]\nAgreeToTerms=no\n" USES,
		"[Certificate]\nNames=a.example.org\n", "acmed.conf:2: " TERMS},
	{"", "[Certificate]\nNames=a.example.org\nCA=big\n",
		"site.conf:3: " TERMS},
	{AGREES, "[Certificate]\nNames=a.example.org nas.local\n",
		MEANINGLESS("nas.local")},
	{AGREES, "[Certificate]\nNames=10.1.2.3\n", MEANINGLESS("10.1.2.3")},
	{AGREES, "[Certificate]\nNames=9.9.9.9\n",
		"site.conf:2: CA 'big' issues for '9.9.9.9' with another "
		"profile only: write 'Profile=short'\n"},
	{AGREES, "[Certificate]\nNames=9.9.9.9\nProfile=short\n", ""},
};

static char *join(const struct strings *texts)
{
	struct text all = {0};

	for (size_t i = 0; i < texts->count; i++)
		text_addf(&all, "%s\n", texts->items[i]);
	return all.data ? text_take(&all) : mem_string("");
}

START_TEST(what_a_known_ca_refuses_is_told_beforehand)
{
	struct mistakes mistakes = {0};
	const char *global = ROWS[_i].global, *site = ROWS[_i].site;
	const struct config_text texts[] = {
		{"big.conf", KNOWN, strlen(KNOWN)},
		{"acmed.conf", global, strlen(global)},
		{"site.conf", site, strlen(site)},
	};
	struct config *config = config_new(texts, 2, 1, &mistakes);

	ck_assert_ptr_nonnull(config);
	ck_assert(config_add_certificate(config, "site", &texts[2], &mistakes));
	cleanup(string) char *advice = join(&mistakes.advice);
	ck_assert_str_eq(advice, ROWS[_i].advice);
	mistakes_clear(&mistakes);
	config_free(config);
}
END_TEST

/* Of many certificates one is enough to say it. */
START_TEST(what_an_account_lacks_is_told_once)
{
	static const char global[] = KNOWN USES;
	static const char site[] = "[Certificate]\nNames=a.example.org\n";
	static const char other[] = "[Certificate]\nNames=b.example.org\n";
	struct mistakes mistakes = {0};
	const struct config_text texts[] = {
		{"big.conf", global, strlen(global)},
		{"site.conf", site, strlen(site)},
		{"other.conf", other, strlen(other)},
	};
	struct config *config = config_new(texts, 1, 1, &mistakes);

	ck_assert(config_add_certificate(config, "site", &texts[1], &mistakes));
	ck_assert_uint_eq(mistakes.advice.count, 1);
	ck_assert(
		config_add_certificate(config, "other", &texts[2], &mistakes));
	ck_assert_uint_eq(mistakes.advice.count, 1);
	mistakes_clear(&mistakes);
	config_free(config);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("config_advice");
	TCase *tests = tcase_create("config_advice");

	tcase_add_loop_test(tests, what_a_known_ca_refuses_is_told_beforehand,
		0, sizeof(ROWS) / sizeof(*ROWS));
	tcase_add_test(tests, what_an_account_lacks_is_told_once);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
