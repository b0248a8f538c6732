// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bridges/host/host_bridge.hpp"
#include "common/core/model/packets.hpp"
#include "common/core/model/scene.hpp"
#include "common/core/model/writer.hpp"
#include "common/posix/system/monotonic_clock.hpp"

namespace pitbridge {

/// A game of any sim with its bridge, in this process and without Wine: a car on a lap, by the sim's own
/// tables. For readers it is a live one.
class ModelDrive {
 public:
  /// The files are in `directory`.
  ModelDrive(const Sim& sim, const std::string& directory)
      : sim_(sim), title_(sim.titles.front()), sections_(sim) {
    UserSettings user;
    user.options[&setting("shm_dir")] = directory;
    auto bridge = LoneHostBridge::open(sections_, user, "", "a model", clock_, log_);
    if (!bridge) std::abort();
    bridge_.emplace(std::move(*bridge));
    if (sim.packets != nullptr) packets_ = model::packets_of(sim, title_, 7, "");
    start();
  }

  const Sim& sim() const { return sim_; }
  const Title& title() const { return title_; }
  MadeSections& sections() { return sections_; }
  LoneHostBridge& bridge() { return *bridge_; }

  void start() {
    sections_.set_game(Game{.pid = 1, .exe_name = std::string(*title_.exe_names.begin())});
    prepared_.clear();
  }
  /// The mappings that such a game writes.
  std::vector<const Mapping*> mappings() const {
    std::vector<const Mapping*> all;
    for (const Mapping& mapping : sim_.mappings)
      if (title_.find_layout(mapping.file_name()) != nullptr) all.push_back(&mapping);
    return all;
  }
  /// What the car does at that second of its drive, as one update of the mapping.
  void write(const Mapping& mapping, double seconds, Activity activity = Activity::kLive) {
    const model::Moment moment = {.car = model::lap_state_at(seconds),
                                  .activity = activity,
                                  .clock_seconds = model::kSessionSeconds + seconds};
    const std::string_view name = mapping.file_name();
    for (model::GamePacket& packet : packets_) {
      if (packet.mapping() != name) continue;
      const auto bytes = packet.next(moment, static_cast<std::uint32_t>(seconds * 1000));
      std::ranges::copy(bytes, sections_.section(name, bytes.size()).begin());
    }
    if (packets_.empty()) {
      constexpr std::size_t kPage = 4096;
      const std::size_t size = (title_.find_layout(name)->size_bytes + kPage - 1) / kPage * kPage;
      const auto section = sections_.section(name, size);
      if (std::ranges::find(prepared_, name) == prepared_.end()) {
        model::prepare_section({section, title_, name}, moment.car);
        prepared_.push_back(name);
      }
      model::begin_update(section, mapping.detector);
      model::write_title(section, title_, name, moment, model::field_finder(section, title_, name));
      model::end_update(section, mapping.detector);
    }
    sections_.updated(name);
  }
  /// Shows what was written.
  void show() { (*bridge_)->step(); }
  /// All mappings at once.
  void drive(double seconds, Activity activity = Activity::kLive) {
    for (const Mapping* mapping : mappings()) write(*mapping, seconds, activity);
    show();
  }
  /// The game ends; its bridge stays.
  void leave() {
    sections_.close_all();
    sections_.set_game(std::nullopt);
    show();
  }

 private:
  /// Nobody reads it.
  class NoLog final : public Log {
    void write(LogLevel /*level*/, std::string_view /*line*/) override {}
  };

  const Sim& sim_;
  const Title& title_;
  NoLog log_;
  MonotonicClock clock_;
  MadeSections sections_;
  std::optional<LoneHostBridge> bridge_;
  std::vector<model::GamePacket> packets_;
  std::vector<std::string_view> prepared_;
};

}  // namespace pitbridge
