/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A curl easy handle with the options that every request to a CA has.
 */

#include "http.h"

#include <curl/curl.h>

/* "acmed/VERSION libcurl/VERSION" into out. */
void http_easy_user_agent(char *out, size_t size);

/* A handle for one request; everything in it is copied but *headers, which
 * is to be freed after it. NULL without memory. */
CURL *http_easy_new(const struct http_request *request, const char *user_agent,
	struct curl_slist **headers);
