// SPDX-License-Identifier: MIT
// Named mappings of Windows, in native programs. What each call promises: bridged.h.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "bridged.h"
#include "result.hpp"

namespace pitshm {

class Bridged {
 public:
  /// `directory`: empty for PITBRIDGE_SHM_DIR, else /dev/shm.
  static Result<Bridged> open(const std::string& name, const std::string& bridge = "shm",
                              const std::string& directory = {}) {
    pitshm_bridged* bridged = nullptr;
    const pitshm_result result = pitshm_bridged_open(
        name.c_str(), bridge.c_str(), directory.empty() ? nullptr : directory.c_str(), &bridged);
    if (result != PITSHM_OK) return Failure::last(result);
    return Bridged(bridged);
  }

  std::size_t size_bytes() const { return pitshm_bridged_size(bridged_.get()); }
  std::byte* data() const { return static_cast<std::byte*>(pitshm_bridged_data(bridged_.get())); }
  /// The memory as a `T`; null where it is smaller.
  template <typename T>
  T* as() const {
    return sizeof(T) <= size_bytes() ? reinterpret_cast<T*>(data()) : nullptr;
  }
  Result<void> check() const { return Result<void>::of(pitshm_bridged_check(bridged_.get())); }

 private:
  struct Close {
    void operator()(pitshm_bridged* bridged) const { pitshm_bridged_close(bridged); }
  };
  explicit Bridged(pitshm_bridged* bridged) : bridged_(bridged) {}
  std::unique_ptr<pitshm_bridged, Close> bridged_;
};

}  // namespace pitshm
