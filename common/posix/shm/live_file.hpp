// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "common/core/mirror/live_page.hpp"
#include "common/posix/shm/shm_file.hpp"

namespace pitbridge {

/// The live page of a directory, as a bridge has it.
class LiveFile final : public LiveSlot {
 public:
  static Expected<std::unique_ptr<LiveFile>> open(std::shared_ptr<ShmDirectory> directory, mode_t mode);

  std::optional<LivePage> read() const override;
  bool change(const std::function<std::optional<LivePage>(const std::optional<LivePage>&)>& decide) override;

 private:
  explicit LiveFile(std::unique_ptr<ShmFile> file) : file_(std::move(file)) {}

  std::unique_ptr<ShmFile> file_;
};

/// The sim that is driven now in this directory, or was driven last and has not gone; for those who only
/// look. Nothing: there is none, or its bridge was killed, or the page is not ours.
std::optional<std::string> live_sim(const std::string& directory);

}  // namespace pitbridge
