/* SPDX-License-Identifier: MIT */
#include "config_texts.h"
#include "mem.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#define SITE "[Certificate]\nNames=a.example\n"
#define RFC2136 \
	"Type=dns-01\nSolver=rfc2136\nServer=192.0.2.53\nKeyFile=/etc/tsig\n"
#define DNS_EXEC "Type=dns-01\nSolver=exec\nCommand=/usr/bin/x\n"

/* Of a text: a mistake of acmed.conf, or of the file of a certificate. */
static const struct {
	const char *text;
	const char *mistakes;
} GLOBAL[] = {
	{"[Daemn]\n", "1: unknown section 'Daemn': did you mean 'Daemon'?"},
	{"[Nonsense]\nKey=x\n", "1: unknown section 'Nonsense'"},
	{"[Daemon x]\n", "1: '[Daemon]' takes no name, not 'x'"},
	{"[CA]\n",
		"1: '[CA]' needs a name of letters, digits, '.', '_' and '-', "
		"as in '[CA mine]'"},
	{"[CA ../x]\n",
		"1: '[CA ../x]' needs a name of letters, digits, '.', '_' and "
		"'-', as in '[CA mine]'"},
	{"[CA x]\nDirectory=https://a/\n[CA y]\nContact=a@b\n",
		"3: '[CA y]' has no 'Directory=': did you mean '[CA x]'?"},
	{"[CA x]\n", "1: '[CA x]' has no 'Directory='"},
	{"[Export x]\n", "1: '[Export]' belongs in a certificate's file"},
	{"[Challenge a.example]\n",
		"1: '[Challenge a.example]' belongs in a certificate's file"},
	{"[Certificate]\nNames=a.example\n",
		"2: 'Names=' belongs in a certificate's file"},
	{"[Daemon]\nMaxOrder=3\n",
		"2: unknown key 'MaxOrder': did you mean 'MaxOrders'?"},
	{"[Daemon]\nWebroot=/x\n",
		"2: 'Webroot=' belongs in '[Challenge]', not in '[Daemon]'"},
	{"[Daemon]\nMetricsFile=x.prom\n",
		"2: 'MetricsFile=x.prom' is no absolute path"},
	{"[Daemon]\nMetricsFile=/run/acmed/control\n",
		"2: 'MetricsFile=/run/acmed/control' does not end in "
		"'NAME.prom'"},
	{"[Daemon]\nSandbox=disabled\n",
		"2: 'Sandbox=disabled' is none of 'strict' and 'log'"},
	{"[Daemon]\nMaxOrders=0\n",
		"2: 'MaxOrders=0' is no number from 1 to 1000"},
	{"[Daemon]\nProxy=proxy:80\n",
		"2: 'Proxy=proxy:80' is no proxy such as "
		"'http://proxy.example:3128'"},
	{"[Daemon]\nNotifyMail=-oQ/tmp\n",
		"2: 'NotifyMail=-oQ/tmp' is neither an address such as "
		"'ops@example.com' nor 'no'"},
	{"[Daemon]\nNotifyMail=a@b,c@d\n",
		"2: 'NotifyMail=a@b,c@d' is neither an address such as "
		"'ops@example.com' nor 'no'"},
	{"[Daemon]\nNotifyMail=root@\n",
		"2: 'NotifyMail=root@' is neither an address such as "
		"'ops@example.com' nor 'no'"},
	{"[Daemon]\nSourceAddress=localhost\n",
		"2: 'SourceAddress=localhost' is no IP address"},
	{"[Daemon]\nReloadInterval=2d\n",
		"2: 'ReloadInterval=2d' is no span of time from '0s' to '1d'"},
	{"[Daemon]\nResolver=dns.example\n",
		"2: 'Resolver=dns.example' is no 'ADDRESS' or 'ADDRESS:PORT' "
		"of a name server"},
	{"[Daemon]\nRehearse=hourly\n",
		"2: 'Rehearse=hourly' is none of 'daily', 'weekly' "
		"and 'no'"},
	{"[CA x]\nDirectory=http://ca/\n",
		"2: 'Directory=http://ca/' is no 'https://' URL"},
	{"[CA x]\nDirectory=https://\n",
		"2: 'Directory=https://' is no 'https://' URL"},
	{"[CA x]\nDirectory=https://me:word@ca/\n",
		"2: 'Directory=https://me:word@ca/' has a user in it, or is "
		"too long"},
	{"[CA x]\nDirectory=https://a/\nEABKeyID=1\n",
		"3: 'EABKeyID=' needs 'EABKeyFile=' beside it"},
	{"[CA x]\nDirectory=https://a/\nEABKeyFile=/etc/k\n",
		"3: 'EABKeyFile=' needs 'EABKeyID=' beside it"},
	{"[CA x]\nDirectory=https://a/\nContact=me\n",
		"3: 'Contact=me' is no mail address"},
	{"[CA x]\nDirectory=https://a/\nContact=a@b.example,c@d.example\n",
		"3: 'Contact=a@b.example,c@d.example' is no mail address"},
	{"[CA x]\nDirectory=https://a/\nContact=a@b.example?cc=c\n",
		"3: 'Contact=a@b.example?cc=c' is no mail address"},
	{"[CA x]\nDirectory=https://a/\nContact=a@b@c.example\n",
		"3: 'Contact=a@b@c.example' is no mail address"},
	{"[CA x]\nDirectory=https://a/\nAgreeToTerms=maybe\n",
		"3: 'AgreeToTerms=maybe' is neither 'yes' nor 'no'"},
	{"[CA x]\nDirectory=https://a/\nTrustFile=ca.pem\n",
		"3: 'TrustFile=ca.pem' is no absolute path"},
	{"[CA x]\nDirectory=https://a/\nTrustFile=/a/../b\n",
		"3: 'TrustFile=/a/../b' is too long, or has '.' or '..' in it"},
	{"[CA x]\nDirectory=https://a/\nAccountKey=dsa\n",
		"3: 'AccountKey=dsa' is none of 'ecdsa-p256', 'ecdsa-p384', "
		"'rsa-2048', 'rsa-3072', 'rsa-4096' and 'ed25519'"},
	{"[CA x]\nDirectory=https://a/\nDirectory=https://b/\n",
		"3: 'Directory=' is given twice, first in line 2"},
	{"[Challenge]\nListen=80\n",
		"2: 'Listen=' goes with 'Solver=standalone' and "
		"'Solver=socket' only"},
	{"[Certificate]\nRenewBefore=soon\n",
		"2: 'RenewBefore=soon' is no span of time such as '30d' or "
		"'12h'"},
	{"Key=x\n", "1: a key before the first section"},
};

