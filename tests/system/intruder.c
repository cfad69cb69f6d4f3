/* SPDX-License-Identifier: MIT */

/*
 * What somebody can do who has taken a program of acmed over: it is started
 * in the place of the loop, with its user, its unit and its sandbox, or in
 * the place of a hand, as a hook would be. It reads one deed a line from
 * standard input, does it, and prints the line behind what came of it: "ok",
 * the name of an error, "refused" or "local" of a helper, "killed", or the
 * name of a D-Bus error. At the end it tells how many walls it built itself.
 *
 *   intruder loop | hook
 */

#include "json.h"
#include "mem.h"
#include "message.h"
#include "paths.h"
#include "sandbox.h"
#include "text.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <systemd/sd-bus.h>
#include <unistd.h>

#define LINE_SIZE 8192

static int vault = -1;
static char result[256];

static const char *name_of(int number)
{
	const char *name = number ? strerrorname_np(number) : "ok";

	return name ? name : "?";
}

static const char *of_call(long value)
{
	return name_of(value < 0 ? errno : 0);
}

/* The helpers. */

static int dial(const char *path, int type)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	if (fd >= 0 &&
		connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
		return fd;
	int number = errno;
	if (fd >= 0)
		close(fd);
	errno = number;
	return -1;
}

static int dial_helper(const char *helper)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", paths_sockets(), helper);
	return dial(path, SOCK_SEQPACKET);
}

/* Its reply comes after others that nobody waits for any more. */
static const char *ask(int fd, const char *text)
{
	struct error err = {0};
	cleanup(json) json_t *request =
		json_read(text, strlen(text), "a deed", &err);

	if (!request)
		return "no JSON";
	json_object_set_new(request, "id", json_integer(1));
	if (!message_send(fd, request, &err))
		return "gone";
	cleanup(json) json_t *reply = message_receive(fd, &err);
	const json_t *error = json_object_get(reply, "error");
	snprintf(result, sizeof(result), "%s",
		error ? member_string_or(error, "kind", "?") : "ok");
	return reply ? result : "gone";
}

static const char *ask_vault(char *words)
{
	if (vault < 0)
		vault = dial_helper("vault");
	return vault < 0 ? name_of(errno) : ask(vault, words);
}

static const char *ask_once(const char *helper, const char *words)
{
	int fd = dial_helper(helper);
	const char *answer = fd < 0 ? name_of(errno) : ask(fd, words);

	if (fd >= 0)
		close(fd);
	return answer;
}

static const char *ask_deploy(char *words)
{
	return ask_once("deploy", words);
}

static const char *ask_hand(char *words)
{
	return ask_once("hand", words);
}

static const char *ask_notify(char *words)
{
	return ask_once("notify", words);
}

/* Files and sockets. */

static const char *read_file(char *path)
{
	return of_call(open(path, O_RDONLY | O_CLOEXEC));
}

static const char *write_file(char *path)
{
	return of_call(open(path, O_WRONLY | O_CLOEXEC));
}

static const char *make_file(char *path)
{
	return of_call(open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0644));
}

static const char *open_mode(char *path)
{
	return of_call(chmod(path, 0777));
}

static const char *remove_file(char *path)
{
	return of_call(unlink(path));
}

static const char *connect_to(char *path)
{
	return of_call(dial(path, SOCK_STREAM));
}

static const char *listen_on(char *port)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port))};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	return of_call(bind(fd, (struct sockaddr *)&address, sizeof(address)));
}

static const char *open_socket(char *family)
{
	return of_call(socket(atoi(family), SOCK_RAW | SOCK_CLOEXEC, 0));
}

/* Other processes. */

static const char *end_process(char *pid)
{
	return of_call(kill(atoi(pid), SIGKILL));
}

/* In a child, which may not live to tell. */
static const char *of_child(long (*act)(const char *word), const char *word)
{
	int status = 0;
	pid_t child = fork();

	if (!child) {
		long value = act(word);
		_exit(value < 0 ? errno : 0);
	}
	if (child < 0 || waitpid(child, &status, 0) != child)
		return name_of(errno);
	return WIFSIGNALED(status) ? "killed" : name_of(WEXITSTATUS(status));
}

