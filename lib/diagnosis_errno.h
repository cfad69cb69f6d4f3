/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The cause that an errno names in a step of our own (failures.md, groups H
 * and L). All give a code of `diagnosis`, or "" where the errno says too
 * little: then its text has to do.
 */

/* Files and folders of ours. */
const char *diagnosis_of_errno(int number);

/* Listening on the port of a challenge. */
const char *diagnosis_of_listen(int number);

/* The file of a challenge in somebody's document root. */
const char *diagnosis_of_place(int number);
