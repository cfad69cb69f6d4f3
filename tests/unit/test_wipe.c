/* SPDX-License-Identifier: MIT */
#include "wipe.h"

#include "key.h"
#include "mem.h"
#include "suite.h"

#include <check.h>
#include <malloc.h>
#include <openssl/crypto.h>
#include <stdbool.h>
#include <string.h>

static const char SECRET[] = "this is the secret that nobody shall read";

static size_t count_bytes(const char *memory, size_t size, char byte)
{
	size_t count = 0;

	for (size_t i = 0; i < size; i++)
		count += memory[i] == byte;
	return count;
}

/* What is given back to libc, as it is then. */

static const char *watched;
static size_t unwiped;
static bool is_back;
void __real_free(void *memory);
void __wrap_free(void *memory);

void __wrap_free(void *memory)
{
	if (memory && memory == watched) {
		size_t size = malloc_usable_size(memory);
		unwiped = size - count_bytes(watched, size, 0);
		is_back = true;
		watched = NULL;
	}
	__real_free(memory);
}

static char *watch(char *memory)
{
	watched = memory;
	unwiped = 0;
	is_back = false;
	return memory;
}

static void is_wiped(void)
{
	ck_assert(is_back);
	ck_assert_uint_eq(unwiped, 0);
}

/* The first of them: others may share its process. */
START_TEST(memory_grows_with_what_is_in_it)
{
	ck_assert(wipe_everything());
	char *text = OPENSSL_malloc(sizeof(SECRET));
	memcpy(text, SECRET, sizeof(SECRET));
	text = OPENSSL_realloc(text, 100000);
	ck_assert_str_eq(text, SECRET);
	text = OPENSSL_realloc(text, 200);
	ck_assert_str_eq(text, SECRET);
	OPENSSL_free(text);
	ck_assert_ptr_null(OPENSSL_realloc(NULL, 0));
	char *fresh = OPENSSL_zalloc(64);
	ck_assert_uint_eq(count_bytes(fresh, 64, 0), 64);
	ck_assert_ptr_null(OPENSSL_realloc(fresh, 0));
	OPENSSL_free(NULL);
}
END_TEST

START_TEST(all_of_it_is_wiped)
{
	wipe_everything();
	char *text = watch(OPENSSL_malloc(sizeof(SECRET)));
	memcpy(text, SECRET, sizeof(SECRET));
	char *larger = OPENSSL_realloc(text, 100000);
	is_wiped();
	OPENSSL_free(watch(larger));
	is_wiped();
	text = watch(OPENSSL_malloc(sizeof(SECRET)));
	memcpy(text, SECRET, sizeof(SECRET));
	ck_assert_ptr_null(OPENSSL_realloc(text, 0));
	is_wiped();
}
END_TEST

START_TEST(keys_are_made_written_and_read)
{
	wipe_everything();
	EVP_PKEY *key cleanup(pkey) = key_generate(KEY_ECDSA_P256, NULL);
	char *pem = key_to_pem(key, NULL);
	EVP_PKEY *copy cleanup(pkey) = key_from_pem(pem, strlen(pem), NULL);

	ck_assert_int_eq(EVP_PKEY_eq(key, copy), 1);
	key_pem_free(pem);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("wipe");
	TCase *tests = tcase_create("wipe");

	tcase_add_test(tests, memory_grows_with_what_is_in_it);
	tcase_add_test(tests, all_of_it_is_wiped);
	tcase_add_test(tests, keys_are_made_written_and_read);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
