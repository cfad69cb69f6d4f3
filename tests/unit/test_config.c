/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "config_texts.h"
#include "mem.h"
#include "suite.h"
#include "text.h"

#include <check.h>
#include <signal.h>
#include <stdio.h>

/* A text with the name that mistakes show. */
#define TEXT(file, bytes) \
	{ \
		file, bytes, sizeof(bytes) - 1 \
	}

static const char FULL[] =
	"[Daemon]\nMaxOrders=4\nProxy=http://proxy.example:3128\n"
	"SourceAddress=192.0.2.1\nReloadInterval=5s\n"
	"NotifyMail=ops+acmed@example.com\nNotifyURLFile=/etc/ntfy\n"
	"Rehearse=weekly\nSandbox=log\nResolver=[2001:db8::53]:5353\n"
	"[CA test]\nDirectory=https://ca.example/directory\n"
	"Staging=https://staging.example/\n"
	"Contact=ops@example.com mailto:b@example.com\nAgreeToTerms=yes\n"
	"TrustFile=/tmp/ca.pem\nRootFile=credential:root\n"
	"Proxy=socks5h://127.0.0.1:9050\nAccountKey=rsa-2048\n"
	"[CA other]\nDirectory=https://other.example/\n"
	"[Certificate]\nCA=test\nKey=ecdsa-p384\nRenewBefore=20d\n"
	"[Challenge]\nType=http-01\nSolver=standalone\nListen=8080\n"
	"[Deploy]\nReload=nginx\n";

START_TEST(every_key_of_the_daemon_and_a_ca_is_read)
{
	struct config *config =
		config_of(FULL, "[Certificate]\nNames=a.example");
	ck_assert_str_eq(config_mistakes(), "");
	const struct config_ca *ca = config_find_ca(config, "test");

	ck_assert_int_eq(config->daemon.max_orders, 4);
	ck_assert_str_eq(config->daemon.proxy, "http://proxy.example:3128");
	ck_assert_str_eq(config->daemon.source_address, "192.0.2.1");
	ck_assert_int_eq(config->daemon.reload_interval, 5);
	ck_assert_str_eq(config->daemon.notify_mail, "ops+acmed@example.com");
	ck_assert_str_eq(config->daemon.notify_url_file, "/etc/ntfy");
	ck_assert_int_eq(config->daemon.rehearse, REHEARSE_WEEKLY);
	ck_assert_int_eq(config->daemon.sandbox, SANDBOX_LOG);
	ck_assert_str_eq(config->daemon.resolver, "2001:db8::53");
	ck_assert_uint_eq(config->daemon.resolver_port, 5353);
	ck_assert_uint_eq(config->ca_count, 2);
	ck_assert_str_eq(ca->directory, "https://ca.example/directory");
	ck_assert_str_eq(ca->staging, "https://staging.example/");
	ck_assert_uint_eq(ca->contacts.count, 2);
	ck_assert_str_eq(ca->contacts.items[0], "mailto:ops@example.com");
	ck_assert_str_eq(ca->contacts.items[1], "mailto:b@example.com");
	ck_assert(ca->agree_to_terms);
	ck_assert_str_eq(ca->trust_file, "/tmp/ca.pem");
	ck_assert_str_eq(ca->root_file, "credential:root");
	ck_assert_str_eq(ca->proxy, "socks5h://127.0.0.1:9050");
	ck_assert_int_eq(ca->account_key, KEY_RSA_2048);
	ck_assert(!ca->is_known);
	config_free(config);
}
END_TEST

START_TEST(a_credential_lies_where_systemd_has_put_it)
{
	setenv("CREDENTIALS_DIRECTORY", "/run/credentials/acmed.service", 1);
	struct config *config =
		config_of(FULL, "[Certificate]\nNames=a.example");
	unsetenv("CREDENTIALS_DIRECTORY");

	ck_assert_str_eq(config_mistakes(), "");
	ck_assert_str_eq(config_find_ca(config, "test")->root_file,
		"/run/credentials/acmed.service/root");
	config_free(config);
}
END_TEST

