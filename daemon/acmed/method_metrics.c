/* SPDX-License-Identifier: MIT */
#include "method.h"

#include "mem.h"

/* As much as a single reply may hold, escaped. */
#define MOST (CONNECTION_OUTPUT_MAX / 2)

static json_t *reply_of(struct text *page)
{
	return json_pack(
		"{s:s%}", "text", page->data ? page->data : "", page->length);
}

/* Page by page, as fast as the client reads. */

struct cursor {
	struct methods *methods;
	struct metrics_cursor place;
};

static void free_cursor(struct call *call)
{
	free(take(call->state));
}

static void send_page(struct call *call)
{
	struct cursor *cursor = call->state;
	struct text page cleanup_text_value = {0};
	bool has_more = metrics_page(
		cursor->methods->daemon.metrics, &cursor->place, &page);

	if (has_more) {
		call_continue(call, reply_of(&page));
		return;
	}
	free_cursor(call);
	call_end(call, reply_of(&page));
}

static void send_all(struct methods *methods, struct call *call)
{
	struct metrics_cursor place = {0};
	struct text all cleanup_text_value = {0};
	bool has_more = true;

	while (has_more && all.length < MOST) {
		struct text page cleanup_text_value = {0};
		has_more = metrics_page(methods->daemon.metrics, &place, &page);
		text_add_bytes(&all, page.data ? page.data : "", page.length);
	}
	if (has_more)
		call_fail(call, "org.varlink.service.ExpectedMore", NULL);
	else
		call_end(call, reply_of(&all));
}

void method_metrics(struct methods *methods, struct call *call)
{
	if (!call->is_more) {
		send_all(methods, call);
		return;
	}
	struct cursor *cursor = mem_new(sizeof(*cursor));
	cursor->methods = methods;
	call->state = cursor;
	call->on_cancel = free_cursor;
	call->on_drained = send_page;
	send_page(call);
}
