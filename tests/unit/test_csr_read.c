/* SPDX-License-Identifier: MIT */
#include "csr_read.h"

#include "mem.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#include <openssl/pem.h>
#include <stdio.h>
#undef fail

/* Requests that the openssl program made (data/make-requests.sh). */

static struct error err;
static struct csr csr;
static char text[16384];
static size_t length;

static void load(const char *name)
{
	const char *top = getenv("TEST_TOP");
	cleanup(string) char *path = text_format(
		"%s/tests/unit/data/request-%s.pem", top ? top : ".", name);
	FILE *file = fopen(path, "re");

	ck_assert_msg(file != NULL, "%s", path);
	length = fread(text, 1, sizeof(text) - 1, file);
	text[length] = '\0';
	fclose(file);
}

static bool reads(const char *name)
{
	err = (struct error){0};
	load(name);
	return csr_read(text, length, &csr, &err);
}

START_TEST(its_names_are_read)
{
	ck_assert_msg(reads("plain"), "%s", err.text);
	ck_assert_uint_eq(csr.identifier_count, 3);
	ck_assert_str_eq(csr.identifiers[1].value, "*.b.example");
	ck_assert_int_eq(csr.identifiers[2].type, IDENTIFIER_IP);
	ck_assert(!csr.wants_staple);
	csr_clear(&csr);
	ck_assert_ptr_null(csr.encoded);
}
END_TEST

START_TEST(it_is_handed_on_as_it_is)
{
	struct error unused = {0};

	ck_assert(reads("subject"));
	cleanup(bio) BIO *bio = BIO_new_mem_buf(text, (int)length);
	char *name = NULL, *header = NULL;
	unsigned char *der = NULL;
	long size = 0;
	PEM_read_bio(bio, &name, &header, &der, &size);
	struct csr other = {0};
	ck_assert(csr_read((const char *)der, (size_t)size, &other, &unused));
	ck_assert_str_eq(other.encoded, csr.encoded);
	ck_assert_int_eq(EVP_PKEY_eq(other.key, csr.key), 1);
	OPENSSL_free(name);
	OPENSSL_free(header);
	OPENSSL_free(der);
	csr_clear(&other);
	csr_clear(&csr);
}
END_TEST

START_TEST(must_staple_is_seen)
{
	ck_assert(reads("staple"));
	ck_assert(csr.wants_staple);
	csr_clear(&csr);
}
END_TEST

static const struct {
	const char *name;
	const char *says;
} BAD[] = {
	{"bare", "no names"},
	{"mail", "neither of DNS nor IP"},
	{"stranger", "common name"},
	{"weak", "key that no CA signs"},
	{"exponent", "key that no CA signs"},
	{"digest", "signed with SHA1"},
};

START_TEST(what_a_ca_would_refuse_is_refused)
{
	ck_assert(!reads(BAD[_i].name));
	ck_assert_int_eq(err.kind, ERROR_REFUSED);
	ck_assert_msg(strstr(err.text, BAD[_i].says) != NULL, "%s", err.text);
	ck_assert_ptr_null(csr.key);
}
END_TEST

START_TEST(what_is_no_request_is_refused)
{
	ck_assert(!csr_read("", 0, &csr, &err));
	ck_assert(!csr_read("-----BEGIN", 10, &csr, &err));
	load("plain");
	ck_assert(!csr_read(text, length / 2, &csr, &err));
	ck_assert(!csr_read(text, CSR_MAX + 1, &csr, &err));
}
END_TEST

/* The last bytes are of the signature. */
START_TEST(a_signature_by_another_key_is_noticed)
{
	load("plain");
	cleanup(bio) BIO *bio = BIO_new_mem_buf(text, (int)length);
	char *name = NULL, *header = NULL;
	unsigned char *der = NULL;
	long size = 0;

	PEM_read_bio(bio, &name, &header, &der, &size);
	der[size - 1] ^= 1;
	ck_assert(!csr_read((const char *)der, (size_t)size, &csr, &err));
	ck_assert_ptr_nonnull(strstr(err.text, "not signed by its own key"));
	OPENSSL_free(name);
	OPENSSL_free(header);
	OPENSSL_free(der);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("csr_read");
	TCase *tests = tcase_create("csr_read");

	tcase_add_test(tests, its_names_are_read);
	tcase_add_test(tests, it_is_handed_on_as_it_is);
	tcase_add_test(tests, must_staple_is_seen);
	tcase_add_loop_test(tests, what_a_ca_would_refuse_is_refused, 0,
		sizeof(BAD) / sizeof(*BAD));
	tcase_add_test(tests, what_is_no_request_is_refused);
	tcase_add_test(tests, a_signature_by_another_key_is_noticed);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
