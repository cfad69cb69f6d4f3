/* SPDX-License-Identifier: MIT */
#include "torture.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static uint64_t state;

unsigned torture_setting(const char *name, unsigned other)
{
	const char *text = getenv(name);

	return text ? (unsigned)strtoul(text, NULL, 10) : other;
}

void torture_begin(const char *what)
{
	unsigned seed = torture_setting("SEED", 5);

	state = ((uint64_t)seed << 1) | 1;
	printf("%s: SEED=%u\n", what, seed);
}

/* xorshift64* */
unsigned torture_draw(unsigned limit)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (unsigned)((state * 2685821657736338717U) >> 33) % limit;
}
