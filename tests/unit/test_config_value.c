/* SPDX-License-Identifier: MIT */
#include "config_value.h"

#include "config_texts.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#include <stdio.h>

/* Values at the edge of what a key takes: "+" is taken, "-" is refused. */

#define SITE "[Certificate]\nNames=a.example\n"
#define STANDALONE "[Challenge]\nSolver=standalone\n"
#define SOCKET "[Challenge]\nSolver=socket\n"
#define EXEC "[Challenge]\nType=dns-01\nSolver=exec\nCommand=/usr/bin/x\n"
#define RFC2136 \
	"[Challenge]\nType=dns-01\nSolver=rfc2136\nServer=192.0.2.53\n" \
	"KeyFile=/etc/tsig\n"
#define NO_SERVER \
	"[Challenge]\nType=dns-01\nSolver=rfc2136\nKeyFile=/etc/tsig\n"
#define DAEMON "[Daemon]\n"
#define A_CA "[CA x]\nDirectory=https://ca.example/x\n"
#define EXPORT "[Export web]\nPath=/etc/x.pem\n"
#define LETTERS_40 "abcdefghijabcdefghijabcdefghijabcdefghij"
#define LETTERS_320 \
	LETTERS_40 LETTERS_40 LETTERS_40 LETTERS_40 LETTERS_40 LETTERS_40 \
		LETTERS_40 LETTERS_40

static const struct {
	const char *above;
	const char *key;
	const char *values; /* one a word, after its sign */
} ROWS[] = {
	{STANDALONE, "Listen",
		"+80 +65535 +*:80 +192.0.2.1:80 +[2001:db8::1]:80 -0 -65536 "
		"-80x -x80 -:80 -[::1:80 -[zz]:80 -x:80 -192.0.2.1:0 "
		"-2001:db8::1 -/run/x -" LETTERS_320 ":80"},
	{SOCKET, "Listen",
		"+/run/acme.sock +127.0.0.1:8080 -/run/../x -/run/x/ -80 -:80"},
	{EXEC, "Timeout", "+1s +1h -0s -soon -61m -1h1s"},
	{EXEC, "Concurrency", "+1 -0 -x -1x"},
	{RFC2136, "TTL", "+1s +60 +1d -0 -25h -x"},
	{RFC2136, "Zone", "+example.org +EXAMPLE.org. -a..b -" LETTERS_320},
	{NO_SERVER, "Server",
		"+192.0.2.1 +2001:db8::1 +[2001:db8::1] +[2001:db8::1]:53 "
		"+ns.example:5353 -ns.example:0 -a..b -*.a.example -:53"},
	{"[Challenge]\n", "Webroot",
		"+/ +/srv +/.a/x +/a./..b +//x/ -/./a -/../a -/a/. -/a/.. -a"},
	{DAEMON, "MaxOrders", "+1 +1000 -0 -1001 -/ -: -x -1x"},
	{DAEMON, "ReloadInterval", "+0s +1d -25h -soon --1s"},
	{DAEMON, "MetricsFile",
		"+/run/acmed/a.prom -/run/acmed/.prom -/run/acmed/a -a.prom"},
	{DAEMON, "SourceAddress", "+192.0.2.1 +2001:db8::1 -localhost"},
	{DAEMON, "NotifyMail",
		"+root +ops@a.example -@a.example -ops@ -a@b@c -a,b --x "
		"-" LETTERS_320},
	{A_CA, "Contact", "+a@b.example -a -@b.example -a@ -a@b@c -a?b@c"},
	{A_CA, "AccountKey",
		"+ecdsa-p384 +pkcs11:token=a;object=b -pkcs11:pin-value=1234 "
		"-pkcs11:" LETTERS_320 LETTERS_320 LETTERS_320 LETTERS_320
		" -dsa"},
	{"[Deploy]\n", "Reload",
		"+nginx +nginx.service +x@1.service -x@.service -@x.service "
		"-.x.service -a/b.service -systemctl -" LETTERS_320},
	{"[Deploy]\n", "Hook",
		"+/usr/bin/x +acmed-hook@x.service -acmed-hook@.service "
		"-acmed-hook@x.timer -acmed-hook@x/y.service "
		"-x.service -bin/x -/usr/../x"},
	{"[Deploy]\n", "ReloadCommand", "+/bin/x -x -\"/bin/x -''"},
	{"[Deploy]\n", "Verify",
		"+a.example:443 +localhost:443 +[2001:db8::1]:443 "
		"+smtp://mail:25 -a.example:0 -a.example:65536 -a.example:x "
		"-a.example:44x -[2001:db8::1]x:443 -[2001:db8::1:443 "
		"-2001:db8::1:443 -*.a.example:443 --:443 -:443 "
		"-gopher://a.example:70"},
	{EXPORT, "Owner",
		"+root +_x +1000 +a-b.c -1234567890 --x -a/b -" LETTERS_40},
	{EXPORT, "Mode", "+0640 +600 -8 -/ -x -0x -1000 -0642 -0644"},
	{"", "Key", "+rsa-2048 -pkcs11:object=b -dsa"},
	{"", "RenewBefore", "+30d +1h -0 -soon --1d"},
	{"", "WarnBefore", "+10d -0 -x"},
	{"", "PreferredChain", "+Root -" LETTERS_320 LETTERS_320},
	{"", "Profile", "+shortlived -" LETTERS_320},
};

