// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>
#include <span>

#include "common/core/decode/telemetry.hpp"
#include "common/core/mirror/mirror.hpp"
#include "common/core/mirror/values_page.hpp"

namespace pitbridge {

/// Decodes what is mirrored for readers that have no tables of their own, and only while one of them asks.
class LiveValues {
 public:
  /// `sim` and `status` must outlive it.
  LiveValues(const Sim& sim, StatusWriter& status);

  /// Opens the file, cleared. Does nothing for a sim without titles, which cannot be decoded.
  Expected<void> open(SinkFactory& files, std::int64_t now_ns);

  /// Looks whether anybody has asked; a few times a second.
  void watch_requests(std::int64_t now_ns);
  /// Tells it that the mirrored bytes have changed since the last `publish`.
  void mark_changed() { due_ = true; }
  /// Decodes and publishes, if somebody wants it and anything has changed. The title is that of the status
  /// page, else what the bytes say.
  void publish(std::span<const Mirror> mirrors, std::int64_t now_ns);
  /// Removes all values from the page: no game runs any more.
  void clear(std::int64_t now_ns);

  /// Checks the file and repairs it; true when it had to.
  Expected<bool> check();

 private:
  const Sim& sim_;
  StatusWriter& status_;
  std::unique_ptr<Sink> file_;
  std::optional<ValuesWriter> writer_;
  Snapshot snapshot_;  ///< of the mirrors' own bytes
  Decoder decoder_;
  ActivityWatch watch_;
  std::uint32_t requests_ = 0;
  std::int64_t wanted_until_ns_ = 0;
  bool due_ = false;
  bool shown_ = false;
};

}  // namespace pitbridge
