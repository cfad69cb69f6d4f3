/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Why an HTTPS request failed, in words and as a cause (failures.md, group
 * N): which stage, whose fault, what to look at.
 */

#include "diagnosis_transfer.h"
#include "error.h"
#include "http.h"

#include <curl/curl.h>

/* All borrowed. */
struct http_failure {
	enum http_stage stage;
	const char *host;
	const char *port;
	const char *proxy; /* URL, or NULL */
	const char *source_address; /* or NULL */
	size_t received; /* bytes of header and body */
};

/* The stage's deadline of so many seconds has passed. */
void http_failure_of_time(
	const struct http_failure *failure, double seconds, struct error *err);

/* curl gave up by itself; `detail` are its words. */
void http_failure_of_curl(const struct http_failure *failure, CURL *easy,
	CURLcode code, const char *detail, struct error *err);

/* Puts whom we wanted to speak to before the text of err. */
void http_failure_name_host(
	const struct http_failure *failure, struct error *err);
