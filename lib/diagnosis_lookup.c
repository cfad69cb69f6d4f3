/* SPDX-License-Identifier: MIT */
#include "diagnosis_lookup.h"

#include "dns_message.h"

static const char *of_lookup(unsigned rcode, const char *unwilling)
{
	switch (rcode) {
	case DNS_NOERROR:
	case DNS_NXDOMAIN:
		return "";
	case DNS_REFUSED:
	case DNS_NOTAUTH:
		return unwilling;
	default:
		return "D7";
	}
}

static const char *of_update(unsigned rcode)
{
	switch (rcode) {
	case DNS_NOERROR:
		return "";
	case DNS_NXDOMAIN:
		return "D5";
	case DNS_FORMERR:
	case DNS_NOTIMP:
	case DNS_REFUSED:
	case DNS_NOTAUTH:
	case DNS_NOTZONE:
		return "D1";
	default:
		return "D7";
	}
}

const char *diagnosis_of_rcode(enum diagnosis_asked asked, unsigned rcode)
{
	switch (asked) {
	case DIAGNOSIS_RESOLVER:
		return of_lookup(rcode, "D7");
	case DIAGNOSIS_AUTHORITY:
		return of_lookup(rcode, "D1");
	case DIAGNOSIS_UPDATE:
		return of_update(rcode);
	}
	return "";
}
