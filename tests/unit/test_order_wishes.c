/* SPDX-License-Identifier: MIT */
#include "order.h"

#include "chain_choice.h"
#include "fake_ca.h"
#include "known_chain.h"
#include "profile.h"
#include "suite.h"

/* What an order may do without: profile, replaces, chain; and what it gives
 * back. */

#define PROBLEM(type) "{\"type\":\"" ACME type "\",\"detail\":\"words\"}"

/* Profiles. */

static struct order *start_with(
	struct fake_ca *ca, const char *profiles, struct request *asked)
{
	cleanup(json) json_t *known = json_loads(profiles, 0, NULL);

	ca->names = 1;
	ca->profiles = known;
	fake_start(ca, NULL, NULL);
	ca->profiles = NULL;
	fake_take(ca);
	*asked = *ca->out[0].request;
	return ca->order;
}

/* No dates, no ancestors, no profile that nobody wants. */
START_TEST(an_order_asks_for_names_and_nothing_else)
{
	struct fake_ca ca = {0};
	struct request asked;
	struct order *order = start_with(&ca, "{\"short\":\"d\"}", &asked);

	ck_assert_str_eq(asked.payload,
		"{\"identifiers\":[{\"type\":\"dns\",\"value\":\"n0.example\"}"
		"]}");
	order_free(order);
}
END_TEST

START_TEST(a_profile_that_the_ca_has_is_asked_for)
{
	struct fake_ca ca = {.profile = "short"};
	struct request asked;
	struct order *order =
		start_with(&ca, "{\"short\":\"d\",\"long\":\"d\"}", &asked);

	ck_assert_ptr_nonnull(strstr(asked.payload, "\"profile\":\"short\""));
	ck_assert_str_eq(ca.warning, "");
	order_free(order);
}
END_TEST

START_TEST(a_profile_that_the_ca_has_not_is_done_without)
{
	struct fake_ca ca = {.profile = "short"};
	struct request asked;
	struct order *order = start_with(&ca, "{\"long\":\"d\"}", &asked);

	ck_assert_ptr_null(strstr(asked.payload, "profile"));
	ck_assert_str_eq(ca.warning, "the CA has no profile 'short'");
	order_free(order);
}
END_TEST

START_TEST(a_profile_that_was_dropped_meanwhile_is_done_without_once)
{
	struct fake_ca ca = {.profile = "short",
		.specials = {
			{"/new-order", 1, 1, 400, PROBLEM("invalidProfile")}}};
	struct request asked;
	struct order *order = start_with(&ca, "{\"short\":\"d\"}", &asked);

	ca.out_count = 1;
	fake_drive(&ca);
	ck_assert_int_eq(order_state(order), ORDER_ISSUED);
	ck_assert_str_eq(ca.warning, "the CA has no profile 'short'");
	order_free(order);
}
END_TEST

START_TEST(a_profile_that_is_refused_at_finalize_costs_the_order_only)
{
	struct fake_ca ca = {.profile = "short",
		.specials = {
			{"/finalize", 1, 1, 400, PROBLEM("invalidProfile")}}};
	struct request asked;
	struct order *order = start_with(&ca, "{\"short\":\"d\"}", &asked);

	fake_drive(&ca);
	ck_assert_int_eq(order_state(order), ORDER_ISSUED);
	ck_assert_int_eq(ca.orders, 2);
	ck_assert_str_eq(ca.saved, CA "/order/new");
	ck_assert_str_eq(ca.warning, "the CA has no profile 'short'");
	order_free(order);
}
END_TEST

START_TEST(a_required_profile_that_was_dropped_ends_it)
{
	struct fake_ca ca = {.profile = "short",
		.requires_profile = true,
		.specials = {
			{"/new-order", 1, 9, 400, PROBLEM("invalidProfile")}}};
	struct request asked;
	struct order *order = start_with(&ca, "{\"short\":\"d\"}", &asked);

	fake_drive(&ca);
	ck_assert_int_eq(order_state(order), ORDER_FAILED);
	ck_assert_int_eq(order_error(order)->kind, ERROR_REFUSED);
	ck_assert_str_eq(order_error(order)->code, "K7");
	ck_assert_int_eq(ca.requests, 1);
	order_free(order);
}
END_TEST

static const struct {
	const char *profiles; /* NULL: the CA tells of none */
	const char *name;
	bool is_required;
	const char *chosen;
	bool fails;
} CHOICES[] = {
	{"{\"a\":\"d\"}", NULL, false, NULL, false},
	{"{\"a\":\"d\"}", "a", false, "a", false},
	{"{\"a\":\"d\"}", "a", true, "a", false},
	{"{\"a\":\"d\"}", "b", false, NULL, false},
	{"{\"a\":\"d\"}", "b", true, NULL, true},
	{NULL, "a", false, NULL, false},
	{NULL, "a", true, NULL, true},
};

