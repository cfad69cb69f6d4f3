/* SPDX-License-Identifier: MIT */

/* Prints the journal's message catalog, for build/acmed.catalog. */

#include "diagnosis.h"

#include <stdio.h>
#include <stdlib.h>

int main(void)
{
	char *catalog = diagnosis_catalog();

	if (!catalog || fputs(catalog, stdout) < 0)
		return 1;
	free(catalog);
	return fflush(stdout) != 0;
}
