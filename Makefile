# SPDX-License-Identifier: GPL-2.0-or-later
# onramp: `make` builds, `make demo` shows it working, `make check` tests it.
# `make help` lists the rest.  V=1 shows the commands.

VERSION    := 0.1.0
PREFIX     ?= /usr
SBINDIR    ?= $(PREFIX)/sbin
MANDIR     ?= $(PREFIX)/share/man
SYSCONFDIR ?= /etc
BUILD      ?= build
CC         ?= gcc
PKG_CONFIG ?= pkg-config
STRIP      ?= strip
SIZE       ?= size
PYTHON     ?= /usr/bin/python3
JOBS       ?= $(shell nproc 2>/dev/null || echo 2)

# The clock never goes back behind the day the program was made (platform/clock.h).
# Reproducible: the time of the last commit, or what SOURCE_DATE_EPOCH says.
BUILD_TIME ?= $(or $(SOURCE_DATE_EPOCH),$(shell git log -1 --format=%ct 2>/dev/null),1795478400)

LIBS_WANTED = wolfssl libcurl jansson libcares
# Looked up when the first recipe runs, not before (`make deps` may have to come), and once.
LIB_CFLAGS ?= $(eval LIB_CFLAGS := $$(shell $(PKG_CONFIG) --cflags $(LIBS_WANTED)))$(LIB_CFLAGS)
LIB_LIBS   ?= $(eval LIB_LIBS := $$(shell $(PKG_CONFIG) --libs $(LIBS_WANTED)))$(LIB_LIBS)

CFLAGS     ?= -Os -g
WARN        = -Wall -Wextra -Wpedantic -Wconversion -Wno-sign-conversion -Wshadow -Werror
# Dates beyond 2038 also where the C library's time_t has 32 bits by default.
TIME64      = -D_TIME_BITS=64 -D_FILE_OFFSET_BITS=64
BASE_FLAGS  = -std=c11 -D_POSIX_C_SOURCE=200809L $(TIME64) -I. $(WARN) -DONRAMP_VERSION='"$(VERSION)"'
HARDENING  ?= -fstack-protector-strong -D_FORTIFY_SOURCE=2 -fPIE
# No tables for unwinding: nothing here throws, and they are a sixth of the program.
SECTIONS    = -ffunction-sections -fdata-sections -fno-asynchronous-unwind-tables -fno-unwind-tables
# Relocations packed: 28 kB less (glibc 2.36, musl 1.2.4; a linker too old for them passes over it).
LINK        = -Wl,--gc-sections -Wl,-z,relro,-z,now,-z,pack-relative-relocs -Wl,--as-needed -pie
SANITIZE    = -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
# Their libraries inside: a sanitized program then starts in three quarters of the time.
SANITIZE_LINK ?= -static-libasan -static-libubsan

