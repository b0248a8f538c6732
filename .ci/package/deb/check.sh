#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Usage: check.sh DIRECTORY
# Fails when lintian finds an error or a warning in the Debian packages of the directory, and when one holds a script that
# would run as root while it is installed.
set -euo pipefail
# It will not run as root unless it is told to, and asks what the running dpkg says.
lintian --allow-root --fail-on error,warning --tag-display-limit 0 --info "$1"/*.deb
for package in "$1"/*.deb; do
  for script in preinst postinst prerm postrm; do
    ! dpkg-deb --info "$package" "$script" >/dev/null 2>&1 || { echo "check-deb: $package holds a $script" >&2; exit 1; }
  done
done
for package in "$1"/*.deb; do echo "deb: ${package##*/}, $(stat -c %s "$package") bytes, lintian finds nothing"; done
