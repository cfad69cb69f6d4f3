/* SPDX-License-Identifier: MIT */
#include "vigil.h"

#include "appetite.h"
#include "clock.h"
#include "duration.h"
#include "mem.h"

#include <stdio.h>
#include <time.h>

#define PATIENCE 70. /* seconds: a minute, and some */
#define MOST_GREED 10 /* minutes */

struct vigil {
	struct ev_loop *loop;
	struct alert *alert;
	struct log *log;
	void (*on_late)(void *data);
	void *data;
	ev_timer timer;
	int64_t wall; /* the date when it was seen to move */
	double seen; /* when that was */
	unsigned greed; /* minutes in a row in which too much was used */
};

/* The clock. */

static void tell(const struct vigil *vigil)
{
	char span[DURATION_SIZE], text[128];

	duration_format((int64_t)(clock_seconds() - vigil->seen), span);
	snprintf(text, sizeof(text), "the clock has stood still for %s", span);
	alert_set(vigil->alert,
		&(struct alert_trouble){
			.source = "machine",
			.subject = "/clock",
			.code = "C1",
			.level = ALERT_ERROR,
			.text = text,
		});
}

/* One that was set back has moved. */
static void look_at_clock(struct vigil *vigil)
{
	int64_t now = time(NULL);

	if (now == vigil->wall)
		return;
	vigil->wall = now;
	vigil->seen = clock_seconds();
	alert_clear(vigil->alert, "machine", "/clock");
}

/* The journal. */

static void look_at_journal(struct vigil *vigil)
{
	char text[160];

	if (log_is_taken(vigil->log)) {
		alert_clear(vigil->alert, "journal", "/journal");
		return;
	}
	snprintf(text, sizeof(text),
		"the journal takes no messages, %lu wait for it: see "
		"'systemctl status systemd-journald'",
		log_waiting(vigil->log));
	alert_set(vigil->alert,
		&(struct alert_trouble){
			.source = "journal",
			.subject = "/journal",
			.code = "",
			.level = ALERT_WARNING,
			.text = text,
		});
}

/* Memory and descriptors. */

static void look_at_appetite(struct vigil *vigil, size_t certificates)
{
	const struct appetite appetite = appetite_read();
	struct error err;

	if (appetite_is_fine(&appetite, certificates, &err)) {
		vigil->greed = 0;
		alert_clear(vigil->alert, "machine", "/appetite");
		return;
	}
	vigil->greed++;
	alert_set(vigil->alert,
		&(struct alert_trouble){
			.source = "machine",
			.subject = "/appetite",
			.code = err.code,
			.level = ALERT_ERROR,
			.text = err.text,
		});
}

/* Life. */

static void on_timer(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct vigil *vigil = timer->data;

	(void)loop;
	(void)events;
	look_at_clock(vigil);
	if (clock_seconds() - vigil->seen >= PATIENCE / 2)
		tell(vigil);
	vigil->on_late(vigil->data);
}

bool vigil_minute(struct vigil *vigil, size_t certificates)
{
	look_at_clock(vigil);
	look_at_journal(vigil);
	look_at_appetite(vigil, certificates);
	ev_timer_again(vigil->loop, &vigil->timer);
	return vigil->greed < MOST_GREED;
}

struct vigil *vigil_new(struct ev_loop *loop, struct alert *alert,
	struct log *log, void (*on_late)(void *data), void *data)
{
	struct vigil *vigil = mem_new(sizeof(*vigil));

	vigil->loop = loop;
	vigil->alert = alert;
	vigil->log = log;
	vigil->on_late = on_late;
	vigil->data = data;
	ev_timer_init(&vigil->timer, on_timer, 0., PATIENCE);
	vigil->timer.data = vigil;
	look_at_clock(vigil);
	ev_timer_again(loop, &vigil->timer);
	return vigil;
}

void vigil_free(struct vigil *vigil)
{
	if (!vigil)
		return;
	ev_timer_stop(vigil->loop, &vigil->timer);
	free(vigil);
}
