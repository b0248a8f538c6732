# SPDX-License-Identifier: MIT
"""What the drivers of the clients share: finding them, waiting, and telling what they see."""
import importlib
import json
import os
import sys
import time

SKIPPED = 77


def skip(reason):
    """There is no such client, or it cannot run here."""
    print(reason)
    sys.exit(SKIPPED)


def find(directory, file):
    """Where `file` lies: in `directory` itself or in one of the checkouts there."""
    for name in [".", *sorted(os.listdir(directory))]:
        place = os.path.normpath(os.path.join(directory, name))
        if os.path.isfile(os.path.join(place, file)):
            return place
    return None


def load(module):
    """A module of the client, from `sys.path`; what it needs and this Python has not is named."""
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        skip(f"this python3 has no module {error.name}")


def watch(see, seconds):
    """Asks `see` until it says that the game is driven, and tells what it said last."""
    end = time.monotonic() + seconds
    while True:
        seen = see()
        if seen.get("active") or time.monotonic() > end:
            print(json.dumps(seen))
            return
        time.sleep(0.05)