START_TEST(a_certificate_starts_from_the_defaults_of_the_main_file)
{
	struct config *config = config_of(FULL,
		"[Certificate]\nNames=a.example b.example\nNames=c.example\n"
		"ReuseKey=yes\nPlaceholder=no\nWarnBefore=5d\n"
		"Window=Sat..Sun 02:00-05:00\nWindow=Wed 03:00-04:00 UTC\n");
	ck_assert_str_eq(config_mistakes(), "");
	const struct config_certificate *site = config_find(config, "site");

	ck_assert_uint_eq(site->identifier_count, 3);
	ck_assert_str_eq(site->identifiers[2].value, "c.example");
	ck_assert_ptr_eq(site->ca, config_find_ca(config, "test"));
	ck_assert_int_eq(site->key, KEY_ECDSA_P384);
	ck_assert(site->reuse_key);
	ck_assert(!site->placeholder);
	ck_assert_int_eq(site->policy.renew_before, 20 * 86400);
	ck_assert_int_eq(site->policy.warn_before, 5 * 86400);
	ck_assert_uint_eq(site->window_count, 2);
	ck_assert_int_eq(site->challenge.solver, SOLVER_STANDALONE);
	ck_assert_str_eq(site->challenge.listen.items[0], "8080");
	ck_assert_str_eq(site->deploy.reload.items[0], "nginx.service");
	config_free(config);
}
END_TEST

START_TEST(several_cas_have_an_order)
{
	struct config *config =
		config_of("[CA test]\nDirectory=https://test.test/\n"
			  "[CA other]\nDirectory=https://other.test/\n"
			  "Limit=orders:300/3h set:5/7d\n",
			"[Certificate]\nNames=a.example\nCA=other test\n");
	ck_assert_str_eq(config_mistakes(), "");
	const struct config_certificate *site = config_find(config, "site");
	const struct config_ca *test = config_find_ca(config, "test");
	const struct config_ca *other = config_find_ca(config, "other");

	ck_assert_ptr_eq(site->ca, other);
	ck_assert_uint_eq(site->other_count, 1);
	ck_assert_ptr_eq(site->others[0], test);
	ck_assert(config_has_ca(site, test) && config_has_ca(site, other));
	ck_assert_int_eq(other->limits.of[LIMIT_ORDERS].burst, 300);
	ck_assert_int_eq(test->limits.of[LIMIT_ORDERS].burst, 0);
	config_free(config);
}
END_TEST

START_TEST(without_a_setting_there_are_defaults)
{
	const struct config_certificate *site =
		config_site("[Certificate]\nNames=a.example\n");

	ck_assert_int_eq(site->key, KEY_ECDSA_P256);
	ck_assert(site->placeholder);
	ck_assert(!site->reuse_key);
	ck_assert_int_eq(site->policy.renew_before, 0);
	ck_assert_int_eq(site->challenge.type, CHALLENGE_HTTP_01);
	ck_assert_int_eq(site->challenge.solver, SOLVER_WEBROOT);
	ck_assert_ptr_null(site->challenge.webroot);
	ck_assert_int_eq(site->deploy.verify, VERIFY_AUTO);
}
END_TEST