START_TEST(only_a_required_profile_must_be_there)
{
	cleanup(json) json_t *profiles = CHOICES[_i].profiles
		? json_loads(CHOICES[_i].profiles, 0, NULL)
		: NULL;
	const struct directory directory = {.profiles = profiles};
	const struct profile_wish wish = {
		CHOICES[_i].name, CHOICES[_i].is_required};
	const char *chosen = "?";
	struct error err = {0};
	bool is_fine = profile_choose(&directory, &wish, &chosen, &err);

	ck_assert_int_eq(is_fine, !CHOICES[_i].fails);
	ck_assert_pstr_eq(chosen, CHOICES[_i].chosen);
	if (!is_fine)
		ck_assert_ptr_nonnull(strstr(
			err.text, profiles ? "it has: a" : "it has: none"));
}
END_TEST

/* replaces (RFC 9773 section 5). */

static const struct refusal {
	int status;
	const char *problem;
	bool tries_without;
	double retry_after;
} REFUSALS[] = {
	{409, PROBLEM("alreadyReplaced"), true},
	{409, PROBLEM("alreadyReplaced"), true, 60},
	{400, PROBLEM("alreadyReplaced"), true, 60},
	{500, PROBLEM("serverInternal"), false, 60},
	{503, PROBLEM("serverInternal"), false, 3600},
	{409, "busy", true},
	{404, PROBLEM("malformed"), true},
	{401, PROBLEM("unauthorized"), true},
	{500, PROBLEM("serverInternal"), true},
	{403, PROBLEM("userActionRequired"), false},
	{400, PROBLEM("rejectedIdentifier"), false},
	{429, PROBLEM("rateLimited"), false},
	{404, "gone", false},
};

START_TEST(what_may_be_about_replaces_is_tried_again_once_without)
{
	const struct refusal *refusal = &REFUSALS[_i];
	struct fake_ca ca = {.names = 1,
		.specials = {
			{"/new-order", 1, 9, refusal->status, refusal->problem,
				.retry_after = refusal->retry_after}}};

	fake_start(&ca, NULL, "aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE");
	fake_drive(&ca);
	ck_assert_int_eq(order_state(ca.order), ORDER_FAILED);
	ck_assert_int_eq(ca.requests, refusal->tries_without ? 2 : 1);
	order_free(ca.order);
}
END_TEST

START_TEST(what_is_replaced_is_said_and_need_not_be_echoed)
{
	struct fake_ca ca = {.names = 1};

	fake_start(&ca, NULL, "aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE");
	fake_take(&ca);
	ck_assert_ptr_nonnull(strstr(ca.out[0].request->payload,
		"\"replaces\":\"aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE\""));
	fake_drive(&ca);
	ck_assert_int_eq(order_state(ca.order), ORDER_ISSUED);
	order_free(ca.order);
}
END_TEST

START_TEST(an_order_without_replaces_may_pass)
{
	struct fake_ca ca = {.names = 1,
		.specials = {
			{"/new-order", 1, 1, 500, PROBLEM("serverInternal")}}};

	fake_start(&ca, NULL, "aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE");
	fake_drive(&ca);
	ck_assert_int_eq(order_state(ca.order), ORDER_ISSUED);
	order_free(ca.order);
}
END_TEST

/* Authorizations that are left behind. */

START_TEST(what_the_ca_has_decided_is_not_deactivated)
{
	struct fake_ca ca = {.names = 3,
		.fails = {false, true},
		.valid = {false, false, true}};

	fake_start(&ca, NULL, NULL);
	fake_drive(&ca);
	ck_assert_int_eq(order_state(ca.order), ORDER_FAILED);
	ck_assert(!order_is_busy(ca.order));
	ck_assert(!ca.deactivated[0]);
	ck_assert(!ca.deactivated[1]); /* invalid */
	ck_assert(!ca.deactivated[2]); /* valid: the next order's */
	order_free(ca.order);
}
END_TEST

START_TEST(an_unoffered_challenge_gives_all_back)
{
	struct fake_ca ca = {.names = 2,
		.specials = {{"/authz/1", 1, 1, 200,
			"{\"status\":\"pending\",\"identifier\":{\"type\":"
			"\"dns\",\"value\":\"n1.example\"},\"challenges\":[]"
			"}"}}};

	fake_start(&ca, NULL, NULL);
	fake_drive(&ca);
	ck_assert_int_eq(order_state(ca.order), ORDER_FAILED);
	ck_assert(ca.deactivated[0]);
	ck_assert(ca.deactivated[1]);
	ck_assert_int_eq(ca.withdrawn[0], ca.presented[0]);
	order_free(ca.order);
}
END_TEST

