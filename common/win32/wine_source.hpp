// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>

#include "common/core/mirror/ports.hpp"
#include "common/win32/handle.hpp"
#include "common/win32/process_watch.hpp"
#include "common/win32/system_process.hpp"

namespace pitbridge {

/// The Windows side of a bridge, in the wineserver session of this process.
class WineSource final : public Source {
 public:
  Expected<std::unique_ptr<View>> open(std::string_view mapping_name) override;
  std::optional<SectionId> identify(std::string_view mapping_name) override;
  Expected<void> own(std::string_view mapping_name, const std::string& file_path) override;
  std::optional<Game> find_game(const Sim& sim) override { return game_.find(sim); }
  bool game_runs() override { return game_.runs(); }
  bool others_run() override { return ProcessWatch::others_run(); }
  Expected<void> stop_holding_session() override { return system_process_.become(); }
  bool session_ends() override { return system_process_.session_ends(); }

 private:
  bool is_ours_alone(std::string_view mapping_name) const;

  std::map<std::string, UniqueHandle, std::less<>> owned_;
  ProcessWatch game_;
  SystemProcess system_process_;
};

}  // namespace pitbridge