START_TEST(every_way_to_deploy_is_read)
{
	const struct config_deploy *deploy = &config_site(
		"[Certificate]\nNames=a.example\n[Deploy]\n"
		"Reload=nginx php8.2-fpm haproxy.service\n"
		"Restart=x@y.socket\n"
		"ReloadCommand=/bin/a 'b c' \"d\"e\n"
		"ReloadSignal=HUP /run//nginx.pid\n"
		"Hook=/usr/local/sbin/x acmed-hook@y.service\n"
		"Verify=[2001:DB8::1]:8443,sni=A.example "
		"mail.example:25 smtp://mail.example "
		"imap://[2001:DB8::1] postgres://192.0.2.1:99,sni=b.example\n")
						      ->deploy;

	ck_assert_uint_eq(deploy->reload.count, 3);
	ck_assert_str_eq(deploy->reload.items[1], "php8.2-fpm.service");
	ck_assert_str_eq(deploy->reload.items[2], "haproxy.service");
	ck_assert_str_eq(deploy->restart.items[0], "x@y.socket");
	ck_assert_uint_eq(deploy->reload_command.count, 3);
	ck_assert_str_eq(deploy->reload_command.items[1], "b c");
	ck_assert_str_eq(deploy->reload_command.items[2], "de");
	ck_assert_int_eq(deploy->reload_signal, SIGHUP);
	ck_assert_str_eq(deploy->reload_pid_file, "/run/nginx.pid");
	ck_assert_uint_eq(deploy->hook_count, 2);
	ck_assert_int_eq(deploy->hooks[0].kind, HOOK_PROGRAM);
	ck_assert_int_eq(deploy->hooks[1].kind, HOOK_UNIT);
	ck_assert_int_eq(deploy->verify, VERIFY_LIST);
	ck_assert_str_eq(deploy->endpoints[0].host, "2001:db8::1");
	ck_assert_uint_eq(deploy->endpoints[0].port, 8443);
	ck_assert_str_eq(deploy->endpoints[0].sni, "a.example");
	ck_assert_ptr_null(deploy->endpoints[1].sni);
	ck_assert_int_eq(deploy->endpoints[1].starttls, STARTTLS_NONE);
	ck_assert_int_eq(deploy->endpoints[2].starttls, STARTTLS_SMTP);
	ck_assert_uint_eq(deploy->endpoints[2].port, 25);
	ck_assert_str_eq(deploy->endpoints[3].host, "2001:db8::1");
	ck_assert_uint_eq(deploy->endpoints[3].port, 143);
	ck_assert_uint_eq(deploy->endpoints[4].port, 99);
	ck_assert_str_eq(deploy->endpoints[4].sni, "b.example");
}
END_TEST

START_TEST(exports_are_read)
{
	const struct config_certificate *site =
		config_site("[Certificate]\nNames=a.example\n"
			    "[Export one]\nPath=/etc//one/tls.pem\n"
			    "[Export two]\nPath=/etc/two/\nFormat=pem\n"
			    "Owner=postgres\nGroup=42\nMode=0640\n");

	ck_assert_uint_eq(site->export_count, 2);
	ck_assert_str_eq(site->exports[0].path, "/etc/one/tls.pem");
	ck_assert_int_eq(site->exports[0].format, EXPORT_COMBINED);
	ck_assert_uint_eq(site->exports[0].mode, 0600);
	ck_assert_ptr_null(site->exports[0].owner);
	ck_assert_str_eq(site->exports[1].path, "/etc/two");
	ck_assert_int_eq(site->exports[1].format, EXPORT_PEM);
	ck_assert_str_eq(site->exports[1].owner, "postgres");
	ck_assert_str_eq(site->exports[1].group, "42");
	ck_assert_uint_eq(site->exports[1].mode, 0640);
}
END_TEST

START_TEST(a_challenge_for_one_name_starts_from_that_for_all)
{
	const struct config_certificate *site =
		config_site("[Certificate]\nNames=a.example b.example c.example"
			    "\n[Challenge]\nWebroot=/srv/www\n"
			    "[Challenge A.example]\nType=http-01\n"
			    "[Challenge b.example]\nSolver=socket\n");
	const struct config_challenge *of[3];

	for (size_t i = 0; i < 3; i++)
		of[i] = config_challenge_for(site, &site->identifiers[i]);
	ck_assert_str_eq(of[0]->webroot, "/srv/www");
	ck_assert_int_eq(of[1]->solver, SOLVER_SOCKET);
	ck_assert_ptr_null(of[1]->webroot);
	ck_assert_ptr_eq(of[2], &site->challenge);
}
END_TEST

