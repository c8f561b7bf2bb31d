# SPDX-License-Identifier: GPL-2.0
#
#   make install      as root: kapctl with its files, the module, by DKMS where there is DKMS, and the service
#   make uninstall    takes away what install has put there; edited rules stay, and the module stays loaded
#
#   DESTDIR=DIR       put it all below DIR: nothing is registered, enabled or loaded
#   prefix=DIR        /usr/local
#   sysconfdir=DIR    /etc
#   DKMS=             do without DKMS: the module is built for the kernel of KDIR alone
#
# What packages are made of, without a note of what has been put where:
#
#   make install-tool       kapctl with its files
#   make install-source     what DKMS builds the module from

prefix ?= /usr/local
export prefix DESTDIR
sysconfdir ?= /etc
export sysconfdir

VERSION := $(shell sed -n 's/^PACKAGE_VERSION="\(.*\)"$$/\1/p' dkms.conf)
DKMS := $(if $(DESTDIR),,$(shell PATH=$$PATH:/usr/sbin:/sbin command -v dkms))
manifest = $(prefix)/lib/kapolicy/installed
place = tools/install/place
system = tools/install/system
source = $(DESTDIR)/usr/src/kapolicy-$(VERSION)

install: may-install tool $(if $(DKMS),,staged-module)
	@$(if $(DESTDIR),,$(system) prepare "$(DKMS)")
	@{ $(MAKE) -s --no-print-directory -C tools files && \
	   $(if $(DKMS),$(MAKE) -s --no-print-directory source-list,cat build/module.list); } >build/install.list
	@$(place) $(manifest) <build/install.list
	@$(if $(DESTDIR),,$(system) register "$(DKMS)" $(VERSION) $(or $(unitdir),$(prefix)/lib/systemd/system)/kapolicy.service)

uninstall: may-install
	@$(if $(DESTDIR),,$(system) unregister "$(DKMS)")
	@$(place) --remove $(manifest)
	@$(if $(DESTDIR),,$(system) removed)

# Nothing is touched before it is known that it can be done.
may-install: $(if $(filter install,$(MAKECMDGOALS)),have-headers)
	@test -n "$(DESTDIR)" || test "$$(id -u)" = 0 || \
		{ echo "This takes root; without, make DESTDIR=... puts it all below another folder." >&2; false; }
	@test -n "$(DESTDIR)" || $(system) owned
	@mkdir -p build

install-tool: tool
	@mkdir -p build
	@$(MAKE) -s --no-print-directory -C tools files >build/install.list
	@$(place) '' <build/install.list

install-source:
	@mkdir -p build
	@$(MAKE) -s --no-print-directory source-list >build/install.list
	@$(place) '' <build/install.list

source-list:
	@$(MAKE) -s --no-print-directory module-files | \
		sed 's|.*|644 & /usr/src/kapolicy-$(VERSION)/&|'

# Signed, if this kernel wants that and there is a key. Not compressed: modprobe does not mind, and the
# program for it may not be there (xz on a small Debian 13).
uncompressed := $(foreach how,ALL GZIP XZ ZSTD,CONFIG_MODULE_COMPRESS_$(how)=)
staged-module: module
	@rm -rf build/stage && mkdir -p build/stage
	@$(kbuild) INSTALL_MOD_PATH=$(CURDIR)/build/stage INSTALL_MOD_DIR=updates \
		INSTALL_MOD_STRIP=--strip-debug $(uncompressed) modules_install >build/stage.log 2>&1 || { cat build/stage.log >&2; false; }
	@cd build/stage && find lib/modules -name 'kapolicy.ko*' | sed 's|.*|644 build/stage/& /&|' >../module.list
	@test -s build/module.list

.PHONY: install uninstall may-install install-tool install-source source-list staged-module

# The sources, as a tarball: what git knows or would add, or, without git, what has not been built.
tarball = build/kapolicy-$(VERSION).tar.gz
dist:
	@mkdir -p build
	@{ git ls-files -co --exclude-standard 2>/dev/null || \
	   find . \( -name .git -o -name .cache -o -name build -o -name kapctl -o -name '*.[oad]' -o -name '*.ko' -o -name '*.cmd' \) \
		-prune -o -type f -print; } | while read -r f; do [ ! -f "$$f" ] || echo "$$f"; done | LC_ALL=C sort | \
		tar -czf $(tarball) --transform 's|^\(\./\)\?|kapolicy-$(VERSION)/|' --owner=0 --group=0 --numeric-owner -T -

# Both packages, unsigned. What it takes is in debian/control: apt-get build-dep . installs it.
deb: dist
	@rm -rf build/deb && mkdir -p build/deb
	@tar -xzf $(tarball) -C build/deb
	cd build/deb/kapolicy-$(VERSION) && DEB_BUILD_OPTIONS="$$DEB_BUILD_OPTIONS noautodbgsym" dpkg-buildpackage -b -us -uc
	@rm -r build/deb/kapolicy-$(VERSION)
	@ls build/deb/*.deb

# The same as RPMs. Debian's rpm knows nothing of what Debian has installed.
rpm: dist
	@rm -rf build/rpm && mkdir -p build/rpm/SOURCES
	@cp $(tarball) build/rpm/SOURCES
	@sed 's/@VERSION@/$(VERSION)/' tools/rpm/kapolicy.spec >build/rpm/kapolicy.spec
	cd build/rpm && rpmbuild -ba $(if $(wildcard /etc/debian_version),--nodeps) --define '_topdir $(CURDIR)/build/rpm' kapolicy.spec
	@mv build/rpm/RPMS/*/*.rpm build/rpm/SRPMS/*.rpm build/rpm
	@rm -rf build/rpm/[A-Z]*
	@ls build/rpm/*.rpm

.PHONY: dist deb rpm
