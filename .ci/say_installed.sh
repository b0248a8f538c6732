#!/bin/sh
# SPDX-License-Identifier: MIT
# Usage: say_installed.sh PREFIX HOW_TO_REMOVE
# Says where pitbridge is now, whether the shell finds it, and what to paste into Steam.
set -eu
prefix=$1
command="'$prefix/bin/pitbridge'"
# No quotes where nobody needs them: it is read, and typed.
case $prefix in *[!A-Za-z0-9/._+-]*) ;; *) command=$prefix/bin/pitbridge ;; esac

echo "pitbridge is installed below $prefix: the command in bin, the bridges in lib/pitbridge, man pages in share/man."
echo "Remove it with: $2"
case :${PATH:-}: in
  *:"$prefix/bin":*) found=$(command -v pitbridge || true) ;;
  *) found= ; echo "$prefix/bin is not in PATH; for this shell: export PATH=\"$prefix/bin:\$PATH\"" ;;
esac
if [ -n "$found" ] && [ "$found" != "$prefix/bin/pitbridge" ]; then
  echo "But the shell finds another one first: $found"
fi
# Steam does not read the files of a shell, so its PATH may be shorter; only these two are in every one.
case $prefix in /usr | /usr/local) [ -z "$found" ] || command=pitbridge ;; esac
echo "For a game, paste this into its launch options in Steam: $command %command%"
echo "Then start the game, and look: $command read ac     (pitbridge list names the sims)"
