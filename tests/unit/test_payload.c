/* SPDX-License-Identifier: MIT */
#include "payload.h"

#include "mem.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#undef fail

#define URL "https://ca.test/some/thing"
#define ACCOUNT "https://ca.test/account/1"
#define OWN_CSR "b3duLWNzcg"

static struct config *config;
static struct payload_context context;

static bool is_own_csr(void *data, const struct config_ca *ca, const char *csr)
{
	(void)data;
	return streq(ca->name, "little") && streq(csr, OWN_CSR);
}

static const char GLOBAL[] = "[CA little]\n"
			     "Directory=https://ca.test/dir\n"
			     "Contact=ops@a.example\n"
			     "AgreeToTerms=yes\n"
			     "[CA other]\n"
			     "Directory=https://other.test/dir\n"
			     "[Certificate]\nCA=little\n";

static void add(const char *name, const char *text)
{
	struct mistakes mistakes = {0};
	struct config_text file = {
		.file = name, .bytes = text, .length = strlen(text)};

	ck_assert(config_add_certificate(config, name, &file, &mistakes));
}

static void prepare(void)
{
	struct mistakes mistakes = {0};
	struct config_text file = {.file = "acmed.conf",
		.bytes = GLOBAL,
		.length = strlen(GLOBAL)};

	config = config_new(&file, 1, 0, &mistakes);
	ck_assert_ptr_nonnull(config);
	add("a", "[Certificate]\nNames=a.example www.a.example\n");
	add("b", "[Certificate]\nNames=b.example\nCA=other\n");
	context = (struct payload_context){.config = config,
		.ca = config_find_ca(config, "little"),
		.url = URL,
		.account = ACCOUNT,
		.is_own_csr = is_own_csr};
}

static void clean(void)
{
	config_free(config);
}

static void allows(const char *payload)
{
	struct error err = {0};

	ck_assert_msg(
		payload_is_allowed(&context, payload, &err), "%s", payload);
}

static void refuses(const char *payload)
{
	struct error err = {0};

	ck_assert_msg(
		!payload_is_allowed(&context, payload, &err), "%s", payload);
	ck_assert_int_eq(err.kind, ERROR_REFUSED);
}

START_TEST(a_name_is_written_as_it_is_configured)
{
	refuses("{\"identifiers\":[{\"type\":\"dns\","
		"\"value\":\"A.example\"}]}");
}
END_TEST

#define DNS(name) "{\"type\":\"dns\",\"value\":\"" name "\"}"
#define ORDER(names, more) "{\"identifiers\":[" names "]" more "}"

START_TEST(reading_and_answering_are_allowed)
{
	allows("");
	allows("{}");
}
END_TEST

START_TEST(configured_names_may_be_ordered)
{
	allows(ORDER(DNS("a.example") "," DNS("www.a.example"), ""));
	allows(ORDER(DNS("www.a.example"), ""));
	allows(ORDER(DNS("a.example"), ",\"profile\":\"shortlived\""));
	allows(ORDER(DNS("a.example"), ",\"replaces\":\"aYhba4dG.AIdlQyE\""));
	allows(ORDER(DNS("a.example"),
		",\"notBefore\":\"2026-01-01T00:00:00Z\""
		",\"notAfter\":\"2026-02-01T00:00:00Z\""));
}
END_TEST

START_TEST(other_names_may_not_be_ordered)
{
	refuses(ORDER("", ""));
	refuses(ORDER(DNS("evil.example"), ""));
	refuses(ORDER(DNS("a.example") "," DNS("evil.example"), ""));
	refuses(ORDER(DNS("*.a.example"), ""));
	refuses(ORDER(DNS("b.example"), ""));
	refuses(ORDER("{\"type\":\"ip\",\"value\":\"192.0.2.1\"}", ""));
	refuses(ORDER("\"a.example\"", ""));
	refuses("{\"identifiers\":\"a.example\"}");
	refuses("{\"identifiers\":{\"type\":\"dns\"}}");
}
END_TEST

