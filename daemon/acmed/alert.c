/* SPDX-License-Identifier: MIT */
#include "alert.h"

#include "alert_log.h"
#include "clock.h"
#include "json.h"
#include "mem.h"
#include "member.h"
#include "telling_cause.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define SOON 2.0 /* seconds: what is gathered is looked at again */
#define LOOK_EVERY 30
#define VAULT_DEADLINE 30.0
#define MOST_HICCUPS 1 /* failures of a channel that are no trouble yet */
#define HOST_SIZE 256

struct alert {
	struct ev_loop *loop;
	struct events *events;
	struct telling *telling;
	ev_timer timer;
	int64_t looked;
	int64_t date; /* the last one seen */
	double seen; /* when it was new */
	char host[HOST_SIZE];

	struct teller *teller; /* NULL: not open */
	struct helper *vault;
	struct helper_call *call; /* loads or saves, or NULL */
	bool is_changed; /* since it was saved */
	bool is_unheard; /* nobody has taken the last message yet */
};

/* What lasts. */

static void look_soon(struct alert *alert)
{
	alert->is_changed = true;
	if (!ev_is_active(&alert->timer))
		ev_timer_again(alert->loop, &alert->timer);
}

static void on_saved(void *data, const json_t *reply, const struct error *err)
{
	struct alert *alert = data;

	(void)reply;
	alert->call = NULL;
	if (err)
		alert->is_changed = true;
}

/* As long as nobody has taken a message it does not count as told: after a
 * restart it is told anew. */
static void save(struct alert *alert,
	void (*on_reply)(
		void *data, const json_t *reply, const struct error *err))
{
	if (!alert->vault || !alert->is_changed || alert->call ||
		alert->is_unheard)
		return;
	json_t *state = telling_to_json(alert->telling);
	json_object_set_new(state, "channels", teller_to_json(alert->teller));
	alert->is_changed = false;
	alert->call = helper_call(alert->vault,
		json_pack("{s:s, s:s, s:o}", "verb", "machine-save", "part",
			"telling", "state", state),
		VAULT_DEADLINE, on_reply, alert);
}

static void on_loaded(void *data, const json_t *reply, const struct error *err)
{
	struct alert *alert = data;
	const json_t *state = json_object_get(reply, "state");

	(void)err;
	alert->call = NULL;
	if (!json_is_object(state))
		return;
	telling_from_json(alert->telling, state, time(NULL));
	teller_from_json(alert->teller, json_object_get(state, "channels"));
}

void alert_load(struct alert *alert)
{
	alert->call = helper_call(alert->vault,
		json_pack("{s:s, s:s}", "verb", "machine-load", "part",
			"telling"),
		VAULT_DEADLINE, on_loaded, alert);
}

/* Out to people. */

static void tell(struct alert *alert, const struct telling_message *message)
{
	const char *channels =
		alert->teller ? teller_send(alert->teller, message) : "";

	alert->is_unheard = *channels != '\0';
	alert->is_changed = true;
	alert_log_message(alert->events, channels, message);
}

/* While the clock stands still people have to hear of that. */
static int64_t now(struct alert *alert)
{
	int64_t date = time(NULL);

	if (date != alert->date) {
		alert->date = date;
		alert->seen = clock_seconds();
	}
	return date + (int64_t)(clock_seconds() - alert->seen);
}

static void look(struct alert *alert)
{
	struct telling_message message;

	alert->looked = now(alert);
	while (telling_next(
		alert->telling, alert->host, alert->looked, &message)) {
		tell(alert, &message);
		telling_message_clear(&message);
	}
	save(alert, on_saved);
	if (telling_is_gathering(alert->telling))
		look_soon(alert);
}

void alert_look(struct alert *alert)
{
	if (cause_has_passed(alert->looked, now(alert), LOOK_EVERY))
		look(alert);
}

static void on_timer(struct ev_loop *loop, ev_timer *timer, int events)
{
	(void)events;
	ev_timer_stop(loop, timer);
	look(timer->data);
}

/* Troubles. */

void alert_set(struct alert *alert, const struct alert_trouble *trouble)
{
	if (!alert || !telling_set(alert->telling, trouble, time(NULL)))
		return;
	if (!trouble->is_logged)
		alert_log_trouble(alert->events, trouble);
	look_soon(alert);
}

void alert_clear(struct alert *alert, const char *source, const char *subject)
{
	struct alert_trouble gone;

	if (!alert || !telling_clear(alert->telling, source, subject, &gone))
		return;
	if (!gone.is_logged)
		alert_log_end(alert->events, &gone);
	look_soon(alert);
}

struct sweep {
	bool (*is_there)(
		void *data, const char *source, const char *certificate);
	void *data;
};

