// SPDX-License-Identifier: MIT
// `pitbridge status` and `pitbridge read` beside a bridge that is planted: a page that this process holds.
#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <set>

#include "common/core/sim/describe.hpp"
#include "common/posix/shm/status_file.hpp"
#include "common/posix/system/monotonic_clock.hpp"
#include "tests/unit/support/run_program.hpp"
#include "tests/unit/support/temp_directory.hpp"

namespace pitbridge {
namespace {

using Json = nlohmann::json;

/// A bridge that has attached to the first mapping of a title, and was last heard of so many seconds ago.
class PlantedBridge {
 public:
  PlantedBridge(const std::string& directory, const Sim& sim, const Title& title, int silent_s)
      : page_(*StatusFile::open({directory, std::string(sim.name), 0600})), writer_(*page_, page_->page()) {
    const auto names = file_names(sim);
    const auto beat_ns = static_cast<std::uint64_t>(MonotonicClock().now_ns()) -
                         static_cast<std::uint64_t>(silent_s) * 1'000'000'000U;
    writer_.start(sim.name, "/p/pfx", 4321, beat_ns, names);
    writer_.set_game(32, title.id);
    for (std::size_t i = 0; i < names.size(); ++i)
      if (names[i] == title.layouts.front().mapping)
        writer_.set_section(i, true, title.layouts.front().size_bytes, 0, 0, -1);
    writer_.set_state(BridgeState::kAttached);
  }

 private:
  std::unique_ptr<StatusFile> page_;
  StatusWriter writer_;
};

Json status_of(const std::string& directory) {
  return Json::parse(run_pitbridge({"--shm-dir", directory, "status", "--json", "--interval", "1"}).output);
}

std::set<std::string> files_of(const Json& entry) {
  std::set<std::string> files;
  for (const Json& mapping : entry["mappings"]) files.insert(mapping["file"].get<std::string>());
  return files;
}

TEST(Status, ABridgeThatHangsIsToldWithItsRemedy) {
  const TempDirectory directory;
  const Sim& sim = *find_sim("ac");
  const PlantedBridge bridge(directory.path(), sim, sim.titles.front(), 9);
  write_file(directory / "acpmf_physics", std::string(4096, '\1'));
  const Json entry = status_of(directory.path()).front();
  EXPECT_EQ(entry["state"], "hangs");
  EXPECT_EQ(entry["bridge_alive"], true);
  EXPECT_GE(entry["silent_s"], 9.0);
  EXPECT_TRUE(entry["remedy"].get<std::string>().starts_with("kill -CONT 4321; ")) << entry;
  const std::string text = run_pitbridge({"--shm-dir", directory.path(), "status"}).output;
  EXPECT_TRUE(text.starts_with("ac: hangs: no heartbeat for ")) << text;
  EXPECT_NE(text.find("\n  remedy   kill -CONT 4321; "), std::string::npos) << text;

  const Outcome read = run_pitbridge({"--shm-dir", directory.path(), "read", "ac", "--once", "--json"});
  const Json reading = Json::parse(read.output);
  EXPECT_EQ(reading["state"], "hangs") << read.output;
  EXPECT_NE(reading["activity"], "live");
  EXPECT_TRUE(reading["values"].empty()) << "they are old\n" << read.output;
  EXPECT_TRUE(reading.value("remedy", "").starts_with("kill -CONT 4321; ")) << read.output;
  const std::string table = run_pitbridge({"--shm-dir", directory.path(), "read", "ac", "--once"}).output;
  EXPECT_NE(table.find("\nbridge                  hangs: no heartbeat for "), std::string::npos) << table;
  EXPECT_NE(table.find("\nremedy                  kill -CONT 4321; "), std::string::npos) << table;
}

TEST(Status, ABridgeThatBeatsDoesNotHang) {
  const TempDirectory directory;
  const Sim& sim = *find_sim("ac");
  const PlantedBridge bridge(directory.path(), sim, sim.titles.front(), 1);
  const Json entry = status_of(directory.path()).front();
  EXPECT_EQ(entry["state"], "attached");
  EXPECT_TRUE(entry["silent_s"].is_null());
  EXPECT_EQ(entry["remedy"], "");
  EXPECT_EQ(entry["directory"], directory.path());
  const std::string text = run_pitbridge({"--shm-dir", directory.path(), "status"}).output;
  EXPECT_TRUE(text.starts_with("ac: attached, bridge pid 4321 alive")) << text;
  EXPECT_NE(text.find("\n  files    " + directory.path() + "\n"), std::string::npos) << text;
}

TEST(Status, OnlyTheMappingsOfTheTitleThatRunsAreListed) {
  for (const Sim* sim : all_sims())
    for (const Title& title : sim->titles) {
      const TempDirectory directory;
      const PlantedBridge bridge(directory.path(), *sim, title, 0);
      const Json entry = status_of(directory.path()).front();
      for (const std::string& file : files_of(entry))
        for (const Title& other : sim->titles)
          if (title.find_layout(file) == nullptr) {
            EXPECT_EQ(other.find_layout(file), nullptr) << title.name << ": " << file;
          }
      for (const Layout& layout : title.layouts)
        EXPECT_TRUE(files_of(entry).contains(std::string(layout.mapping)))
            << title.name << ": " << layout.mapping;
    }
}

}  // namespace
}  // namespace pitbridge
