/* SPDX-License-Identifier: MIT */
/*
 * The scripted CA's time for the programs of a test: a library for LD_PRELOAD
 * that adds the offset of the file ACMED_TEST_CLOCK (README.md) to the clocks
 * that go on while a machine is off, as if it had slept so long. Behind "="
 * stands the date at which the wall clock stands still, behind "!" by how much
 * somebody has set it alone. Nothing of it is in what is installed.
 *
 * The file is mapped at the start: walls that come later do not matter.
 */

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define LINE_MAX 64

static const char *clock_line; /* of the file, NULL without one */
static double last_offset;
static double last_date; /* 0: the wall clock goes */
static double last_jump; /* of the wall clock */

__attribute__((constructor)) static void map_clock(void)
{
	const char *path = getenv("ACMED_TEST_CLOCK");
	int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	void *map = MAP_FAILED;

	if (fd >= 0) {
		map = mmap(NULL, LINE_MAX, PROT_READ, MAP_SHARED, fd, 0);
		close(fd);
	}
	clock_line = map == MAP_FAILED ? NULL : map;
}

/* A line that is half written counts for nothing. */
static double offset(void)
{
	char line[LINE_MAX];
	char again[LINE_MAX];

	if (!clock_line)
		return 0;
	do {
		memcpy(line, clock_line, sizeof(line));
		memcpy(again, clock_line, sizeof(again));
	} while (memcmp(line, again, sizeof(line)));
	if (!memchr(line, '\n', sizeof(line)))
		return last_offset;
	bool is_still = *line == '=';
	bool is_set = *line == '!';
	last_date = is_still ? strtod(line + 1, NULL) : 0;
	last_jump = is_set ? strtod(line + 1, NULL) : 0;
	if (!is_still && !is_set)
		last_offset = strtod(line, NULL);
	return last_offset;
}

static int move(struct timespec *time, double seconds)
{
	double whole = (double)(long)seconds;
	long nanoseconds = time->tv_nsec + (long)((seconds - whole) * 1e9);

	time->tv_sec += (time_t)whole;
	if (nanoseconds < 0)
		time->tv_sec--;
	if (nanoseconds >= 1000000000)
		time->tv_sec++;
	time->tv_nsec = (nanoseconds + 1000000000) % 1000000000;
	return 0;
}

static int tell_date(struct timespec *time)
{
	double seconds = offset();

	if (last_date <= 0)
		return move(time, seconds + last_jump);
	*time = (struct timespec){.tv_sec = (time_t)last_date};
	return 0;
}

int clock_gettime(clockid_t id, struct timespec *time)
{
	if (syscall(SYS_clock_gettime, id, time) < 0)
		return -1;
	switch (id) {
	case CLOCK_REALTIME:
	case CLOCK_REALTIME_COARSE:
		return tell_date(time);
	case CLOCK_BOOTTIME:
	case CLOCK_TAI:
		return move(time, offset());
	default:
		return 0;
	}
}

int gettimeofday(struct timeval *restrict time, void *restrict zone)
{
	struct timespec now;

	(void)zone;
	if (clock_gettime(CLOCK_REALTIME, &now) < 0)
		return -1;
	time->tv_sec = now.tv_sec;
	time->tv_usec = now.tv_nsec / 1000;
	return 0;
}

time_t time(time_t *result)
{
	struct timespec now;

	if (clock_gettime(CLOCK_REALTIME, &now) < 0)
		return -1;
	if (result)
		*result = now.tv_sec;
	return now.tv_sec;
}