SOURCES  := $(sort $(wildcard agent/*.c voucher/*.c cmp/*.c platform/*.c platform/*/*.c))
OBJECTS  := $(SOURCES:%.c=$(BUILD)/obj/%.o)
CHECKED  := $(SOURCES:%.c=$(BUILD)/san/%.o)
LIBRARY  := $(filter-out $(BUILD)/san/agent/main.o,$(CHECKED))
UNITS    := $(sort $(wildcard tests/unit/*/test_*.c))
UNIT_SRC := $(UNITS) $(wildcard tests/unit/*.c tests/unit/fake/*.c)
UNIT_OBJ := $(UNIT_SRC:%.c=$(BUILD)/san/%.o) $(BUILD)/san/suites.o
FUZZERS  := $(patsubst tests/fuzz/%.c,%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))

ifeq ($(V),1)
quiet =
else
quiet = @printf '  %-7s %s\n' '$(1)' '$(2)';
endif

.PHONY: all help deps demo check check-on unit lab lint replay interop fault mutants fuzz size install clean
.DELETE_ON_ERROR:
all: $(BUILD)/onramp

$(BUILD)/onramp: $(OBJECTS)
	$(call quiet,LINK,$@)$(CC) $(CFLAGS) $(LDFLAGS) $(LINK) -o $@ $^ $(LIB_LIBS)

$(BUILD)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(call quiet,CC,$<)$(CC) $(BASE_FLAGS) $(HARDENING) $(SECTIONS) $(CPPFLAGS) $(CFLAGS) $(LIB_CFLAGS) -MMD -MP -c -o $@ $<

# The same sources once more for the tests: address and undefined-behaviour sanitizers.
$(BUILD)/san/%.o: %.c
	@mkdir -p $(@D)
	$(call quiet,CC,$< (sanitized))$(CC) $(BASE_FLAGS) $(SANITIZE) -O1 -g1 $(LIB_CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/san/onramp: $(CHECKED)
	$(call quiet,LINK,$@)$(CC) $(SANITIZE) $(SANITIZE_LINK) -o $@ $^ $(LIB_LIBS)

# Only the clock depends on when it was made.
$(BUILD)/obj/platform/clock.o: CPPFLAGS += -DBUILD_TIME=$(BUILD_TIME)
$(BUILD)/san/platform/clock.o: BASE_FLAGS += -DBUILD_TIME=$(BUILD_TIME)

$(BUILD)/suites.c: tests/unit/suites.sh $(UNITS)
	@mkdir -p $(@D)
	@sh tests/unit/suites.sh $(UNITS) > $@

$(BUILD)/san/suites.o: $(BUILD)/suites.c
	@mkdir -p $(@D)
	$(call quiet,CC,$<)$(CC) $(BASE_FLAGS) $(SANITIZE) -O1 -g1 -c -o $@ $<

$(BUILD)/unit: $(UNIT_OBJ) $(LIBRARY)
	$(call quiet,LINK,$@)$(CC) $(SANITIZE) $(SANITIZE_LINK) -o $@ $^ $(LIB_LIBS) -lcunit

# An archive, so that a fuzz target is linked with what it uses and no more.
$(BUILD)/san/onramp.a: $(LIBRARY)
	@rm -f $@
	$(call quiet,AR,$@)$(AR) rcs $@ $^

$(BUILD)/replay/%: tests/fuzz/%.c tests/fuzz/replay.c $(BUILD)/san/onramp.a
	@mkdir -p $(@D)
	$(call quiet,LINK,$@)$(CC) $(BASE_FLAGS) $(SANITIZE) $(SANITIZE_LINK) -O1 -g1 $(LIB_CFLAGS) -o $@ $^ $(LIB_LIBS)

# The state alone: what the tool's operator names (target.c) waits by the clock.
$(BUILD)/fault/commit: tests/fault/commit.c $(filter-out %/target.o,$(filter $(BUILD)/obj/platform/base/% $(BUILD)/obj/platform/store/%,$(OBJECTS)))
	@mkdir -p $(@D)
	$(call quiet,LINK,$@)$(CC) $(BASE_FLAGS) $(CFLAGS) -o $@ $^

# Preloaded into the program as it ships: no sanitizer has the heap in its own hands there.
$(BUILD)/fault/alloc.so: tests/fault/alloc.c
	@mkdir -p $(@D)
	$(call quiet,LINK,$@)$(CC) -std=c11 $(WARN) $(CFLAGS) -shared -fPIC -o $@ $<

help:
	@echo 'make            build $(BUILD)/onramp'
	@echo 'make demo       onboard a device against the lab on this machine and show the result'
	@echo 'make check      all tests; ends with N passed, N failed'
	@echo 'make deps       install what is missing (Debian, apt); demo and check call it'
	@echo 'make size       size of the stripped agent and its memory during the demo'
	@echo 'make unit lint lab replay fault   single kinds of tests'
	@echo 'make interop    against programs of others, with a table of what was tried'
	@echo 'make mutants    take checks out, one at a time: does a test notice? (MUTANTS=FILE: that table)'
	@echo 'make check-on SUITE=trixie (bookworm, sid)  demo and check on a fresh Debian, as root'
	@echo 'make fuzz       each fuzzer for FUZZ_SECONDS (60), with clang'
	@echo 'make install DESTDIR= PREFIX=/usr'

deps:
	@sh .ci/deps

demo:
	@sh .ci/deps demo
	@$(MAKE) --no-print-directory -j$(JOBS) $(BUILD)/onramp
	@sh tests/lab/demo.sh $(BUILD)/onramp $(BUILD)/demo

check: deps
	@$(MAKE) --no-print-directory -j$(JOBS) check-build
	@sh tests/run $(BUILD)

.PHONY: check-build
check-build: $(BUILD)/onramp $(BUILD)/san/onramp $(BUILD)/unit $(BUILD)/fault/commit $(BUILD)/fault/alloc.so $(FUZZERS:%=$(BUILD)/replay/%)

# Not part of .ci/run, as debootstrap is no part of deps: both cost more than they tell each time.
check-on:
	@sh tests/check-on '$(SUITE)' $(BUILD)

unit: $(BUILD)/unit
	@sh tests/run $(BUILD) unit
lint:
	@sh tests/run $(BUILD) lint
lab: $(BUILD)/san/onramp
	@sh tests/run $(BUILD) lab
replay: $(FUZZERS:%=$(BUILD)/replay/%)
	@sh tests/run $(BUILD) replay
# With its table of what was tried; `make check` shows the totals.
interop: $(BUILD)/onramp
	@sh tests/interop/run $(BUILD)
# Every allocation fails once, not a sample of them: some minutes.
fault: $(BUILD)/onramp $(BUILD)/fault/commit $(BUILD)/fault/alloc.so
	@sh tests/fault/run $(BUILD) all

# The tables of tests/mutants; or MUTANTS=FILE, whose columns are in tests/mutants/table.py.
mutants: deps
	@$(MAKE) --no-print-directory -j$(JOBS) check-build
	@$(PYTHON) tests/mutants/run.py --build $(BUILD) $(MUTANTS)

FUZZ_SECONDS ?= 60
fuzz: $(FUZZERS:%=$(BUILD)/fuzz/%)
	@for f in $(FUZZERS); do \
		echo "  FUZZ    $$f"; mkdir -p $(BUILD)/corpus/$$f; \
		$(BUILD)/fuzz/$$f -max_total_time=$(FUZZ_SECONDS) -timeout=5 -rss_limit_mb=512 \
			-print_final_stats=1 $(BUILD)/corpus/$$f tests/fuzz/corpus/$${f#fuzz_} \
			> $(BUILD)/fuzz/$$f.log 2>&1 || { tail -30 $(BUILD)/fuzz/$$f.log; exit 1; }; \
	done
$(BUILD)/fuzz/%: tests/fuzz/%.c $(filter-out agent/main.c,$(SOURCES))
	@mkdir -p $(@D)
	$(call quiet,CLANG,$@)clang -std=c11 -D_POSIX_C_SOURCE=200809L -I. -DONRAMP_VERSION='"$(VERSION)"' \
		-fsanitize=fuzzer,address,undefined -O1 -g $(LIB_CFLAGS) -o $@ $^ $(LIB_LIBS)

size: $(BUILD)/onramp
	@sh tests/bench/size.sh $(BUILD)/onramp $(BUILD)

install: $(BUILD)/onramp
	install -d $(DESTDIR)$(SBINDIR) $(DESTDIR)$(MANDIR)/man8 $(DESTDIR)$(SYSCONFDIR)/config
	install -m 0755 $(BUILD)/onramp $(DESTDIR)$(SBINDIR)/onramp
	install -m 0644 docs/onramp.8 $(DESTDIR)$(MANDIR)/man8/onramp.8
	test -e $(DESTDIR)$(SYSCONFDIR)/config/onramp || \
		install -m 0600 configs/onramp.config $(DESTDIR)$(SYSCONFDIR)/config/onramp

clean:
	rm -rf $(BUILD)

-include $(OBJECTS:.o=.d) $(CHECKED:.o=.d) $(UNIT_OBJ:.o=.d)
