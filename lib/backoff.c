/* SPDX-License-Identifier: MIT */
#include "backoff.h"

#include "diagnosis.h"
#include "span.h"

#include <assert.h>

#define MINUTE 60
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
#define RETRY_AFTER_MAX (7.0 * DAY)
#define WAIT_MAX ((int64_t)8 * DAY) /* with its jitter */
#define STEPS_MAX 8
#define PART 8 /* of the time left, until expiry */

/* The waits in their order; the last one stays. */
static const struct {
	const char *name;
	int64_t steps[STEPS_MAX];
	unsigned count;
} CLASSES[BACKOFF_CLASSES] = {
	[BACKOFF_Q1] = {"Q1",
		{MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR,
			2 * HOUR},
		7},
	[BACKOFF_Q2] = {"Q2", {MINUTE, 10 * MINUTE, 100 * MINUTE, DAY}, 4},
	[BACKOFF_Q3] = {"Q3", {HOUR}, 1},
	[BACKOFF_Q4] = {"Q4", {DAY}, 1},
	[BACKOFF_Q5] = {"Q5", {MINUTE}, 1},
	[BACKOFF_Q6] = {"Q6",
		{MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 30 * MINUTE,
			HOUR},
		6},
};

/* A certificate that lives under ten days is renewed at half of its life:
 * with less than this left, a CA that fails is asked more often. */
#define SHORT_LEFT (5 * DAY)
#define SHORT_STEP (30 * MINUTE)

const char *backoff_class_name(enum backoff_class class)
{
	return CLASSES[class].name;
}

static enum backoff_class class_of_kind(enum error_kind kind)
{
	switch (kind) {
	case ERROR_LOCAL:
		return BACKOFF_Q5;
	case ERROR_NONE:
	case ERROR_TRANSIENT:
		return BACKOFF_Q1;
	case ERROR_LIMITED:
		return BACKOFF_Q3;
	case ERROR_VALIDATION:
		return BACKOFF_Q2;
	case ERROR_REFUSED:
		return BACKOFF_Q4;
	}
	return BACKOFF_Q1;
}

enum backoff_class backoff_class_of(const struct error *err)
{
	const struct diagnosis *cause = diagnosis_find(err->code);

	if (!cause)
		return class_of_kind(err->kind);
	/* What the CA has counted as a failed validation it would count again
	 * each minute: only a look of our own may be that frequent. */
	if (err->kind == ERROR_VALIDATION && cause->class == BACKOFF_Q5)
		return BACKOFF_Q2;
	return cause->class;
}

static int64_t step_of(
	enum backoff_class class, unsigned failures, int64_t left)
{
	unsigned last = CLASSES[class].count - 1;
	unsigned index = failures > 0 ? failures - 1 : 0;
	int64_t step = CLASSES[class].steps[index < last ? index : last];

	if (class == BACKOFF_Q1 && left > 0 && left < SHORT_LEFT &&
		step > SHORT_STEP)
		return SHORT_STEP;
	return step;
}

/* No step is long enough to overflow: it is cut before it is multiplied. */
static int64_t jitter(int64_t step, double random)
{
	return (int64_t)((double)step * (0.5 + random));
}

static int64_t at_most(int64_t value, int64_t limit)
{
	return value < limit ? value : limit;
}

static int64_t at_least(int64_t value, int64_t limit)
{
	return value > limit ? value : limit;
}

/* 0 for none; also for what is no number. */
static int64_t keep_retry_after(double retry_after, double random)
{
	if (!(retry_after > 0))
		return 0;
	if (retry_after < 1)
		retry_after = 1;
	if (retry_after > RETRY_AFTER_MAX)
		retry_after = RETRY_AFTER_MAX;
	return (int64_t)(retry_after * (1 + random / 10)) + 1;
}

int64_t backoff_delay(enum backoff_class class, unsigned failures, int64_t left,
	double retry_after, double random)
{
	assert(random >= 0 && random < 1);
	int64_t asked = keep_retry_after(retry_after, random);
	int64_t delay = jitter(step_of(class, failures, left), random);

	if (class == BACKOFF_Q3 && asked)
		delay = 0;
	if (left > 0)
		delay = at_most(delay, left / PART);
	return at_least(at_least(delay, asked), MINUTE);
}

/* What a clock that was ahead has dated (C2) is not ago. */
bool backoff_gates(int64_t ago, int64_t left)
{
	return ago >= 0 && ago < at_most(DAY, left / PART);
}

int64_t backoff_drawn(int64_t when, int64_t now)
{
	return span_between(now, when) > WAIT_MAX ? 0 : when;
}
