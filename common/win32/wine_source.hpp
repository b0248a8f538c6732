// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "common/core/mirror/ports.hpp"
#include "common/win32/owned_mappings.hpp"
#include "common/win32/process_watch.hpp"
#include "common/win32/system_process.hpp"

namespace pitbridge {

/// The Windows side of a bridge, in the wineserver session of this process.
class WineSource final : public Source {
 public:
  Expected<std::unique_ptr<View>> open(std::string_view mapping_name) override;
  std::optional<SectionId> identify(std::string_view mapping_name) override;
  Expected<void> own(std::string_view mapping_name, const std::string& file_path) override {
    return owned_.make(mapping_name, file_path);
  }
  std::optional<Game> find_game(const Sim& sim) override { return game_.find(sim); }
  bool game_runs() override { return game_.runs(); }
  bool others_run() override { return ProcessWatch::others_run(); }
  Expected<void> stop_holding_session() override { return system_process_.become(); }
  bool session_ends() override { return system_process_.session_ends(); }

 private:
  OwnedMappings owned_;
  ProcessWatch game_;
  SystemProcess system_process_;
};

}  // namespace pitbridge
