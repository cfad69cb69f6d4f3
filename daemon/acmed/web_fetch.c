/* SPDX-License-Identifier: MIT */
#include "web_fetch.h"

#include "http_addresses.h"
#include "http_easy.h"
#include "http_multi.h"
#include "mem.h"
#include "name_look.h"
#include "text.h"

#include <errno.h>
#include <stdio.h>

#define CONNECT_MS 5000L
#define HOP_MS 10000L

struct web_fetch {
	struct web_fetch_wish wish;
	struct redirect_target target;
	struct dns_address address; /* of this hop */
	struct name_look *look; /* for the next hop, or NULL */
	struct http_multi *multi; /* owned */
	CURL *easy; /* owned, of this hop */
	struct curl_slist *resolve; /* owned, of it */
	char *location; /* owned, what its reply says; or NULL */
	char *seen[REDIRECTS_MAX + 1]; /* owned: URLs */
	ev_timer later; /* delivers an end that comes at once */
	struct web_fetch_result result;
};

static void drop_hop(struct web_fetch *fetch)
{
	curl_easy_cleanup(take(fetch->easy));
	curl_slist_free_all(take(fetch->resolve));
	free(take(fetch->location));
}

void web_fetch_cancel(struct web_fetch *fetch)
{
	if (!fetch)
		return;
	if (fetch->easy)
		http_multi_remove(fetch->multi, fetch->easy);
	drop_hop(fetch);
	http_multi_free(fetch->multi);
	name_look_cancel(fetch->look);
	ev_timer_stop(fetch->wish.tools->loop, &fetch->later);
	for (size_t i = 0; i <= REDIRECTS_MAX; i++)
		free(fetch->seen[i]);
	free(fetch);
}

static void end(struct web_fetch *fetch, enum web_fetch_end how)
{
	struct web_fetch_wish wish = fetch->wish;
	struct web_fetch_result result = fetch->result;

	result.end = how;
	snprintf(result.url, sizeof(result.url), "%s", fetch->target.url);
	web_fetch_cancel(fetch);
	wish.on_end(wish.data, &result);
}

/* What curl says while it works: notes only. */

static bool header_is(
	const char *line, size_t length, const char *name, char *out)
{
	size_t size = strlen(name);

	if (length <= size || strncasecmp(line, name, size) != 0)
		return false;
	text_clean(out, WEB_FETCH_BODY, line + size, length - size);
	return true;
}

static size_t on_header(char *line, size_t size, size_t count, void *data)
{
	struct web_fetch *fetch = data;
	struct web_fetch_result *result = &fetch->result;
	char value[WEB_FETCH_BODY];

	(void)size;
	if (header_is(line, count, "server:", value)) {
		snprintf(
			result->server, sizeof(result->server), "%.63s", value);
		result->is_cdn |= strcasecmp(value, "cloudflare") == 0;
	}
	result->is_cdn |= header_is(line, count, "cf-ray:", value) ||
		header_is(line, count, "x-amz-cf-id:", value);
	result->is_cached |= header_is(line, count, "age:", value);
	if (strncasecmp(line, "location:", 9) == 0 && !fetch->location) {
		size_t blanks = strspn(line + 9, " \t");
		size_t length = strcspn(line + 9 + blanks, "\r\n");
		fetch->location =
			text_format("%.*s", (int)length, line + 9 + blanks);
	}
	return count;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *data)
{
	struct web_fetch_result *result = &((struct web_fetch *)data)->result;
	size_t room = WEB_FETCH_BODY - result->length;
	size_t taken = count < room ? count : room;

	(void)size;
	memcpy(result->body + result->length, bytes, taken);
	result->length += taken;
	return taken; /* less than all: curl stops */
}

/* One hop. */

static void set_options(struct web_fetch *fetch)
{
	CURL *easy = fetch->easy;
	char agent[96];

	http_easy_user_agent(agent, sizeof(agent));
	curl_easy_setopt(easy, CURLOPT_URL, fetch->target.url);
	curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
	curl_easy_setopt(easy, CURLOPT_USERAGENT, agent);
	curl_easy_setopt(easy, CURLOPT_RESOLVE, fetch->resolve);
	curl_easy_setopt(easy, CURLOPT_PROXY, "");
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
	curl_easy_setopt(
		easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(easy, CURLOPT_CAINFO, NULL);
	curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, HOP_MS);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, fetch);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, fetch);
}

static bool start_hop(struct web_fetch *fetch)
{
	char port[8];

	snprintf(port, sizeof(port), "%u", fetch->target.port);
	cleanup(string) char *entry = http_addresses_to_curl(
		fetch->target.host, port, &fetch->address, 1, NULL);
	fetch->resolve = entry ? curl_slist_append(NULL, entry) : NULL;
	fetch->easy = curl_easy_init();
	fetch->result.length = 0;
	fetch->result.server[0] = '\0';
	if (fetch->resolve && fetch->easy) {
		set_options(fetch);
		if (http_multi_add(fetch->multi, fetch->easy))
			return true;
	}
	drop_hop(fetch); /* the multi handle never knew it */
	return fail_memory(&fetch->result.err);
}

