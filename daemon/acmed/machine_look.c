/* SPDX-License-Identifier: MIT */
#include "machine_look.h"

#include "mem.h"
#include "paths.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define CHECK "write"
#define VAULT_DEADLINE 30.0
#define SPARE_DESCRIPTORS 8

struct machine_look {
	struct machine_look_wish wish;
	struct helper_call *call; /* or NULL */
	ev_timer turn;
};

void machine_look_cancel(struct machine_look *look)
{
	if (!look)
		return;
	if (look->call)
		helper_cancel(look->call);
	ev_timer_stop(look->wish.loop, &look->turn);
	free(look);
}

static void end(struct machine_look *look)
{
	struct finding_listener listener = look->wish.listener;

	machine_look_cancel(look);
	listener.on_end(listener.data, FINDING_UNKNOWN);
}

static void tell(const struct machine_look *look, const char *subject,
	const struct error *err)
{
	if (err)
		finding_error(
			&look->wish.listener, CHECK, subject, FINDING_BAD, err);
	else
		finding_good(&look->wish.listener, CHECK, subject,
			"there is room, and it can be written to");
}

static void on_probed(void *data, const json_t *reply, const struct error *err)
{
	struct machine_look *look = data;

	(void)reply;
	look->call = NULL;
	tell(look, paths_state(), err);
	end(look);
}

/* A file without a name, as the answers to challenges are begun. */
static bool try_folder(const char *folder, struct error *err)
{
	int file = open(folder, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);

	if (file < 0)
		return fail_errno(err, errno, "cannot write to '%s'", folder);
	bool is_written = write(file, folder, strlen(folder)) > 0;
	int number = errno;
	close(file);
	return is_written ||
		fail_errno(err, number, "cannot write to '%s'", folder);
}

/* As many as an attempt opens at least (L15). */
static bool try_descriptors(struct error *err)
{
	int files[SPARE_DESCRIPTORS];
	int count = 0;
	int number = 0;

	while (count < SPARE_DESCRIPTORS && !number) {
		files[count] = open("/", O_PATH | O_CLOEXEC);
		number = files[count] < 0 ? errno : 0;
		count += !number;
	}
	while (count > 0)
		close(files[--count]);
	return !number ||
		fail_errno(err, number, "%d more files cannot be opened",
			SPARE_DESCRIPTORS);
}

static void on_turn(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct machine_look *look = timer->data;
	struct error err;

	(void)loop;
	(void)events;
	tell(look, paths_runtime(),
		try_folder(paths_runtime(), &err) ? NULL : &err);
	tell(look, "descriptors", try_descriptors(&err) ? NULL : &err);
	if (look->wish.vault)
		look->call = helper_call(look->wish.vault,
			json_pack("{s:s}", "verb", "probe"), VAULT_DEADLINE,
			on_probed, look);
	else
		end(look);
}

struct machine_look *machine_look_start(const struct machine_look_wish *wish)
{
	struct machine_look *look = mem_new(sizeof(*look));

	look->wish = *wish;
	ev_timer_init(&look->turn, on_turn, 0., 0.);
	look->turn.data = look;
	ev_timer_start(wish->loop, &look->turn);
	return look;
}
