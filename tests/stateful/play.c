/* SPDX-License-Identifier: MIT */
#include "play.h"

#include "administrator.h"
#include "authority.h"
#include "helpers.h"
#include "loop.h"
#include "machine.h"
#include "watch.h"
#include "world.h"

#include <string.h>

#define TURNS_AT_ONCE 20000 /* without the time going on */
#define PLAY_LENGTH (500 * DAY)
#define RECOVERY_DAYS 24 /* a Retry-After and a window */
#define AGAIN 10. /* seconds until systemd starts what has failed */
#define NAP HOUR /* a long time passes in steps of it, */
#define NAP_TURNS 1500 /* of twice that after so many turns */
#define MOST_TURNS (5 * NAP_TURNS)

static const int64_t SPANS[] = {1, 10, MINUTE, 10 * MINUTE, HOUR, 4 * HOUR,
	12 * HOUR, DAY, 3 * DAY, 7 * DAY, 15 * DAY, 30 * DAY};
#define SPAN_COUNT (sizeof(SPANS) / sizeof(*SPANS))

/* Time passes. */

static void turn(double longest)
{
	static unsigned turns;
	double before = world_awake();

	loop_turn(machine.fleet.loop, longest);
	turns = world_awake() > before ? 0 : turns + 1;
	hold(turns < TURNS_AT_ONCE, "the loop goes round and round");
	watch_turn();
	if (!machine.has_failed)
		return;
	machine_crash(true);
	watch_down(false);
	world_pass(AGAIN);
	machine_start();
}

/* While nothing is under way all of acmed may be late, as on a machine that
 * is stopped for a while: what is due is found at the next wake-up. The more
 * has happened, the later. */
static double nap(double left, unsigned turns)
{
	double most = (double)(NAP << (turns / NAP_TURNS));
	double next = (double)watch_next_due() - world_wall();

	if (helpers_busy() || authority_busy() || watch_is_working())
		return 0;
	if (next < (double)MINUTE)
		next = turns < NAP_TURNS ? (double)MINUTE : most;
	next = next > most ? most : next;
	return left > next ? next : 0;
}

static void pass(double seconds)
{
	double end = world_awake() + seconds;
	unsigned turns = 0;

	if (!machine.is_up) {
		world_pass(seconds);
		return;
	}
	while (world_awake() < end && turns < MOST_TURNS) {
		world_pass(nap(end - world_awake(), turns++));
		turn(end - world_awake());
	}
	while (loop_wait(machine.fleet.loop) <= 0)
		turn(0);
	watch_step();
}

/* The clock. */

static void set_clock(const uint8_t *step)
{
	double by = (double)SPANS[step[2] % SPAN_COUNT];

	switch (step[1] % 8) {
	case 0:
		world_set_clock(world_wall() + by);
		break;
	case 1:
		world_set_clock(world_wall() - by);
		break;
	case 2:
		world_set_clock((double)(step[2] * DAY)); /* 1970 */
		break;
	case 3:
		world_set_clock(2147483647. + step[2]); /* 2038 */
		break;
	case 4:
		world_set_clock(4102444800. + step[2]); /* 2100 */
		break;
	case 5:
		world_sleep(by);
		break;
	default:
		world_set_clock((double)world_truth());
	}
	watch_excuse(INT64_MAX);
	pass(1);
}

/* Restarts. */

static void restart(const uint8_t *step)
{
	static const int64_t PAUSES[] = {0, 0, 0, 1, MINUTE, HOUR, 10 * DAY};

	if (step[1] % 4 == 0)
		watch_remember();
	if (local_faults.disk) /* nothing can be known after it */
		watch_excuse(MINUTE);
	if (step[1] % 4 == 0)
		machine_stop();
	else
		machine_crash(step[1] % 2);
	watch_down(step[1] % 4 == 0);
	world_pass((double)PAUSES[step[2] % 7]);
	machine_start();
	pass(2);
}

/* Faults of this machine. */

static void break_machine(const uint8_t *step)
{
	unsigned count = step[2] % 8;

	switch (step[1] % 8) {
	case 0:
	case 1:
		local_faults.disk = true;
		local_faults.disk_since = world_truth();
		break;
	case 2:
	case 3:
		local_faults = (struct local_faults){0};
		break;
	case 4:
		local_faults.vault = count;
		break;
	case 5:
		local_faults.hand = count;
		break;
	case 6:
		local_faults.deploy = count;
		break;
	default:
		local_faults.notify = count;
	}
	watch_excuse(INT64_MAX);
}

/* CAs. */

static void disturb(const uint8_t *step)
{
	const struct authority_fault fault = {
		.place = (enum authority_place)(step[1] / 2 % PLACES),
		.kind = step[2],
		.left = 1 + step[3] % 16,
		.detail = step[3],
	};

	authority_disturb(step[1], &fault);
}

static void indulge(const uint8_t *step)
{
	authority_indulge(
		step[1], (enum authority_whim)(step[1] / 2 % WHIMS), step[2]);
}

/* The play. */

static void do_step(const uint8_t *step)
{
	world_say(
		"-- step %u %u %u %u", step[0] % 9, step[1], step[2], step[3]);
	switch (step[0] % 9) {
	case 0:
	case 1:
	case 2:
		pass((double)(SPANS[step[1] % SPAN_COUNT] * (1 + step[2] % 4)));
		break;
	case 3:
		disturb(step);
		break;
	case 4:
		indulge(step);
		break;
	case 5:
		set_clock(step);
		break;
	case 6:
		restart(step);
		break;
	case 7:
		administrate(step[1], step[2]);
		pass(1);
		break;
	default:
		break_machine(step);
	}
}

/* All faults go: it comes to a good end without help. */
static void recover(void)
{
	world_say("-- all is well again");
	for (size_t i = 0; i < AUTHORITIES; i++)
		authority_heal(i);
	local_faults = (struct local_faults){0};
	world_set_clock((double)world_truth());
	administrator_goes();
	watch_excuse(INT64_MAX);
	for (int i = 0; i < RECOVERY_DAYS; i++)
		pass(DAY);
	watch_end();
}

void play(const uint8_t *bytes, size_t length)
{
	size_t steps = length / STEP_SIZE;

	world_begin(length ? bytes[length - 1] : 0);
	local_faults = (struct local_faults){0};
	authorities_begin();
	machine_begin();
	watch_begin();
	machine_start();
	pass(10);
	for (size_t i = 0; i < steps && i < STEPS_MAX; i++)
		if (world_truth() < WORLD_START + PLAY_LENGTH)
			do_step(bytes + i * STEP_SIZE);
	recover();
	machine_end();
	authorities_end();
	world_end();
}