static const struct {
	const char *text;
	const char *mistakes;
} CERTIFICATE[] = {
	{"",
		"no 'Names=': it stands below '[Certificate]', as "
		"'Names=www.example.com'"},
	{"[Certificate]\nNames=\n", "2: 'Names=' is empty"},
	{"[Certificate]\nNames=a.example\nNames=\n", "2: 'Names=' is empty"},
	{SITE "RenewBefor=3d\n",
		"3: unknown key 'RenewBefor': did you mean 'RenewBefore'?"},
	{SITE "RenewBefore=0\n", "3: 'RenewBefore=0' is no time at all"},
	{SITE "RenewBefore=1d\nRenewBefore=2d\n",
		"4: 'RenewBefore=' is given twice, first in line 3"},
	{SITE "RenewBefore=10d\nWarnBefore=11d\n",
		"4: 'WarnBefore=' is longer than 'RenewBefore=' (10d): it "
		"would warn for ever"},
	{SITE "RenewBefore=2d\nWindow=Sat 02:00-05:00\n",
		"4: 'Window=' is closed for 6d 21h, longer than "
		"'RenewBefore=' (2d)"},
	{SITE "RenewBefore=2d\nWindow=Sat 23:00-02:00\n",
		"4: 'Window=' is closed for 6d 21h, longer than "
		"'RenewBefore=' (2d)"},
	{SITE "Window=25:00\n",
		"3: 'Window=25:00' is no window such as 'Sat..Sun "
		"02:00-05:00'"},
	{SITE "CA=tset\n", "3: there is no '[CA tset]': did you mean 'test'?"},
	{SITE "CA=letsencrypt\n", "3: there is no '[CA letsencrypt]'"},
	{SITE "CA=test other\n", "3: there is no '[CA other]'"},
	{SITE "CA=test test\n", "3: 'CA=test' is given twice"},
	{SITE "CA=\n", "no 'CA=', neither here nor in acmed.conf"},
	{SITE "Key=ecdsa-p256 rsa-2048 ecdsa-p256\n",
		"3: 'Key=ecdsa-p256' is given twice"},
	{SITE "DropDeadNames=yes\n",
		"3: 'DropDeadNames=yes' is none of 'no' and "
		"'after-half-slack'"},
	{SITE "Profile=short\nRequireProfile=short\n",
		"3: 'Profile=' and 'RequireProfile=' exclude each other"},
	{SITE "Profile=a b\nPreferredChain=a\tb\n",
		"3: 'Profile=a b' is no word\n"
		"site.conf:4: 'PreferredChain=a b' is too long, or has odd "
		"characters in it"},
	{SITE "Names=A.example\n", "3: 'a.example' stands twice in 'Names='"},
	{"[Certificate]\nNames=*.a.example\n",
		"2: '*.a.example' needs 'Type=dns-01', not 'http-01'"},
	{"[Certificate]\nNames=*.a.example b.a.example\n",
		"2: 'b.a.example' is covered by '*.a.example' already\n"
		"site.conf:2: '*.a.example' needs 'Type=dns-01', not "
		"'http-01'"},
	{"[Certificate]\nNames=*.a.example b.example\n",
		"2: '*.a.example' needs 'Type=dns-01', not 'http-01'"},
	{"[Certificate]\nNames=192.0.2.1 a.example\n[Challenge]\n" RFC2136,
		"2: '192.0.2.1' needs 'Type=http-01' or 'tls-alpn-01', not "
		"'dns-01'"},
	{"[Daemon]\nMaxOrders=2\n" SITE, "1: '[Daemon]' belongs in acmed.conf"},
	{"[CA x]\nDirectory=https://x/\n" SITE,
		"1: '[CA]' belongs in acmed.conf"},
	{SITE "[Challenge]\nType=dns-01\n",
		"4: 'Solver=webroot' cannot answer 'Type=dns-01'"},
	{SITE "[Challenge]\nType=dns-1\n",
		"4: 'Type=dns-1' is unknown: did you mean 'dns-01'?"},
	{SITE "[Challenge]\nType=dns\n",
		"4: 'Type=dns' is none of 'http-01', 'tls-alpn-01', 'dns-01', "
		"'dns-account-01' and 'dns-persist-01'"},
	{SITE "[Challenge]\nSolver=rfc2163\n",
		"4: 'Solver=rfc2163' is unknown: did you mean 'rfc2136'?"},
	{SITE "[Challenge]\nSolver=rfc2136\nServer=192.0.2.1\n",
		"4: 'Solver=rfc2136' cannot answer 'Type=http-01'\n"
		"site.conf:4: 'Solver=rfc2136' needs 'KeyFile='"},
	{SITE "[Challenge]\nType=dns-01\nSolver=exec\nServer=a.example\n",
		"6: 'Server=' goes with 'Solver=rfc2136' only\n"
		"site.conf:5: 'Solver=exec' needs 'Command='"},
	{SITE "[Challenge]\nType=tls-alpn-01\nSolver=persist\n",
		"4: 'Solver=persist' cannot answer 'Type=tls-alpn-01'"},
	{SITE "[Challenge]\n" RFC2136 "Server=ns1.example\n",
		"8: 'Server=' is given twice, first in line 6"},
	{SITE "[Challenge]\n" DNS_EXEC "Protocol=acme.sh\n",
		"7: 'Protocol=acme.sh' needs 'Provider=', such as 'dns_cf'"},
	{SITE "[Challenge]\nSolver=exec\nCommand=/x\nProtocol=acme.sh\n"
	      "Provider=dns_cf\n",
		"6: 'Protocol=acme.sh' cannot answer 'Type=http-01': it writes "
		"records"},
	{SITE "[Challenge]\nSolver=exec\nProtocol=certbot\n"
	      "Command=/auth cleanup\n",
		"6: 'Command=': 'cleanup' is no absolute path of a program"},
	{SITE "[Challenge]\n" DNS_EXEC "Provider=dns_cf\n",
		"7: 'Provider=' goes with 'Protocol=acme.sh' only"},
	{SITE "[Challenge]\n" DNS_EXEC "Protocol=acmesh\n",
		"7: 'Protocol=acmesh' is unknown: did you mean 'acme.sh'?"},
	{SITE "[Challenge]\n" DNS_EXEC "Protocol=certbot\n"
	      "Command=/a /b /c\nConcurrency=0\nTimeout=2h\n",
		"8: 'Command=' is given twice, first in line 6\n"
		"site.conf:9: 'Concurrency=0' is no number from 1 to 1000\n"
		"site.conf:10: 'Timeout=2h' is no span of time from '1s' to "
		"'1h'"},
	{SITE "[Challenge]\nType=dns-01\nSolver=exec\nProtocol=certbot\n"
	      "Command=/a /b /c\n",
		"7: 'Protocol=certbot' takes 'Command=AUTH CLEANUP'"},
	{SITE "[Challenge]\nType=dns-01\nSolver=rfc2136\nServer=a:b\n"
	      "KeyFile=k\nZone=a..b\nTTL=0s\n",
		"6: 'Server=a:b' is no 'HOST' or 'HOST:PORT'\n"
		"site.conf:7: 'KeyFile=k' is no absolute path\n"
		"site.conf:8: 'Zone=a..b' is no name of a zone\n"
		"site.conf:9: 'TTL=0s' is no span of time from '1s' to '1d'\n"
		"site.conf:5: 'Solver=rfc2136' needs 'Server='\n"
		"site.conf:5: 'Solver=rfc2136' needs 'KeyFile='"},
	{SITE "[Challenge]\nSolver=standalone\nWebroot=/srv\n",
		"5: 'Webroot=' goes with 'Solver=webroot' only"},
	{SITE "[Challenge]\nWebroot=srv\n",
		"4: 'Webroot=srv' is no absolute path"},
	{SITE "[Challenge]\nSolver=socket\nListen=localhost:80\n",
		"5: 'Listen=localhost:80' is no 'PORT', 'ADDRESS:PORT' or "
		"'/path'"},
	{SITE "[Challenge]\nSolver=standalone\nListen=/run/x\n",
		"5: 'Listen=/run/x' goes with 'Solver=socket' only"},
	{SITE "[Challenge]\nType=tls-alpn-01\n",
		"4: 'Solver=webroot' cannot answer 'Type=tls-alpn-01'"},
	{SITE "[Challenge]\nSolver=rfc2136\nType=tls-alpn-01\n"
	      "Server=192.0.2.1\nKeyFile=/k\n",
		"5: 'Solver=rfc2136' cannot answer 'Type=tls-alpn-01'"},
	{"[Certificate]\nNames=a.example *.b.example\n[Challenge]\n"
	 "Type=tls-alpn-01\nSolver=standalone\n",
		"2: '*.b.example' needs 'Type=dns-01', not 'tls-alpn-01'"},
	{"[Certificate]\nNames=a.example *.b.example\n[Challenge]\n" RFC2136
	 "[Challenge *.b.example]\nType=tls-alpn-01\nSolver=socket\n",
		"2: '*.b.example' needs 'Type=dns-01', not 'tls-alpn-01'"},
	{SITE "[Challenge]\nType=tls-alpn-01\nSolver=standalone\n"
	      "Webroot=/srv\n",
		"6: 'Webroot=' goes with 'Solver=webroot' only"},
	{SITE "[Challenge]\nListen=443\n",
		"4: 'Listen=' goes with 'Solver=standalone' and "
		"'Solver=socket' only"},
	{SITE "[Challenge]\nSolver=standalone\nListen=443\n",
		"5: 'Listen=443' cannot answer 'Type=http-01': the CA comes "
		"to port 80"},
	{SITE "[Challenge]\nType=tls-alpn-01\nSolver=standalone\n"
	      "Listen=192.0.2.1:443 [2001:db8::1]:80\n",
		"6: 'Listen=[2001:db8::1]:80' cannot answer "
		"'Type=tls-alpn-01': the CA comes to port 443"},
	{SITE "[Challenge]\nType=tls-alpn-01\nSolver=socket\nListen=443\n",
		"6: 'Listen=443' takes the port of the web server: "
		"'Solver=standalone' does that"},
	{SITE "[Challenge a.example]\nSolver=rfc2163\n",
		"4: 'Solver=rfc2163' is unknown: did you mean 'rfc2136'?"},
	{SITE "[Challenge b.example]\nType=http-01\n",
		"3: '[Challenge b.example]' is for no name of 'Names='"},
	{SITE "[Deploy]\nReload=nginx.timer\n",
		"4: 'Reload=nginx.timer' is a unit that this cannot be done "
		"to"},
	{SITE "[Deploy]\nReloadCommand=nginx -s reload\n",
		"4: 'ReloadCommand=nginx -s reload' starts with no absolute "
		"path"},
	{SITE "[Deploy]\nReloadCommand=/bin/x 'a\n",
		"4: 'ReloadCommand=/bin/x 'a' has a quote without end"},
	{SITE "[Deploy]\nReloadSignal=KILL /run/x.pid\n",
		"4: 'ReloadSignal=KILL /run/x.pid' has none of the signals "
		"HUP, USR1, USR2 and WINCH"},
	{SITE "[Deploy]\nReloadSignal=HUP\n",
		"4: 'ReloadSignal=HUP' has no absolute path of a PID file"},
	{SITE "[Deploy]\nHook=x.service\n",
		"4: 'Hook=x.service' is neither an absolute path nor a unit "
		"'acmed-hook@NAME.service'"},
	{SITE "[Deploy]\nVerify=ftp://a.example:21\n",
		"4: 'Verify=ftp://a.example:21' is neither 'auto' nor 'no' "
		"nor an endpoint such as 'www.example.com:443' or "
		"'smtp://mail.example.com'"},
	{SITE "[Deploy]\nVerify=auto a.example:443\n",
		"4: 'Verify=auto' stands alone"},
	{SITE "[Export x]\nFormat=pem\n", "3: '[Export x]' has no 'Path='"},
	{SITE "[Export x]\nPath=\n", "3: '[Export x]' has no 'Path='"},
	{SITE "[Export x]\nPath=/a\n[Export y]\nFormat=pem\n",
		"5: '[Export y]' has no 'Path='"},
	{SITE "[Export x]\nFormat=pem\n[Export y]\nPath=/a\n",
		"3: '[Export x]' has no 'Path='"},
	{SITE "[Export x]\nPath=a.pem\n",
		"4: 'Path=a.pem' is no absolute path"},
	{SITE "[Export x]\nPath=/a/../../etc/shadow\n",
		"4: 'Path=/a/../../etc/shadow' is too long, or has '.' or '..' "
		"in it"},
	{SITE "[Export x]\nPath=/a\n[Export y]\nPath=//a/\n",
		"6: 'Path=/a' is that of '[Export x]' already"},
	{SITE "[Export x]\nPath=/a\nOwner=a:b\n",
		"5: 'Owner=a:b' is no user or group"},
	{SITE "[Export x]\nPath=/a\nMode=0666\n",
		"5: 'Mode=0666' lets everybody write"},
	{SITE "[Export x]\nPath=/a\nMode=0644\n",
		"5: 'Mode=0644' lets everybody read the key"},
	{SITE "[Export x]\nPath=/a\nMode=4600\n",
		"5: 'Mode=4600' is no mode such as '0640'"},
	{SITE "[Export x]\nPath=/a\nFormat=jks\n",
		"5: 'Format=jks' is none of 'combined', 'pem' and 'pkcs12'"},
};