START_TEST(names_of_two_certificates_may_not_be_mixed)
{
	context.ca = config_find_ca(config, "other");
	allows(ORDER(DNS("b.example"), ""));
	refuses(ORDER(DNS("b.example") "," DNS("a.example"), ""));
	refuses(ORDER(DNS("a.example"), ""));
}
END_TEST

START_TEST(an_order_has_no_other_members)
{
	refuses(ORDER(DNS("a.example"), ",\"autoRenewal\":{}"));
	refuses(ORDER(DNS("a.example"), ",\"profile\":5"));
	refuses(ORDER(DNS("a.example"), ",\"profile\":\"\""));
	refuses(ORDER(DNS("a.example"), ",\"replaces\":\"../x\""));
	refuses(ORDER(DNS("a.example"), ",\"notAfter\":\"tomorrow\""));
	refuses(ORDER("{\"type\":\"dns\",\"value\":\"a.example\","
		      "\"ancestorDomain\":\"example\"}",
		""));
}
END_TEST

START_TEST(only_our_own_csr_is_finalized)
{
	allows("{\"csr\":\"" OWN_CSR "\"}");
	refuses("{\"csr\":\"Zm9yZWlnbg\"}");
	refuses("{\"csr\":\"\"}");
	refuses("{\"csr\":5}");
	refuses("{\"csr\":\"" OWN_CSR "\",\"x\":1}");
	context.ca = config_find_ca(config, "other");
	refuses("{\"csr\":\"" OWN_CSR "\"}");
}
END_TEST

START_TEST(contacts_are_those_of_the_configuration)
{
	allows("{\"contact\":[\"mailto:ops@a.example\"]}");
	refuses("{\"contact\":[]}");
	refuses("{\"contact\":[\"mailto:evil@evil.example\"]}");
	refuses("{\"contact\":[\"mailto:ops@a.example\",\"mailto:b@c.example\"]"
		"}");
	refuses("{\"contact\":[\"mailto:ops@a.example\"],\"status\":"
		"\"deactivated\"}");
}
END_TEST

START_TEST(an_authorization_may_be_deactivated)
{
	allows("{\"status\":\"deactivated\"}");
	refuses("{\"status\":\"revoked\"}");
	refuses("{\"status\":\"deactivated\",\"x\":1}");
}
END_TEST

START_TEST(an_account_may_not_be_deactivated)
{
	static const char *const URLS[] = {ACCOUNT, "https://CA.test/account/1",
		"https://ca.test/Account/1", "https://ca.test/account/1/",
		"https://ca.test/account/1?x", "https://ca.test/account/1#x",
		"https://ca.test/account//1", "https://ca.test/account/./1",
		"https://ca.test/x/../account/1", "https://ca.test/%61ccount/1",
		"https://ca.test:443/account/1", "https://ca.test",
		"https://ca.test/account/01", "https://ca.test/account/2",
		"https://ca.test/account/1/orders",
		"https://ca.test/ACCOUNT/-1"};

	for (size_t i = 0; i < sizeof(URLS) / sizeof(*URLS); i++) {
		context.url = URLS[i];
		refuses("{\"status\":\"deactivated\"}");
	}
	context.url = URL;
	context.account = NULL;
	refuses("{\"status\":\"deactivated\"}");
}
END_TEST

START_TEST(nor_by_the_url_that_it_had_before)
{
	cleanup(json) json_t *former = json_pack("[s]", ACCOUNT);

	context.account = "https://ca.test/old/1";
	context.former = former;
	context.url = "https://ca.test/account/1";
	refuses("{\"status\":\"deactivated\"}");
	context.url = "https://ca.test/old/1";
	refuses("{\"status\":\"deactivated\"}");
	context.url = URL;
	allows("{\"status\":\"deactivated\"}");
	context.account = "https://ca.test/1";
	refuses("{\"status\":\"deactivated\"}");
}
END_TEST

