// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>

#include "common/core/mirror/ports.hpp"
#include "common/posix/twin/process_sections.hpp"
#include "common/posix/twin/twin_link.hpp"

namespace pitbridge {

/// The Windows side of a bridge, in the session of the Windows half. When that has gone, so has the session.
class TwinSource final : public Source {
 public:
  /// `link` must outlive it.
  explicit TwinSource(TwinLink& link) : link_(link), sections_(link.pid()) {}

  Expected<std::unique_ptr<View>> open(std::string_view mapping_name) override;
  std::optional<SectionId> identify(std::string_view mapping_name) override;
  Expected<void> own(std::string_view mapping_name, const std::string& file_path) override;
  std::optional<Game> find_game(const Sim& sim) override;
  bool game_runs() override;
  bool others_run() override;
  Expected<void> stop_holding_session() override;
  bool session_ends() override;

 private:
  /// What the Windows half holds open until it is told to let it go.
  struct Held {
    std::uint64_t address;
    std::size_t size_bytes;
  };
  Expected<std::optional<Held>> hold(std::string_view mapping_name);
  void release();
  /// The section of what is held now.
  std::optional<ProcessSections::Section> section_of(std::string_view mapping_name, const Held& held);
  bool is_yes(std::string_view question);

  TwinLink& link_;
  ProcessSections sections_;
  /// Which section had the name when it was last looked for, and where: it is mostly the same again.
  std::map<std::string, ProcessSections::Section, std::less<>> known_;
};

}  // namespace pitbridge
