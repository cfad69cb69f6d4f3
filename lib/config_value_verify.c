/* SPDX-License-Identifier: MIT */
#include "config_value.h"

#include "config_endpoint.h"
#include "mem.h"
#include "text.h"

/* Verify=: "auto", "no", or endpoints. */

static bool set_verify(struct config_deploy *deploy, enum config_verify verify,
	struct error *err)
{
	if (deploy->endpoint_count)
		return fail(err, ERROR_REFUSED, "goes with no endpoint");
	deploy->verify = verify;
	return true;
}

bool config_value_verify(const char *value, void *field, struct error *err)
{
	struct config_deploy *deploy = field;
	struct config_endpoint endpoint;

	if (streq(value, "auto"))
		return set_verify(deploy, VERIFY_AUTO, err);
	if (streq(value, "no"))
		return set_verify(deploy, VERIFY_NO, err);
	if (!config_endpoint_parse(value, &endpoint))
		return fail(err, ERROR_REFUSED,
			"is neither 'auto' nor 'no' nor an endpoint such as "
			"'www.example.com:443' or 'smtp://mail.example.com'");
	deploy->endpoints = mem_resize(deploy->endpoints,
		deploy->endpoint_count + 1, sizeof(endpoint));
	deploy->endpoints[deploy->endpoint_count++] = endpoint;
	deploy->verify = VERIFY_LIST;
	return true;
}
