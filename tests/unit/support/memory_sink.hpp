// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstring>
#include <optional>
#include <string>
#include <utility>

#include "common/core/mirror/status_page.hpp"

namespace pitbridge {

/// A status page's sink over the test's own bytes; the test is its readers.
class MemorySink final : public StatusSink {
 public:
  explicit MemorySink(std::span<std::byte> bytes) : bytes_(bytes) {}

  bool publish(std::span<const Store> stores) override {
    for (const Store& store : stores)
      std::memcpy(bytes_.data() + store.offset_bytes, store.bytes.data(), store.bytes.size());
    return true;
  }
  void clear() override { std::fill(bytes_.begin(), bytes_.end(), std::byte{0}); }
  Expected<void> grow(std::size_t /*size_bytes*/) override { return {}; }
  Expected<bool> check() override { return std::exchange(hurt, false); }
  std::string path() const override { return "/fake/status"; }
  SectionId id() const override { return {}; }

  void wake_readers() override { ++wakes; }
  std::uint32_t value_requests() const override { return requests; }
  std::optional<std::string> challenger() const override { return asking; }

  bool hurt = false;
  int wakes = 0;
  std::uint32_t requests = 0;
  std::optional<std::string> asking;  ///< a bridge of another prefix

 private:
  std::span<std::byte> bytes_;
};

}  // namespace pitbridge