START_TEST(the_solvers_over_dns_are_read)
{
	const struct config_certificate *site = config_site(
		"[Certificate]\nNames=*.a.example b.example c.example\n"
		"[Challenge]\nType=dns-01\nSolver=rfc2136\n"
		"Server=[2001:DB8::53]:5353\nZone=Auth.Example.\n"
		"KeyFile=/etc/acmed/secrets//tsig.key\nTTL=2m\n"
		"[Challenge b.example]\nType=dns-account-01\nSolver=exec\n"
		"Command=/usr/bin/x 'a b'\nProtocol=acme.sh\n"
		"Provider=dns_cf\nTimeout=5m\nConcurrency=3\n"
		"EnvironmentFile=/etc/acmed/secrets/cf\n"
		"[Challenge c.example]\nServer=NS1.example\n");
	const struct config_challenge *all = &site->challenge;
	const struct config_challenge *exec =
		config_challenge_for(site, &site->identifiers[1]);
	const struct config_challenge *own =
		config_challenge_for(site, &site->identifiers[2]);

	ck_assert_int_eq(all->type, CHALLENGE_DNS_01);
	ck_assert_int_eq(all->solver, SOLVER_RFC2136);
	ck_assert_str_eq(all->server, "2001:db8::53");
	ck_assert_uint_eq(all->server_port, 5353);
	ck_assert_str_eq(all->zone, "auth.example");
	ck_assert_str_eq(all->key_file, "/etc/acmed/secrets/tsig.key");
	ck_assert_int_eq(all->ttl, 120);
	ck_assert_int_eq(exec->type, CHALLENGE_DNS_ACCOUNT_01);
	ck_assert_int_eq(exec->protocol, PROTOCOL_ACME_SH);
	ck_assert_str_eq(exec->command.items[1], "a b");
	ck_assert_str_eq(exec->provider, "dns_cf");
	ck_assert_int_eq(exec->timeout, 300);
	ck_assert_int_eq(exec->concurrency, 3);
	ck_assert_str_eq(exec->environment_file, "/etc/acmed/secrets/cf");
	ck_assert_ptr_null(exec->server);
	ck_assert_str_eq(own->server, "ns1.example");
	ck_assert_uint_eq(own->server_port, 53);
	ck_assert_str_eq(own->zone, "auth.example");
}
END_TEST

static const char *const FINE[] = {
	"[Certificate]\nNames=*.a.example\n[Challenge]\nSolver=none\n",
	"[Certificate]\nNames=*.a.example a.example\n"
	"[Challenge *.a.example]\nType=dns-01\nSolver=rfc2136\n"
	"Server=192.0.2.53\nKeyFile=/etc/tsig\n",
	"[Certificate]\nNames=a.example 192.0.2.1\n[Challenge]\n"
	"Type=tls-alpn-01\nSolver=socket\n",
	"[Certificate]\nNames=*.a.example\n[Challenge]\n"
	"Type=dns-persist-01\nSolver=persist\n",
};

START_TEST(what_the_type_can_validate_is_fine)
{
	config_site(FINE[_i]);
}
END_TEST

START_TEST(each_key_has_a_lineage_of_its_own)
{
	struct config *config = config_of(CONFIG_GLOBAL,
		"[Certificate]\nNames=a.example\nKey=ecdsa-p384 rsa-2048\n"
		"Key=ed25519\n[Deploy]\nReload=nginx\n"
		"[Export x]\nPath=/etc/x.pem\n");
	struct mistakes mistakes = {0};

	ck_assert_str_eq(config_mistakes(), "");
	config_check(config, &mistakes);
	ck_assert_uint_eq(mistakes.list.count, 0);
	ck_assert_uint_eq(config->certificate_count, 3);
	const struct config_certificate *first = config_find(config, "site");
	const struct config_certificate *rsa =
		config_find(config, "site+rsa-2048");
	const struct config_certificate *ed =
		config_find(config, "site+ed25519");
	ck_assert_int_eq(first->key, KEY_ECDSA_P384);
	ck_assert_int_eq(rsa->key, KEY_RSA_2048);
	ck_assert_int_eq(ed->key, KEY_ED25519);
	ck_assert_str_eq(rsa->identifiers[0].value, "a.example");
	ck_assert_str_eq(rsa->deploy.reload.items[0], "nginx.service");
	ck_assert_ptr_eq(rsa->ca, first->ca);
	ck_assert_uint_eq(first->export_count, 1);
	ck_assert_uint_eq(rsa->export_count, 0);
	config_free(config);
}
END_TEST

START_TEST(all_lineages_of_a_twin_are_dropped)
{
	static const char TWIN[] =
		"[Certificate]\nNames=a.example\nKey=ecdsa-p256 rsa-2048\n";
	const struct config_text text = {"twin", TWIN, sizeof(TWIN) - 1};
	struct config *config = config_of(CONFIG_GLOBAL, TWIN);
	struct mistakes mistakes = {0};

	ck_assert(config_add_certificate(config, "twin", &text, &mistakes));
	ck_assert_uint_eq(config->certificate_count, 4);
	config_check(config, &mistakes);
	ck_assert_uint_eq(mistakes.list.count, 1);
	ck_assert_uint_eq(config->certificate_count, 2);
	ck_assert_ptr_nonnull(config_find(config, "site+rsa-2048"));
	mistakes_clear(&mistakes);
	config_free(config);
}
END_TEST