/* Puts the name of the file before the first line. */
static char *with_file(const char *file, const char *mistakes)
{
	bool has_line = *mistakes >= '0' && *mistakes <= '9';

	return text_format("%s:%s%s\n", file, has_line ? "" : " ", mistakes);
}

START_TEST(a_mistake_of_acmed_conf_is_told_by_its_line)
{
	cleanup(string) char *wanted =
		with_file("acmed.conf", GLOBAL[_i].mistakes);
	config_check_mistakes(GLOBAL[_i].text, SITE, wanted);
}
END_TEST

START_TEST(a_mistake_of_a_certificate_is_told_by_its_line)
{
	cleanup(string) char *wanted =
		with_file("site.conf", CERTIFICATE[_i].mistakes);
	config_check_mistakes(CONFIG_GLOBAL, CERTIFICATE[_i].text, wanted);
}
END_TEST

START_TEST(what_starts_with_x_is_ignored)
{
	config_check_mistakes("[X-Mine]\nAny=1\n" CONFIG_GLOBAL "X-Owner=me\n",
		SITE "X-Note=a\nX-Note=b\n", "");
}
END_TEST

START_TEST(a_name_that_cannot_be_read_is_quoted)
{
	config_free(config_of(
		CONFIG_GLOBAL, "[Certificate]\nNames=a.example b..example\n"));
	ck_assert(text_starts_with(config_mistakes(),
		"site.conf:2: 'Names=b..example' is no name: "));
	/* Which of them stands where is not known then. */
	config_free(config_of(CONFIG_GLOBAL,
		"[Certificate]\nNames=a.example b..example *.c.example\n"));
	ck_assert_ptr_null(strstr(config_mistakes(), "*.c.example"));
}
END_TEST

