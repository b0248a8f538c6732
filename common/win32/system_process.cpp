// SPDX-License-Identifier: MIT
#include "common/win32/system_process.hpp"

#include "common/win32/shm/ntdll.hpp"

namespace pitbridge {
namespace {

/// ProcessWineMakeProcessSystem, Wine's own information class (include/winternl.h of Wine).
constexpr int kProcessWineMakeProcessSystem = 1000;

using NtSetInformationProcessCall = LONG(WINAPI*)(HANDLE, int, void*, ULONG);

}  // namespace

Expected<void> SystemProcess::become() {
  static const auto set_information = ntdll_call<NtSetInformationProcessCall>("NtSetInformationProcess");
  HANDLE event = nullptr;
  const LONG status =
      set_information == nullptr
          ? -1
          : set_information(GetCurrentProcess(), kProcessWineMakeProcessSystem, &event, sizeof event);
  if (status < 0 || event == nullptr)
    return fail(
        ExitCode::kFailure,
        "this Wine does not let the bridge become a system process; it leaves when the game's process "
        "ends instead");
  shutdown_event_ = UniqueHandle(event);
  return {};
}

bool SystemProcess::session_ends() const {
  return shutdown_event_ && WaitForSingleObject(shutdown_event_.get(), 0) == WAIT_OBJECT_0;
}

}  // namespace pitbridge