static const struct {
	const char *name;
	bool is_valid;
} LINEAGES[] = {
	{"a.example", true},
	{"a.example+rsa-2048", true},
	{"a.example+ed25519", true},
	{"a.example+", false},
	{"a.example+rsa", false},
	{"a.example+rsa-2048+rsa-2048", false},
	{"+rsa-2048", false},
	{"../x+rsa-2048", false},
};

START_TEST(a_lineage_ends_in_a_type_of_key)
{
	ck_assert_int_eq(config_lineage_is_valid(LINEAGES[_i].name),
		LINEAGES[_i].is_valid);
}
END_TEST

START_TEST(the_profile_of_the_certificate_wins)
{
	static const char CA[] = "[CA test]\nDirectory=https://ca.example/\n"
				 "Profile=classic\n[Certificate]\nCA=test\n";
	static const struct {
		const char *line;
		const char *profile;
		bool is_required;
	} PROFILES[] = {
		{"", "classic", false},
		{"Profile=shortlived\n", "shortlived", false},
		{"RequireProfile=tlsserver\n", "tlsserver", true},
	};
	bool is_required = false;

	for (size_t i = 0; i < 3; i++) {
		char text[128];
		snprintf(text, sizeof(text),
			"[Certificate]\nNames=a.example\n%s", PROFILES[i].line);
		struct config *config = config_of(CA, text);
		const struct config_certificate *site =
			config_find(config, "site");
		ck_assert_str_eq(config_profile(site, site->ca, &is_required),
			PROFILES[i].profile);
		ck_assert_int_eq(is_required, PROFILES[i].is_required);
		config_free(config);
	}
}
END_TEST

static size_t advice_for(const char *global, const char *site)
{
	struct mistakes mistakes = {0};
	const struct config_text texts[] = {
		{"acmed.conf", global, strlen(global)},
		{"site.conf", site, strlen(site)},
	};
	struct config *config = config_new(texts, 1, 0, &mistakes);

	ck_assert(config_add_certificate(config, "site", &texts[1], &mistakes));
	size_t count = mistakes.advice.count;
	if (count)
		ck_assert_str_eq(mistakes.advice.items[0],
			"site.conf:2: CA 'test' issues for '192.0.2.1' with "
			"another profile only: write 'Profile=short'");
	mistakes_clear(&mistakes);
	config_free(config);
	return count;
}

START_TEST(an_address_may_need_a_profile)
{
#define TEST_CA "[CA test]\nDirectory=https://ca.example/\n"
#define DEFAULT "[Certificate]\nCA=test\n"
#define NEEDS TEST_CA "AddressProfile=short\n"
#define ADDRESS "[Certificate]\nNames=192.0.2.1 a.example\n"
	ck_assert_uint_eq(advice_for(NEEDS DEFAULT, ADDRESS), 1);
	ck_assert_uint_eq(
		advice_for(NEEDS DEFAULT, ADDRESS "Profile=long\n"), 1);
	ck_assert_uint_eq(
		advice_for(NEEDS DEFAULT, ADDRESS "RequireProfile=short\n"), 0);
	ck_assert_uint_eq(
		advice_for(NEEDS "Profile=short\n" DEFAULT, ADDRESS), 0);
	ck_assert_uint_eq(
		advice_for(NEEDS DEFAULT, "[Certificate]\nNames=a.example\n"),
		0);
	ck_assert_uint_eq(advice_for(TEST_CA DEFAULT, ADDRESS), 0);
}
END_TEST

