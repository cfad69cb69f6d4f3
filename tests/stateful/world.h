/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The time and the chance of one play: nothing of the real machine is asked,
 * so that the same steps give the same play. time(), CLOCK_BOOTTIME and
 * arc4random() of this program, and of the libraries that it uses, come from
 * here.
 *
 * The CA lives in true time; the machine's clock may be wrong.
 */

#include <stdbool.h>
#include <stdint.h>

#define WORLD_START INT64_C(2051222400) /* 2035-01-01 */
#define MINUTE INT64_C(60)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

/* A new one, at its start, with a right clock; until its end. */
void world_begin(uint64_t seed);
void world_end(void);

int64_t world_truth(void);
double world_wall(void); /* what the machine's clock shows */
double world_awake(void); /* seconds that it has not slept */

void world_pass(double seconds);
void world_sleep(double seconds); /* suspended */
void world_set_clock(double wall); /* somebody does */
bool world_clock_is_right(void);
/* True time of the last jump of the clock, or sleep; 0: none. */
int64_t world_last_jump(void);

/* While the CA acts, time() tells the true time. */
void world_let_ca_act(bool acts);

uint32_t world_chance(void);

/* Ends the program when it does not hold, and says why and when. */
#define hold(condition, ...) \
	((condition) ? (void)0 \
		     : world_broken( \
			       #condition, __FILE__, __LINE__, __VA_ARGS__))
_Noreturn void world_broken(const char *condition, const char *file, int line,
	const char *format, ...) __attribute__((format(printf, 4, 5)));

/* A line of the play, shown where STATEFUL_TRACE is set. */
void world_say(const char *format, ...) __attribute__((format(printf, 1, 2)));