START_TEST(root_permits_to_close_an_account_and_no_other)
{
	context.may_close = true;
	context.url = ACCOUNT;
	allows("{\"status\":\"deactivated\"}");
	context.url = "https://ca.test/account/2";
	refuses("{\"status\":\"deactivated\"}");
}
END_TEST

START_TEST(everything_else_is_refused)
{
	static const char *const PAYLOADS[] = {
		/* of a new account: only in the name of its key */
		"{\"termsOfServiceAgreed\":true}",
		"{\"onlyReturnExisting\":true}",
		"{\"contact\":[\"mailto:ops@a.example\"],"
		"\"termsOfServiceAgreed\":true}",
		/* in nobody's */
		"{\"certificate\":\"MIIB\"}",
		"{\"certificate\":\"MIIB\",\"reason\":1}",
		"{\"protected\":\"e30\",\"payload\":\"e30\",\"signature\":"
		"\"x\"}",
		"{\"account\":\"" ACCOUNT "\",\"oldKey\":{}}",
		"{\"identifier\":" DNS("a.example") "}",
		"{\"externalAccountBinding\":{}}",
		/* short-term certificates (RFC 8739), delegation (RFC 9115),
		 * authority tokens (RFC 9447), onions (RFC 9799), drafts */
		"{\"status\":\"canceled\"}",
		"{\"status\":\"revoked\"}",
		"{\"status\":\"valid\"}",
		"{\"auto-renewal\":{\"end-date\":\"2027-01-01T00:00:00Z\"}}",
		"{\"delegation\":\"https://ca.test/delegation/1\"}",
		ORDER(DNS("a.example"),
			",\"delegation\":\"https://ca.test/delegation/1\""),
		"{\"cnamemap\":{}}",
		"{\"tkauth\":\"x\"}",
		"{\"atc\":\"x\"}",
		"{\"keyAuthorization\":\"x.y\"}",
		"{\"onionCAA\":{}}",
		"{\"certID\":\"aYhba4dG.AIdlQyE\",\"replaced\":true}",
		"{\"oldKey\":{},\"account\":\"" ACCOUNT "\"}",
		"{\"orders\":\"https://ca.test/orders/1\"}",
		"{\"resource\":\"revoke-cert\"}",
		"[]",
		"null",
		"\"\"",
		"5",
		"nonsense",
		" ",
		"{",
		"{}{}",
		"{\"csr\":\"" OWN_CSR "\",\"csr\":\"x\"}",
	};

	for (size_t i = 0; i < sizeof(PAYLOADS) / sizeof(*PAYLOADS); i++) {
		context.is_by_key = false;
		refuses(PAYLOADS[i]);
		context.is_by_key = true;
		if (i < 3)
			allows(PAYLOADS[i]);
		else
			refuses(PAYLOADS[i]);
	}
}
END_TEST

START_TEST(what_an_order_may_say_besides_has_a_form)
{
	char word[300] = "";

	memset(word, 'x', 257);
	cleanup(string) char *text = text_format(
		ORDER(DNS("a.example"), ",\"profile\":\"%s\""), word);
	refuses(text);
	refuses(ORDER(DNS("a.example"), ",\"profile\":\"\""));
	refuses(ORDER(DNS("a.example"), ",\"profile\":\"a b\""));
	refuses(ORDER(DNS("a.example"), ",\"profile\":5"));
	refuses(ORDER(DNS("a.example"), ",\"notBefore\":5"));
	refuses(ORDER(DNS("a.example"), ",\"notAfter\":\"now\""));
	refuses(ORDER(DNS("a.example"), ",\"replaces\":5"));
	refuses(ORDER(DNS("a.example"), ",\"replaces\":\"aYhba4dG\""));
	refuses(ORDER(DNS("a.example"), ",\"replaces\":\"!.AIdlQyE\""));
	refuses(ORDER(DNS("a.example"), ",\"replaces\":\"aYhba4dG.!\""));
	refuses(ORDER("5", ""));
	refuses(ORDER("{\"type\":\"dns\",\"value\":\"-\"}", ""));
	refuses("{\"contact\":[5]}");
	refuses("{\"contact\":5}");
}
END_TEST

