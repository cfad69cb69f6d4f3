/* SPDX-License-Identifier: MIT */
#include "rest.h"

#include <errno.h>
#include <time.h>

void rest_after_failure(void)
{
	const struct timespec rest = {.tv_nsec = 100 * 1000 * 1000};

	if (errno != EINTR)
		nanosleep(&rest, NULL);
}
