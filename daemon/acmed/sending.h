/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * One message on its way out by one channel: to acmed-notify, or to the URL
 * of NotifyURLFile=, whose file is read each time.
 *
 * The callback comes from the loop, exactly once; the sending is gone then.
 */

#include "config.h"
#include "http.h"
#include "telling.h"

struct sending;

/* Borrowed for the call; http until the end. */
struct sending_wish {
	struct ev_loop *loop;
	struct http *http;
	const char *url_file; /* NULL: mail */
	const char *proxy; /* or NULL */
	const char *host; /* the name of this machine */
	const struct telling_message *message;
	void (*on_end)(void *data, const struct error *err);
	void *data;
};

/* Never NULL. */
struct sending *sending_start(const struct sending_wish *wish);
void sending_cancel(struct sending *sending);
