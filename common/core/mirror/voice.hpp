// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "common/core/mirror/ports.hpp"
#include "common/core/mirror/status_page.hpp"

namespace pitbridge {

/// What a bridge says stands in its log, and the last of it in the status page.
class Voice {
 public:
  /// Both must outlive it and all its copies.
  Voice(Log& log, StatusWriter& status) : log_(log), status_(status) {}

  void say(LogLevel level, const std::string& message) {
    log_.write(level, message);
    status_.set_message(message);
  }
  /// Into the log only, for somebody who debugs.
  void note(const std::string& message) { log_.write(LogLevel::kDebug, message); }

 private:
  Log& log_;
  StatusWriter& status_;
};

/// A fault that lasts is met again and again, and is said once: until its message changes, or it is settled.
class Complaint {
 public:
  void make(Voice& voice, const std::string& message) {
    if (message == last_) return;
    last_ = message;
    voice.say(LogLevel::kWarning, message);
  }
  /// The same message would be worth a new line.
  void settle() { last_.clear(); }

 private:
  std::string last_;
};

}  // namespace pitbridge
