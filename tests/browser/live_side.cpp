// SPDX-License-Identifier: MIT
// Usage: live_side [SIM [RATE_HZ [SECONDS]]]
// What pitbridge serve has to show in its tests: a car of the model drives, without a game and without Wine,
// from the moment SECONDS of its drive on. A line on stdout says that its files are there; SIGTERM ends it.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <initializer_list>
#include <string>

#include "bridges/host/host_bridge.hpp"
#include "common/core/model/scene.hpp"
#include "common/posix/settings/own_environment.hpp"
#include "common/posix/system/fd_log.hpp"
#include "common/posix/system/monotonic_clock.hpp"
#include "common/posix/system/stop_signals.hpp"

namespace pitbridge {
namespace {

constexpr double kNsPerSecond = 1e9;
constexpr double kPi = 3.14159265358979323846;

/// What the lap model does not tell, so that there is something to draw.
model::LapState car_at(double seconds) {
  model::LapState car = model::lap_state_at(seconds);
  const auto set = [&](Quantity quantity, std::initializer_list<double> numbers) {
    std::copy(numbers.begin(), numbers.end(), car.numbers[static_cast<std::size_t>(quantity)].begin());
  };
  const double at = 2 * kPi * car.number(Quantity::kLapTime) / 92.5;
  set(Quantity::kWorldPosition,
      {700 * std::cos(at) + 120 * std::cos(3 * at), 420 * std::sin(at) + 90 * std::sin(2 * at), 5});
  set(Quantity::kDelta, {0.8 * std::sin(3 * at)});
  set(Quantity::kFlag, {static_cast<double>(std::fmod(seconds, 40) < 8 ? Flag::kYellow : Flag::kGreen)});
  for (int wheel = 0; wheel < 4; ++wheel)
    car.numbers[static_cast<std::size_t>(Quantity::kTyreWear)][static_cast<std::size_t>(wheel)] = 0.12;
  return car;
}

/// One update of every mapping that the title has.
void write_all(MadeSections& sections, const Title& title, double seconds, bool is_first) {
  const model::Moment moment = {car_at(seconds), Activity::kLive, model::kSessionSeconds + seconds};
  for (const Layout& layout : title.layouts) {
    const Mapping* mapping = sections.sim().find_mapping(layout.mapping);
    const auto bytes = sections.section(mapping->file_name(), layout.size_bytes);
    if (is_first) model::prepare_section({bytes, title, layout.mapping}, moment.car);
    model::begin_update(bytes, mapping->detector);
    model::write_title(bytes, title, layout.mapping, moment,
                       model::field_finder(bytes, title, layout.mapping));
    model::end_update(bytes, mapping->detector);
    sections.updated(mapping->file_name());
  }
}

int drive(const std::string& name, double rate_hz, double start_seconds) {
  const Sim* sim = find_sim(name);
  if (sim == nullptr || !(rate_hz > 0)) return 2;
  const Title& title = sim->titles.front();
  FdLog log = FdLog::to_stderr("live_side", LogLevel::kWarning);
  UserSettings user;
  user.environment = own_environment();
  MonotonicClock clock;
  MadeSections sections(*sim);
  install_stop_signals();
  auto bridge = LoneHostBridge::open(sections, user, std::string(title.id), "a model of a test", clock, log);
  if (!bridge) {
    log.write(LogLevel::kError, bridge.error().message);
    return static_cast<int>(bridge.error().code);
  }
  sections.set_game(Game{1, "model"});
  const std::int64_t began_ns = clock.now_ns();
  const auto period_ns = static_cast<std::int64_t>(kNsPerSecond / rate_hz);
  bool is_first = true;
  for (std::int64_t next_ns = began_ns; stop_signal() == 0; next_ns += period_ns) {
    write_all(sections, title, start_seconds + static_cast<double>(clock.now_ns() - began_ns) / kNsPerSecond,
              is_first);
    (*bridge)->step();
    if (is_first) std::puts("drives"), std::fflush(stdout);
    is_first = false;
    clock.sleep_until(next_ns + period_ns);
  }
  return 0;
}

}  // namespace
}  // namespace pitbridge

int main(int argc, char** argv) {
  return pitbridge::drive(argc > 1 ? argv[1] : "lmu", argc > 2 ? std::atof(argv[2]) : 100,
                          argc > 3 ? std::atof(argv[3]) : 0);
}
