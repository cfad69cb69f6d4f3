/* SPDX-License-Identifier: MIT */
#include "disk.h"

#include "disk_record.h"
#include "text.h"

#include <check.h>
#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define NODES_MAX 8192
#define EVENTS_MAX 8192
#define ENTRIES_MAX 1024
#define BYTES_MAX (512 * 1024)
#define ROOT 1 /* 0 is nothing */

enum event_kind {
	EVENT_ENTRY, /* a name in a folder now means the child, or nothing */
	EVENT_BYTES, /* the file has these bytes more */
	EVENT_SYNC,
};

struct event {
	enum event_kind kind;
	unsigned node; /* the folder, or the file */
	unsigned child;
	char *name; /* owned */
	char *bytes; /* owned */
	size_t length;
	bool is_joined; /* not without the event before */
	size_t synced; /* by this event; SIZE_MAX: by none */
};

struct node {
	ino_t inode;
	mode_t mode;
	char *bytes; /* owned */
	size_t length;
};

struct tree_entry {
	unsigned folder, child;
	char name[NAME_MAX + 1];
};
struct tree {
	struct tree_entry entries[ENTRIES_MAX];
	size_t count;
};

static struct {
	bool is_on;
	dev_t device;
	struct node nodes[NODES_MAX];
	unsigned node_count;
	struct event events[EVENTS_MAX];
	size_t event_count;
	struct tree settled, now;
} disk;

/* Trees. */

static struct tree_entry *find_entry(
	struct tree *tree, unsigned folder, const char *name)
{
	for (size_t i = 0; i < tree->count; i++)
		if (tree->entries[i].folder == folder &&
			streq(tree->entries[i].name, name))
			return &tree->entries[i];
	return NULL;
}

static void set_entry(
	struct tree *tree, unsigned folder, const char *name, unsigned child)
{
	struct tree_entry *entry = find_entry(tree, folder, name);

	if (!entry && child) {
		ck_assert_uint_lt(tree->count, ENTRIES_MAX);
		entry = &tree->entries[tree->count++];
		entry->folder = folder;
		snprintf(entry->name, sizeof(entry->name), "%s", name);
	}
	if (child)
		entry->child = child;
	else if (entry)
		*entry = tree->entries[--tree->count];
}

static unsigned child_of(unsigned folder, const char *name)
{
	struct tree_entry *entry = find_entry(&disk.now, folder, name);

	return entry ? entry->child : 0;
}

/* Recording. */

/* The newest with that number: an older one is gone. 0: not ours. */
static unsigned node_of(int fd)
{
	struct stat status;

	if (!disk.is_on || fstat(fd, &status) != 0 ||
		status.st_dev != disk.device)
		return 0;
	for (unsigned n = disk.node_count; n; n--)
		if (disk.nodes[n].inode == status.st_ino)
			return n;
	return 0;
}

static void fill_node(struct node *node, int at, const char *name)
{
	char *bytes = malloc(BYTES_MAX);
	ssize_t length = 0;

	if (S_ISLNK(node->mode))
		length = readlinkat(at, name, bytes, BYTES_MAX);
	if (S_ISREG(node->mode)) {
		int fd = openat(at, name, O_RDONLY | O_CLOEXEC);
		length = read(fd, bytes, BYTES_MAX);
		close(fd);
	}
	ck_assert(length >= 0 && length < BYTES_MAX);
	node->bytes = bytes;
	node->length = (size_t)length;
}

static unsigned add_node(int at, const char *name)
{
	struct stat status;

	ck_assert_int_eq(fstatat(at, name, &status, AT_SYMLINK_NOFOLLOW), 0);
	ck_assert_uint_lt(disk.node_count + 1, NODES_MAX);
	struct node *node = &disk.nodes[++disk.node_count];
	*node = (struct node){.inode = status.st_ino, .mode = status.st_mode};
	fill_node(node, at, name);
	return disk.node_count;
}

static struct event *add_event(enum event_kind kind, unsigned node)
{
	ck_assert_uint_lt(disk.event_count, EVENTS_MAX);
	struct event *event = &disk.events[disk.event_count++];
	*event = (struct event){.kind = kind, .node = node, .synced = SIZE_MAX};
	return event;
}

static void add_entry(
	unsigned folder, const char *name, unsigned child, bool is_joined)
{
	struct event *event = add_event(EVENT_ENTRY, folder);

	event->name = strdup(name);
	event->child = child;
	event->is_joined = is_joined;
	set_entry(&disk.now, folder, name, child);
}