/* The advice on a certificate with CA=test spare, as one line. */
static const char *binding_advice(const char *spare)
{
	static char said[512];
	struct mistakes mistakes = {0};
	cleanup(string) char *global = text_format(TEST_CA
		"[CA spare]\nDirectory=https://b.example/\n%s"
		"[Certificate]\nCA=test\nCA=spare\n",
		spare);
	static const char *const SITES[] = {"[Certificate]\nNames=a.example\n",
		"[Certificate]\nNames=b.example\n"};
	struct config_text text = {"acmed.conf", global, strlen(global)};
	struct config *config = config_new(&text, 1, 0, &mistakes);

	for (int i = 0; i < 2; i++) {
		text = (struct config_text){
			"site.conf", SITES[i], strlen(SITES[i])};
		ck_assert(config_add_certificate(
			config, i ? "b" : "a", &text, &mistakes));
	}
	ck_assert_uint_le(mistakes.advice.count, 1);
	snprintf(said, sizeof(said), "%s",
		mistakes.advice.count ? mistakes.advice.items[0] : "");
	mistakes_clear(&mistakes);
	config_free(config);
	return said;
}

START_TEST(a_ca_that_is_to_take_over_may_need_a_binding)
{
	ck_assert_str_eq(binding_advice(""), "");
	ck_assert_str_eq(binding_advice("EABRequired=yes\n"),
		"acmed.conf:8: CA 'spare' opens no account without a key of "
		"yours: write 'EABKeyID=' and 'EABKeyFile=' below '[CA "
		"spare]' in acmed.conf");
	ck_assert_str_eq(binding_advice("EABRequired=yes\nEABKeyID=me\n"
					"EABKeyFile=/etc/eab\n"),
		"");
}
END_TEST

START_TEST(another_solver_inherits_no_key_of_the_solver)
{
	struct config *config = config_of(FULL,
		"[Certificate]\nNames=a.example\n[Challenge]\nSolver=socket\n");
	const struct config_certificate *site = config_find(config, "site");

	ck_assert_str_eq(config_mistakes(), "");
	ck_assert_int_eq(site->challenge.solver, SOLVER_SOCKET);
	ck_assert_uint_eq(site->challenge.listen.count, 0);
	config_free(config);
	config = config_of(FULL,
		"[Certificate]\nNames=a.example\n[Challenge]\n"
		"Solver=standalone\n");
	site = config_find(config, "site");
	ck_assert_uint_eq(site->challenge.listen.count, 1);
	config_free(config);
}
END_TEST

START_TEST(a_later_file_replaces_a_key_lists_too)
{
	const struct config_text texts[] = {
		TEXT("ca/test.conf", "[CA test]\nDirectory=https://known/\n"),
		TEXT("acmed.conf",
			"[CA test]\nContact=a@b.example\n[Certificate]\nCA=test"
			"\n[Deploy]\nReload=one two\n"),
		TEXT("acmed.conf.d/x.conf", "[Deploy]\nReload=three\n"),
	};
	const struct config_text site = TEXT("site.conf",
		"[Certificate]\nNames=a.example\n[Deploy]\nReload=\nReload="
		"x\n");
	struct mistakes mistakes = {0};
	struct config *config = config_new(texts, 3, 1, &mistakes);

	ck_assert_uint_eq(mistakes.list.count, 0);
	ck_assert(config_find_ca(config, "test")->is_known);
	ck_assert(config_add_certificate(config, "one", &site, &mistakes));
	const struct config_text bare =
		TEXT("bare.conf", "[Certificate]\nNames=b.example\n");
	ck_assert(config_add_certificate(config, "bare", &bare, &mistakes));
	const struct strings *reload =
		&config_find(config, "bare")->deploy.reload;
	ck_assert_uint_eq(reload->count, 1);
	ck_assert_str_eq(reload->items[0], "three.service");
	reload = &config_find(config, "one")->deploy.reload;
	ck_assert_uint_eq(reload->count, 1);
	ck_assert_str_eq(reload->items[0], "x.service");
	mistakes_clear(&mistakes);
	config_free(config);
}
END_TEST

START_TEST(a_known_ca_with_another_directory_is_one_of_your_own)
{
	const struct config_text texts[] = {
		TEXT("ca/test.conf", "[CA test]\nDirectory=https://known/\n"),
		TEXT("acmed.conf", "[CA test]\nDirectory=https://mine/\n"),
	};
	struct mistakes mistakes = {0};
	struct config *config = config_new(texts, 2, 1, &mistakes);

	ck_assert(!config_find_ca(config, "test")->is_known);
	ck_assert_str_eq(
		config_find_ca(config, "test")->directory, "https://mine/");
	mistakes_clear(&mistakes);
	config_free(config);
}
END_TEST

