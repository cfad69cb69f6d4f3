/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A connection to systemd over the system bus: sd-bus driven by libev, which
 * never blocks. It is subscribed to JobRemoved before anything is asked.
 *
 * Callbacks come from the loop.
 */

#include "error.h"

#include <ev.h>
#include <systemd/sd-bus.h>

struct bus_connection;

struct bus_events {
	void (*on_removed)(void *data, const char *job, const char *result);
	/* The connection is dead. Do not free it from here. */
	void (*on_lost)(void *data, int error);
	void *data; /* borrowed */
};

/* Begins to connect. NULL with a negative errno in *error. */
struct bus_connection *bus_connection_new(
	struct ev_loop *loop, const struct bus_events *events, int *error);
/* What was not sent yet is dropped. */
void bus_connection_free(struct bus_connection *connection);

/* Calls a method of the manager with two strings; on_reply is sd-bus's own.
 * The slot keeps it alive. A negative errno, or 0. */
int bus_connection_call(struct bus_connection *connection, sd_bus_slot **slot,
	const char *method, const char *unit, sd_bus_message_handler_t on_reply,
	void *data);
