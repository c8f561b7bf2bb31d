# SPDX-License-Identifier: GPL-2.0
#
# make                 kapolicy.ko for the running kernel, and tools/kapctl
# make KDIR=HEADERS    the module for another kernel; its headers need not be installed
# make install         as root: the tool, its files and the module, by DKMS where it is (tools/install)
# make uninstall       takes away what install has put there
# make deb, make rpm   packages, in build/deb and build/rpm
# make check-docs      manuals, completion, metrics, the examples of Documentation
# make check-install   installs, upgrades and removes it in clean Debian systems
# make demo            the main job, shown in a throw-away VM
# make check           all tests that fit a few minutes
# make lint            static analysis
# make fuzz FUZZ_S=60  fuzz targets, so many seconds each
# make kunit           the module's own code under KUnit, in User Mode Linux
# make check-debug     all of it in kernels that find errors (KASAN, lockdep, KCSAN), and a stress run
# make coverage        which lines of the module the tests run in a kernel
# make matrix          builds, boots and tests on many kernels and architectures
# make bench           the cost of a connection, and of its peers
# make guard           the same in short: fails when a connection has become dearer
# make programs        what rules do to programs of Debian; the first time makes an image of them
# make vm              a shell in the VM, with module, tool and tests at hand

all: tool module

include module/build.mk
include tools/install/install.mk

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

# What is written, and what only needs other programs to be tried: zsh, promtool, ansible, bpftrace.
check-docs: deps tool
	@tests/docs/deps
	@tests/docs/run

check-install:
	@tests/install/deps
	@tests/install/run

DEBUG ?=
check-debug: deps tool
	@tests/debug/deps
	@tests/debug/check $(DEBUG)

coverage: deps tool
	@tests/debug/deps
	@tests/debug/coverage

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
	$(MAKE) -C tests/debug clean
	rm -rf kapolicy.ko kapolicy.o kapolicy.mod* .kapolicy.* .module-common.* .Module.symvers.cmd .modules.order.cmd Module.symvers modules.order
	find module -name "*.o" -delete -o -name ".*.cmd" -delete
	rm -rf build

.PHONY: all tool deps demo check check-debug check-docs check-install coverage kunit lint fuzz bench guard matrix programs vm clean
