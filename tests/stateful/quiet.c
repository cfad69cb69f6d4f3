/* SPDX-License-Identifier: MIT */

/*
 * What the play does not look at, in the place of daemon/acmed: the journal,
 * which takes everything, and the memory and descriptors of this process.
 */

#include "appetite.h"
#include "log.h"

bool log_is_taken(struct log *log)
{
	(void)log;
	return true;
}

unsigned long log_waiting(const struct log *log)
{
	(void)log;
	return 0;
}

struct appetite appetite_read(void)
{
	return (struct appetite){0};
}

bool appetite_is_fine(
	const struct appetite *appetite, size_t certificates, struct error *err)
{
	(void)appetite;
	(void)certificates;
	(void)err;
	return true;
}
