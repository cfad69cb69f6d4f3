/* SPDX-License-Identifier: MIT */
#include "memory.h"

#include "mem.h"

#include <ares.h>
#include <curl/curl.h>
#include <openssl/crypto.h>
#include <signal.h>
#include <sysexits.h>
#include <unistd.h>

static const char WORDS[] =
	"acmed: ends, as it got no memory (or says above what else)\n";

static void *need(void *memory, size_t size)
{
	if (!memory && size > 0)
		abort();
	return memory;
}

static void *allocate(size_t size)
{
	return need(malloc(size), size);
}

static void *allocate_zeroes(size_t count, size_t size)
{
	return need(calloc(count, size), count && size);
}

static void *resize(void *memory, size_t size)
{
	return need(realloc(memory, size), size);
}

static void *allocate_at(size_t size, const char *file, int line)
{
	(void)file;
	(void)line;
	return size ? allocate(size) : NULL;
}

static void *resize_at(void *memory, size_t size, const char *file, int line)
{
	(void)file;
	(void)line;
	if (size > 0)
		return resize(memory, size);
	free(memory);
	return NULL;
}

static void free_at(void *memory, const char *file, int line)
{
	(void)file;
	(void)line;
	free(memory);
}

static void on_abort(int number)
{
	(void)number;
	ssize_t written = write(STDERR_FILENO, WORDS, sizeof(WORDS) - 1);
	_exit(written < 0 ? EXIT_FAILURE : EX_OSERR);
}

void memory_end_with_words(void)
{
	signal(SIGABRT, on_abort);
}

bool memory_guard_crypto(void)
{
	return CRYPTO_set_mem_functions(allocate_at, resize_at, free_at) == 1;
}

bool memory_guard_curl(void)
{
	return curl_global_init_mem(CURL_GLOBAL_DEFAULT, allocate, free, resize,
		       mem_string, allocate_zeroes) == CURLE_OK;
}

bool memory_guard_ares(void)
{
	return ares_library_init_mem(ARES_LIB_INIT_ALL, allocate, free,
		       resize) == ARES_SUCCESS;
}
