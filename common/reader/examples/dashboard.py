#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# dashboard.py SIM [--once | --seconds N]: one line for each update, at most ten a second. See pitbridge-shm(7).
import ctypes, fcntl, os, platform, struct, sys, time

SYS_FUTEX = {"x86_64": 202, "aarch64": 98}[platform.machine()]
FUTEX_WAIT, FUTEX_WAKE_OP, ADD_ONE, F_OFD_GETLK = 0, 5, 1 << 28 | 2 << 24 | 1 << 12, 36
SHARED_READ, SHARED_WRITE = (1, 1), (3, 1)  # protection and flags of mmap(2)
ACTIVITIES = ["unknown", "off", "menu", "replay", "paused", "live"]
NAP = (ctypes.c_long * 2)(0, 200_000_000)  # seconds, nanoseconds
pointer, long, libc = ctypes.c_void_p, ctypes.c_long, ctypes.CDLL(None)
libc.mmap.restype, libc.mmap.argtypes = pointer, [pointer, ctypes.c_size_t] + [ctypes.c_int] * 3 + [long]
libc.munmap.argtypes = [pointer, ctypes.c_size_t]
libc.syscall.argtypes = [long, pointer, long, long, pointer, pointer, long]

def number(form, data, offset):
    return struct.unpack_from(form, data, offset)[0]

def wait(page, readers):
    """Says "I want values" and "I wait", and sleeps until the next publication or the end of NAP."""
    # The kernel adds, compares and waits; to touch a mapped file that somebody cut would kill this program.
    maps = [libc.mmap(None, 4096, *how, fd, 0) for how, fd in ((SHARED_READ, page), (SHARED_WRITE, readers))]
    seen = number("<I", os.pread(page, 4, 56), 0)
    for word in (maps[1] + 4, maps[1]):
        libc.syscall(SYS_FUTEX, word, FUTEX_WAKE_OP, 0, None, word, ADD_ONE)
    libc.syscall(SYS_FUTEX, maps[0] + 56, FUTEX_WAIT, seen, ctypes.byref(NAP), None, 0)
    for address in maps:
        libc.munmap(address, 4096)

def line(page, values):
    """What to show; nothing if the bridge is dead, no game is attached, or the values are mixed or old."""
    lock = fcntl.fcntl(page, F_OFD_GETLK, struct.pack("hh4xqqi4x", fcntl.F_WRLCK, 0, 0, 0, 0))
    status, data = os.pread(page, 8192, 0), os.pread(values, 4096, 0)
    if number("h", lock, 0) == fcntl.F_UNLCK or number("<I", status, 28) not in (3, 4):
        return None
    if status[:12] != b"PITBRDG1\1\0\0\0" or data[:12] != b"PITBVAL1\1\0\0\0" or data[24] % 2 or os.pread(values, 4, 24) != data[24:28]:
        return None
    mappings = range(512, 8192, 256)
    if max(number("<Q", status, at + 16) for at in mappings) > number("<Q", data, 32) + 500_000_000:
        return None
    # Kind 1 is a number; what is absent is no zero.
    value = {data[at:at + 24].rstrip(b"\0"): number("<d", data, at + 56) if number("<I", data, at + 48) == 1
             else float("nan") for at in range(64, 4096, 192)}
    return (f"{ACTIVITIES[number('<I', data, 28)]:7} rpm {value[b'rpm']:5.0f}  gear {value[b'gear']:2.0f}  speed "
            f"{value[b'speed']:3.0f} km/h  updates {sum(number('<Q', status, at + 24) for at in mappings)}")

def arguments(words):
    """The sim, whether one line is enough, and for how many seconds to show values."""
    try:
        if words and words[0] and not words[0].startswith("-"):
            if len(words) == 1 or words[1:] == ["--once"]:
                return words[0], len(words) == 2, 10 if len(words) == 2 else 1e9
            if len(words) == 3 and words[1] == "--seconds" and float(words[2]) >= 0:
                return words[0], False, float(words[2])
    except ValueError:  # no number
        pass
    print("usage: dashboard.py SIM [--once | --seconds N]", file=sys.stderr)
    sys.exit(2)

sim, once, seconds = arguments(sys.argv[1:])
lines, shown, end = 0, 0.0, time.monotonic() + seconds
path = os.path.join(os.environ.get("PITBRIDGE_SHM_DIR") or "/dev/shm", "pitbridge." + sim)
while time.monotonic() < end and not (once and lines):
    fds = []
    try:  # opened anew each time, because a file may be made anew; it takes some microseconds
        for suffix, mode in (("", os.O_RDONLY), (".readers", os.O_RDWR), (".values", os.O_RDONLY)):
            fds.append(os.open(path + suffix, mode | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK))
        wait(fds[0], fds[1])
        text = line(fds[0], fds[2]) if time.monotonic() - shown >= 0.1 else None
        if text:
            print(text, flush=True)
            lines, shown = lines + 1, time.monotonic()
    except (OSError, struct.error, LookupError) as error:  # absent, cut, or of another version
        print(f"{path}: {error}; is the bridge running?", file=sys.stderr)
        time.sleep(0.2)
    finally:
        for fd in fds:
            os.close(fd)
sys.exit(0 if lines else 1)
