// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/core/error.hpp"
#include "common/core/twin/messages.hpp"
#include "common/win32/shm/handle.hpp"

namespace pitbridge {

/// The Windows end of what joins the two halves of a twin (common/posix/twin/README.md).
class NativeHalf {
 public:
  /// Starts the native program that lies beside this one, with `first_argument` and then those of this
  /// program, and meets it.
  static Expected<NativeHalf> start(const std::string& program_name, const std::string& first_argument);
  NativeHalf(NativeHalf&&) = default;
  NativeHalf& operator=(NativeHalf&&) = delete;

  /// The next question; waits for it. Nothing: there is no native half any more.
  std::optional<twin::Message> next();
  void answer(const twin::Message& message);

 private:
  NativeHalf(UniqueHandle questions, UniqueHandle answers)
      : questions_(std::move(questions)), answers_(std::move(answers)) {}

  UniqueHandle questions_, answers_;
  twin::MessageReader reader_;
};

}  // namespace pitbridge
