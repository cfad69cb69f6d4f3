/* SPDX-License-Identifier: MIT */

/*
 * All harnesses as one libFuzzer program; the name that it is called by says
 * which of them runs.
 */

#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerInitialize(int *count, char ***arguments);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static fuzz_harness *harness;

int LLVMFuzzerInitialize(int *count, char ***arguments)
{
	const char *path = (*arguments)[0];
	const char *slash = strrchr(path, '/');

	(void)count;
	harness = fuzz_find(slash ? slash + 1 : path);
	if (harness)
		return 0;
	fprintf(stderr, "%s: there is no harness of that name\n", path);
	exit(2);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	harness(bytes, length);
	return 0;
}
