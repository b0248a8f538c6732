#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Stands in for Proton's script: the verbs, the session's environment and PROTON_REMOTE_DEBUG_CMD, as
common/posix/session/README.md describes them. The Wine is the machine's, behind files/bin; steam.exe is steam_helper.cpp."""
import os
import shlex
import subprocess
import sys

PROTON_DIR = os.path.dirname(os.path.abspath(sys.argv[0]))
WINE = os.path.join(PROTON_DIR, "files/bin/wine")
WINESERVER = os.path.join(PROTON_DIR, "files/bin/wineserver")
STEAM_EXE = "c:\\windows\\system32\\steam.exe"


def session_environment():
    env = dict(os.environ)
    env["WINEPREFIX"] = os.path.join(os.environ["STEAM_COMPAT_DATA_PATH"], "pfx") + "/"
    env.setdefault("WINEDEBUG", "-all")
    if env.get("PROTON_NO_FSYNC", "0") == "0":
        env["WINEFSYNC"] = "1"
    # A steam.exe that is not marked as Wine's own is no builtin, and refused.
    env["WINEDLLOVERRIDES"] = ";".join(filter(None, [env.get("WINEDLLOVERRIDES"), "steam.exe=b"]))
    env["PATH"] = os.path.join(PROTON_DIR, "files/bin") + ":" + env.get("PATH", "")
    return env


def run(env):
    debugger = None
    command = shlex.split(env.get("PROTON_REMOTE_DEBUG_CMD", ""))
    # As user_settings.py may have it, and as users report of Proton 11.
    if "MODEL_NO_SECOND_PROGRAM" in env:
        command = []
    if command:
        if not os.path.isabs(command[0]):
            command[0] = os.path.join(PROTON_DIR, command[0])
        debugger = subprocess.Popen([WINE] + command, env=env)
    # With umu some scripts (UMU-Proton 9, GE 9) start the game by this, which returns at once.
    starter = ["start", "/unix"] if env.get("UMU_ID") else [STEAM_EXE]
    status = subprocess.call([WINE] + starter + sys.argv[2:], env=env)
    if debugger:
        debugger.kill()
        try:
            debugger.communicate(timeout=2)
        except subprocess.TimeoutExpired:
            debugger.terminate()
            debugger.communicate()
    return status


def main():
    if "STEAM_COMPAT_DATA_PATH" not in os.environ:
        print("proton: no STEAM_COMPAT_DATA_PATH", file=sys.stderr)
        return 1
    env = session_environment()
    verb = sys.argv[1] if len(sys.argv) > 1 else ""
    if verb == "waitforexitandrun":
        subprocess.call([WINESERVER, "-w"], env=env)
        return run(env)
    if verb == "run":
        return run(env)
    if verb == "runinprefix":
        return subprocess.call([WINE] + sys.argv[2:], env=env)
    print("proton: need a verb", file=sys.stderr)
    return 1


sys.exit(main())
