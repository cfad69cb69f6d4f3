/* SPDX-License-Identifier: MIT */
#include "world.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static struct {
	bool is_on;
	double boot; /* seconds since the start, asleep or not */
	double slept;
	double error; /* of the clock */
	int64_t jumped;
	uint64_t chance;
	bool ca_acts;
	int is_traced; /* -1: not known yet */
} world = {.is_traced = -1};

void world_begin(uint64_t seed)
{
	world.boot = world.slept = world.error = 0;
	world.jumped = 0;
	world.chance = seed;
	world.is_on = true;
}

void world_end(void)
{
	world.is_on = false;
}

int64_t world_truth(void)
{
	return WORLD_START + (int64_t)world.boot;
}

double world_wall(void)
{
	return (double)WORLD_START + world.boot + world.error;
}

double world_awake(void)
{
	return world.boot - world.slept;
}

void world_pass(double seconds)
{
	world.boot += seconds;
}

void world_sleep(double seconds)
{
	world.boot += seconds;
	world.slept += seconds;
	world.jumped = world_truth();
}

void world_set_clock(double wall)
{
	world.error = wall - (double)WORLD_START - world.boot;
	world.jumped = world_truth();
}

bool world_clock_is_right(void)
{
	return fabs(world.error) < 1;
}

int64_t world_last_jump(void)
{
	return world.jumped;
}

void world_let_ca_act(bool acts)
{
	world.ca_acts = acts;
}

uint32_t world_chance(void)
{
	world.chance =
		world.chance * 6364136223846793005U + 1442695040888963407U;
	return (uint32_t)(world.chance >> 32);
}

/* What is told. */

static bool is_traced(void)
{
	if (world.is_traced < 0)
		world.is_traced = getenv("STATEFUL_TRACE") != NULL;
	return world.is_traced;
}

static void print_time(void)
{
	double days = world.boot / (double)DAY;

	fprintf(stderr, "day %.0f + %.2f s%s: ", floor(days),
		world.boot - floor(days) * (double)DAY,
		world_clock_is_right() ? "" : " (clock wrong)");
}

void world_say(const char *format, ...)
{
	va_list arguments;

	if (!is_traced())
		return;
	print_time();
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
}

void world_broken(const char *condition, const char *file, int line,
	const char *format, ...)
{
	va_list arguments;

	fprintf(stderr, "%s:%d: it does not hold: %s\n", file, line, condition);
	print_time();
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	abort();
}

/* In the place of libc. */

time_t time(time_t *out)
{
	time_t now = world.ca_acts ? (time_t)world_truth()
				   : (time_t)floor(world_wall());

	if (out)
		*out = now;
	return now;
}

/* Between the plays, and of other clocks, the kernel's. */
int clock_gettime(clockid_t clock, struct timespec *out)
{
	double seconds;

	if (clock == CLOCK_BOOTTIME)
		seconds = world.boot;
	else if (clock == CLOCK_MONOTONIC)
		seconds = world_awake();
	else if (clock == CLOCK_REALTIME)
		seconds = world_wall();
	else
		seconds = -1;
	if (seconds < 0 || !world.is_on)
		return (int)syscall(SYS_clock_gettime, clock, out);
	out->tv_sec = (time_t)seconds;
	out->tv_nsec = (long)((seconds - floor(seconds)) * 1e9);
	return 0;
}

uint32_t arc4random(void)
{
	return world_chance();
}
