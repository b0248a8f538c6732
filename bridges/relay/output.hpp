// SPDX-License-Identifier: MIT
#pragma once

#include <poll.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "bridges/relay/frame.hpp"
#include "common/core/error.hpp"

namespace pitbridge {

/// What the one thread sleeps on.
struct Waits {
  std::vector<pollfd> fds;
  std::int64_t deadline_ns = 0;

  void until(std::int64_t at_ns) { deadline_ns = std::min(deadline_ns, at_ns); }
};

/// What an output has done since its start, in its own pieces: messages, lines, datagrams.
struct OutputCounts {
  std::uint64_t sent = 0;
  std::uint64_t dropped = 0;  ///< it was given them, and could not get rid of them in time
};

/// Somewhere to send the values. Nothing of it waits: what cannot be sent now is dropped and counted.
class Output {
 public:
  Output() = default;
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;
  virtual ~Output() = default;

  /// As metrics and log lines name it: "mqtt".
  virtual std::string_view name() const = 0;
  virtual void add_to(Waits& waits) const = 0;
  /// Whatever its descriptors and its clock ask for. An error ends the program.
  virtual Expected<void> work(std::int64_t now_ns) = 0;
  /// `--hz` times a second; the frame has another number when something has changed.
  virtual void send(const Frame& frame, std::int64_t now_ns) = 0;
  virtual OutputCounts counts() const = 0;
};

}  // namespace pitbridge