static bool add(struct config *config, const char *name, const char *names,
	struct mistakes *mistakes)
{
	cleanup(string) char *file = text_format("%s.conf", name);
	cleanup(string) char *bytes =
		text_format("[Certificate]\nNames=%s\n[Export x]\nPath=/%s\n",
			names, name[0] == 'e' ? "same" : name);
	const struct config_text text = {file, bytes, strlen(bytes)};

	return config_add_certificate(config, name, &text, mistakes);
}

START_TEST(certificates_are_sorted_and_found)
{
	struct mistakes mistakes = {0};
	struct config *config =
		config_of(CONFIG_GLOBAL, "[Certificate]\nNames=a.example\n");

	ck_assert(add(config, "b", "b.example", &mistakes));
	ck_assert(add(config, "z", "z.example", &mistakes));
	ck_assert(add(config, "a", "c.example", &mistakes));
	ck_assert(!add(config, "z", "x.example", &mistakes));
	ck_assert(!add(config, "-a", "x.example", &mistakes));
	ck_assert_uint_eq(mistakes.list.count, 2);
	ck_assert_str_eq(mistakes.list.items[0],
		"z.conf: there is a certificate 'z' already");
	ck_assert_uint_eq(config->certificate_count, 4);
	ck_assert_str_eq(config->certificates[0]->name, "a");
	ck_assert_str_eq(config->certificates[3]->name, "z");
	ck_assert_ptr_nonnull(config_find(config, "site"));
	ck_assert_ptr_null(config_find(config, "nobody"));
	mistakes_clear(&mistakes);
	config_free(config);
}
END_TEST

START_TEST(the_same_names_in_two_files_are_a_mistake_of_the_second)
{
	struct mistakes mistakes = {0};
	struct config *config =
		config_of(CONFIG_GLOBAL, "[Certificate]\nNames=a.example\n");

	ck_assert(add(config, "two", "y.example x.example", &mistakes));
	ck_assert(add(config, "one", "x.example y.example", &mistakes));
	ck_assert(add(config, "overlap", "x.example", &mistakes));
	ck_assert(add(config, "e1", "e1.example", &mistakes));
	ck_assert(add(config, "e2", "e2.example", &mistakes));
	config_check(config, &mistakes);
	ck_assert_uint_eq(mistakes.list.count, 2);
	ck_assert_str_eq(mistakes.list.items[0],
		"two.conf: the same 'Names=' as in 'one.conf'");
	ck_assert_str_eq(mistakes.list.items[1],
		"e2.conf: an [Export] to the same 'Path=' as in 'e1.conf'");
	ck_assert_ptr_null(config_find(config, "two"));
	ck_assert_ptr_null(config_find(config, "e2"));
	ck_assert_uint_eq(config->certificate_count, 4);
	mistakes_clear(&mistakes);
	config_free(config);
}
END_TEST

START_TEST(a_set_of_names_has_no_order)
{
	const struct config_certificate *site =
		config_site("[Certificate]\nNames=a.example b.example\n");
	struct identifier other[2] = {
		site->identifiers[1], site->identifiers[0]};

	ck_assert(config_certificate_same_set(site, other, 2));
	ck_assert(!config_certificate_same_set(site, other, 1));
}
END_TEST

START_TEST(a_name_is_what_a_file_may_be_called)
{
	static const char *const fine[] = {
		"a", "example.com", "A_b-c.9", "0", "a.b.c"};
	static const char *const wrong[] = {"", ".", "..", ".a", "-a", "a..b",
		"a/b", "a b", "a+rsa", "\xc3\xa4", "a\n"};
	char longest[CONFIG_NAME_MAX + 2];

	for (size_t i = 0; i < sizeof(fine) / sizeof(*fine); i++)
		ck_assert_msg(config_name_is_valid(fine[i]), "%s", fine[i]);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		ck_assert_msg(!config_name_is_valid(wrong[i]), "%s", wrong[i]);
	memset(longest, 'a', sizeof(longest));
	longest[CONFIG_NAME_MAX] = '\0';
	ck_assert(config_name_is_valid(longest));
	longest[CONFIG_NAME_MAX] = 'a';
	longest[CONFIG_NAME_MAX + 1] = '\0';
	ck_assert(!config_name_is_valid(longest));
}
END_TEST