void record_new(int at, const char *name)
{
	unsigned folder = node_of(at);

	if (folder && !child_of(folder, name))
		add_entry(folder, name, add_node(at, name), false);
}

void record_gone(int at, const char *name)
{
	unsigned folder = node_of(at);

	if (folder)
		add_entry(folder, name, 0, false);
}

/* The new name is there before the old one goes. */
void record_renamed(
	int at, const char *name, int to_at, const char *to, bool is_exchange)
{
	unsigned folder = node_of(at), to_folder = node_of(to_at);

	if (!folder)
		return;
	unsigned moved = child_of(folder, name);
	unsigned replaced = child_of(to_folder, to);
	ck_assert_uint_ne(moved, 0);
	add_entry(to_folder, to, moved, false);
	add_entry(folder, name, is_exchange ? replaced : 0, true);
}

void record_bytes(int fd, const void *bytes, size_t length)
{
	unsigned node = node_of(fd);

	if (!node)
		return;
	struct event *event = add_event(EVENT_BYTES, node);
	event->bytes = malloc(length);
	event->length = length;
	memcpy(event->bytes, bytes, length);
}

void record_synced(int fd, bool is_everything)
{
	unsigned node = node_of(fd);
	size_t by = disk.event_count;

	if (!node)
		return;
	add_event(EVENT_SYNC, node);
	for (size_t i = 0; i < by; i++) {
		struct event *event = &disk.events[i];
		if (event->synced == SIZE_MAX &&
			(is_everything || event->node == node))
			event->synced = by;
	}
}

/* Beginning and end. */

static void read_folder(unsigned folder, int at)
{
	DIR *dir = fdopendir(at);

	ck_assert_ptr_nonnull(dir);
	for (struct dirent *item; (item = readdir(dir));) {
		if (streq(item->d_name, ".") || streq(item->d_name, ".."))
			continue;
		unsigned node = add_node(at, item->d_name);
		set_entry(&disk.now, folder, item->d_name, node);
		if (S_ISDIR(disk.nodes[node].mode))
			read_folder(node, openat(at, item->d_name, O_RDONLY));
	}
	closedir(dir);
}

void disk_begin(const char *folder)
{
	struct stat status;

	disk_end();
	ck_assert_int_eq(stat(folder, &status), 0);
	disk.device = status.st_dev;
	add_node(AT_FDCWD, folder);
	read_folder(ROOT, open(folder, O_RDONLY));
	disk.settled = disk.now;
	disk.is_on = true;
}

static void forget_events(void)
{
	for (size_t i = 0; i < disk.event_count; i++) {
		free(disk.events[i].name);
		free(disk.events[i].bytes);
	}
	disk.event_count = 0;
}

void disk_end(void)
{
	forget_events();
	for (unsigned n = 1; n <= disk.node_count; n++)
		free(disk.nodes[n].bytes);
	disk.node_count = 0;
	disk.now.count = disk.settled.count = 0;
	disk.is_on = false;
}

static void append(struct node *node, const char *bytes, size_t length)
{
	ck_assert_uint_lt(node->length + length, BYTES_MAX);
	node->bytes = realloc(node->bytes, node->length + length + 1);
	if (bytes)
		memcpy(node->bytes + node->length, bytes, length);
	else
		memset(node->bytes + node->length, 0, length);
	node->length += length;
}

void disk_settle(void)
{
	for (size_t i = 0; i < disk.event_count; i++) {
		const struct event *event = &disk.events[i];
		if (event->kind == EVENT_BYTES)
			append(&disk.nodes[event->node], event->bytes,
				event->length);
	}
	disk.settled = disk.now;
	forget_events();
}

size_t disk_moment(void)
{
	return disk.event_count;
}

/* Losing. */

static bool is_pending(const struct event *event, size_t moment)
{
	return event->kind != EVENT_SYNC && event->synced >= moment;
}

size_t disk_pending(size_t moment)
{
	size_t count = 0;

	for (size_t i = 0; i < moment; i++)
		count += is_pending(&disk.events[i], moment);
	return count;
}

static void apply_bytes(
	struct node *node, const struct event *event, unsigned char choice)
{
	if (choice == 1)
		append(node, event->bytes, event->length / 2);
	else if (choice)
		append(node, choice == 2 ? NULL : event->bytes, event->length);
}

/* Of each node a copy, to which bytes are added. */
static struct node *copy_nodes(void)
{
	struct node *nodes = calloc(disk.node_count + 1, sizeof(*nodes));