static void try_value(const char *above, const char *key, const char *value)
{
	char text[4096];
	char line[1024];
	bool is_good = *value == '+';

	bool is_global = streq(above, DAEMON) || streq(above, A_CA);
	snprintf(text, sizeof(text), "%s%s%s=%s\n",
		is_global ? CONFIG_GLOBAL : SITE, above, key, value + 1);
	snprintf(line, sizeof(line), "'%s=", key);
	config_free(config_of(
		is_global ? text : CONFIG_GLOBAL, is_global ? SITE : text));
	const char *mistakes = config_mistakes();
	ck_assert_msg(is_good ? !*mistakes : strstr(mistakes, line) != NULL,
		"%s=%s: %s", key, value, mistakes);
}

START_TEST(a_value_is_taken_or_refused_at_its_line)
{
	char values[2048];
	char *rest;

	snprintf(values, sizeof(values), "%s", ROWS[_i].values);
	for (char *value = strtok_r(values, " ", &rest); value;
		value = strtok_r(NULL, " ", &rest))
		try_value(ROWS[_i].above, ROWS[_i].key, value);
	config_forget();
}
END_TEST

#define ONE_WAY \
	"Type=dns-01\nSolver=rfc2136\nServer=192.0.2.53\nZone=example\n" \
	"KeyFile=/etc/tsig\n"
#define HOOK \
	"Type=dns-01\nSolver=exec\nCommand=/bin/a /bin/b\nProtocol=acmed\n" \
	"EnvironmentFile=/etc/x\n"

/* Two ways of proving a name, and whether they are one. */
static const struct {
	const char *one;
	const char *other;
	bool is_same;
} WAYS[] = {
	{"", "", true},
	{"", "Solver=standalone\n", false},
	{"Solver=standalone\nListen=80\n", "Solver=standalone\nListen=81\n",
		false},
	{"Solver=standalone\nListen=80\n",
		"Solver=standalone\nListen=80 *:81\n", false},
	{"", "Solver=webroot\n[Challenge a.example]\nSolver=webroot\n", true},
	{"", "Webroot=/var/www\n", false},
	{"Webroot=/var/www\n", "Webroot=/var/www\n", true},
	{ONE_WAY, ONE_WAY, true},
	{ONE_WAY, ONE_WAY "TTL=5m\n", true},
	{ONE_WAY, HOOK, false},
	{HOOK, HOOK, true},
	{HOOK, "Type=dns-01\nSolver=exec\nCommand=/bin/a\nProtocol=acmed\n",
		false},
	{HOOK,
		"Type=dns-01\nSolver=exec\nCommand=/bin/a /bin/c\n"
		"Protocol=acmed\nEnvironmentFile=/etc/x\n",
		false},
	{HOOK,
		"Type=dns-01\nSolver=exec\nCommand=/bin/a /bin/b\n"
		"Protocol=acmed\n",
		false},
	{"Type=dns-01\nSolver=exec\nCommand=/bin/a\nProtocol=lego\n",
		"Type=dns-01\nSolver=exec\nCommand=/bin/a\nProtocol=acmed\n",
		false},
	{ONE_WAY,
		"Type=dns-01\nSolver=rfc2136\nServer=192.0.2.54\n"
		"Zone=example\nKeyFile=/etc/tsig\n",
		false},
	{ONE_WAY,
		"Type=dns-01\nSolver=rfc2136\nServer=192.0.2.53:5353\n"
		"Zone=example\nKeyFile=/etc/tsig\n",
		false},
	{ONE_WAY,
		"Type=dns-01\nSolver=rfc2136\nServer=192.0.2.53\n"
		"KeyFile=/etc/tsig\n",
		false},
	{ONE_WAY,
		"Type=dns-01\nSolver=rfc2136\nServer=192.0.2.53\n"
		"Zone=example\nKeyFile=/etc/other\n",
		false},
};