START_TEST(an_order_that_is_gone_on_with_keeps_its_authorizations)
{
	struct fake_ca ca = {.names = 2, .present_fails = {true}};

	fake_start(&ca, NULL, NULL);
	fake_drive(&ca);
	ck_assert(order_is_resumable(ca.order));
	ck_assert(!ca.deactivated[0]);
	ck_assert(!ca.deactivated[1]);
	order_free(ca.order);
}
END_TEST

/* Chains. */

static struct known_chain known;
static char *whole, *bare, *other;

static void make_chains(void)
{
	const struct known_wish stranger = {.subject = "CN=other"};
	cleanup(x509) X509 *leaf = NULL;

	known_chain_make(&known);
	leaf = known_leaf(&known, stranger);
	whole = known_pem(known.leaf, known.middle, known.root, NULL);
	bare = known_pem(known.leaf, known.middle, NULL);
	other = known_pem(leaf, known.middle, known.root, NULL);
}

static void free_chains(void)
{
	known_chain_clear(&known);
	free(whole);
	free(bare);
	free(other);
}

static char *name_of(X509 *certificate)
{
	char name[256] = "";

	X509_NAME_get_text_by_NID(X509_get_subject_name(certificate),
		NID_commonName, name, sizeof(name));
	return strdup(name);
}

START_TEST(a_chain_fits_by_the_name_of_any_ca)
{
	struct error err = {0};
	cleanup(string) char *root = name_of(known.root);
	cleanup(string) char *middle = name_of(known.middle);
	cleanup(string) char *leaf = name_of(known.leaf);
	cleanup(chain) STACK_OF(X509) *chain =
		certificate_chain_parse(bare, strlen(bare), &err);

	ck_assert(chain_fits(chain, root));
	ck_assert(chain_fits(chain, middle));
	ck_assert(!chain_fits(chain, leaf));
	ck_assert(!chain_fits(chain, "nobody"));
	ck_assert(!chain_fits(chain, ""));
}
END_TEST

static char *hex_of(const unsigned char *bytes, size_t length)
{
	char *hex = calloc(1, 2 * length + 1);

	for (size_t i = 0; hex && i < length; i++)
		snprintf(hex + 2 * i, 3, "%02X", bytes[i]);
	return hex;
}

START_TEST(a_chain_fits_by_the_public_key_of_its_root)
{
	struct error err = {0};
	unsigned char digest[32];
	unsigned char *der = NULL;
	int length = i2d_PUBKEY(known.root_key, &der);
	cleanup(chain) STACK_OF(X509) *chain =
		certificate_chain_parse(whole, strlen(whole), &err);

	EVP_Digest(der, (size_t)length, digest, NULL, EVP_sha256(), NULL);
	OPENSSL_free(der);
	cleanup(string) char *hex = hex_of(digest, sizeof(digest));
	ck_assert(chain_fits(chain, hex));
	hex[0] = hex[0] == '0' ? '1' : '0';
	ck_assert(!chain_fits(chain, hex));
}
END_TEST

/* It stands in the last certificate, root or not. */
START_TEST(a_chain_fits_by_the_key_identifier_of_its_root)
{
	struct error err = {0};
	const char *pem = _i ? whole : bare;
	const ASN1_OCTET_STRING *id = X509_get0_subject_key_id(known.root);
	const ASN1_OCTET_STRING *middle =
		X509_get0_subject_key_id(known.middle);
	cleanup(chain) STACK_OF(X509) *chain =
		certificate_chain_parse(pem, strlen(pem), &err);
	cleanup(string) char *hex = hex_of(
		ASN1_STRING_get0_data(id), (size_t)ASN1_STRING_length(id));
	cleanup(string) char *wrong = hex_of(ASN1_STRING_get0_data(middle),
		(size_t)ASN1_STRING_length(middle));

	ck_assert(chain_fits(chain, hex));
	ck_assert(!chain_fits(chain, wrong));
}
END_TEST

