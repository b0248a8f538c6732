// SPDX-License-Identifier: MIT
#include "common/posix/system/short_slices.hpp"

#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

namespace pitbridge {
namespace {

/// What sched_setattr(2) takes; glibc has no name for it.
struct SchedulingAttributes {
  std::uint32_t size_bytes = sizeof(SchedulingAttributes);
  std::uint32_t policy = 0;  ///< SCHED_OTHER
  std::uint64_t flags = 0;
  std::int32_t nice = 0;
  std::uint32_t priority = 0;
  std::uint64_t runtime_ns = 0;  ///< of SCHED_OTHER, from Linux 6.12 on: the slice
  std::uint64_t deadline_ns = 0, period_ns = 0;
};

/// The least that the system grants.
constexpr std::uint64_t kSliceNs = 100'000;

}  // namespace

void ask_for_short_slices() {
  SchedulingAttributes now;
  if (::syscall(SYS_sched_getattr, 0, &now, sizeof now, 0) != 0 || now.policy != 0) return;
  now.size_bytes = sizeof now;
  now.runtime_ns = kSliceNs;
  (void)::syscall(SYS_sched_setattr, 0, &now, 0);
}

}  // namespace pitbridge
