// SPDX-License-Identifier: MIT
#include "bridges/simulate/simulator.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

namespace pitbridge {
namespace {

constexpr double kNsPerSecond = 1e9;
/// A script is looked at so often while no game runs that would be written.
constexpr std::int64_t kLookEveryNs = 10'000'000;

}  // namespace

Simulator::Simulator(MadeSections& sections, const Title& title, Timeline timeline,
                     const SimulatorOptions& options, std::uint32_t pid)
    : sections_(sections), title_(title), timeline_(std::move(timeline)), options_(options), pid_(pid) {}

void Simulator::start_game() {
  game_.emplace(sections_.sim(), title_, options_.rate_hz, options_.seed);
  sections_.set_game(Game{.pid = pid_, .exe_name = std::string(title_.exe_names.front())});
}

void Simulator::end_game() {
  game_.reset();
  sections_.close_all();
  sections_.set_game(std::nullopt);
}

void Simulator::step(std::int64_t now_ns) {
  now_ns_ = now_ns;
  if (!begin_ns_) begin_ns_ = now_ns - static_cast<std::int64_t>(options_.from_seconds * kNsPerSecond);
  const double seconds = static_cast<double>(now_ns - *begin_ns_) / kNsPerSecond;
  const SimulatedState state = timeline_.at(seconds);
  has_ended_ =
      state.has_ended || (options_.seconds > 0 && seconds >= options_.from_seconds + options_.seconds);
  if (has_ended_ || !state.game_runs) {
    if (game_) end_game();
    return;
  }
  if (!game_) {
    start_game();
    game_->start(seconds);
  }
  if (seconds < game_->next_seconds()) return;
  const model::FieldSetup field = {.cars = options_.cars, .seed = options_.seed, .races = options_.races};
  const model::Moment moment =
      model::moment_of(title_, state.drive, field, state.activity, state.racing_seconds);
  game_->update_due(
      seconds, moment,
      [this](std::string_view mapping, std::size_t size) { return sections_.section(mapping, size); },
      [this](std::string_view mapping) { sections_.updated(mapping); });
}

std::int64_t Simulator::next_ns() const {
  if (!game_) return now_ns_ + kLookEveryNs;
  const double due = std::ceil(game_->next_seconds() * kNsPerSecond);
  return std::min(*begin_ns_ + static_cast<std::int64_t>(due), now_ns_ + kLookEveryNs);
}

}  // namespace pitbridge
