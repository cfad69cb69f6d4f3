# SPDX-License-Identifier: MIT
# One Makefile, no configure. Everything that a packager sets is `?=`.

VERSION ?= 0.1.0
CC ?= cc
CFLAGS ?= -O2 -g -fstack-protector-strong -fstack-clash-protection
CPPFLAGS ?= -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3
LDFLAGS ?=
WERROR ?=
INSTALL ?= install
PREFIX ?= /usr
BINDIR ?= $(PREFIX)/bin
SBINDIR ?= $(PREFIX)/sbin
SYSCONFDIR ?= /etc
LIBEXECDIR ?= $(PREFIX)/lib/acmed
DATADIR ?= $(PREFIX)/share/acmed
MANDIR ?= $(PREFIX)/share/man
UNITDIR ?= $(PREFIX)/lib/systemd/system
SYSUSERSDIR ?= $(PREFIX)/lib/sysusers.d
CATALOGDIR ?= $(PREFIX)/lib/systemd/catalog
POLKITDIR ?= $(PREFIX)/share/polkit-1/rules.d
DESTDIR ?=
build ?= build
V ?=

# Short lines; V=1 shows the commands.
Q = $(if $V,,@)
comma = ,
say = @$(if $V,:,printf '  %-4s%s\n' $1 $2)

warnings = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wpointer-arith -Wwrite-strings -Wvla -Wswitch-enum -Wformat=2 \
	-Wconversion -Wno-missing-field-initializers
# No clock that is right shows an earlier time (C1). The same sources give the
# same: who packages says when, else their last commit, else the newest one;
# but never later than this machine's own clock.
earliest = printf '%s\n' $1 $$(date +%s) | sort -n | head -n 1
dated = $(or $(shell git -c safe.directory=\* log -1 --format=%ct -- lib daemon \
	2>/dev/null),\
	$(shell stat -c %Y lib/*.c | sort -n | tail -n 1))
build_time := $(or $(SOURCE_DATE_EPOCH),$(shell $(call earliest,$(dated))))
defines = -D_GNU_SOURCE -DACMED_VERSION='"$(VERSION)"' \
	-DSYSCONFDIR='"$(SYSCONFDIR)"' -DLIBEXECDIR='"$(LIBEXECDIR)"' \
	-DDATADIR='"$(DATADIR)"'
includes = -Ilib -Idaemon/common -I.
compile = $(CC) -std=gnu11 -fPIE $(CPPFLAGS) $(CFLAGS) $(warnings) $(WERROR) \
	$(analyzer) $(defines) $(includes) $(counters) -MMD -MP
link = $(CC) $(CFLAGS) -pie -Wl,--as-needed -Wl,-z,relro -Wl,-z,now $(LDFLAGS)

# What each program links; its objects and the archives come before.
crypto_libs = -lcrypto -ljansson -lidn2
acmed_libs = -lcurl -lev -lcares -lpsl -lsystemd -lssl $(crypto_libs) -lseccomp -lm
vault_libs = $(crypto_libs) -lseccomp
hand_libs = $(crypto_libs) -lseccomp
deploy_libs = -lsystemd $(crypto_libs) -lseccomp
notify_libs = $(crypto_libs)
# It does the checks of the loop itself when that is down.
acmectl_libs = $(acmed_libs)
test_libs = $(shell pkg-config --libs check) $(acmed_libs)

# A program is built once its main.c is there.
helpers = vault hand deploy notify
folders = $(patsubst daemon/%/main.c,%,$(wildcard daemon/*/main.c))
name = $(if $(filter $1,$(helpers)),acmed-$1,$1)
programs = $(foreach f,$(folders),$(build)/$(call name,$f))

objects = $(patsubst %.c,$(build)/%.o,$(wildcard $1))
parts = $(filter-out %/main.o,$(call objects,daemon/$1/*.c daemon/$1/*/*.c))
base = $(build)/libcommon.a $(build)/libacmed.a
archives = $(foreach f,$(helpers) acmectl,$(build)/lib$f.a) $(build)/libloop.a

