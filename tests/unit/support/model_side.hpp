// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>

#include "bridges/host/host_bridge.hpp"
#include "common/core/model/scene.hpp"
#include "common/core/model/writer.hpp"
#include "common/core/settings/settings.hpp"
#include "common/posix/system/monotonic_clock.hpp"
#include "tests/unit/support/fakes.hpp"
#include "tests/unit/support/toy_bridge.hpp"

namespace pitbridge {

/// The live side for whatever reads: a bridge out here whose sections the model of a game fills, without Wine
/// and in this thread. The test moves it.
class ModelSide {
 public:
  /// The files are in `directory`. `title`: id; empty: the sim's first.
  explicit ModelSide(const std::string& directory, const std::string& sim = "ac",
                     const std::string& title = "")
      : sections_(*find_sim(sim)),
        title_(title.empty() ? sections_.sim().titles.front() : *sections_.sim().find_title(title)) {
    user_.options[&setting("shm_dir")] = directory;
    auto opened = LoneHostBridge::open(sections_, user_, "", "a model", clock_, log_);
    if (opened) bridge_ = std::make_unique<LoneHostBridge>(std::move(*opened));
    sections_.set_game(Game{1, std::string(title_.exe_names.front())});
  }

  bool has_place() const { return bridge_ != nullptr; }
  const Sim& sim() const { return sections_.sim(); }
  const Title& title() const { return title_; }
  MadeSections& sections() { return sections_; }

  /// The game's next update of every mapping, at this moment of its drive.
  void update(double seconds, Activity activity = Activity::kLive) {
    const model::Moment moment = {model::lap_state_at(seconds), activity, model::kSessionSeconds + seconds};
    for (const Mapping& mapping : sim().mappings) {
      const Layout* layout = title_.find_layout(mapping.file_name());
      if (layout == nullptr || mapping.optional) continue;
      const bool is_new = !sections_.identify(mapping.name);
      const auto section = sections_.section(mapping.file_name(), layout->size_bytes);
      if (is_new) model::prepare_section({section, title_, mapping.file_name()}, moment.car);
      model::begin_update(section, mapping.detector);
      model::write_title(section, title_, mapping.file_name(), moment,
                         model::field_finder(section, title_, mapping.file_name()));
      model::end_update(section, mapping.detector);
      sections_.updated(mapping.file_name());
    }
    step();
  }
  void step() { (*bridge_)->step(); }
  /// The game goes, and the bridge stays.
  void end_game() {
    sections_.set_game(std::nullopt);
    sections_.close_all();
    step();
  }
  /// Drives on until `condition` holds; false: it never did.
  template <typename Condition>
  bool drives_until(Condition condition) {
    return soon([&] {
      update(seconds_ += 0.01);
      return condition();
    });
  }

 private:
  MadeSections sections_;
  const Title& title_;
  UserSettings user_;
  MonotonicClock clock_;
  FakeLog log_;
  std::unique_ptr<LoneHostBridge> bridge_;
  double seconds_ = 0;
};

}  // namespace pitbridge
