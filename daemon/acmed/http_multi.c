/* SPDX-License-Identifier: MIT */
#include "http_multi.h"

#include "mem.h"
#include "sockets.h"

#include <assert.h>

#define HOST_CONNECTIONS 4L
#define KEPT_CONNECTIONS 16L
#define IDLE_SECONDS 60.0

struct http_multi {
	struct ev_loop *loop; /* borrowed */
	CURLM *curl; /* owned; NULL while nothing needs it */
	int added; /* transfers that were added and not removed */
	struct sockets sockets;
	ev_timer timer; /* curl's */
	ev_timer idle; /* gives up the handle */
	ev_idle done; /* takes finished transfers, one a turn */
	void (*on_done)(void *data, CURL *easy, CURLcode code);
	void *data; /* borrowed */
};

static void act(struct http_multi *multi, curl_socket_t socket, int events)
{
	int running;

	curl_multi_socket_action(multi->curl, socket, events, &running);
	if (running < multi->added)
		ev_idle_start(multi->loop, &multi->done);
}

static void on_event(void *data, int socket, int events)
{
	act(data, socket,
		(events & EV_READ ? CURL_CSELECT_IN : 0) |
			(events & EV_WRITE ? CURL_CSELECT_OUT : 0));
}

static void on_timer(struct ev_loop *loop, ev_timer *timer, int events)
{
	(void)loop;
	(void)events;
	act(timer->data, CURL_SOCKET_TIMEOUT, 0);
}

/* From inside curl: what it wants to hear of a socket. */
static int on_socket(
	CURL *easy, curl_socket_t socket, int what, void *data, void *unused)
{
	struct http_multi *multi = data;
	int events = 0;

	(void)easy;
	(void)unused;
	if (what == CURL_POLL_IN || what == CURL_POLL_INOUT)
		events |= EV_READ;
	if (what == CURL_POLL_OUT || what == CURL_POLL_INOUT)
		events |= EV_WRITE;
	sockets_watch(&multi->sockets, socket, events);
	return 0;
}

/* From inside curl, which must not be called from here even for 0 ms. */
static int on_timeout(CURLM *curl, long milliseconds, void *data)
{
	struct http_multi *multi = data;

	(void)curl;
	ev_timer_stop(multi->loop, &multi->timer);
	if (milliseconds < 0)
		return 0;
	ev_timer_set(&multi->timer, (double)milliseconds / 1000, 0.);
	ev_timer_start(multi->loop, &multi->timer);
	return 0;
}

static void start_idle(struct http_multi *multi)
{
	ev_timer_stop(multi->loop, &multi->idle);
	if (multi->added > 0)
		return;
	ev_timer_set(&multi->idle, IDLE_SECONDS, 0.);
	ev_timer_start(multi->loop, &multi->idle);
}

static void forget(struct http_multi *multi, CURL *easy)
{
	curl_multi_remove_handle(multi->curl, easy);
	multi->added--;
	start_idle(multi);
}

/* One finished transfer; the callback is the last thing that happens. */
static void on_finished(struct ev_loop *loop, ev_idle *idle, int events)
{
	struct http_multi *multi = idle->data;
	int left;
	CURLMsg *message =
		multi->curl ? curl_multi_info_read(multi->curl, &left) : NULL;

	(void)events;
	if (!message) {
		ev_idle_stop(loop, idle);
		return;
	}
	if (left == 0)
		ev_idle_stop(loop, idle);
	if (message->msg != CURLMSG_DONE)
		return;
	CURL *easy = message->easy_handle;
	CURLcode code = message->data.result;
	forget(multi, easy);
	multi->on_done(multi->data, easy, code);
}

/* curl calls back for sockets and timer while it cleans up. */
static void close_curl(struct http_multi *multi)
{
	if (!multi->curl)
		return;
	curl_multi_cleanup(multi->curl);
	multi->curl = NULL;
	sockets_clear(&multi->sockets);
	ev_timer_stop(multi->loop, &multi->timer);
	ev_idle_stop(multi->loop, &multi->done);
}

static void on_idle(struct ev_loop *loop, ev_timer *timer, int events)
{
	(void)loop;
	(void)events;
	close_curl(timer->data);
}

static bool open_curl(struct http_multi *multi)
{
	if (multi->curl)
		return true;
	multi->curl = curl_multi_init();
	if (!multi->curl)
		return false;
	curl_multi_setopt(multi->curl, CURLMOPT_SOCKETFUNCTION, on_socket);
	curl_multi_setopt(multi->curl, CURLMOPT_SOCKETDATA, multi);
	curl_multi_setopt(multi->curl, CURLMOPT_TIMERFUNCTION, on_timeout);
	curl_multi_setopt(multi->curl, CURLMOPT_TIMERDATA, multi);
	curl_multi_setopt(
		multi->curl, CURLMOPT_PIPELINING, (long)CURLPIPE_MULTIPLEX);
	curl_multi_setopt(
		multi->curl, CURLMOPT_MAX_HOST_CONNECTIONS, HOST_CONNECTIONS);
	curl_multi_setopt(multi->curl, CURLMOPT_MAXCONNECTS, KEPT_CONNECTIONS);
	return true;
}

struct http_multi *http_multi_new(struct ev_loop *loop,
	void (*on_done)(void *data, CURL *easy, CURLcode code), void *data)
{
	struct http_multi *multi = mem_new(sizeof(*multi));

	multi->loop = loop;
	multi->on_done = on_done;
	multi->data = data;
	multi->sockets = (struct sockets){
		.loop = loop,
		.on_event = on_event,
		.data = multi,
	};
	ev_timer_init(&multi->timer, on_timer, 0., 0.);
	ev_timer_init(&multi->idle, on_idle, 0., 0.);
	ev_idle_init(&multi->done, on_finished);
	/* An idle watcher of the lowest rank starves under load. */
	ev_set_priority(&multi->done, EV_MAXPRI);
	multi->timer.data = multi;
	multi->idle.data = multi;
	multi->done.data = multi;
	return multi;
}

void http_multi_free(struct http_multi *multi)
{
	if (!multi)
		return;
	assert(multi->added == 0);
	close_curl(multi);
	ev_timer_stop(multi->loop, &multi->idle);
	free(multi);
}

bool http_multi_add(struct http_multi *multi, CURL *easy)
{
	if (!open_curl(multi))
		return false;
	if (curl_multi_add_handle(multi->curl, easy) != CURLM_OK)
		return false;
	multi->added++;
	start_idle(multi);
	return true;
}

void http_multi_remove(struct http_multi *multi, CURL *easy)
{
	forget(multi, easy);
}
