# SPDX-License-Identifier: MIT
# One Makefile, no configure: everything that a packager sets is `?=`.

CC ?= cc
CFLAGS ?= -O2 -g -fstack-protector-strong
WERROR ?=
PREFIX ?= /usr
SYSCONFDIR ?= /etc
LIBEXECDIR ?= $(PREFIX)/lib/acmed
DATADIR ?= $(PREFIX)/share/acmed
VERSION ?= 0.1.0

build ?= build
WARNINGS = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wpointer-arith -Wwrite-strings -Wvla -Wswitch-enum -Wformat=2 \
	-Wconversion
DEFINES = -D_GNU_SOURCE -DACMED_VERSION='"$(VERSION)"' \
	-DSYSCONFDIR='"$(SYSCONFDIR)"' -DLIBEXECDIR='"$(LIBEXECDIR)"' \
	-DDATADIR='"$(DATADIR)"'
COMPILE = $(CC) -std=gnu11 $(CFLAGS) $(WARNINGS) $(WERROR) $(DEFINES) -fPIE \
	-Ilib -Idaemon/common -Idaemon/acmed -MMD -MP
LINK = -pie -Wl,--as-needed -Wl,-z,relro -Wl,-z,now
LIBS = -lcurl -lev -lcares -lsystemd -lssl -lcrypto -ljansson -lidn2 \
	-lseccomp -lm

programs = $(foreach p,acmed vault hand deploy acmectl, \
	$(if $(wildcard daemon/$p/main.c),$(build)/$(call name,$p)))
name = $(if $(filter acmed acmectl,$1),$1,acmed-$1)
objects = $(patsubst %.c,$(build)/%.o,$(wildcard $1))
loop = $(filter-out $(build)/daemon/acmed/main.o, \
	$(call objects,daemon/acmed/*.c daemon/acmed/solvers/*.c))
tests = $(patsubst tests/unit/%.c,%,$(wildcard tests/unit/test_*.c))
support = $(call objects,$(filter-out tests/unit/test_%.c, \
	$(wildcard tests/unit/*.c)))

all: $(programs)

$(build)/%.o: %.c
	@mkdir -p $(@D)
	$(COMPILE) -c $< -o $@

$(build)/libacmed.a: $(call objects,lib/*.c)
$(build)/libcommon.a: $(call objects,daemon/common/*.c)
$(build)/libloop.a: $(loop)
$(build)/lib%.a:
	@rm -f $@
	$(AR) rcs $@ $^

archives = $(build)/libloop.a $(build)/libcommon.a $(build)/libacmed.a

$(build)/acmed: $(build)/daemon/acmed/main.o $(archives)
	$(CC) $(CFLAGS) $(LINK) -o $@ $^ $(LIBS)

define program
$(build)/$(call name,$1): $(call objects,daemon/$1/*.c) \
		$(build)/libcommon.a $(build)/libacmed.a
	$$(CC) $$(CFLAGS) $$(LINK) -o $$@ $$^ $$(LIBS)
endef
$(foreach p,vault hand deploy acmectl,$(eval $(call program,$p)))

# Unit tests, each a program of its own.
$(build)/test_%: $(build)/tests/unit/test_%.o $(support) $(archives)
	$(CC) $(CFLAGS) $(LINK) -o $@ $^ -lcheck -lsubunit -lm $(LIBS)

unit-quick:
	@$(MAKE) --no-print-directory build=build/sanitize \
		CFLAGS="-O1 -g -fsanitize=address,undefined \
		-fno-sanitize-recover=undefined" unit-run
unit-run: $(programs) $(addprefix $(build)/,$(tests))
	@for t in $(tests); do \
		$(build)/$$t || { echo "$$t failed"; exit 1; }; done

clean:
	rm -rf build

-include $(shell find build -name '*.d' 2>/dev/null)
.PHONY: all unit-quick unit-run clean
