/* SPDX-License-Identifier: MIT */
#include "wipe.h"

#include <malloc.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

static void *allocate(size_t size, const char *file, int line)
{
	(void)file;
	(void)line;
	return size ? malloc(size) : NULL;
}

static void release(void *memory, const char *file, int line)
{
	(void)file;
	(void)line;
	if (memory)
		OPENSSL_cleanse(memory, malloc_usable_size(memory));
	free(memory);
}

/* realloc() would leave the old bytes where they were. */
static void *resize(void *memory, size_t size, const char *file, int line)
{
	size_t old = memory ? malloc_usable_size(memory) : 0;

	if (size > 0 && size <= old)
		return memory;
	void *larger = allocate(size, file, line);
	if (larger && memory)
		memcpy(larger, memory, old);
	if (larger || size == 0)
		release(memory, file, line);
	return larger;
}

bool wipe_everything(void)
{
	return CRYPTO_set_mem_functions(allocate, resize, release) == 1;
}