	for (unsigned n = 1; n <= disk.node_count; n++) {
		nodes[n] = disk.nodes[n];
		nodes[n].bytes = NULL;
		nodes[n].length = 0;
		append(&nodes[n], disk.nodes[n].bytes, disk.nodes[n].length);
	}
	return nodes;
}

static void apply(struct tree *tree, struct node *nodes, size_t moment,
	const unsigned char *choices)
{
	bool is_there = false;

	for (size_t i = 0, pending = 0; i < moment; i++) {
		const struct event *event = &disk.events[i];
		unsigned char choice = 3;
		if (is_pending(event, moment) && choices)
			choice = choices[pending++];
		if (event->kind == EVENT_ENTRY)
			is_there = choice && (is_there || !event->is_joined);
		if (event->kind == EVENT_BYTES)
			apply_bytes(&nodes[event->node], event, choice);
		if (event->kind == EVENT_ENTRY && is_there)
			set_entry(tree, event->node, event->name, event->child);
	}
}

static void add_paths(struct disk_state *state, const struct tree *tree,
	const struct node *nodes, unsigned folder, const char *prefix)
{
	for (size_t i = 0; i < tree->count; i++) {
		const struct tree_entry *entry = &tree->entries[i];
		if (entry->folder != folder)
			continue;
		const struct node *node = &nodes[entry->child];
		struct disk_entry *out = &state->entries[state->count++];
		*out = (struct disk_entry){.mode = node->mode};
		out->path = text_format("%s%s", prefix, entry->name);
		out->bytes = malloc(node->length + 1);
		memcpy(out->bytes, node->bytes, node->length);
		out->bytes[node->length] = '\0';
		out->length = node->length;
		char *below = text_format("%s/", out->path);
		add_paths(state, tree, nodes, entry->child, below);
		free(below);
	}
}

static int compare(const void *a, const void *b)
{
	return strcmp(((const struct disk_entry *)a)->path,
		((const struct disk_entry *)b)->path);
}

struct disk_state disk_lose(size_t moment, const unsigned char *choices)
{
	static struct tree tree;
	struct disk_state state = {
		.entries = calloc(ENTRIES_MAX, sizeof(*state.entries))};
	struct node *nodes = copy_nodes();

	tree = disk.settled;
	apply(&tree, nodes, moment, choices);
	add_paths(&state, &tree, nodes, ROOT, "");
	qsort(state.entries, state.count, sizeof(*state.entries), compare);
	for (unsigned n = 1; n <= disk.node_count; n++)
		free(nodes[n].bytes);
	free(nodes);
	return state;
}

void disk_state_clear(struct disk_state *state)
{
	for (size_t i = 0; i < state->count; i++) {
		free(state->entries[i].path);
		free(state->entries[i].bytes);
	}
	free(state->entries);
	*state = (struct disk_state){0};
}

const struct disk_entry *disk_find(
	const struct disk_state *state, const char *path)
{
	struct disk_entry wanted = {.path = (char *)path};

	return bsearch(&wanted, state->entries, state->count,
		sizeof(*state->entries), compare);
}

bool disk_same(const struct disk_entry *a, const struct disk_entry *b)
{
	if (!a || !b)
		return a == b;
	return a->length == b->length &&
		(a->mode & S_IFMT) == (b->mode & S_IFMT) &&
		memcmp(a->bytes, b->bytes, a->length) == 0;
}

static int remove_one(const char *path, const struct stat *status, int kind,
	struct FTW *where)
{
	(void)status;
	(void)kind;
	(void)where;
	return remove(path);
}

void disk_remove(const char *path)
{
	nftw(path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void write_entry(const struct disk_entry *entry, const char *path)
{
	if (S_ISDIR(entry->mode)) {
		ck_assert_int_eq(mkdir(path, entry->mode & 07777), 0);
	} else if (S_ISLNK(entry->mode)) {
		ck_assert_int_eq(symlink(entry->bytes, path), 0);
	} else {
		int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
			entry->mode & 07777);
		ck_assert_int_ge(fd, 0);
		ck_assert_int_eq(write(fd, entry->bytes, entry->length),
			(ssize_t)entry->length);
		close(fd);
	}
}

/* Sorted by path, a folder comes before what is in it. */
void disk_write_out(const struct disk_state *state, const char *folder)
{
	bool was_on = disk.is_on;

	disk.is_on = false;
	disk_remove(folder);
	ck_assert_int_eq(mkdir(folder, 0755), 0);
	for (size_t i = 0; i < state->count; i++) {
		char *path =
			text_format("%s/%s", folder, state->entries[i].path);
		write_entry(&state->entries[i], path);
		free(path);
	}
	disk.is_on = was_on;
}