static struct config *config_with(const char *challenge)
{
	char text[1024];

	snprintf(text, sizeof(text), SITE "[Challenge]\n%s", challenge);
	struct config *config = config_of(CONFIG_GLOBAL, text);
	ck_assert_str_eq(config_mistakes(), "");
	return config;
}

START_TEST(two_ways_are_one_when_all_of_their_keys_are)
{
	struct config *one = config_with(WAYS[_i].one);
	struct config *other = config_with(WAYS[_i].other);
	struct identifier name, stranger;

	ck_assert(identifier_parse("a.example", &name, NULL));
	ck_assert(identifier_parse("b.example", &stranger, NULL));
	ck_assert(
		config_has_path(config_find(one, "site"),
			config_find(other, "site"), &name) == WAYS[_i].is_same);
	ck_assert(!config_has_path(config_find(one, "site"),
		config_find(other, "site"), &stranger));
	config_free(one);
	config_free(other);
	config_forget();
}
END_TEST

#define RUNS "Type=dns-01\nSolver=exec\nCommand="

/* Two that may wait for one program, and the share of the first of twenty. */
static const struct {
	const char *one;
	const char *other;
	bool is_shared;
	int64_t share;
} COMMANDS[] = {
	{RUNS "/bin/a\n", RUNS "/bin/a\nProtocol=lego\n", true, 10},
	{RUNS "/bin/a\nConcurrency=3\n", RUNS "/bin/b\n", false, 10},
	{RUNS "/bin/a\nConcurrency=30\n", RUNS "/bin/a b\n", false, 30},
	{RUNS "/bin/a\n", "", false, 10},
	{"", "", false, INT64_MAX},
	{ONE_WAY, ONE_WAY, false, INT64_MAX},
	{"Solver=standalone\n[Challenge a.example]\n" RUNS "/bin/a\n",
		RUNS "/bin/a\n", true, 10},
	{RUNS "/bin/a\n",
		RUNS "/bin/b\n[Challenge a.example]\n" RUNS "/bin/a\n", true,
		10},
};

START_TEST(who_has_the_same_command_waits_for_the_same_program)
{
	struct config *one = config_with(COMMANDS[_i].one);
	struct config *other = config_with(COMMANDS[_i].other);
	const struct config_certificate *site = config_find(one, "site");

	ck_assert(config_shares_command(site, config_find(other, "site")) ==
		COMMANDS[_i].is_shared);
	ck_assert_int_eq(config_command_share(site, 20), COMMANDS[_i].share);
	config_free(one);
	config_free(other);
	config_forget();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("config_value");
	TCase *tests = tcase_create("config_value");

	tcase_add_loop_test(tests, a_value_is_taken_or_refused_at_its_line, 0,
		sizeof(ROWS) / sizeof(*ROWS));
	tcase_add_loop_test(tests, two_ways_are_one_when_all_of_their_keys_are,
		0, sizeof(WAYS) / sizeof(*WAYS));
	tcase_add_loop_test(tests,
		who_has_the_same_command_waits_for_the_same_program, 0,
		sizeof(COMMANDS) / sizeof(*COMMANDS));
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