static bool is_there(void *data, const char *source, const char *subject)
{
	const struct sweep *sweep = data;
	char certificate[ALERT_NAME_SIZE];

	alert_certificate(subject, certificate);
	return !*certificate ||
		sweep->is_there(sweep->data, source, certificate);
}

void alert_sweep(struct alert *alert,
	bool (*known)(void *data, const char *source, const char *certificate),
	void *data)
{
	struct sweep sweep = {known, data};

	if (!alert)
		return;
	telling_sweep(alert->telling, is_there, &sweep);
	look_soon(alert);
}

/* Channels that fail are a trouble, which the others tell. */

static void look_at_channel(struct alert *alert, const struct channel *channel)
{
	unsigned failures = channel_failures(channel);
	char subject[16], text[640];

	snprintf(subject, sizeof(subject), "/%s", channel_name(channel));
	if (!channel_is_set(channel) || !failures) {
		alert_clear(alert, "machine", subject);
		return;
	}
	snprintf(text, sizeof(text), "people cannot be told by %s: %s",
		channel_name(channel), channel_error(channel)->text);
	alert_set(alert,
		&(struct alert_trouble){
			.source = "machine",
			.subject = subject,
			.code = "M7",
			.level = failures > MOST_HICCUPS ? ALERT_ERROR
							 : ALERT_NOTICE,
			.text = text,
		});
}

static void on_channel(void *data, struct channel *channel, bool is_sent)
{
	struct alert *alert = data;

	if (is_sent)
		alert->is_unheard = false;
	look_at_channel(alert, channel);
	look_soon(alert);
}

void alert_configure(struct alert *alert, const struct config_daemon *settings)
{
	if (!alert || !alert->teller)
		return;
	teller_configure(alert->teller, settings);
	for (int i = 0; i < TELLER_CHANNELS; i++)
		look_at_channel(alert, teller_channel(alert->teller, i));
}

const char *alert_nobody(const struct alert *alert)
{
	bool is_any = false;

	if (!alert->teller || !teller_tells_nobody(alert->teller))
		return NULL;
	for (int i = 0; i < TELLER_CHANNELS; i++)
		is_any |= channel_is_set(teller_channel(alert->teller, i));
	return is_any
		? "nobody would be told: no channel has worked yet, or it "
		  "failed last; 'acmectl notify-test' tries them"
		: "nobody would be told: there is no sendmail, and neither "
		  "NotifyMail= nor NotifyURLFile= is set";
}

void alert_warn(struct alert *alert)
{
	const char *why = alert_nobody(alert);

	if (why)
		events_emit(alert->events,
			&(struct event){
				.name = "nobody-told", .priority = LOG_WARNING},
			"%s", why);
}

json_t *alert_describe(const struct alert *alert)
{
	json_t *object = json_pack("{s:I, s:o}", "troubles",
		(json_int_t)telling_count(alert->telling), "channels",
		alert->teller ? teller_describe(alert->teller) : json_array());

	member_put_text(object, "nobody_told", alert_nobody(alert));
	return object;
}

struct teller *alert_teller(const struct alert *alert)
{
	return alert->teller;
}

/* Life. */

void alert_open(struct alert *alert, struct http *http, struct helper *vault)
{
	alert->vault = vault;
	alert->teller = teller_new(&(struct teller_setup){
		.loop = alert->loop,
		.http = http,
		.host = alert->host,
		.on_change = on_channel,
		.data = alert,
	});
}

static void ignore_reply(
	void *data, const json_t *reply, const struct error *err)
{
	(void)data;
	(void)reply;
	(void)err;
}

void alert_close(struct alert *alert)
{
	if (!alert || !alert->teller)
		return;
	if (alert->call)
		helper_cancel(take(alert->call));
	alert->is_changed = true;
	save(alert, ignore_reply);
	alert->call = NULL;
	teller_free(take(alert->teller));
	alert->vault = NULL;
}

struct alert *alert_new(struct ev_loop *loop, struct events *events)
{
	struct alert *alert = mem_new(sizeof(*alert));

	alert->loop = loop;
	alert->events = events;
	alert->telling = telling_new();
	if (gethostname(alert->host, sizeof(alert->host) - 1) < 0)
		snprintf(alert->host, sizeof(alert->host), "this host");
	ev_timer_init(&alert->timer, on_timer, 0., SOON);
	alert->timer.data = alert;
	return alert;
}

void alert_free(struct alert *alert)
{
	if (!alert)
		return;
	alert_close(alert);
	ev_timer_stop(alert->loop, &alert->timer);
	telling_free(alert->telling);
	free(alert);
}