static const char *chain_of(const char *const *certificates, size_t count,
	const char *preferred, struct fake_ca *ca)
{
	size_t length = 0;
	struct reply reply = canned(200, certificates[0]);

	ca->names = 1;
	ca->finalized = true;
	ca->preferred_chain = preferred;
	for (size_t i = 1; i < count; i++)
		reply.alternates[reply.alternate_count++] = CA "/alternate";
	fake_start(ca, CA "/order/1", NULL);
	fake_take(ca);
	fake_report(ca, 0);
	for (size_t i = 0; i < count; i++) {
		fake_take(ca);
		if (ca->out_count == 0)
			break;
		reply.body = certificates[i];
		reply.length = strlen(certificates[i]);
		reply.status = *certificates[i] ? 200 : 404;
		ca->out_count = 0;
		order_done(ca->order, ca->out[0].id,
			&(struct result){.reply = &reply}, ca->now);
	}
	ck_assert_int_eq(order_state(ca->order), ORDER_ISSUED);
	return order_chain(ca->order, &length);
}

START_TEST(the_preferred_chain_is_looked_for_among_the_alternates)
{
	struct fake_ca ca = {0};
	cleanup(string) char *root = name_of(known.root);
	cleanup(string) char *single =
		known_pem(known.leaf, NULL); /* issued by the intermediate */
	const char *const certificates[] = {single, "", other, whole};

	ck_assert_str_eq(chain_of(certificates, 4, root, &ca), whole);
	ck_assert_str_eq(ca.warning, "");
	order_free(ca.order);
}
END_TEST

START_TEST(the_first_chain_is_kept_when_none_fits)
{
	struct fake_ca ca = {0};
	const char *const certificates[] = {whole, bare, other};

	ck_assert_str_eq(chain_of(certificates, 3, "nobody", &ca), whole);
	ck_assert_ptr_nonnull(strstr(ca.warning, "'nobody'"));
	ck_assert_ptr_nonnull(strstr(ca.warning, "3 chains"));
	order_free(ca.order);
}
END_TEST

START_TEST(an_alternate_of_another_leaf_is_none)
{
	struct fake_ca ca = {0};
	cleanup(string) char *root = name_of(known.root);
	const char *const certificates[] = {"garbage", whole};

	ck_assert_str_eq(chain_of(certificates, 2, root, &ca), "garbage");
	order_free(ca.order);
}
END_TEST

START_TEST(no_alternate_is_fetched_when_the_first_fits)
{
	struct fake_ca ca = {0};
	cleanup(string) char *root = name_of(known.root);
	const char *const certificates[] = {whole, bare};

	ck_assert_str_eq(chain_of(certificates, 2, root, &ca), whole);
	ck_assert_uint_eq(ca.out_count, 0);
	order_free(ca.order);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("order_wishes");
	TCase *tests = tcase_create("order_wishes");

	tcase_add_unchecked_fixture(tests, make_chains, free_chains);
	tcase_add_test(tests, an_order_asks_for_names_and_nothing_else);
	tcase_add_test(tests, a_profile_that_the_ca_has_is_asked_for);
	tcase_add_test(tests, a_profile_that_the_ca_has_not_is_done_without);
	tcase_add_test(tests,
		a_profile_that_was_dropped_meanwhile_is_done_without_once);
	tcase_add_test(tests,
		a_profile_that_is_refused_at_finalize_costs_the_order_only);
	tcase_add_test(tests, a_required_profile_that_was_dropped_ends_it);
	tcase_add_loop_test(tests, only_a_required_profile_must_be_there, 0,
		sizeof(CHOICES) / sizeof(*CHOICES));
	tcase_add_loop_test(tests,
		what_may_be_about_replaces_is_tried_again_once_without, 0,
		sizeof(REFUSALS) / sizeof(*REFUSALS));
	tcase_add_test(tests, what_is_replaced_is_said_and_need_not_be_echoed);
	tcase_add_test(tests, an_order_without_replaces_may_pass);
	tcase_add_test(tests, what_the_ca_has_decided_is_not_deactivated);
	tcase_add_test(tests, an_unoffered_challenge_gives_all_back);
	tcase_add_test(
		tests, an_order_that_is_gone_on_with_keeps_its_authorizations);
	tcase_add_test(tests, a_chain_fits_by_the_name_of_any_ca);
	tcase_add_test(tests, a_chain_fits_by_the_public_key_of_its_root);
	tcase_add_loop_test(
		tests, a_chain_fits_by_the_key_identifier_of_its_root, 0, 2);
	tcase_add_test(
		tests, the_preferred_chain_is_looked_for_among_the_alternates);
	tcase_add_test(tests, the_first_chain_is_kept_when_none_fits);
	tcase_add_test(tests, an_alternate_of_another_leaf_is_none);
	tcase_add_test(tests, no_alternate_is_fetched_when_the_first_fits);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
