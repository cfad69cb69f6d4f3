/* SPDX-License-Identifier: MIT */

/* Prints the table of causes for those who read it: the journal's message
 * catalog (build/acmed.catalog), or with `manual` the causes in mdoc, for
 * acmed-diagnosis(7). */

#include "diagnosis.h"
#include "text.h"

#include <stdio.h>
#include <stdlib.h>

int main(int count, char **arguments)
{
	char *words = count > 1 && streq(arguments[1], "manual")
		? diagnosis_manual()
		: diagnosis_catalog();

	if (!words || fputs(words, stdout) < 0)
		return 1;
	free(words);
	return fflush(stdout) != 0;
}