/* Where nobody can say which URL is the account's, none is another's. */
START_TEST(nothing_is_deactivated_beside_an_odd_url)
{
	context.url = "https://ca.test/authz/1";
	allows("{\"status\":\"deactivated\"}");
	context.account = "https://ca.test/acct%31";
	refuses("{\"status\":\"deactivated\"}");
	context.account = "nonsense";
	refuses("{\"status\":\"deactivated\"}");
	context.account = ACCOUNT;
	context.url = "nonsense";
	refuses("{\"status\":\"deactivated\"}");
}
END_TEST

START_TEST(the_bare_key_signs_only_for_a_new_account)
{
	context.is_by_key = true;
	allows("{}");
	allows("{\"onlyReturnExisting\":true}");
	allows("{\"termsOfServiceAgreed\":true}");
	allows("{\"termsOfServiceAgreed\":true,"
	       "\"contact\":[\"mailto:ops@a.example\"]}");
	refuses("");
	refuses("{\"termsOfServiceAgreed\":false}");
	refuses("{\"onlyReturnExisting\":false}");
	refuses("{\"contact\":[\"mailto:evil@evil.example\"]}");
	refuses("{\"externalAccountBinding\":{}}");
	refuses("{\"certificate\":\"MIIB\"}");
	refuses("{\"status\":\"deactivated\"}");
	refuses("{\"csr\":\"" OWN_CSR "\"}");
	refuses(ORDER(DNS("a.example"), ""));
}
END_TEST

START_TEST(terms_are_agreed_to_by_humans)
{
	context.is_by_key = true;
	context.ca = config_find_ca(config, "other");
	refuses("{\"termsOfServiceAgreed\":true}");
	allows("{\"onlyReturnExisting\":true}");
}
END_TEST

START_TEST(a_huge_payload_is_refused)
{
	struct text text = {0};

	text_add(&text, "{\"contact\":[\"");
	for (int i = 0; i < 70000; i++)
		text_add(&text, "x");
	text_add(&text, "\"]}");
	refuses(text.data);
	text_clear(&text);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("payload");
	TCase *tests = tcase_create("payload");

	tcase_add_checked_fixture(tests, prepare, clean);
	tcase_add_test(tests, a_name_is_written_as_it_is_configured);
	tcase_add_test(tests, reading_and_answering_are_allowed);
	tcase_add_test(tests, configured_names_may_be_ordered);
	tcase_add_test(tests, other_names_may_not_be_ordered);
	tcase_add_test(tests, names_of_two_certificates_may_not_be_mixed);
	tcase_add_test(tests, an_order_has_no_other_members);
	tcase_add_test(tests, only_our_own_csr_is_finalized);
	tcase_add_test(tests, contacts_are_those_of_the_configuration);
	tcase_add_test(tests, an_authorization_may_be_deactivated);
	tcase_add_test(tests, an_account_may_not_be_deactivated);
	tcase_add_test(tests, nor_by_the_url_that_it_had_before);
	tcase_add_test(tests, root_permits_to_close_an_account_and_no_other);
	tcase_add_test(tests, everything_else_is_refused);
	tcase_add_test(tests, what_an_order_may_say_besides_has_a_form);
	tcase_add_test(tests, nothing_is_deactivated_beside_an_odd_url);
	tcase_add_test(tests, the_bare_key_signs_only_for_a_new_account);
	tcase_add_test(tests, terms_are_agreed_to_by_humans);
	tcase_add_test(tests, a_huge_payload_is_refused);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
