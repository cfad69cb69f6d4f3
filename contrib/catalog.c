/* SPDX-License-Identifier: MIT */

/*
 * Writes the journal's message catalog from the table of causes and of
 * events, for `journalctl -x`. Run by the build.
 */

#include "diagnosis.h"

#include <stdio.h>
#include <stdlib.h>

static void write_entry(
	const char *message_id, const char *subject, const char *text)
{
	printf("-- %s\nSubject: %s\nDefined-By: acmed\n"
	       "Documentation: man:acmed(8)\n\n%s\n\n",
		message_id, subject, text);
}

int main(void)
{
	size_t count = 0;
	const struct diagnosis *causes = diagnosis_table(&count);

	for (size_t i = 0; i < count; i++)
		write_entry(causes[i].message_id, causes[i].sentence,
			causes[i].remedy);
	const struct diagnosis_event *events = diagnosis_events(&count);
	for (size_t i = 0; i < count; i++)
		write_entry(events[i].message_id, events[i].subject,
			events[i].explanation);
	return ferror(stdout) || fclose(stdout) ? EXIT_FAILURE : EXIT_SUCCESS;
}
