#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# exchange.py NAME TEXT: sends a text into the named mapping that `shmbridge --both NAME:SIZE` shares, and prints the
# answer. A box is a sequence lock (two words) and 56 bytes; the native side writes the first, the Windows side the second.
import mmap, os, socket, struct, sys, time

with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as bridge:
    bridge.connect(os.environ.get("PITBRIDGE_SHM_DIR", "/dev/shm") + "/pitbridge.shm.sock")
    bridge.send(sys.argv[1].encode())
    reply, (section,), _, _ = socket.recv_fds(bridge, 32, 1)
memory = memoryview(mmap.mmap(section, struct.unpack_from("<Q", reply, 8)[0]))[:128]
words, before = memory.cast("I"), memory.cast("I")[17]
words[0] |= 1  # odd: the text is being written
memory[8:64] = struct.pack("56s", sys.argv[2].encode()[:55])
words[0], words[1] = words[0] + 1, words[1] + 1  # whole again, and new
while words[17] == before or words[16] % 2:
    time.sleep(0.001)
print(bytes(memory[72:128]).rstrip(bytes(1)).decode())
