/* SPDX-License-Identifier: MIT */

/* The stateful fuzzer: libFuzzer makes plays. */

#include "play.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	play(bytes, length);
	return 0;
}
