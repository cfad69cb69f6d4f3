/* SPDX-License-Identifier: MIT */
#pragma once

#include <check.h>

/* Runs what a suite has, frees it, and gives what main() has to return. */
int suite_run(Suite *suite);
