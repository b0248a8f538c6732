// SPDX-License-Identifier: MIT
#pragma once

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>

#include <cstddef>

namespace pitbridge {

/// From now on a call of the system does `action` (SECCOMP_RET_...), for this process and for good: so call
/// it in a child. False: the system lets us have no filter.
inline bool filter_call(long number, unsigned action) {
  sock_filter program[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<unsigned>(number), 0, 1),
      BPF_STMT(BPF_RET | BPF_K, action),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog filter = {sizeof program / sizeof *program, program};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

/// Ends the process by SIGSYS as it makes the call, and before the call has done anything.
inline bool die_at_call(long number) {
  return filter_call(number, SECCOMP_RET_KILL_PROCESS);
}
/// Makes the call fail.
inline bool refuse_call(long number, int error) {
  return filter_call(number, SECCOMP_RET_ERRNO | (static_cast<unsigned>(error) & SECCOMP_RET_DATA));
}

}  // namespace pitbridge
