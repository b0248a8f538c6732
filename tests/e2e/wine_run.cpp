// SPDX-License-Identifier: MIT
#include "tests/e2e/wine_run.hpp"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>

#include "common/posix/system/monotonic_clock.hpp"
#include "common/posix/system/paths.hpp"

namespace pitbridge::e2e {
namespace {

namespace fs = std::filesystem;

std::string g_template;

/// Starting a Wine process took more than 10 s once, on a machine that did other things as well.
constexpr Seconds kStartDeadline(30);

/// What each session would start, and no game of these tests needs: a quarter of the CPU that a session
/// takes.
void switch_services_off() {
  for (const char* service : {"Eventlog", "NDIS", "nsiproxy", "PlugPlay"}) {
    Process reg({.arguments = {"wine", "reg", "add",
                               std::string(R"(HKLM\System\CurrentControlSet\Services\)") + service, "/v",
                               "Start", "/t", "REG_DWORD", "/d", "4", "/f"},
                 .environment = wine_environment(g_template)});
    if (reg.wait(Seconds(30)) != 0) throw std::runtime_error("reg failed:\n" + reg.output());
  }
}

fs::path test_directory() {
  return environment_or("PITBRIDGE_TEST_DIR", fs::temp_directory_path().string());
}

}  // namespace

void PrefixTemplate::SetUp() {
  g_template = (test_directory() / "prefix-template").string();
  Process boot({.arguments = {"wineboot", "--init"}, .environment = wine_environment(g_template)});
  if (boot.wait(Seconds(120)) != 0) throw std::runtime_error("wineboot failed:\n" + boot.output());
  switch_services_off();
  run_wineserver(g_template, "-w");
}

void PrefixTemplate::TearDown() {
  run_wineserver(g_template, "-k");
  fs::remove_all(g_template);
}

void PrefixTemplate::copy_to(const std::string& prefix) {
  fs::create_directories(prefix);
  for (const auto& entry : fs::directory_iterator(g_template)) {
    // Wine's own 700 MB below drive_c are never written, so links to them will do; the registry is written.
    const auto how =
        entry.path().filename() == "drive_c" ? fs::copy_options::create_hard_links : fs::copy_options::none;
    fs::copy(entry.path(), fs::path(prefix) / entry.path().filename(),
             fs::copy_options::recursive | fs::copy_options::copy_symlinks | how);
  }
}

GameSetup setup_of(const Sim& sim, const Title& title) {
  GameSetup setup = {std::string(title.exe_names.front()),
                     {"--sim", std::string(sim.name), "--title", std::string(title.id)}};
  for (const Layout& layout : title.layouts)
    setup.arguments.insert(setup.arguments.end(), {"--with", std::string(layout.mapping)});
  return setup;
}

void WineRun::SetUp() {
  std::string pattern = (test_directory() / "run-XXXXXX").string();
  ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
  directory_ = pattern;
  prefix_ = directory_ + "/" + prefix_name();
  shm_ = shm_directory();
  fs::create_directory(shm_);
  PrefixTemplate::copy_to(prefix_);
}

void WineRun::TearDown() {
  kill_wineserver();
  fs::remove_all(directory_);
}

void WineRun::kill_wineserver() const {
  run_wineserver(prefix_, "-k");
}

std::map<std::string, std::string> WineRun::environment() const {
  auto all = wine_environment(prefix_);
  all["PITBRIDGE_SHM_DIR"] = shm_;
  all["PITBRIDGE_CONFIG_FILE"] = "/dev/null";  // whoever runs the tests may have a file of their own
  return all;
}

std::string WineRun::shm_path(const std::string& name) const {
  return name.empty() ? shm_ : shm_ + "/" + name;
}

std::string WineRun::place_game(const GameSetup& setup, const std::string& directory) const {
  fs::create_directories(directory);
  std::string exe = directory + "/" + setup.exe_name;
  if (!fs::exists(exe)) fs::copy_file(built("tests/" + setup.program), exe);
  return exe;
}

Process WineRun::start_game(const GameSetup& setup) {
  std::vector<std::string> arguments = {"wine", place_game(setup, directory_)};
  arguments.insert(arguments.end(), setup.arguments.begin(), setup.arguments.end());
  Process game({.arguments = arguments, .environment = environment()});
  EXPECT_TRUE(game.says("ready")) << game.output();
  return game;
}

std::string WineRun::bridge_file(const std::string& sim) const {
  const bool is_twin = !environment_or("PITBRIDGE_TEST_TWIN", "").empty();
  return "bin/" + sim + (is_twin ? "bridge.exe" : "bridge.exe.so");
}

Process WineRun::start_bridge(const BridgeSetup& setup) {
  std::vector<std::string> arguments = {"wine", built(bridge_file(setup.sim))};
  arguments.insert(arguments.end(), setup.arguments.begin(), setup.arguments.end());
  auto variables = environment();
  for (const auto& [name, value] : setup.environment) variables[name] = value;
  return Process({.arguments = arguments, .environment = variables});
}

Process WineRun::start_receiver(const std::vector<std::string>& arguments) {
  std::vector<std::string> all = {built("bin/pitbridge"), "udp"};
  all.insert(all.end(), arguments.begin(), arguments.end());
  return Process({.arguments = all, .environment = environment()});
}

Process WineRun::run_pitbridge(const std::vector<std::string>& arguments) {
  std::vector<std::string> all = {built("bin/pitbridge")};
  all.insert(all.end(), arguments.begin(), arguments.end());
  Process command({.arguments = all, .environment = environment()});
  EXPECT_TRUE(command.wait().has_value());
  return command;
}

MirrorReading WineRun::reading(const std::string& sim) const {
  return read_mirror(shm_, *find_sim(sim));
}

Telemetry WineRun::telemetry(const std::string& sim) const {
  const MirrorReading now = reading(sim);
  if (now.title == nullptr) return {};
  return decode(*now.title, now.snapshot, watches_[sim], MonotonicClock().now_ns());
}

BridgeState WineRun::state(const std::string& sim) const {
  const MirrorReading now = reading(sim);
  return now.status ? static_cast<BridgeState>(now.status->header.state) : BridgeState::kStopped;
}

bool WineRun::becomes(BridgeState wanted, const std::string& sim, Seconds deadline) const {
  return eventually([&] { return state(sim) == wanted; }, deadline);
}

bool WineRun::becomes_live(const std::string& sim) const {
  return eventually([&] { return telemetry(sim).activity == Activity::kLive; }, kStartDeadline);
}

bool WineRun::is_clear(const std::string& sim) const {
  const MirrorReading now = reading(sim);
  for (const Mapping& mapping : find_sim(sim)->mappings) {
    const auto* bytes = now.snapshot.bytes(mapping.file_name());
    if (bytes == nullptr) {
      if (mapping.min_file_bytes != 0) return false;
    } else if (std::any_of(bytes->begin(), bytes->end(), [](std::byte b) { return b != std::byte{0}; })) {
      return false;
    }
  }
  return true;
}

bool WineRun::is_mirrored(std::string_view mapping, const std::string& sim) const {
  const MirrorReading now = reading(sim);
  const StatusMapping* entry = now.status ? now.status->find(mapping) : nullptr;
  if (entry == nullptr || entry->attached == 0 || entry->section_fd < 0) return false;
  const std::string section =
      "/proc/" + std::to_string(now.status->header.bridge_pid) + "/fd/" + std::to_string(entry->section_fd);
  Process compare({.arguments = {"cmp", "-n", std::to_string(entry->size_bytes), section,
                                 shm_path(std::string(mapping))}});
  return compare.wait() == 0;
}

}  // namespace pitbridge::e2e

int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  ::signal(SIGPIPE, SIG_IGN);  // a child that died fails its test, and not the whole run
  ::testing::AddGlobalTestEnvironment(new pitbridge::e2e::PrefixTemplate);
  return RUN_ALL_TESTS();
}
