/* SPDX-License-Identifier: MIT */
#include "tsig.h"

#include "dns_update.h"
#include "dns_vectors.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#include <stdio.h>
#undef fail

#define NAME "_acme-challenge.www.example.com"
#define VALUE "ZTRx1Ckl1-tM05o5zaizTTA0yUy5AGereMgSNWC6Ll8"
#define SECRET "c2VjcmV0IG9mIHRoaXJ0eS10d28gYnl0ZXMsIG9rIQ=="

/* The keys of data/tsig-vectors.py. */
static const struct {
	const char *algorithm;
	const char *secret;
} KEYS[] = {
	{"hmac-sha256", SECRET},
	{"hmac-sha384", "YW5vdGhlciBzZWNyZXQ="},
	{"hmac-sha512", "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="},
};

static struct tsig_key key;
static struct tsig_mac mac;
static struct error err;

static void use_key(int i)
{
	char text[256];

	err = (struct error){0};
	snprintf(text, sizeof(text), "%s:Acme.Example.:%s", KEYS[i].algorithm,
		KEYS[i].secret);
	ck_assert(tsig_key_parse(text, &key, &err));
}

static const unsigned char *vector(const char *what, int i, size_t *length)
{
	char name[64];

	snprintf(name, sizeof(name), "%s-%s", what, KEYS[i].algorithm);
	return dns_vector(name, length);
}

static void sign(int i)
{
	static struct dns_message message;
	const struct dns_update update = {.id = 0x1234,
		.zone = "example.com",
		.name = NAME,
		.value = VALUE,
		.ttl = 60};
	size_t length = 0;
	const unsigned char *bytes = vector("sign", i, &length);

	ck_assert(dns_update_write(&update, &message, &err));
	ck_assert(tsig_sign(&key, DNS_VECTOR_NOW, &message, &mac, &err));
	ck_assert_uint_eq(message.length, length);
	ck_assert_mem_eq(message.bytes, bytes, length);
}

START_TEST(an_update_is_signed_as_others_sign_it)
{
	size_t length = 0;

	use_key(_i);
	sign(_i);
	const unsigned char *expected = vector("mac", _i, &length);
	ck_assert_uint_eq(mac.length, length);
	ck_assert_mem_eq(mac.bytes, expected, length);
}
END_TEST

static bool verifies(const char *what, int i, int64_t now)
{
	size_t length = 0;
	const unsigned char *bytes = vector(what, i, &length);

	return tsig_verify(&key, bytes, length, &mac, now, &err);
}

START_TEST(a_signed_reply_is_believed)
{
	use_key(_i);
	sign(_i);
	ck_assert(verifies("reply", _i, DNS_VECTOR_NOW));
	ck_assert(verifies("reply", _i, DNS_VECTOR_NOW + 300));
	ck_assert(verifies("reply", _i, DNS_VECTOR_NOW - 300));
	ck_assert(verifies("refused", _i, DNS_VECTOR_NOW));
}
END_TEST

START_TEST(a_reply_of_another_time_is_not)
{
	use_key(0);
	sign(0);
	ck_assert(!verifies("reply", 0, DNS_VECTOR_NOW + 301));
	ck_assert_str_eq(err.code, "C1");
	ck_assert(!verifies("reply", 0, DNS_VECTOR_NOW - 301));
}
END_TEST

START_TEST(what_the_server_says_of_the_key_is_told)
{
	use_key(_i);
	sign(_i);
	ck_assert(!verifies("badsig", _i, DNS_VECTOR_NOW));
	ck_assert_str_eq(err.code, "D1");
	ck_assert_ptr_nonnull(strstr(err.text, "BADSIG"));
	ck_assert(!verifies("badkey", _i, DNS_VECTOR_NOW));
	ck_assert_ptr_nonnull(strstr(err.text, "BADKEY"));
	ck_assert_ptr_nonnull(strstr(err.text, "'acme.example'"));
}
END_TEST

START_TEST(an_unsigned_reply_is_not_believed)
{
	size_t length = 0;
	const unsigned char *bytes = dns_vector("zone", &length);

	use_key(0);
	sign(0);
	ck_assert(
		!tsig_verify(&key, bytes, length, &mac, DNS_VECTOR_NOW, &err));
	ck_assert_str_eq(err.code, "D1");
}
END_TEST

START_TEST(a_reply_to_another_request_is_not_believed)
{
	use_key(0);
	sign(0);
	mac.bytes[0] ^= 1;
	ck_assert(!verifies("reply", 0, DNS_VECTOR_NOW));
}
END_TEST

START_TEST(a_changed_byte_is_noticed)
{
	unsigned char bytes[512];
	size_t length = 0;

	use_key(0);
	sign(0);
	const unsigned char *good = vector("reply", 0, &length);
	for (size_t cut = 0; cut < length; cut++)
		ck_assert(!tsig_verify(
			&key, good, cut, &mac, DNS_VECTOR_NOW, &err));
	for (size_t i = 0; i < length * 8; i++) {
		memcpy(bytes, good, length);
		bytes[i / 8] ^= (unsigned char)(1U << i % 8);
		bool is_id = i / 8 < 2; /* the signed one is the original */
		bool is_case = (bytes[i / 8] ^ good[i / 8]) == 0x20 &&
			good[i / 8] > 0x40;
		if (!is_id && !is_case)
			ck_assert_msg(!tsig_verify(&key, bytes, length, &mac,
					      DNS_VECTOR_NOW, &err),
				"bit %zu of byte %zu", i % 8, i / 8);
	}
}
END_TEST

#define MAC_SIZE 32 /* of the first key */
#define BEHIND_MAC 6 /* number, error and length of the rest */

static unsigned char damaged[1024];

