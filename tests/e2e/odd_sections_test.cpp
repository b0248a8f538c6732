// SPDX-License-Identifier: MIT
// Sections that are not as the tables say: smaller, larger, or without a game.
#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/e2e/wine_run.hpp"

namespace pitbridge::e2e {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

class OddSections : public WineRun {
 protected:
  Process start_sized(const std::string& sim, const std::string& exe_name, const std::string& size) {
    return start_game({exe_name, {"--sim", sim, "--size", size, "--stamp"}});
  }
  json read_json(const std::string& sim) {
    Process read = run_pitbridge({"read", sim, "--once", "--json"});
    EXPECT_EQ(read.wait(), 0) << read.output();
    return json::parse(read.output());
  }
  /// `size_bytes` is all of the section, and all of it is in the file.
  void expect_mirrored_whole(Process& game, const std::string& sim, const std::string& mapping,
                             std::uint64_t size_bytes) const {
    ASSERT_TRUE(becomes_live(sim));
    game.tell("pause");
    ASSERT_TRUE(game.says("ok pause"));
    EXPECT_EQ(reading(sim).status->find(mapping)->size_bytes, size_bytes);
    EXPECT_TRUE(eventually([&] { return is_mirrored(mapping, sim); })) << mapping;
    const MirrorReading now = reading(sim);
    const auto& bytes = *now.snapshot.bytes(mapping);
    ASSERT_EQ(bytes.size(), size_bytes);
    EXPECT_TRUE(std::any_of(bytes.end() - 8, bytes.end(), [](std::byte b) { return b != std::byte{0}; }))
        << "the stamp at the very end";
  }
};

// The layout of LMU_Data has 324824 bytes; its telemetry begins at 128464, and is the first to go.
TEST_F(OddSections, ASmallerOneIsMirroredAndWhatIsMissingIsSaid) {
  Process bridge = start_bridge({.sim = "lmu"});
  Process game = start_sized("lmu", "Le Mans Ultimate.exe", "LMU_Data:126976");
  ASSERT_NO_FATAL_FAILURE(expect_mirrored_whole(game, "lmu", "LMU_Data", 126976)) << bridge.output();

  const json got = read_json("lmu");
  EXPECT_EQ(got["values"]["track"], telemetry("lmu").text(Quantity::kTrack)) << "what is there is shown";
  EXPECT_TRUE(got["values"].contains("position"));
  EXPECT_FALSE(got["values"].contains("rpm"));
  for (const char* wanted :
       {"rpm", "max_rpm", "speed", "gear", "throttle", "brake", "clutch", "steering", "fuel",
        "tyre_temperature", "tyre_pressure", "car", "acceleration", "wheel_load"})
    EXPECT_TRUE(std::ranges::count(got["missing"], wanted) == 1) << wanted << " in " << got["missing"];
  EXPECT_FALSE(std::ranges::count(got["missing"], "position") != 0);

  Process text = run_pitbridge({"read", "lmu", "--once"});
  EXPECT_NE(text.output().find("missing                 rpm, max_rpm, speed"), std::string::npos)
      << text.output();
}

TEST_F(OddSections, ALargerOneIsMirroredWhole) {
  Process bridge = start_bridge({.sim = "r3e"});
  Process game = start_sized("r3e", "RRRE64.exe", "$R3E:100000");
  ASSERT_NO_FATAL_FAILURE(expect_mirrored_whole(game, "r3e", "$R3E", 102400)) << bridge.output();
  EXPECT_EQ(read_json("r3e")["missing"], json::array());
}

TEST_F(OddSections, AHugeOneIsNotMirroredAndCostsNoMemory) {
  Process bridge = start_bridge();
  Process game = start_sized("ac", "acs.exe", "acpmf_physics:2147483648");
  ASSERT_TRUE(bridge.says("acpmf_physics: its section has 2147483648 bytes")) << bridge.output();
  const auto is_attached = [&](std::string_view mapping) {
    const MirrorReading now = reading();
    const StatusMapping* entry = now.status ? now.status->find(mapping) : nullptr;
    return entry != nullptr && entry->attached == 1;
  };
  ASSERT_TRUE(eventually([&] { return is_attached("acpmf_graphics"); })) << bridge.output();
  EXPECT_FALSE(is_attached("acpmf_physics"));
  EXPECT_LT(fs::file_size(shm_path("acpmf_physics")), 1U << 20U);
  // In kB, from the system's own account of the process.
  std::ifstream account("/proc/" + std::to_string(bridge.pid()) + "/status");
  long most_kb = -1;
  for (std::string line; std::getline(account, line);)
    if (line.starts_with("VmHWM:")) most_kb = std::stol(line.substr(6));
  EXPECT_GT(most_kb, 0);
  EXPECT_LT(most_kb, 512L * 1024);
  bridge.signal(SIGTERM);
  EXPECT_EQ(bridge.wait(), 0);
}

TEST_F(OddSections, OneWithoutAGameIsAttachedToWhenItIsWrittenAndNoGameIsNamed) {
  // A reader of another kind may have made the mapping, and writes nothing.
  Process tool = start_game({"some_tool.exe", {"--sim", "ac"}});
  tool.tell("pause");
  ASSERT_TRUE(tool.says("ok pause"));
  Process bridge = start_bridge();
  const auto is_attached = [&] {
    const MirrorReading now = reading();
    const StatusMapping* entry = now.status ? now.status->find("acpmf_physics") : nullptr;
    return entry != nullptr && entry->attached == 1;
  };
  ASSERT_TRUE(bridge.says("is held by a program that is no game")) << bridge.output();
  EXPECT_FALSE(is_attached());
  tool.tell("resume");
  ASSERT_TRUE(eventually(is_attached)) << bridge.output();
  tool.tell("pause");
  ASSERT_TRUE(becomes(BridgeState::kPaused)) << bridge.output();
  EXPECT_EQ(reading().status->header.game_pid, 0U);
  EXPECT_EQ(fixed_text(reading().status->header.title), "");
  tool.tell("stop");
  EXPECT_TRUE(eventually([&] { return !is_attached() || !bridge.running(); })) << bridge.output();
}

}  // namespace
}  // namespace pitbridge::e2e
