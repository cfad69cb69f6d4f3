/* SPDX-License-Identifier: MIT */
#include "program_output.h"

#include <fcntl.h>
#include <unistd.h>

#define READS_AT_ONCE 64 /* one that never stops must not hold us up */

static void end_line(struct program_output *output)
{
	if (output->length)
		text_clean(output->last, sizeof(output->last), output->line,
			output->length);
	output->length = 0;
}

static void note(struct program_output *output, const char *bytes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (bytes[i] == '\n')
			end_line(output);
		else if (output->length < sizeof(output->line))
			output->line[output->length++] = bytes[i];
}

static void show(struct program_output *output, const char *bytes, size_t count)
{
	size_t left = PROGRAM_OUTPUT_MAX - output->shown;

	if (count > left)
		count = left;
	if (!count || write(STDERR_FILENO, bytes, count) < 0)
		return; /* nobody to tell */
	output->shown += count;
	output->is_within_line = bytes[count - 1] != '\n';
}

static void end_shown(struct program_output *output)
{
	if (output->is_within_line && write(STDERR_FILENO, "\n", 1) < 0)
		return;
	output->is_within_line = false;
}

void program_output_open(struct program_output *output, int pipe)
{
	*output = (struct program_output){.pipe = pipe};
	fcntl(pipe, F_SETFL, O_NONBLOCK);
}

void program_output_take(struct program_output *output)
{
	char bytes[4096];

	for (int i = 0; i < READS_AT_ONCE && output->pipe >= 0; i++) {
		ssize_t got = read(output->pipe, bytes, sizeof(bytes));
		if (got < 0)
			return;
		if (got == 0) {
			program_output_close(output);
			return;
		}
		note(output, bytes, (size_t)got);
		show(output, bytes, (size_t)got);
		if (output->kept)
			text_add_bytes(output->kept, bytes, (size_t)got);
	}
}

const char *program_output_last(struct program_output *output)
{
	end_line(output);
	return output->last;
}

void program_output_close(struct program_output *output)
{
	end_shown(output);
	if (output->pipe >= 0)
		close(output->pipe);
	output->pipe = -1;
}
