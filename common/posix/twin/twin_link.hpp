// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "common/core/error.hpp"
#include "common/core/twin/messages.hpp"
#include "common/posix/system/fd.hpp"

namespace pitbridge {

/// The native end of what joins the two halves of a twin (README.md). From the first sign that the Windows
/// half has gone, or hangs, it stays silent for good.
class TwinLink {
 public:
  /// Meets the Windows half that has started this process, by the file that it has given us as standard
  /// input. Fails when there is none.
  static Expected<TwinLink> meet();
  TwinLink(TwinLink&&) = default;
  TwinLink& operator=(TwinLink&&) = default;

  /// The answer; nothing: there is no Windows half any more.
  std::optional<twin::Message> ask(const twin::Message& question);
  /// What needs no answer.
  void tell(const twin::Message& message);

  /// The Windows half, as native programs know it.
  pid_t pid() const { return pid_; }
  const std::string& wine_version() const { return wine_version_; }

 private:
  TwinLink(pid_t pid, UniqueFd questions, UniqueFd answers)
      : pid_(pid), questions_(std::move(questions)), answers_(std::move(answers)) {}
  std::optional<twin::Message> wait_for_message(int patience_ms);

  pid_t pid_;
  UniqueFd questions_, answers_;
  twin::MessageReader reader_;
  std::string wine_version_;
  bool has_gone_ = false;
};

}  // namespace pitbridge
