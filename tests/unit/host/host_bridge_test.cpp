// SPDX-License-Identifier: MIT
#include "bridges/host/host_bridge.hpp"

#include <gtest/gtest.h>

#include "common/core/sim/describe.hpp"
#include "common/posix/shm/mirror_reader.hpp"
#include "common/posix/shm/status_list.hpp"
#include "tests/unit/support/model_side.hpp"
#include "tests/unit/support/temp_directory.hpp"
#include "tests/unit/support/toy_bridge.hpp"

namespace pitbridge {
namespace {

TEST(HostBridgeTest, ShowsWhatIsMadeAsABridgeDoes) {
  const TempDirectory directory;
  ModelSide side(directory.path());
  ASSERT_TRUE(side.has_place());
  side.update(12);
  const MirrorReading reading = read_mirror(directory.path(), side.sim());
  ASSERT_TRUE(reading.status);
  EXPECT_TRUE(reading.bridge_runs);
  EXPECT_EQ(reading.status->header.state, static_cast<std::uint32_t>(BridgeState::kAttached));
  EXPECT_EQ(fixed_text(reading.status->header.prefix), "a model");
  ASSERT_NE(reading.title, nullptr);
  const Telemetry telemetry = decode(*reading.title, reading.snapshot);
  EXPECT_EQ(telemetry.number(Quantity::kRpm), model::lap_state_at(12).number(Quantity::kRpm));
}

TEST(HostBridgeTest, RefusesThePlaceOfALivingOne) {
  const TempDirectory directory;
  const ModelSide first(directory.path());
  ASSERT_TRUE(first.has_place());
  MadeSections sections(first.sim());
  UserSettings user;
  user.options[&setting("shm_dir")] = directory.path();
  MonotonicClock clock;
  FakeLog log;
  const auto second = LoneHostBridge::open(sections, user, "", "", clock, log);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ExitCode::kAlreadyRunning);
  EXPECT_NE(second.error().message.find(std::to_string(::getpid())), std::string::npos)
      << second.error().message;
}

TEST(HostBridgeTest, ClearsItsFilesWhenTheGameGoesAndAtItsEnd) {
  const TempDirectory directory;
  const auto is_clear = [&](const Sim& sim) {
    for (const std::string& name : file_names(sim))
      if (!all_zero(bytes_of(content_of(directory / name)))) return false;
    return true;
  };
  auto side = std::make_unique<ModelSide>(directory.path());
  const Sim& sim = side->sim();
  side->update(12);
  EXPECT_FALSE(is_clear(sim));
  side->end_game();
  EXPECT_TRUE(soon([&] {
    side->step();
    return is_clear(sim);
  }));
  side->sections().set_game(Game{1, "acs.exe"});
  ASSERT_TRUE(side->drives_until([&] { return !is_clear(sim); }));
  side.reset();
  EXPECT_TRUE(is_clear(sim));
  EXPECT_EQ(read_status_of(directory.path(), "ac")->header.state,
            static_cast<std::uint32_t>(BridgeState::kStopped));
}

}  // namespace
}  // namespace pitbridge
