// SPDX-License-Identifier: MIT
#include "common/core/model/scene.hpp"

#include <string>

#include "common/core/model/iracing.hpp"
#include "common/core/model/pcars.hpp"
#include "common/core/model/rfactor.hpp"

namespace pitbridge::model {
namespace {

constexpr Scene kNoScene = {
    .player_shift_bytes = [](std::string_view, std::uint32_t) -> std::uint64_t { return 0; },
    .prepare = [](const Place&, const LapState&) {},
    .write = [](const Place&, const Moment&) {}};

/// Its status is made of bits, of which no single rule tells that a car is driven.
constexpr Scene kWreckfestScene = {
    .player_shift_bytes = kNoScene.player_shift_bytes,
    .prepare = kNoScene.prepare,
    .write = [](const Place& place, const Moment& moment) {
      constexpr double kPausedBit = 1, kReplayBit = 2, kInRaceBit = 32;
      const Field* flags = find_field(place.title.find_layout(place.mapping)->fields, "header.statusFlags");
      if (flags == nullptr) return;
      const bool in_race = moment.activity != Activity::kMenu && moment.activity != Activity::kOff;
      const bool paused = moment.activity == Activity::kPaused;
      const bool replay = moment.activity == Activity::kReplay;
      write_number(place.section, *flags,
                   (in_race ? kInRaceBit : 0) + (paused ? kPausedBit : 0) + (replay ? kReplayBit : 0));
    }};

std::string_view last_known_version(const VersionWord& word) {
  const std::string_view range = word.known[word.known.size() - 1];
  const auto dots = range.rfind("..");
  return dots == std::string_view::npos ? range : range.substr(dots + 2);
}

/// In whole numbers or as a text.
void state_version(const Place& place, std::string_view version) {
  const VersionWord& word = place.title.version;
  std::string_view rest = version;
  for (const std::string_view name : word.fields) {
    const Field& field = *find_field(place.title.find_layout(word.mapping)->fields, name);
    if (is_text(field.type)) return write_text(place.section, field, std::string(rest));
    const auto dot = rest.find('.');
    write_number(place.section, field, std::stod(std::string(rest.substr(0, dot))));
    rest.remove_prefix(dot == std::string_view::npos ? rest.size() : dot + 1);
  }
}

}  // namespace

const Scene& scene_of(const Title& title) {
  if (title.find_variable != nullptr) return kIRacingScene;
  if (title.id == "rfactor_2") return kRfactor2Scene;
  if (title.id == "wreckfest_2") return kWreckfestScene;
  if (title.id == "le_mans_ultimate") return kLeMansUltimateScene;
  if (title.find_layout("$pcars2$") != nullptr || title.find_layout("$pcars$") != nullptr) return kPcarsScene;
  return kNoScene;
}

void prepare_section(const Place& place, const LapState& car, std::string_view version) {
  const auto set = [&](std::string_view name, double value) {
    const Field* found = find_field(place.title.find_layout(place.mapping)->fields, name);
    if (found != nullptr) write_number(place.section, *found, value);
  };
  const Scene& scene = scene_of(place.title);
  if (version.empty()) version = scene.version;
  if (place.title.version.mapping == place.mapping)
    state_version(place, version.empty() ? last_known_version(place.title.version) : version);
  // What tells the titles with one set of names apart: Assetto Corsa alone states a torque, and the later
  // ones alone go on behind its graphics.
  if (place.title.id == "assetto_corsa") set("maxTorque", 500);
  set("playerCarID", 1);
  if (place.title.id == "ets2") set("scs_values.game", 1);
  if (place.title.id == "ats") set("scs_values.game", 2);
  scene.prepare(place, car);
}

}  // namespace pitbridge::model
