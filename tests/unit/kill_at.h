/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Runs a program and kills it where it is about to change a folder for the
 * Nth time (rename or link something, or remove a folder).
 */

#include <sys/types.h>

/* Forks. In the parent: the number of a process that ends with 0 when the
 * program ended by itself and with 9 when it was killed. In the child: 0, and
 * it has to run the program now. */
pid_t kill_at(unsigned number);
