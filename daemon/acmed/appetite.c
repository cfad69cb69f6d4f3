/* SPDX-License-Identifier: MIT */
#include "appetite.h"

#include <dirent.h>
#include <malloc.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#define MEBIBYTE ((size_t)1024 * 1024)
#define MEMORY (256 * MEBIBYTE) /* many times what it needs */
#define MEMORY_EACH ((size_t)64 * 1024) /* likewise, of a certificate */

static size_t read_memory(void)
{
	FILE *file = fopen("/proc/self/statm", "re");
	size_t all, resident = 0;

	if (!file)
		return 0;
	if (fscanf(file, "%zu %zu", &all, &resident) != 2)
		resident = 0;
	fclose(file);
	return resident * (size_t)sysconf(_SC_PAGESIZE);
}

/* The one that looks is among them, as are "." and "..". */
static size_t count_descriptors(void)
{
	DIR *folder = opendir("/proc/self/fd");
	size_t count = 0;

	if (!folder)
		return 0;
	while (readdir(folder))
		count++;
	closedir(folder);
	return count > 3 ? count - 3 : 0;
}

/* A renewal leaves behind what malloc() would keep for the next one. */
struct appetite appetite_read(void)
{
	struct rlimit limit = {0};
	bool is_known = getrlimit(RLIMIT_NOFILE, &limit) == 0 &&
		limit.rlim_cur != RLIM_INFINITY;

	malloc_trim(0);
	return (struct appetite){
		.memory = read_memory(),
		.descriptors = is_known ? count_descriptors() : 0,
		.most_descriptors = is_known ? (size_t)limit.rlim_cur : 0,
	};
}

bool appetite_is_fine(
	const struct appetite *appetite, size_t certificates, struct error *err)
{
	if (appetite->memory > MEMORY + certificates * MEMORY_EACH)
		return fail_cause(err, ERROR_LOCAL, "M5",
			"acmed uses %zu MiB of memory for %zu certificates",
			appetite->memory / MEBIBYTE, certificates);
	if (appetite->descriptors > appetite->most_descriptors / 4 * 3)
		return fail_cause(err, ERROR_LOCAL, "M5",
			"acmed has %zu of %zu descriptors open",
			appetite->descriptors, appetite->most_descriptors);
	return true;
}
