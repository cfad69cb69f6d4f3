/* SPDX-License-Identifier: MIT */
#include "method.h"

#include "alert.h"
#include "mem.h"
#include "member.h"

static struct alert *alert_of(struct methods *methods)
{
	return schedule_fleet(methods->schedule)->alert;
}

static void stop_test(struct call *call)
{
	teller_test_cancel(take(call->state));
}

static void on_tested(void *data, const json_t *channels)
{
	struct call *call = data;

	call->on_cancel = NULL;
	call_end(call, json_pack("{s:O}", "channels", (json_t *)channels));
}

void method_notify_test(struct methods *methods, struct call *call)
{
	call->on_cancel = stop_test;
	call->state = teller_test_start(
		alert_teller(alert_of(methods)), on_tested, call);
}