START_TEST(without_any_ca_there_is_none_to_ask)
{
	config_check_mistakes("[CA test]\nDirectory=https://ca.example/\n",
		SITE, "site.conf: no 'CA=', neither here nor in acmed.conf\n");
}
END_TEST

START_TEST(every_mistake_is_told_at_once)
{
	config_check_mistakes("[Daemon]\nMaxOrders=x\n[CA y]\n"
			      "[Nothing]\n[Challenge]\nType=z\n",
		SITE,
		"acmed.conf:4: unknown section 'Nothing'\n"
		"acmed.conf:2: 'MaxOrders=x' is no number from 1 to 1000\n"
		"acmed.conf:3: '[CA y]' has no 'Directory='\n"
		"acmed.conf:6: 'Type=z' is none of 'http-01', 'tls-alpn-01', "
		"'dns-01', 'dns-account-01' and 'dns-persist-01'\n");
}
END_TEST

START_TEST(a_flood_of_mistakes_of_one_file_is_cut)
{
	struct text flood cleanup_text_value = {0};

	text_add(&flood, SITE);
	for (int i = 0; i < 5000; i++)
		text_addf(&flood, "Unheard%d=1\n", i);
	config_free(config_of(CONFIG_GLOBAL, flood.data));
	ck_assert(text_ends_with(
		config_mistakes(), "site.conf: more mistakes are not shown\n"));
	ck_assert_uint_lt(strlen(config_mistakes()), 10000);
}
END_TEST

