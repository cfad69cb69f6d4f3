/* SPDX-License-Identifier: MIT */
#include "diagnosis_errno.h"

#include <errno.h>

const char *diagnosis_of_errno(int number)
{
	switch (number) {
	case ENOSPC:
		return "L1";
	case EROFS:
		return "L3";
	case EACCES:
	case EPERM:
		return "L4";
	case EDQUOT:
	case EMFILE:
	case ENFILE:
		return "L15";
	default:
		return "";
	}
}

const char *diagnosis_of_listen(int number)
{
	if (number == EADDRINUSE)
		return "H2";
	if (number == EACCES || number == EPERM)
		return "H3";
	return diagnosis_of_errno(number);
}

const char *diagnosis_of_place(int number)
{
	if (number == EROFS)
		return "H16";
	if (number == ENOENT || number == ENOTDIR)
		return "H5";
	return diagnosis_of_errno(number);
}