damages = $(patsubst %.c,$(build)/%,$(wildcard tests/damage/test_*.c))
tests = $(patsubst %.c,$(build)/%,$(wildcard tests/unit/test_*.c)) $(damages)
fakes = $(call objects,$(filter-out tests/unit/test_%.c,$(wildcard \
	tests/unit/*.c)))

# The journal's catalog and a manual page are made from the table of causes.
catalog = $(if $(wildcard lib/text.c),$(build)/acmed.catalog)
manual = $(build)/acmed-diagnosis.7
units = $(patsubst systemd/%.in,$(build)/systemd/%,$(wildcard systemd/*.in))

all: $(base) $(archives) $(programs) $(catalog) $(manual) $(units)

# Objects and archives. Tests reach every folder, a program only its own.
$(build)/daemon/acmed/%.o: includes += -Idaemon/acmed
$(build)/daemon/acmectl/%.o: includes += -Idaemon/acmed
$(build)/daemon/vault/clock.o: defines += -DACMED_BUILD_TIME=$(build_time)
$(build)/daemon/vault/clock.o: $(build)/build_time
of_every_program = -Itests/fuzz -Itests/unit -Idaemon/acmed \
	$(patsubst %,-Idaemon/%,$(helpers) acmectl)
$(build)/tests/unit/%.o: includes += $(of_every_program)
$(build)/tests/fuzz/%.o: includes += $(of_every_program)
$(build)/tests/stateful/%.o: includes += -Itests/stateful $(of_every_program)
$(build)/tests/unit/test_stateful.o: includes += -Itests/stateful
$(build)/tests/hostile/%.o: includes += -Itests/hostile $(of_every_program)
$(build)/tests/unit/test_hostile.o: includes += -Itests/hostile
$(build)/tests/damage/%.o: includes += $(of_every_program)
$(build)/tests/torture/%.o: includes += $(of_every_program) -Itests/damage
# Of the coverage only what is shipped counts.
$(build)/tests/%.o: counters =
$(build)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(compile) -c -o $@ $<

# Another date makes another clock; the same one leaves it alone.
$(build)/build_time: always
	@mkdir -p $(@D)
	@echo $(build_time) | cmp -s - $@ || echo $(build_time) >$@
always:

$(build)/libacmed.a: $(call objects,lib/*.c)
$(build)/libcommon.a: $(call parts,common)
$(build)/libloop.a: $(call parts,acmed)
$(build)/libvault.a: $(call parts,vault)
$(build)/libhand.a: $(call parts,hand)
$(build)/libdeploy.a: $(call parts,deploy)
$(build)/libnotify.a: $(call parts,notify)
$(build)/libacmectl.a: $(call parts,acmectl)
$(build)/libfakes.a: $(fakes)
$(build)/lib%.a:
	@mkdir -p $(@D) && rm -f $@
	$(call say,AR,$@)
	$(Q)$(AR) rcs $@ $(filter %.o,$^)

# Programs. What counts for `coverage` has to tell it at their end.
told = $(if $(counters),$(build)/tests/coverage/told.o)
$(build)/acmed $(build)/acmed-%: link += $(if $(counters), \
	-Wl$(comma)--wrap=_exit -Wl$(comma)--wrap=sandbox_apply)
$(build)/acmed: $(build)/daemon/acmed/main.o $(build)/libloop.a $(base) $(told)
	$(call say,LD,$@)
	$(Q)$(link) -o $@ $^ $(acmed_libs)
$(build)/acmed-%: $(build)/daemon/%/main.o $(build)/lib%.a $(base) $(told)
	$(call say,LD,$@)
	$(Q)$(link) -o $@ $^ $($*_libs)
$(build)/acmectl: $(build)/daemon/acmectl/main.o $(build)/libacmectl.a \
		$(build)/libloop.a $(base)
	$(call say,LD,$@)
	$(Q)$(link) -o $@ $^ $(acmectl_libs)

$(build)/catalog: $(build)/contrib/catalog.o $(build)/libacmed.a
	$(call say,LD,$@)
	$(Q)$(link) -o $@ $^ $(crypto_libs)
$(build)/acmed.catalog: $(build)/catalog
	$(Q)$< >$@
$(build)/%.7: lib/%.7.in $(build)/catalog
	$(Q)$(build)/catalog manual | \
		sed -e '/^@CAUSES@$$/{r /dev/stdin' -e 'd;}' $< >$@
$(build)/systemd/%: systemd/%.in Makefile
	@mkdir -p $(@D)
	$(Q)sed -e 's,@BINDIR@,$(BINDIR),' -e 's,@SBINDIR@,$(SBINDIR),' \
		-e 's,@LIBEXECDIR@,$(LIBEXECDIR),' $< >$@

# Unit tests, each a program of its own that may use every archive. There are
# hundreds: gold links one in a third of the time, and Debian 12 has it.
gold := $(if $(shell command -v ld.gold),-fuse-ld=gold)
link_test = $(link) $(gold) -o $@ $(filter %.o,$^) -Wl,--start-group \
	$(filter %.a,$^) -Wl,--end-group $(test_libs)
$(tests): %: %.o $(build)/libfakes.a $(archives) $(base)
	$(call say,LD,$@)
	$(Q)$(link_test)

# Those that damage a disk record the calls by which the vault changes it.
recorded = openat mkdirat symlinkat unlinkat renameat renameat2 write fsync syncfs
$(damages): link += $(foreach c,$(recorded),-Wl,--wrap=$c)
$(damages): $(call objects,$(filter-out tests/damage/test_%.c,$(wildcard \
	tests/damage/*.c)))

# One where each open of the vault fails once.
scarce_vault = $(build)/tests/unit/test_vault_scarce
$(scarce_vault): link += $(foreach c,open openat X509_NAME_cmp \
	X509_self_signed X509_verify poll __poll_chk nanosleep,-Wl,--wrap=$c)

# And one where each of its system calls does.
failing_vault = $(build)/tests/unit/test_vault_failing
$(failing_vault): link += $(foreach c,fcntl fchmod fdopendir fstat fstatat fsync \
	mkdirat open openat read readdir readlinkat renameat renameat2 stat \
	symlinkat syncfs unlinkat write,-Wl,--wrap=$c)

# One whose keys are in a token that is played, and those of which the clock is.
$(build)/tests/unit/test_vault_token: link += -Wl,--wrap=token_key_open
$(build)/tests/unit/test_permits: link += -Wl,--wrap=clock_gettime
$(build)/tests/unit/test_turn: link += -Wl,--wrap=clock_gettime

# One that stops, or dies, between two files.
$(build)/tests/unit/test_task_overlap: link += -Wl,--wrap=renameat \
	-Wl,--wrap=fsync

# And its loop, on a kernel that gives no more processes.
$(build)/tests/unit/test_vault_server: link += $(foreach c,accept4 fork \
	getsockopt pipe2 send,-Wl,--wrap=$c)
$(build)/tests/unit/test_job: link += -Wl,--wrap=read -Wl,--wrap=waitpid

# One that looks at memory as it is given back.
$(build)/tests/unit/test_wipe: link += -Wl,--wrap=free

# Without memory.
$(build)/tests/unit/test_json: link += -Wl,--wrap=malloc
$(build)/tests/unit/test_identifier: link += -Wl,--wrap=idn2_to_ascii_8z
$(build)/tests/unit/test_sandbox: link += -Wl,--wrap=sandbox_files_lock
$(build)/tests/unit/test_sandbox_filter: link += -Wl,--wrap=seccomp_load

# All harnesses as one program: of libFuzzer, and one that goes over the seeds.
harnesses = $(filter-out %/main.o,$(call objects,tests/fuzz/*.c))
$(build)/tests/unit/test_fuzz: $(harnesses)
$(build)/tests/unit/test_hostile: $(harnesses) \
	$(call objects,tests/hostile/*.c)
$(build)/fuzzer: $(build)/tests/fuzz/main.o $(harnesses) $(archives) $(base)
	$(call say,LD,$@)
	$(Q)$(link) -fsanitize=fuzzer -o $@ $(filter %.o,$^) \
		-Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(test_libs)

# One of whole lives, in which it is the time, the loop, the network and the
# helpers that are played: a program of its own.
plays = $(filter-out %/main.o,$(call objects,tests/stateful/*.c))
$(build)/tests/unit/test_stateful: $(plays)
$(build)/stateful: $(build)/tests/stateful/main.o $(plays) \
		$(build)/tests/torture/no_check.o $(build)/libfakes.a \
		$(archives) $(base)
	$(call say,LD,$@)
	$(Q)$(link) -fsanitize=fuzzer -o $@ $(filter %.o,$^) \
		-Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(test_libs)

# Harnesses that kill the programs and make their system calls fail: they know
# the registers of x86-64.
tracers = $(if $(filter x86_64,$(shell uname -m)),\
	$(build)/tests/torture/vault $(build)/tests/torture/set)
$(tracers): $(filter-out %/scarce.o %/endurance.o \
		%/shortage.o,\
		$(call objects,tests/torture/*.c)) \
		$(build)/libfakes.a $(build)/libacmectl.a $(base)
	$(call say,LD,$@)
	$(Q)$(link) -o $@ $(filter-out $(filter-out %/$(@F).o,$(tracers:=.o)),\
		$(filter %.o,$^)) $(filter %.a,$^) $(test_libs)

# That of the vault, with allocations instead of system calls.
scarce = $(if $(tracers),$(build)/tests/torture/memory)
$(scarce): link += $(foreach c,malloc calloc realloc reallocarray strdup \
	strndup vasprintf __vasprintf_chk fdopendir abort execl,-Wl,--wrap=$c)
$(scarce): $(foreach o,calls late no_check scarce tree trials vault vault_case \
		vault_goals vault_play,$(build)/tests/torture/$o.o) \
		$(build)/libfakes.a $(build)/libvault.a $(base)
	$(call say,LD,$@)
	$(Q)$(link_test)
torturers = $(tracers) $(scarce)

# One that lives long.
endurance = $(build)/tests/torture/endurance
$(endurance): $(endurance).o $(build)/tests/torture/no_check.o \
		$(build)/tests/damage/torture.o \
		$(build)/libfakes.a $(build)/libvault.a $(base)
	$(call say,LD,$@)
	$(Q)$(link_test)

# Give the programs of a test the scripted CA's time, and too little memory.
test_clock = $(build)/tests/ca/shared_clock.so
shortage = $(build)/tests/torture/shortage.so
$(test_clock) $(shortage): %.so: %.o
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS) -shared $(LDFLAGS) -o $@ $<
$(build)/tests/ca/%.o $(shortage:.so=.o): override CFLAGS += -fPIC
$(shortage:.so=.o): override CFLAGS += -fno-builtin

# Stands in for a program of acmed that somebody has taken over.
intruder = $(build)/tests/system/intruder
$(intruder): $(build)/tests/system/intruder.o $(base)
	$(call say,LD,$@)
	$(Q)$(link) -o $@ $^ -lsystemd $(crypto_libs) -lseccomp

# Everything that can be compiled, programs or not.
shipped = $(wildcard lib/*.c daemon/*/*.c daemon/*/*/*.c)
not_shipped = $(call objects,contrib/*.c $(foreach t,unit ca damage fuzz \
	hostile stateful system $(if $(torturers),torture),tests/$t/*.c))
objects: $(call objects,$(shipped)) $(not_shipped)
not-shipped: $(not_shipped)

# Tests. `check` is all of them, on a machine that may lack what they need. A
# make below another one shares its jobs by the `+`.
parallel = +$(MAKE) --no-print-directory \
	$(if $(filter -j%,$(MAKEFLAGS)),,-j$(shell nproc))
sanitized = $(parallel) build=$(build)/sanitize CPPFLAGS= \
	CFLAGS="-O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined \
	-fno-sanitize-recover=all"
# (what OpenSSL has in assembly for newer processors takes three times as long
# there as the rest of it)
valgrind = env OPENSSL_ia32cap=0:0 valgrind -q --error-exitcode=9 \
	--leak-check=full --errors-for-leak-kinds=definite \
	--read-inline-info=no
scripts = $(shell grep -lrE '^\#!/bin/(ba)?sh' .ci contrib conf \
	systemd tests 2>/dev/null)
sources = $(wildcard lib/*.[ch] daemon/*/*.[ch] daemon/*/*/*.[ch] \
	tests/*/*.[ch] contrib/*.c)
pages = $(wildcard daemon/*/*.[1-8] conf/*.[1-8] lib/*.[1-8])

# What is compiled here has been through gcc's analyzer as well, so that lint
# need not compile it once more.
is_built := $(wildcard $(build)/libacmed.a)
check: packages
	@$(parallel) WERROR=-Werror $(if $(is_built),,analyzer="$(analyze)") \
		all unit-tests objects
	@rm -f $(build)/ran
	@RAN=$(abspath $(build))/ran $(MAKE) --no-print-directory check-all \
		$(if $(is_built),,but=lint-gcc)
	@tests/conformance $(build)/ran
	@tests/matrix/count $(build)/ran
check-all: format layers check-most valgrind
# What only works gives way to what also waits; valgrind's tests do both, and
# have deadlines to keep.
check-most:
	+@$(MAKE) --no-print-directory \
		$(if $(filter -j%,$(MAKEFLAGS)),,-j$(one_more)) \
		check-sources check-programs
check-sources:
	+@nice -n 19 $(MAKE) --no-print-directory lint
check-programs:
	@for part in script-tests sanitize integration system; do \
		$(MAKE) --no-print-directory $$part || exit; done

packages:
	@contrib/install-deps
$(build)/pebble/pebble:
	@contrib/pebble $(@D)
$(build)/promtool/promtool:
	@contrib/promtool $(@D) || echo "The alert rules will not be tried."
$(build)/token/softhsm2-util:
	@contrib/token $(@D) || echo "Keys in tokens will not be tried."
$(build)/varlinkctl/varlinkctl:
	@contrib/varlinkctl $(@D)

# Tests wait more than they work, and those of the whole most of their time.
waiting = $(shell echo $$((2 * $$(nproc))))
idle = $(shell echo $$((3 * $$(nproc))))
one_more = $(shell echo $$(($$(nproc) + 1)))
unit-tests: $(tests)
unit: all unit-tests
	@tests/run -j $(waiting) $(tests)
script-tests: all $(build)/promtool/promtool
	@tests/run -j $(waiting) $(wildcard tests/scripts/*.test)
unit-quick:
	@$(sanitized) unit-run
unit-run: all $(tests)
	@for t in $(tests); do $$t >$$t.log 2>&1 || \
		{ cat $$t.log; echo "$$t failed"; exit 1; }; done

# Simulated years and millions of sums, which sanitizers have seen enough of:
# under valgrind they take a minute each.
sums = $(patsubst %,$(build)/tests/unit/test_%,clock_jumps lineage_damage \
	plan_edges stateful time_edges years)
# valgrind 3.19 knows none of pidfd_open, Landlock and seccomp; and each open of
# a vault that fails, or hundreds of damaged disks, take long there.
beyond_valgrind = $(damages) $(patsubst %,$(build)/tests/unit/test_%,hook \
	program sandbox sandbox_calls sandbox_files sandbox_filter task_programs \
	vault_failing vault_scarce)
# Under a cap on memory, which sanitizers and valgrind take for themselves.
capped = $(build)/tests/unit/test_hostile

# Everything that `unit` runs, with more eyes; what valgrind runs need not run
# once more without it. The walks along paths are tested as a whole only.
walks = $(patsubst %,tests/integration/%.test,preflight rehearsal diagnose)

sanitize: $(build)/pebble/pebble
	@$(sanitized) unit-sanitized
	@ln -sfn ../pebble $(build)/sanitize/pebble
	@BUILD=$(abspath $(build))/sanitize \
		ASAN_OPTIONS=verify_asan_link_order=0 \
		tests/run -n -j $(waiting) -t 900 $(walks)
# Here all checks of a test share one process, which starts slowly.
valgrind: all $(tests)
	@tests/run -j $(waiting) $(beyond_valgrind) $(capped)
	@CK_FORK=no tests/run -t 1800 -w '$(valgrind)' \
		$(filter-out $(beyond_valgrind) $(sums),$(tests))
unit-sanitized: all $(tests)
	@tests/run -j $(waiting) -t 900 $(tests)

# Those that take long begin first, and the others fill the time beside them.
long_first = $(patsubst %,tests/integration/%.test,day-one ca-hostile \
	standstill telling matrix-network vault) \
	$(patsubst %,tests/system/%.test,sabotage watchdog stories main)
tests_of = $(filter tests/$1/%,$(long_first)) \
	$(filter-out $(long_first),$(wildcard tests/$1/*.test))

integration: all $(test_clock) $(shortage) $(torturers) $(build)/pebble/pebble \
	$(build)/token/softhsm2-util
	@tests/run -n -j $(idle) -t 900 $(call tests_of,integration)
system: all $(intruder) $(build)/pebble/pebble $(build)/varlinkctl/varlinkctl
	@tests/run -m -j $(waiting) -t 1200 $(call tests_of,system)
# What takes an hour: `make check` has a short form of each.
long: all $(test_clock)
	@tests/run -n -j 1 -t 14400 $(wildcard tests/long/*.test)
# Every crash point, most failing calls, ...; a table of what each harness
# counted. All run at once, as most of them wait more than they work; those that
# only work are nice. After that many seconds each ends with what it has.
TORTURE_SECONDS ?= 6300
torture:
	@$(parallel) all $(test_clock) $(shortage) $(torturers) $(damages) \
		$(endurance) $(build)/tests/unit/test_hostile \
		$(build)/pebble/pebble
	@$(sanitized) all $(patsubst $(build)/%,$(build)/sanitize/%,\
		$(scarce) $(shortage))
	@rm -rf $(build)/torture && mkdir -p $(build)/torture
	@TORTURE_END=$$(($$(date +%s) + $(TORTURE_SECONDS))) \
		tests/run -n -j 99 -t 6900 $(wildcard tests/torture/*.test); \
		status=$$?; tests/torture/table $(build)/torture || status=1; \
		exit $$status
bench: all $(build)/pebble/pebble
	@tests/bench/run
# Lines and branches that the unit tests reach, and figures that must be.
coverage:
	@$(parallel) build=$(build)/coverage CPPFLAGS= CFLAGS="-O0 -g" \
		counters=--coverage LDFLAGS=--coverage coverage-run
coverage-run: all $(tests)
	@find $(build) -name '*.gcda' -delete
	@FAILING_CALLS=all tests/run -j $(waiting) -t 300 $(tests)
	@tests/coverage/report $(build)
mutants: $(tests)
	@tests/mutants

# Each harness for so many seconds; FUZZ="chain csr": only these.
FUZZ_SECONDS ?= 60
FUZZ ?=
fuzz_flags = -fsanitize=fuzzer-no-link,address,undefined
fuzz:
	@$(parallel) build=$(build)/fuzz CC=clang CPPFLAGS= CFLAGS="-O1 -g \
		-fno-omit-frame-pointer -fno-sanitize-recover=all $(fuzz_flags)" \
		$(build)/fuzz/fuzzer $(build)/fuzz/stateful
	@tests/fuzz/run -t $(FUZZ_SECONDS) $(build)/fuzz $(FUZZ)
# Memory that nobody has written: with harnesses that no library takes part in,
# for those are not compiled for it.
msan:
	@$(parallel) build=$(build)/msan CC=clang CPPFLAGS= CFLAGS="-O1 -g \
		-fno-omit-frame-pointer -fno-sanitize-recover=all \
		-fsanitize=fuzzer-no-link,memory" $(build)/msan/fuzzer
	@tests/fuzz/run -t $(FUZZ_SECONDS) $(build)/msan \
		dns_answer headers http01 ini letter secrets starttls

demo:
	@contrib/install-deps
	@$(parallel) all $(build)/pebble/pebble
	@contrib/demo

layers:
	@tests/layers
format:
	@clang-format --dry-run -Werror $(sources)

# gcc 12 sees leaks where a pointer is handed over, and NULL where a check
# precedes, and clang's analyzer is no better (.clang-tidy). In what the tests
# run valgrind and the sanitizers look at those, and in all of it cppcheck.
analyze = -fanalyzer -Wno-analyzer-malloc-leak -Wno-analyzer-null-argument
$(build)/tests/%.o: override analyzer =

# All parts share the cores to the end. Nothing is looked at twice: the tests
# are of the main build, with gcc's warnings as errors, and clang-tidy gives
# clang's warnings for what is shipped (clang-diagnostic-*), so that clang
# itself is left with the tests; its warnings need no code to be made. First
# what two of the parts would make at once.
lint: $(manual)
	@$(parallel) $(filter-out $(but),lint-cppcheck lint-scripts lint-tidy \
		lint-gcc lint-clang lint-pages)
lint-gcc:
	@$(parallel) build=$(build)/gcc CC=gcc CFLAGS=-O2 \
		analyzer="$(analyze)" WERROR=-Werror $(call objects,$(shipped))
	@$(parallel) WERROR=-Werror objects
lint-clang:
	@$(parallel) build=$(build)/clang CC=clang CFLAGS=-fsyntax-only \
		WERROR=-Werror not-shipped
# With clang's static analyzer: see .clang-tidy. A function with very many paths
# is left after 75,000 states instead of 225,000.
lint-tidy:
	@$(parallel) $(patsubst %.c,$(build)/tidy/%,$(shipped))
$(build)/tidy/%: %.c
	$(call say,TIDY,$<)
	@clang-tidy --quiet --warnings-as-errors='*' $< -- -std=gnu11 \
		$(warnings) -Wreserved-identifier $(defines) $(includes) -Idaemon/acmed \
		-Xclang -analyzer-config -Xclang max-nodes=75000 2>&1 | \
		grep -Ev '^[0-9]+ (warning|error)'; test $${PIPESTATUS[0]} = 0
lint-cppcheck:
	@cppcheck --quiet --enable=warning,portability,performance --std=c11 \
		--error-exitcode=1 --library=posix --library=openssl \
		--library=tests/cppcheck/macros.cfg --max-configs=1 \
		--suppressions-list=tests/cppcheck/unfit \
		$(defines) $(includes) -Idaemon/acmed lib daemon
# Tests have `set -eu` and names from lib.sh and the like, which shellcheck would
# read again for each: that takes ten times as long.
lint-scripts:
	@shellcheck -x $(filter-out %.test,$(scripts))
	@$(shellcheck_part) $(filter %.test,$(scripts))
	@$(shellcheck_part) $(wildcard contrib/*.sh tests/*/*.sh)
shellcheck_part = shellcheck --shell=bash --exclude=SC1091,SC2034,SC2154,SC2164
lint-pages: $(manual)
	@mandoc -Tlint -Wwarning $(pages) $(manual)

# Installing. Without DESTDIR the machine learns of it at once. An acmed.conf
# that is there is kept, and everything below /etc and /var outlives uninstall.
to = $(INSTALL) -D -m $1 -t '$(DESTDIR)$2'
home = $(or $($1_home),$(LIBEXECDIR))
acmed_home = $(SBINDIR)
acmectl_home = $(BINDIR)
etc = $(DESTDIR)$(SYSCONFDIR)/acmed
shared = $(wildcard systemd/*.socket systemd/*.timer)

install: all
	$(foreach p,$(programs),$(call to,755,$(call home,$(notdir $p))) $p &&) true
	$(call to,644,$(UNITDIR)) $(shared) $(units)
	$(if $(catalog),$(call to,644,$(CATALOGDIR)) $(catalog))
	$(INSTALL) -D -m 644 systemd/acmed.sysusers \
		'$(DESTDIR)$(SYSUSERSDIR)/acmed.conf'
	$(call to,644,$(POLKITDIR)) systemd/acmed.rules
	$(call to,644,$(DATADIR)) systemd/no-bind.conf
	$(call to,644,$(DATADIR)/ca) conf/ca/*.conf
	$(call to,644,$(DATADIR)/snippets) conf/snippets/*
	$(call to,755,$(DATADIR)/hooks) contrib/acme.sh-dns
	$(call to,644,$(DATADIR)/prometheus) contrib/prometheus/*
	for page in $(pages) $(manual); do $(INSTALL) -D -m 644 -t \
		"$(DESTDIR)$(MANDIR)/man$${page##*.}" $$page; done
	$(INSTALL) -d -m 755 '$(etc)' '$(etc)/certs.d' '$(etc)/acmed.conf.d' \
		'$(etc)/secrets'
	test -e '$(etc)/acmed.conf' || \
		$(INSTALL) -m 644 conf/acmed.conf '$(etc)/acmed.conf'
	$(INSTALL) -m 644 conf/certs.d/*.sample '$(etc)/certs.d'
	$(if $(DESTDIR),,@$(MAKE) --no-print-directory tell-machine)

tell-machine:
	-systemd-sysusers '$(SYSUSERSDIR)/acmed.conf'
	-journalctl --update-catalog
	-test ! -d /run/systemd/system || systemctl daemon-reload

uninstall:
	rm -f '$(DESTDIR)$(SBINDIR)/acmed' '$(DESTDIR)$(BINDIR)/acmectl' \
		'$(DESTDIR)$(CATALOGDIR)/acmed.catalog' \
		'$(DESTDIR)$(SYSUSERSDIR)/acmed.conf' \
		'$(DESTDIR)$(POLKITDIR)/acmed.rules' \
		$(patsubst %,'$(DESTDIR)$(UNITDIR)/%',$(notdir $(shared) \
		$(units))) $(foreach p,$(pages) $(manual),'$(DESTDIR)$(MANDIR)/man$(subst \
		.,,$(suffix $p))/$(notdir $p)')
	rm -rf '$(DESTDIR)$(LIBEXECDIR)' '$(DESTDIR)$(DATADIR)'
	$(if $(DESTDIR),,-systemctl daemon-reload; journalctl --update-catalog)

clean:
	rm -rf $(build)

SHELL = /bin/bash
.SECONDARY:
.PHONY: all always bench check check-all check-most check-programs \
	check-sources clean coverage coverage-run demo format fuzz install \
	integration layers lint lint-clang lint-cppcheck lint-gcc lint-pages \
	lint-scripts lint-tidy long msan mutants not-shipped objects packages \
	sanitize script-tests system tell-machine torture uninstall unit \
	unit-quick unit-run unit-sanitized unit-tests valgrind
-include $(shell find $(build) -name '*.d' 2>/dev/null)