/* Every key of the full text is spoilt at random; what happens is a mistake
 * or a different configuration, never a crash. */
START_TEST(a_spoilt_text_never_crashes)
{
	char spoilt[sizeof(FULL)];
	static const char bytes[] = "=[]\\\n#;ax.0/ :,*@-\"'\x01\xff";

	srandom((unsigned)_i);
	for (int i = 0; i < 300; i++) {
		memcpy(spoilt, FULL, sizeof(spoilt));
		for (long j = random() % 8; j >= 0; j--)
			spoilt[(size_t)random() % (sizeof(spoilt) - 1)] =
				bytes[(size_t)random() % (sizeof(bytes) - 1)];
		config_free(
			config_of(spoilt, "[Certificate]\nNames=a.example\n"));
		config_free(config_of(CONFIG_GLOBAL, spoilt));
	}
}
END_TEST

/* A key that gets another first letter is always noticed. */
START_TEST(exactly_the_valid_text_passes)
{
	char spoilt[sizeof(FULL)];

	for (size_t i = 0; i + 1 < sizeof(FULL); i++) {
		if (i && FULL[i - 1] != '\n')
			continue;
		memcpy(spoilt, FULL, sizeof(spoilt));
		spoilt[i] = '!';
		ck_assert_ptr_null(config_of(spoilt, ""));
		cleanup(string) char *wanted = text_format("acmed.conf:");
		ck_assert(text_starts_with(config_mistakes(), wanted));
	}
	struct config *config =
		config_of(FULL, "[Certificate]\nNames=a.example\n");
	ck_assert_str_eq(config_mistakes(), "");
	config_free(config);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("config");
	TCase *tests = tcase_create("config");

	tcase_add_checked_fixture(tests, NULL, config_forget);
	tcase_add_test(tests, several_cas_have_an_order);
	tcase_add_test(tests, every_key_of_the_daemon_and_a_ca_is_read);
	tcase_add_test(tests, a_credential_lies_where_systemd_has_put_it);
	tcase_add_test(
		tests, a_certificate_starts_from_the_defaults_of_the_main_file);
	tcase_add_test(tests, without_a_setting_there_are_defaults);
	tcase_add_test(tests, every_way_to_deploy_is_read);
	tcase_add_test(tests, exports_are_read);
	tcase_add_test(
		tests, a_challenge_for_one_name_starts_from_that_for_all);
	tcase_add_test(tests, the_solvers_over_dns_are_read);
	tcase_add_test(tests, each_key_has_a_lineage_of_its_own);
	tcase_add_test(tests, all_lineages_of_a_twin_are_dropped);
	tcase_add_loop_test(tests, a_lineage_ends_in_a_type_of_key, 0,
		sizeof(LINEAGES) / sizeof(*LINEAGES));
	tcase_add_test(tests, the_profile_of_the_certificate_wins);
	tcase_add_loop_test(tests, what_the_type_can_validate_is_fine, 0,
		sizeof(FINE) / sizeof(*FINE));
	tcase_add_test(tests, an_address_may_need_a_profile);
	tcase_add_test(tests, a_ca_that_is_to_take_over_may_need_a_binding);
	tcase_add_test(tests, another_solver_inherits_no_key_of_the_solver);
	tcase_add_test(tests, a_later_file_replaces_a_key_lists_too);
	tcase_add_test(
		tests, a_known_ca_with_another_directory_is_one_of_your_own);
	tcase_add_test(tests, certificates_are_sorted_and_found);
	tcase_add_test(
		tests, the_same_names_in_two_files_are_a_mistake_of_the_second);
	tcase_add_test(tests, a_set_of_names_has_no_order);
	tcase_add_test(tests, a_name_is_what_a_file_may_be_called);
	tcase_add_loop_test(tests, a_spoilt_text_never_crashes, 0, 8);
	tcase_add_test(tests, exactly_the_valid_text_passes);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
