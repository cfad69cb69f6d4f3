/* SPDX-License-Identifier: MIT */
#include "old_keys.h"

#include "account_file.h"
#include "accounts.h"
#include "file.h"
#include "key_file.h"
#include "text.h"

#include <errno.h>
#include <stdio.h>

#define NAME_SIZE 24

static const char *name_of(unsigned number, char out[static NAME_SIZE])
{
	if (number == 1)
		return ACCOUNT_OLD_KEY;
	snprintf(out, NAME_SIZE, "key.old.%u.pem", number);
	return out;
}

static bool is_there(int folder, unsigned number)
{
	char name[NAME_SIZE];

	return file_exists(folder, name_of(number, name));
}

static bool holds_the_same(int folder, const char *one, const char *other)
{
	size_t length;
	char *a = file_read(folder, one, KEY_FILE_MAX, &length, NULL);
	char *b = file_read(folder, other, KEY_FILE_MAX, &length, NULL);
	bool is_same = a && b && streq(a, b);

	key_pem_free(a);
	key_pem_free(b);
	return is_same;
}

static bool move_up(int folder, unsigned number, struct error *err)
{
	char from[NAME_SIZE], to[NAME_SIZE];

	return file_move(folder, name_of(number, from),
		       name_of(number + 1, to)) ||
		fail_errno(
			err, errno, "cannot keep '%s'", name_of(number, from));
}

/* Each goes one further, as far as the first place that is free. */
static bool make_room(int folder, struct error *err)
{
	char last[NAME_SIZE];
	unsigned place = 1;

	while (place < OLD_KEYS_MOST && is_there(folder, place))
		place++;
	if (!file_remove(folder, name_of(place, last), err))
		return false;
	while (--place > 0)
		if (!move_up(folder, place, err))
			return false;
	return true;
}

bool old_keys_add(int folder, const char *name, struct error *err)
{
	return (holds_the_same(folder, name, ACCOUNT_OLD_KEY) ||
		       make_room(folder, err)) &&
		account_file_copy(folder, name, ACCOUNT_OLD_KEY, err);
}