START_TEST(the_installed_daemon_can_read_trust_files_in_few_places_only)
{
	static const char text[] = "[CA x]\nDirectory=https://x/\n"
				   "TrustFile=/home/me/ca.pem\n";
	struct config_text texts[] = {
		{"/etc/acmed/acmed.conf", text, sizeof(text) - 1}};
	struct mistakes mistakes = {0};

	ck_assert_ptr_null(config_new(texts, 1, 0, &mistakes));
	ck_assert_uint_eq(mistakes.list.count, 1);
	ck_assert(text_starts_with(mistakes.list.items[0],
		"/etc/acmed/acmed.conf:3: 'TrustFile=/home/me/ca.pem' must lie "
		"below /etc, "));
	mistakes_clear(&mistakes);
	texts[0].file = "/tmp/acmed.conf";
	struct config *config = config_new(texts, 1, 0, &mistakes);
	ck_assert_ptr_nonnull(config);
	config_free(config);
}
END_TEST

START_TEST(the_installed_daemon_can_read_its_credentials)
{
	static const char text[] = "[CA x]\nDirectory=https://x/\n"
				   "TrustFile=/run/mine/ca.pem\n"
				   "[CA y]\nDirectory=https://y/\n"
				   "TrustFile=/etc/ssl/ca.pem\n"
				   "[CA z]\nDirectory=https://z/\n";
	const struct config_text texts[] = {
		{"/etc/acmed/acmed.conf", text, sizeof(text) - 1}};
	struct mistakes mistakes = {0};

	ck_assert_ptr_null(config_new(texts, 1, 0, &mistakes));
	ck_assert_uint_eq(mistakes.list.count, 1);
	mistakes_clear(&mistakes);
	setenv("CREDENTIALS_DIRECTORY", "/run/mine", 1);
	struct config *config = config_new(texts, 1, 0, &mistakes);
	unsetenv("CREDENTIALS_DIRECTORY");
	ck_assert_ptr_nonnull(config);
	config_free(config);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("config_mistakes");
	TCase *tests = tcase_create("config_mistakes");

	tcase_add_checked_fixture(tests, NULL, config_forget);
	tcase_add_loop_test(tests, a_mistake_of_acmed_conf_is_told_by_its_line,
		0, sizeof(GLOBAL) / sizeof(*GLOBAL));
	tcase_add_loop_test(tests,
		a_mistake_of_a_certificate_is_told_by_its_line, 0,
		sizeof(CERTIFICATE) / sizeof(*CERTIFICATE));
	tcase_add_test(tests, what_starts_with_x_is_ignored);
	tcase_add_test(tests, a_name_that_cannot_be_read_is_quoted);
	tcase_add_test(tests, without_any_ca_there_is_none_to_ask);
	tcase_add_test(tests, every_mistake_is_told_at_once);
	tcase_add_test(tests, a_flood_of_mistakes_of_one_file_is_cut);
	tcase_add_test(tests, the_installed_daemon_can_read_its_credentials);
	tcase_add_test(tests,
		the_installed_daemon_can_read_trust_files_in_few_places_only);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
