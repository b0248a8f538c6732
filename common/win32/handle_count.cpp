// SPDX-License-Identifier: MIT
#include "common/win32/handle_count.hpp"

#include "common/win32/shm/ntdll.hpp"

namespace pitbridge {
namespace {

struct ObjectBasicInformation {
  ULONG attributes;
  ACCESS_MASK access;
  ULONG handle_count;
  ULONG pointer_count;
  ULONG reserved[10];
};

using NtQueryObjectCall = LONG(WINAPI*)(HANDLE, int, void*, ULONG, ULONG*);

}  // namespace

std::uint32_t handle_count(void* object) {
  static const auto query = ntdll_call<NtQueryObjectCall>("NtQueryObject");
  ObjectBasicInformation information = {};
  constexpr int kObjectBasicInformation = 0;
  if (query == nullptr ||
      query(object, kObjectBasicInformation, &information, sizeof information, nullptr) < 0)
    return 0;
  return information.handle_count;
}

}  // namespace pitbridge
