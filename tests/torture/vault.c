/* SPDX-License-Identifier: MIT */

/*
 * The vault killed at each of its system calls, and each of them failing:
 *
 *   vault [-k | -f] [-o] [-g GOAL] [-w COUNT] [-n COUNT] [-s SEED] [-j JOBS]
 *   vault -r CASE...
 *
 *   -k, -f  only kills, or only failing calls
 *   -o      they fail once, not from there on
 *   -g      only that goal (vault_goals.c)
 *   -w      of all allocations that come by one way so many, 2 or more
 *   -n, -s  so many of all the cases, chosen by SEED
 *   -r      only these cases, as they are named when they fail
 *
 * As `memory` it does the same with the allocations (scarce.c, -f only).
 *
 * The last line counts them. Exit status 0 when all hold.
 */

#include "late.h"
#include "trials.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define JOBS_MAX 64

struct counts {
	unsigned kills, faults, missed, failures;
	unsigned late; /* not tried */
};

struct options {
	struct trial_filter filter;
	size_t most; /* 0: all */
	unsigned seed;
	unsigned jobs;
	bool is_repeated; /* -r */
};

static void report(const struct bench *bench, const struct trial *trial,
	const struct text *why)
{
	struct text name = {0};

	trial_print(trial, &name);
	printf("FAILED %s (%s): %s\n", name.data, call_name(bench->trace->call),
		why->data);
	fflush(stdout);
	text_clear(&name);
}

static void run_one(
	struct bench *bench, const struct trial *trial, struct counts *counts)
{
	struct text why = {0};
	bool holds = trial_run(bench, trial, &why);

	if (bench->trace->acted == 0)
		__sync_fetch_and_add(&counts->missed, 1);
	else if (trial->wish == TRACE_FAIL)
		__sync_fetch_and_add(&counts->faults, 1);
	else
		__sync_fetch_and_add(&counts->kills, 1);
	if (!holds) {
		__sync_fetch_and_add(&counts->failures, 1);
		report(bench, trial, &why);
	}
	text_clear(&why);
}

static void work(const struct trials *trials, unsigned worker, unsigned jobs,
	struct counts *counts)
{
	struct bench bench;

	bench_open(&bench);
	for (size_t i = worker; i < trials->count; i += jobs)
		if (is_late())
			__sync_fetch_and_add(&counts->late, 1);
		else
			run_one(&bench, &trials->items[i], counts);
	bench_close(&bench);
}

static int run_all(const struct trials *trials, unsigned jobs)
{
	struct counts *counts = mmap(NULL, sizeof(*counts),
		PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	time_t start = time(NULL);
	int status = 0, failed = 0;

	fflush(stdout);
	for (unsigned i = 0; i < jobs; i++) {
		if (fork() != 0)
			continue;
		work(trials, i, jobs, counts);
		exit(0);
	}
	while (wait(&status) > 0)
		failed |= status;
	printf("%u cases, %u failures: %u crash points, %u failing calls, "
	       "%u not reached, %u left for want of time; %ld s\n",
		counts->kills + counts->faults, counts->failures, counts->kills,
		counts->faults, counts->missed, counts->late,
		(long)(time(NULL) - start));
	return failed || counts->failures || counts->late ||
		counts->kills + counts->faults == 0;
}

static int usage(void)
{
	fprintf(stderr,
		"usage: vault [-k | -f] [-o] [-g GOAL] [-w COUNT] [-n COUNT] "
		"[-s SEED] [-j JOBS] | -r CASE...\n");
	return 2;
}

static bool read_options(int argc, char **argv, struct options *options)
{
	int letter;

	while ((letter = getopt(argc, argv, "fg:j:kn:ors:w:")) != -1) {
		if (letter == 'f')
			options->filter.has_kills = false;
		else if (letter == 'k')
			options->filter.has_faults = false;
		else if (letter == 'g')
			options->filter.goal = optarg;
		else if (letter == 'n')
			options->most = strtoul(optarg, NULL, 10);
		else if (letter == 's')
			options->seed = (unsigned)strtoul(optarg, NULL, 10);
		else if (letter == 'j')
			options->jobs = (unsigned)strtoul(optarg, NULL, 10);
		else if (letter == 'o')
			options->filter.is_once = true;
		else if (letter == 'r')
			options->is_repeated = true;
		else if (letter == 'w')
			options->filter.each_way =
				(unsigned)strtoul(optarg, NULL, 10);
		else
			return false;
	}
	return options->jobs >= 1 && options->jobs <= JOBS_MAX &&
		options->filter.each_way != 1;
}

static int repeat(char **cases)
{
	struct trials trials = {0};
	struct trial trial;

	for (; *cases; cases++) {
		if (!trial_parse(*cases, &trial))
			return usage();
		trials.items = reallocarray(
			trials.items, trials.count + 1, sizeof(trial));
		trials.items[trials.count++] = trial;
	}
	int status = run_all(&trials, 1);
	trials_clear(&trials);
	return status;
}

int main(int argc, char **argv)
{
	struct options options = {
		.filter = {.has_kills = true, .has_faults = true},
		.seed = (unsigned)time(NULL),
		.jobs = 2,
	};
	struct trials trials = {0};
	struct bench bench;

	if (!read_options(argc, argv, &options))
		return usage();
	if (options.is_repeated)
		return repeat(argv + optind);
	bench_open(&bench);
	trials_make(&trials, &bench, &options.filter);
	bench_close(&bench);
	printf("%zu cases\n", trials.count);
	if (options.most) {
		printf("%zu of them, SEED=%u\n", options.most, options.seed);
		trials_sample(&trials, options.most, options.seed);
	}
	int status = run_all(&trials, options.jobs);
	trials_clear(&trials);
	return status;
}
