# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# What the harness `set` needs: the scripted CA, names, and a web server for
# a document root that is not acmed's own.
#
#   set_run ARGUMENT...     runs it; its last line is added to $DIR/counted

# shellcheck source=../integration/lib.sh
. "$TEST_TOP/tests/integration/lib.sh"
# shellcheck source=../integration/ca.sh
. "$TEST_TOP/tests/integration/ca.sh"

set_start()
{
	dns_start
	ca_start
	mkdir -p "$DIR/www/.well-known/acme-challenge"
	python3 -m http.server 80 -d "$DIR/www" >>"$DIR/www.log" 2>&1 &
	wait_for 60 "web server" curl -sf http://127.0.0.1/
	export DIR ACMED=$BUILD/acmed ACMECTL=$BUILD/acmectl
}

set_config()
{
	rm -rf "$DIR/kept" "$DIR/out" "$ACMED_DIR"
	mkdir -p "$DIR/out" "$ACMED_DIR"/{state,run}
	acmed_config <<-END
	[Challenge]
	Solver=webroot
	Webroot=$DIR/www
	[Deploy]
	Verify=no
	[Daemon]
	Rehearse=no
	END
	acmed_certificate shop.test <<-END
	[Certificate]
	Names=shop.test
	[Deploy]
	Hook=/bin/true
	[Export one]
	Path=$DIR/out/tls.pem
	Format=combined
	END
}

set_run()
{
	local status=0

	[ -n "${CA_PID:-}" ] || set_start
	set_config
	"$BUILD/tests/torture/set" "$@" >"$DIR/said" || status=$?
	cat "$DIR/said"
	tail -n 1 "$DIR/said" | sed "s|^|$* |" >>"$DIR/counted"
	return $status
}
