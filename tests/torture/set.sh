# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# What the harness `set` needs: the scripted CA, names, and a web server for
# a document root that is not acmed's own.
#
#   set_run ARGUMENT...     runs it

# shellcheck source=../integration/lib.sh
. "$TEST_TOP/tests/integration/lib.sh"
# shellcheck source=../integration/ca.sh
. "$TEST_TOP/tests/integration/ca.sh"
# shellcheck source=count.sh
. "$TEST_TOP/tests/torture/count.sh"

# A server with what is live, as `nginx -t` looks at it.
set_server()
{
	command -v nginx >/dev/null || return 0
	cat >"$DIR/nginx.conf" <<-END
	pid $DIR/nginx.pid;
	error_log stderr;
	events {}
	http {
		access_log off;
		server {
			listen 8443 ssl;
			server_name shop.test;
			ssl_certificate $ACMED_DIR/state/live/shop.test/fullchain.pem;
			ssl_certificate_key $ACMED_DIR/state/live/shop.test/privkey.pem;
		}
	}
	END
	export SERVER_CHECK="nginx -t -q -c $DIR/nginx.conf >$DIR/nginx.log 2>&1"
}

set_start()
{
	dns_start
	ca_start
	mkdir -p "$DIR/www/.well-known/acme-challenge"
	python3 -m http.server 80 -d "$DIR/www" >>"$DIR/www.log" 2>&1 &
	wait_for 60 "web server" curl -sf http://127.0.0.1/
	export DIR ACMED=$BUILD/acmed ACMECTL=$BUILD/acmectl
	set_server
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
	[ -n "${CA_PID:-}" ] || set_start
	set_config
	"$BUILD/tests/torture/set" "$@"
}
