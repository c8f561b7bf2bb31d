# SPDX-License-Identifier: GPL-2.0
#
# The module alone. DKMS builds it from /usr/src/kapolicy-VERSION, where there is
# what "module-files" names and nothing else.
#
#   make -f module/build.mk KDIR=HEADERS module
#   make -f module/build.mk module-files

KDIR ?= /lib/modules/$(shell uname -r)/build

# The compiler a kernel was built with is the one its modules need.
LLVM := $(if $(wildcard $(KDIR)/include/config/CC_IS_CLANG),1,$(LLVM))

# Debian's headers name each other by absolute paths. Where they have only been
# unpacked (dpkg-deb -x) the Makefile that does so is replaced by one with theirs.
named := $(firstword $(shell sed -n 's/^include *//p' $(KDIR)/Makefile 2>/dev/null))
moved := $(if $(filter /%,$(named)),$(if $(wildcard $(named)),,build/kdir.mk))

kbuild = $(MAKE) -C $(KDIR) $(if $(moved),-f $(CURDIR)/$(moved)) M=$(CURDIR) $(if $(LLVM),LLVM=$(LLVM))

module: $(moved) | have-headers
	$(kbuild) modules

have-headers:
	@test -d "$(KDIR)" || { echo "No kernel headers at $(KDIR). On Debian: apt install linux-headers-$(shell uname -r), or make KDIR=..." >&2; false; }

build/kdir.mk: $(KDIR)/Makefile
	@mkdir -p build
	@sed "s#/usr/src/#$(dir $(abspath $(KDIR)))#" $< >$@

# The one list of what the module is built from.
module-files:
	@printf '%s\n' Kbuild dkms.conf module/build.mk
	@find module -name '*.[ch]' | LC_ALL=C sort

.PHONY: module have-headers module-files