static void on_addresses(void *data, const struct name_addresses *found)
{
	struct web_fetch *fetch = data;

	fetch->look = NULL;
	if (found->count > 0) {
		fetch->address = found->list[0];
		if (!start_hop(fetch))
			end(fetch, WEB_FETCH_BROKEN);
		return;
	}
	fail_cause(&fetch->result.err, ERROR_VALIDATION, "H6",
		"the redirect to '%.150s' leads nowhere: %.250s",
		fetch->target.url, found->err.text);
	end(fetch, WEB_FETCH_ASTRAY);
}

/* Remembers where it was; false for a loop and for too long a way. */
static bool note_hop(struct web_fetch *fetch)
{
	const char *url = fetch->target.url;
	unsigned hop = fetch->result.redirects;

	for (unsigned i = 0; i < hop; i++)
		if (streq(fetch->seen[i], url))
			return fail_cause(&fetch->result.err, ERROR_VALIDATION,
				"H6", "'%.150s' is part of a redirect loop",
				url);
	if (hop > REDIRECTS_MAX)
		return fail_cause(&fetch->result.err, ERROR_VALIDATION, "H6",
			"more than %d redirects, the last one to '%.150s'",
			REDIRECTS_MAX, url);
	fetch->seen[hop] = mem_string(url);
	return true;
}

static void follow(struct web_fetch *fetch)
{
	struct error *err = &fetch->result.err;
	bool goes_on = redirect_follow(
		&fetch->target, fetch->result.status, fetch->location, err);

	drop_hop(fetch);
	if (goes_on)
		fetch->result.redirects++;
	if (goes_on && note_hop(fetch))
		fetch->look = name_look_start(fetch->wish.tools,
			fetch->target.host, on_addresses, fetch);
	else
		end(fetch, WEB_FETCH_ASTRAY);
}

/* Why there was no reply: the connection, or what came behind it. */
static enum web_fetch_end read_failure(struct web_fetch *fetch, CURLcode code)
{
	struct error *err = &fetch->result.err;
	curl_off_t connected = 0;
	long number = 0;

	curl_easy_getinfo(fetch->easy, CURLINFO_CONNECT_TIME_T, &connected);
	curl_easy_getinfo(fetch->easy, CURLINFO_OS_ERRNO, &number);
	if (code == CURLE_COULDNT_CONNECT) {
		fetch->result.is_refused = number == ECONNREFUSED;
		fail(err, ERROR_VALIDATION, "%s",
			number ? strerror((int)number) : "no connection");
		return number == ENETUNREACH || number == EADDRNOTAVAIL ||
				number == EAFNOSUPPORT
			? WEB_FETCH_HOMELESS
			: WEB_FETCH_UNREACHED;
	}
	if (code == CURLE_OPERATION_TIMEDOUT && connected == 0) {
		fail(err, ERROR_VALIDATION, "no connection within %ld s",
			CONNECT_MS / 1000);
		return WEB_FETCH_UNREACHED;
	}
	fail(err, ERROR_VALIDATION, "%s", curl_easy_strerror(code));
	return WEB_FETCH_BROKEN;
}

static void on_done(void *data, CURL *easy, CURLcode code)
{
	struct web_fetch *fetch = data;
	struct web_fetch_result *result = &fetch->result;

	curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &result->status);
	if (code == CURLE_WRITE_ERROR && result->length == WEB_FETCH_BODY)
		code = CURLE_OK;
	if (code != CURLE_OK) {
		enum web_fetch_end how = read_failure(fetch, code);
		drop_hop(fetch);
		end(fetch, how);
		return;
	}
	if (result->status >= 300 && result->status < 400) {
		follow(fetch);
		return;
	}
	drop_hop(fetch);
	result->body[result->length] = '\0';
	end(fetch, WEB_FETCH_REPLIED);
}

/* A start that failed. */
static void on_later(struct ev_loop *loop, ev_timer *timer, int events)
{
	(void)loop;
	(void)events;
	end(timer->data, WEB_FETCH_BROKEN);
}

struct web_fetch *web_fetch_start(const struct web_fetch_wish *wish)
{
	struct web_fetch *fetch = mem_new(sizeof(*fetch));

	fetch->wish = *wish;
	fetch->address = *wish->address;
	fetch->multi = http_multi_new(wish->tools->loop, on_done, fetch);
	ev_timer_init(&fetch->later, on_later, 0., 0.);
	fetch->later.data = fetch;
	if (!redirect_begin(&fetch->target, wish->url, &fetch->result.err) ||
		!note_hop(fetch) || !start_hop(fetch))
		ev_timer_start(wish->tools->loop, &fetch->later);
	fetch->wish.url = NULL;
	fetch->wish.address = NULL;
	return fetch;
}
