// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

namespace pitbridge {

/// Locks of single bytes of a file, which need not reach so far. A lock belongs to the open file: a child
/// process shares it, and the kernel drops it with the last descriptor, also when its process is killed.

/// False: somebody else has it (errno is EAGAIN), or the system refuses.
bool take_byte(int fd, off_t byte);
/// Whether somebody else has it. Takes nothing, and needs a descriptor for reading only.
bool is_taken(int fd, off_t byte);
void release_byte(int fd, off_t byte);

}  // namespace pitbridge
