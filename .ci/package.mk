# SPDX-License-Identifier: MIT
# The part of the makefile that makes packages of what .ci/ship.mk packs; .ci/package/README.md explains it.
.PHONY: packed deb rpm recipes check-deb check-rpm check-recipes check-get check-packages

# Nothing is published there yet: it is where get.sh and the recipes for distributions look for what `make dist` makes.
HOMEPAGE := https://github.com/pitbridge/pitbridge
RELEASES := $(HOMEPAGE)/releases
PACKAGES := $(OUT)/packages
ARCHIVE  := $(DIST)/$(PACKAGE).tar.xz

packed: all
	$(Q)$(call pack,$(PACKAGES)/packed)

deb: packed ## Make Debian packages, below build/packages/deb
	$(Q)bash .ci/package/deb/build.sh $(PACKAGES)/packed $(VERSION) $(DIST_TIME) $(PACKAGES)/deb
	$(call say,DEB,$(PACKAGES)/deb)

rpm: packed | $(OUT)/deps-rpm.ok ## Make RPM packages, below build/packages/rpm
	$(Q)bash .ci/package/rpm/build.sh $(PACKAGES)/packed $(VERSION) $(DIST_TIME) $(HOMEPAGE) $(PACKAGES)/rpm
	$(call say,RPM,$(PACKAGES)/rpm)

# $(call recipe,ARCH OR FLATPAK): its templates, with what they do not know themselves.
recipe = mkdir -p $(PACKAGES)/$(1) && $(foreach file,$(wildcard .ci/package/$(1)/*.in),sed -e 's|@VERSION@|$(VERSION)|' -e 's|@HOMEPAGE@|$(HOMEPAGE)|' \
  -e 's|@RELEASES@|$(RELEASES)|' -e 's|@ARCHIVE@|$(notdir $(ARCHIVE))|' -e "s|@SHA256@|$$(sha256sum $(ARCHIVE) | cut -d' ' -f1)|" \
  -e "s|@DATE@|$$(date -u -d @$(DIST_TIME) +%F)|" $(file) > $(PACKAGES)/$(1)/$(notdir $(file:.in=)) &&) true

recipes: dist ## Make the PKGBUILD of Arch and the manifest for Steam's Flatpak of the archive of programs, below build/packages
	$(Q)$(call recipe,arch)
	$(Q)$(call recipe,flatpak)

check-deb: deb | $(OUT)/deps-package.ok ## Fail when lintian finds anything in the Debian packages
	$(Q)bash .ci/package/deb/check.sh $(PACKAGES)/deb

check-rpm: rpm | $(OUT)/deps-package.ok ## Fail when rpmlint finds anything in the RPM packages
	$(Q)bash .ci/package/rpm/check.sh $(PACKAGES)/rpm

check-recipes: recipes | $(OUT)/deps-package.ok ## Check PKGBUILD, flake and manifest by their own tools, and make the package of Arch
	$(Q)bash .ci/package/check_recipes.sh $(PACKAGES) $(DIST) $(VERSION)

check-get: dist | $(OUT)/deps-package.ok ## Install the archive by .ci/package/get.sh from a server of this machine, in all the ways that fail, too
	$(Q)bash .ci/package/check_get.sh $(DIST)

check-packages: deb rpm dist $(GAME) $(OUT)/examples/dashboard_c | $(OUT)/deps-package.ok ## Install, use and remove each package in a clean system (SUITE=bookworm); minutes, needs root
	$(Q)bash .ci/package/check_packages.sh $(or $(SUITE),bookworm) $(PACKAGES) $(ARCHIVE) $(GAME)