/* The reply with its data, which is the end of it, longer or shorter by so
 * much; gives the new length. */
static size_t resize(int by)
{
	size_t length = 0;
	const unsigned char *good = vector("reply", 0, &length);
	size_t data = sizeof("\013hmac-sha256") + 10 + MAC_SIZE + BEHIND_MAC;
	size_t at = length - data - 2;

	memset(damaged, 0, sizeof(damaged));
	memcpy(damaged, good, length);
	ck_assert_uint_eq((unsigned)damaged[at] << 8 | damaged[at + 1], data);
	damaged[at + 1] = (unsigned char)((int)data + by);
	return (size_t)((int)length + by);
}

START_TEST(a_record_that_is_cut_or_goes_on_is_no_signature)
{
	use_key(0);
	ck_assert(tsig_is_signed(&key, damaged, resize(0)));
	ck_assert(!tsig_is_signed(&key, damaged, resize(1)));
	for (int cut = 1; cut <= MAC_SIZE + BEHIND_MAC + 20; cut++)
		ck_assert_msg(!tsig_is_signed(&key, damaged, resize(-cut)),
			"%d bytes less", cut);
}
END_TEST

/* RFC 8945 section 5.2.2.1 lets it be, and we do not. */
START_TEST(a_shortened_mac_is_not_believed)
{
	use_key(0);
	sign(0);
	size_t length = resize(-16);
	size_t end = length - BEHIND_MAC;
	memset(damaged + end, 0, BEHIND_MAC);
	damaged[end - 16 - 1] = 16; /* its length */
	memcpy(damaged + end, damaged, 2); /* the number */
	ck_assert(tsig_is_signed(&key, damaged, length));
	ck_assert(!tsig_verify(
		&key, damaged, length, &mac, DNS_VECTOR_NOW, &err));
}
END_TEST

START_TEST(a_mac_longer_than_any_is_none)
{
	use_key(0);
	size_t length = resize(0);
	damaged[length - BEHIND_MAC - MAC_SIZE - 2] = 0xff;
	ck_assert(!tsig_is_signed(&key, damaged, length));
}
END_TEST

START_TEST(a_message_without_room_for_it_is_not_signed)
{
	static struct dns_message full;

	use_key(0);
	full.length = sizeof(full.bytes) - 8;
	ck_assert(!tsig_sign(&key, DNS_VECTOR_NOW, &full, &mac, &err));
	ck_assert_str_eq(err.text, "a DNS message is too long");
}
END_TEST

/* As the programs write them. */
static const char *const FORMS[] = {
	"hmac-sha256:acme.example:" SECRET,
	"key \"acme.example\" {\n\talgorithm hmac-sha256;\n\tsecret \"" SECRET
	"\";\n};\n",
	"// made by hand\nkey Acme.Example. { secret \"" SECRET "\"; "
	"algorithm HMAC-SHA256; }; # end\n",
	"# hmac-sha256:other:AAAA\nkey:\n  - id: acme.example\n"
	"    algorithm: hmac-sha256\n    secret: " SECRET "\n",
};

START_TEST(a_key_is_read_in_every_form)
{
	err = (struct error){0};
	ck_assert_msg(tsig_key_parse(FORMS[_i], &key, &err), "%s", err.text);
	ck_assert_str_eq(key.name, "acme.example");
	ck_assert_int_eq(key.algorithm, TSIG_SHA256);
	ck_assert_uint_eq(key.length, 31);
	ck_assert_mem_eq(key.secret, "secret of thirty-two bytes, ok!", 31);
	tsig_key_clear(&key);
	ck_assert_uint_eq(key.length, 0);
}
END_TEST

static const char *const BAD[] = {
	"",
	"hmac-sha256:acme.example",
	"hmac-sha256::" SECRET,
	"hmac-md5:acme.example:" SECRET,
	"hmac-sha256:acme..example:" SECRET,
	"hmac-sha256:acme.example:!!",
	"hmac-sha256:acme.example:" SECRET ":more",
	"key acme.example { algorithm hmac-sha256; };",
	"key { algorithm hmac-sha256; secret \"" SECRET "\"; };",
	"key acme.example { secret \"" SECRET "\"; };",
};

START_TEST(what_is_no_key_is_refused_and_not_shown)
{
	err = (struct error){0};
	ck_assert(!tsig_key_parse(BAD[_i], &key, &err));
	ck_assert_str_eq(err.code, "D1");
	ck_assert_ptr_null(strstr(err.text, "c2Vj"));
	ck_assert_uint_eq(key.length, 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("tsig");
	TCase *tests = tcase_create("tsig");

	tcase_add_loop_test(tests, an_update_is_signed_as_others_sign_it, 0, 3);
	tcase_add_loop_test(tests, a_signed_reply_is_believed, 0, 3);
	tcase_add_test(tests, a_reply_of_another_time_is_not);
	tcase_add_loop_test(
		tests, what_the_server_says_of_the_key_is_told, 0, 3);
	tcase_add_test(tests, an_unsigned_reply_is_not_believed);
	tcase_add_test(tests, a_reply_to_another_request_is_not_believed);
	tcase_add_test(tests, a_changed_byte_is_noticed);
	tcase_add_test(tests, a_record_that_is_cut_or_goes_on_is_no_signature);
	tcase_add_test(tests, a_shortened_mac_is_not_believed);
	tcase_add_test(tests, a_mac_longer_than_any_is_none);
	tcase_add_test(tests, a_message_without_room_for_it_is_not_signed);
	tcase_add_loop_test(tests, a_key_is_read_in_every_form, 0,
		sizeof(FORMS) / sizeof(*FORMS));
	tcase_add_loop_test(tests, what_is_no_key_is_refused_and_not_shown, 0,
		sizeof(BAD) / sizeof(*BAD));
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
