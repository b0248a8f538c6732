// SPDX-License-Identifier: MIT
#pragma once

#include "common/win32/shm/windows_api.hpp"

namespace pitbridge {

/// A function of ntdll.dll by name, or null: the import libraries know neither Wine's own exports nor all of
/// the native API.
template <typename Call>
Call ntdll_call(const char* name) {
  return reinterpret_cast<Call>(reinterpret_cast<void*>(GetProcAddress(GetModuleHandleA("ntdll.dll"), name)));
}

}  // namespace pitbridge
