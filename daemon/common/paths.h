/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Where things are: systemd's variables, else the built-in folders. Every
 * program asks here, so that the whole can be moved (contract, "Files").
 */

/* CONFIGURATION_DIRECTORY, else SYSCONFDIR/acmed. All results are static
 * strings without a trailing slash. */
const char *paths_configuration(void);
/* STATE_DIRECTORY, else /var/lib/acmed. */
const char *paths_state(void);
/* RUNTIME_DIRECTORY, else /run/acmed. */
const char *paths_runtime(void);
/* The helpers' sockets: paths_runtime() with "-sockets" behind it. */
const char *paths_sockets(void);
/* Data that is shipped (ca/NAME.conf): DATADIR, or the source tree's conf/
 * when the program runs from a build folder. */
const char *paths_data(void);
/* A helper program ("acmed-vault"): beside this program, else in LIBEXECDIR.
 * A static buffer, overwritten by the next call. */
const char *paths_helper(const char *program);
