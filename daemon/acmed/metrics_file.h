/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * MetricsFile=: the metrics as a file for the node exporter, which sees
 * either the one before or the whole next one. Written soon after a change, a
 * page a turn of the loop.
 */

#include "metrics.h"

struct metrics_file;

/* Is it where the daemon may write? */
bool metrics_file_check(const char *path, struct error *err);

/* The source is copied, what it names is borrowed. Never NULL. */
struct metrics_file *metrics_file_new(
	struct ev_loop *loop, const struct metrics_source *source);
/* What was being written is gone. */
void metrics_file_free(struct metrics_file *file);

/* Something has changed, or a minute is over. A file that is no longer
 * configured is removed. */
void metrics_file_touch(struct metrics_file *file);
