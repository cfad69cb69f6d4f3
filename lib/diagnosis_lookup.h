/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The cause in the response code of a name server (RFC 1035 section 4.1.1,
 * RFC 2136 section 2.2): it depends on who was asked what.
 */

enum diagnosis_asked {
	DIAGNOSIS_RESOLVER, /* to look a record up for us */
	DIAGNOSIS_AUTHORITY, /* for a record of its own zone */
	DIAGNOSIS_UPDATE, /* to change its zone */
};

/* A code of `diagnosis`; "" for NOERROR, and for NXDOMAIN where a record that
 * is not there is an answer. */
const char *diagnosis_of_rcode(enum diagnosis_asked asked, unsigned rcode);
