#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Usage: check.sh DIRECTORY
# Fails when rpmlint finds anything in the RPM packages of the directory that rpmlint.toml does not explain.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
rpmlint --config "$here/rpmlint.toml" "$1"/*.rpm