static long attach(const char *pid)
{
	return ptrace(PTRACE_ATTACH, atoi(pid), NULL, NULL);
}

static long read_memory(const char *pid)
{
	char byte;
	struct iovec here = {&byte, 1};
	struct iovec there = {&byte, 1};

	return process_vm_readv(atoi(pid), &here, 1, &there, 1, 0);
}

static long run(const char *program)
{
	char *const words[] = {(char *)program, NULL};

	return execv(program, words);
}

static const char *trace_process(char *pid)
{
	return of_child(attach, pid);
}

static const char *read_process(char *pid)
{
	return of_child(read_memory, pid);
}

static const char *run_program(char *path)
{
	return of_child(run, path);
}

/* systemd */

#define MANAGER \
	"org.freedesktop.systemd1", "/org/freedesktop/systemd1", \
		"org.freedesktop.systemd1.Manager"

static const char *of_bus(int rc, sd_bus *bus, sd_bus_error *error)
{
	snprintf(result, sizeof(result), "%s",
		rc >= 0               ? "ok"
			: error->name ? strrchr(error->name, '.') + 1
				      : name_of(-rc));
	sd_bus_error_free(error);
	sd_bus_flush_close_unref(bus);
	return result;
}

/* METHOD UNIT */
static const char *ask_systemd(char *words)
{
	sd_bus_error error = SD_BUS_ERROR_NULL;
	sd_bus *bus = NULL;
	char *unit = strchr(words, ' ');

	if (unit)
		*unit++ = '\0';
	int rc = sd_bus_open_system(&bus);
	if (rc >= 0)
		rc = sd_bus_call_method(bus, MANAGER, words, &error, NULL,
			unit ? "ss" : "", unit, "replace");
	return of_bus(rc, bus, &error);
}

/* UNIT, with a command of our own */
static const char *start_transient(char *unit)
{
	sd_bus_error error = SD_BUS_ERROR_NULL;
	sd_bus *bus = NULL;
	int rc = sd_bus_open_system(&bus);

	if (rc >= 0)
		rc = sd_bus_call_method(bus, MANAGER, "StartTransientUnit",
			&error, NULL, "ssa(sv)a(sa(sv))", unit, "replace", 1,
			"ExecStart", "a(sasb)", 1, "/bin/true", 1, "/bin/true",
			0, 0);
	return of_bus(rc, bus, &error);
}

static const struct {
	const char *name;
	const char *(*act)(char *words);
} DEEDS[] = {
	{"vault", ask_vault},
	{"deploy", ask_deploy},
	{"hand", ask_hand},
	{"notify", ask_notify},
	{"read", read_file},
	{"write", write_file},
	{"make", make_file},
	{"chmod", open_mode},
	{"remove", remove_file},
	{"connect", connect_to},
	{"listen", listen_on},
	{"socket", open_socket},
	{"kill", end_process},
	{"trace", trace_process},
	{"memory", read_process},
	{"run", run_program},
	{"systemd", ask_systemd},
	{"transient", start_transient},
};

static const char *act(char *line)
{
	char *words = strchr(line, ' ');

	if (!words)
		return "no deed";
	*words++ = '\0';
	for (size_t i = 0; i < sizeof(DEEDS) / sizeof(*DEEDS); i++)
		if (streq(line, DEEDS[i].name))
			return DEEDS[i].act(words);
	return "no deed";
}

int main(int argc, char **argv)
{
	char line[LINE_SIZE];
	struct sandbox_report report = {0};

	signal(SIGPIPE, SIG_IGN);
	if (argc == 2 && streq(argv[1], "loop"))
		sandbox_apply(sandbox_loop(NULL), &report);
	while (fgets(line, sizeof(line), stdin)) {
		char deed[LINE_SIZE];
		line[strcspn(line, "\n")] = '\0';
		snprintf(deed, sizeof(deed), "%s", line);
		printf("%s\t%s\n", act(deed), line);
		fflush(stdout);
	}
	printf("end behind %zu walls\n", report.count);
	return 0;
}
