# SPDX-License-Identifier: GPL-2.0
#
# make                 kapolicy.ko for the running kernel, and tools/kapctl
# make KDIR=HEADERS    the module for another kernel; its headers need not be installed
# make demo            the main job, shown in a throw-away VM
# make check           all tests that fit a few minutes
# make lint            static analysis
# make fuzz FUZZ_S=60  fuzz targets, so many seconds each
# make kunit           the module's own code under KUnit, in User Mode Linux
# make matrix          builds, boots and tests on many kernels and architectures
# make bench           the cost of a connection, and of its peers
# make guard           the same in short: fails when a connection has become dearer
# make programs        what rules do to programs of Debian; the first time makes an image of them
# make vm              a shell in the VM, with module, tool and tests at hand

KDIR ?= /lib/modules/$(shell uname -r)/build

# The compiler a kernel was built with is the one its modules need.
LLVM := $(if $(wildcard $(KDIR)/include/config/CC_IS_CLANG),1,$(LLVM))

# Debian's headers name each other by absolute paths. Where they have only been
# unpacked (dpkg-deb -x) the Makefile that does so is replaced by one with theirs.
named := $(firstword $(shell sed -n 's/^include *//p' $(KDIR)/Makefile 2>/dev/null))
moved := $(if $(filter /%,$(named)),$(if $(wildcard $(named)),,build/kdir.mk))

kbuild = $(MAKE) -C $(KDIR) $(if $(moved),-f $(CURDIR)/$(moved)) M=$(CURDIR) $(if $(LLVM),LLVM=$(LLVM))

all: tool module

module: $(moved)
	@test -d "$(KDIR)" || { echo "No kernel headers at $(KDIR). On Debian: apt install linux-headers-$(shell uname -r), or make KDIR=..." >&2; false; }
	$(kbuild) modules

build/kdir.mk: $(KDIR)/Makefile
	@mkdir -p build
	@sed "s#/usr/src/#$(dir $(abspath $(KDIR)))#" $< >$@

tool:
	$(MAKE) -C tools

# What the host must have: installs it as root, says what is missing otherwise.
deps:
	@tests/vm/deps

demo: deps tool
	@tests/demo/run

check: deps tool
	@tests/check

# Static analysis of everything; the first time it downloads the kernel's source for its scripts.
lint:
	@tests/lint/deps
	@tests/lint/run

FUZZ_S ?= 60
fuzz:
	@tests/fuzz/deps
	@tests/fuzz/run $(FUZZ_S)

kunit: deps
	@tests/kunit/run

# What a connection costs, by rules and by their peers.
bench: deps tool
	@tests/bench/deps
	@tests/bench/run

guard: deps tool
	@tests/bench/deps
	@tests/bench/guard

MATRIX ?=
matrix: deps tool
	@tests/matrix/run $(MATRIX)

# What programs set themselves and what rules make of it; needs mmdebstrap.
programs: deps tool
	@tests/programs/run

vm: deps tool
	@tests/vm/run -i

clean:
	$(MAKE) -C tools clean
	$(MAKE) -C tests/unit clean
	$(MAKE) -C tests/selftest clean
	$(MAKE) -C tests/fuzz clean
	rm -rf kapolicy.ko kapolicy.o kapolicy.mod* .kapolicy.* .module-common.* .Module.symvers.cmd .modules.order.cmd Module.symvers modules.order
	rm -f module/*.o module/.*.cmd
	rm -rf build

.PHONY: all module tool deps demo check kunit lint fuzz bench guard matrix programs vm clean
