// SPDX-License-Identifier: MIT
// Every judgement of `pitbridge doctor`, over planted facts: where all is well each link is ok, and a planted
// fault breaks the link that it belongs to, by name, and no other that it does not touch.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>
#include <set>

#include "bridges/doctor/checks.hpp"
#include "bridges/doctor/report.hpp"
#include "bridges/output/columns.hpp"
#include "common/core/sim/text.hpp"

namespace pitbridge::doctor {
namespace {

using Ids = std::set<std::string>;

constexpr std::int64_t kNowNs = 100'000'000'000;
constexpr uid_t kUser = 1000;

StatusMapping mapping_of(std::string_view name, std::uint64_t size_bytes, std::uint64_t updates) {
  StatusMapping mapping = {};
  put_text(mapping.file_name, name);
  mapping.attached = 1;
  mapping.size_bytes = size_bytes;
  mapping.updates = updates;
  mapping.last_change_ns = static_cast<std::uint64_t>(kNowNs);
  return mapping;
}

Status status_of(const Sim& sim, std::uint64_t updates) {
  Status status = {};
  status.header.state = static_cast<std::uint32_t>(BridgeState::kAttached);
  status.header.bridge_pid = 200;
  status.header.heartbeat_ns = static_cast<std::uint64_t>(kNowNs);
  put_text(status.header.title, sim.titles.front().id);
  put_text(status.header.prefix, "/p/pfx");
  for (const Layout& layout : sim.titles.front().layouts)
    status.mappings.push_back(mapping_of(layout.mapping, std::max(16384U, layout.size_bytes), updates));
  return status;
}

PathFacts plain_file(std::uint64_t inode, std::uint64_t size_bytes) {
  return {true, S_IFREG | 0600, kUser, 9, inode, size_bytes};
}

/// A game that runs in Steam's Proton, a bridge beside it, and nothing wrong.
Facts good_facts(const char* sim_name = "ac") {
  const Sim& sim = *find_sim(sim_name);
  Facts facts;
  facts.sim = &sim;
  facts.own_user = kUser;
  facts.program = "/home/u/.local/bin/pitbridge";
  facts.shm = {"/dev/shm", true, true, true, 1U << 30U, "", false};
  facts.steam.installations = {{SteamFlavour::kNative, "/home/u/Steam"}};
  GameFacts game;
  game.game.process.id = {100, 5000};
  game.game.exe_name = sim.titles.front().exe_names.front();
  game.game.known = {&sim, &sim.titles.front()};
  game.prefix = {true, S_IFDIR | 0700, kUser, 9, 77, 4096};
  game.prefix_is_one = true;
  game.wineservers = {90};
  game.glibc = GlibcVersion{2, 36};
  WineSession session;
  session.game = game.game.process.id;
  session.environment = {{"SteamAppId", std::to_string(sim.titles.front().app_ids.front())},
                         {"STEAM_COMPAT_TOOL_PATHS", "/home/u/Proton 9.0/:/home/u/sniper"},
                         {"WINEFSYNC", "1"}};
  session.prefix = {"/p/pfx", "WINEPREFIX"};
  session.loader = {"/home/u/Proton 9.0/files/bin/wine64", "/proc/PID/exe"};
  session.sync = {SyncMode::kFsync, true};
  session.server_directory = "/tmp/.wine-1000/server-9-4d";
  session.server_listens = true;
  game.session = session;
  facts.games = {game.game};
  facts.game = std::move(game);
  BridgeFacts bridge;
  bridge.bridge.process.id = {200, 6000};
  bridge.bridge.process.parent = 1;
  bridge.bridge.sim = &sim;
  bridge.shm_directory = "/dev/shm";
  bridge.server_directory = session.server_directory;
  bridge.prefix = "/p/pfx";
  bridge.file = "/lib/acbridge.exe.so";
  bridge.holds_the_page = true;
  bridge.is_in_the_games_session = true;
  facts.bridges = {bridge};
  facts.bridge_file.installed = "/lib/acbridge.exe.so";
  facts.bridge_file.needs = {true, true, GlibcVersion{2, 34}};
  facts.bridge_file.staged = "/home/u/.local/share/pitbridge/1/acbridge.exe.so";
  facts.bridge_file.is_readable_inside = true;
  facts.own_glibc = {2, 36};
  facts.trial.why_not = "a bridge runs in it already";
  facts.page.kind = PageKind::kReadable;
  facts.page.is_locked = true;
  facts.page.first = status_of(sim, 100);
  facts.page.second = status_of(sim, 200);
  facts.page.passed_s = 0.5;
  facts.page.now_ns = kNowNs;
  facts.values = {&sim.titles.front(), {"1", &sim.titles.front(), ""}, {}};
  std::uint64_t inode = 1000;
  for (const StatusMapping& mapping : facts.page.second->mappings) {
    FileFacts file;
    file.name = fixed_text(mapping.file_name);
    file.wanted_bytes = mapping.size_bytes;
    file.outside = plain_file(++inode, mapping.size_bytes);
    file.is_held_by_bridge = true;
    facts.files.push_back(std::move(file));
  }
  facts.simd.bridge_parent = 1;
  return facts;
}

void stop_updates(Facts& facts) {
  facts.page.first = facts.page.second;
}
void set_state(Facts& facts, BridgeState state) {
  for (auto* status : {&facts.page.first, &facts.page.second})
    (*status)->header.state = static_cast<std::uint32_t>(state);
}
void detach_all(Facts& facts) {
  for (auto* status : {&facts.page.first, &facts.page.second})
    for (StatusMapping& mapping : (*status)->mappings) mapping.attached = 0;
  set_state(facts, BridgeState::kWaiting);
}
void end_bridge(Facts& facts) {
  facts.bridges.clear();
  facts.page.is_locked = false;
  facts.simd.bridge_parent.reset();
  set_state(facts, BridgeState::kStopped);
}
void end_game(Facts& facts) {
  facts.game.reset();
  facts.games.clear();
}
/// The game in a container with mounts of its own, which shares the files.
void move_into_container(Facts& facts) {
  WineSession& session = *facts.game->session;
  session.shares_mounts = false;
  session.sandbox = Sandbox::kPressureVessel;
  for (FileFacts& file : facts.files) file.inside = file.outside;
}

Ids ids_in(const Report& report, LinkState state) {
  Ids ids;
  for (const Result& result : report.results)
    if (result.finding.state == state) ids.emplace(result.check->id);
  return ids;
}

const Finding& finding_of(const Report& report, std::string_view id) {
  for (const Result& result : report.results)
    if (result.check->id == id) return result.finding;
  throw std::runtime_error("no link is called " + std::string(id));
}

TEST(Doctor, FindsNothingWhereAllIsWell) {
  for (const Sim* sim : all_sims()) {
    if (sim->packets != nullptr) continue;  // most links are not about them: see DoctorSender
    const Report report = report_on(good_facts(std::string(sim->name).c_str()));
    EXPECT_EQ(ids_in(report, LinkState::kBroken), Ids{}) << text_of(report, {});
    EXPECT_EQ(ids_in(report, LinkState::kUnknown), Ids{}) << text_of(report, {});
    ASSERT_TRUE(report.data_rate_hz);
    const double mappings = static_cast<double>(sim->titles.front().layouts.size());
    EXPECT_DOUBLE_EQ(*report.data_rate_hz, 200 * mappings);
    EXPECT_TRUE(verdict(report, 80).starts_with("data flows: ")) << verdict(report, 80);
  }
}

/// A game that sends, and the receiver that takes it.
Facts sending_facts() {
  Facts facts = good_facts("lfs");
  facts.page.first->packets.emplace();
  facts.page.second->packets.emplace();
  facts.page.second->packets->taken = 60;
  facts.page.second->packets->port = 30'000;
  put_text(facts.page.second->packets->sender, "127.0.0.1:5000");
  return facts;
}

TEST(DoctorSender, FindsNothingWhereAllIsWell) {
  const Report report = report_on(sending_facts());
  EXPECT_EQ(ids_in(report, LinkState::kBroken), Ids{}) << text_of(report, {});
  EXPECT_EQ(finding_of(report, "packets").state, LinkState::kOk);
  EXPECT_NE(finding_of(report, "packets").found.find("port 30000, from 127.0.0.1:5000"), std::string::npos)
      << finding_of(report, "packets").found;
  EXPECT_EQ(finding_of(report, "wineserver").state, LinkState::kUnknown) << "it does not matter";
}

TEST(DoctorSender, AGameThatSendsNothingIsToBeSwitchedOn) {
  Facts facts = sending_facts();
  facts.page.second->packets->taken = 0;
  const Finding found = finding_of(report_on(facts), "packets");
  EXPECT_EQ(found.state, LinkState::kBroken) << found.found;
  EXPECT_NE(found.remedy.advice.find("OutGauge"), std::string::npos) << found.remedy.advice;
}

TEST(DoctorSender, AnotherYearsFormatIsNamed) {
  Facts facts = sending_facts();
  facts.page.second->packets->taken = 0;
  facts.page.second->packets->junk[static_cast<std::size_t>(JunkReason::kOtherFormat)] = 9;
  const Finding found = finding_of(report_on(facts), "packets");
  EXPECT_EQ(found.state, LinkState::kBroken) << found.found;
  EXPECT_NE(found.found.find("of another format"), std::string::npos) << found.found;
}

TEST(DoctorSender, APortThatIsTakenIsNamedWithItsOwner) {
  Facts facts = sending_facts();
  facts.page.second->packets->taken = 0;
  put_text(facts.page.second->header.message, "cannot listen on 127.0.0.1:30000: simd (pid 7) has the port");
  const Finding found = finding_of(report_on(facts), "packets");
  EXPECT_EQ(found.state, LinkState::kBroken) << found.found;
  EXPECT_NE(found.found.find("simd (pid 7)"), std::string::npos) << found.found;
}

TEST(DoctorSender, WithoutAReceiverOneIsToBeStarted) {
  Facts facts = sending_facts();
  facts.page = {};
  const Finding found = finding_of(report_on(facts), "bridge");
  EXPECT_EQ(found.state, LinkState::kBroken) << found.found;
  ASSERT_FALSE(found.remedy.commands.empty());
  EXPECT_TRUE(found.remedy.commands.front().ends_with(" udp lfs")) << found.remedy.commands.front();
}

TEST(Doctor, HasDistinctIdsAndTitles) {
  Ids ids;
  Ids titles;
  for (const Check& check : all_checks()) {
    EXPECT_TRUE(ids.emplace(check.id).second) << check.id;
    EXPECT_TRUE(titles.emplace(check.title).second) << check.title;
    EXPECT_EQ(check.id.find_first_not_of("abcdefghijklmnopqrstuvwxyz-"), std::string_view::npos) << check.id;
  }
  EXPECT_GE(ids.size(), 30U);
}

struct Fault {
  const char* name;
  Ids broken;        ///< exactly these links
  const char* said;  ///< in what was found, or in the remedy, of the first of them that has it
  std::function<void(Facts&)> plant;
  bool flows = true;  ///< the fault does not stop the data
};

class PlantedFacts : public ::testing::TestWithParam<Fault> {};

TEST_P(PlantedFacts, BreakTheirOwnLinks) {
  const Fault& fault = GetParam();
  Facts facts = good_facts();
  fault.plant(facts);
  const Report report = report_on(facts);
  EXPECT_EQ(ids_in(report, LinkState::kBroken), fault.broken) << text_of(report, {});
  EXPECT_EQ(report.data_rate_hz.has_value(), fault.flows);
  bool is_said = false;
  for (const Result& result : report.results) {
    const Finding& finding = result.finding;
    EXPECT_FALSE(finding.found.empty()) << result.check->id;
    EXPECT_EQ(finding.state == LinkState::kBroken, !finding.remedy.empty()) << result.check->id;
    EXPECT_EQ(finding.state == LinkState::kUnknown, finding.found.starts_with("because ")) << finding.found;
    is_said |= finding.state == LinkState::kBroken &&
               (finding.found + " " + finding.remedy.text()).find(fault.said) != std::string::npos;
  }
  EXPECT_TRUE(is_said) << fault.said << "\n" << text_of(report, {});
}

const Fault kFaults[] = {
    {"ConfigBroken",
     {"config"},
     "a.toml:3: unknown key",
     [](Facts& f) { f.config_faults = {"a.toml:3: unknown key"}; }},
    {"ShmDirMissing", {"shm-dir"}, "is no directory", [](Facts& f) { f.shm.is_directory = false; }},
    {"ShmDirReadOnly", {"shm-dir"}, "not writable", [](Facts& f) { f.shm.is_writable = false; }},
    {"ShmDirThatNobodyReads",
     {"shm-readers"},
     "PITBRIDGE_SHM_DIR",
     [](Facts& f) { f.shm.is_where_readers_look = false; }},
    {"ShmFull",
     {"shm-space", "files-present"},
     "100 bytes are free, and 2048 more",
     [](Facts& f) {
       f.shm.free_bytes = 100;
       f.files.front().outside = {};
       f.files.front().wanted_bytes = 2048;
     }},
    {"AppIdOfAnotherSim",
     {"app-id"},
     "belongs to",
     [](Facts& f) {
       f.game->session->environment["SteamAppId"] =
           std::to_string(find_sim("lmu")->titles.front().app_ids.front());
     }},
    {"NoGame", {"game"}, "start the game", end_game},
    {"OnlyTheLauncher",
     {"game"},
     "go on from AssettoCorsa.exe to the game",
     [](Facts& f) {
       end_game(f);
       f.launchers = {{300, "AssettoCorsa.exe"}};
     }},
    {"UnknownExeOfAKnownApp",
     {"game", "game-exe"},
     "acs_pro.exe (pid 300)",
     [](Facts& f) {
       end_game(f);
       f.strange_exes = {{300, "acs_pro.exe"}};
     }},
    {"PrefixMissing", {"prefix"}, "is not there", [](Facts& f) { f.game->prefix = {}; }},
    {"PrefixOfAnotherUser", {"prefix"}, "belongs to user 0", [](Facts& f) { f.game->prefix.owner = 0; }},
    {"PrefixThatIsNone", {"prefix"}, "system.reg", [](Facts& f) { f.game->prefix_is_one = false; }},
    {"PrefixThatIsRelative",
     {"prefix"},
     "pfx (from WINEPREFIX) is no whole path",
     [](Facts& f) { f.game->session->prefix.path = "pfx"; }},
    {"PrefixNotNamed", {"prefix"}, "set WINEPREFIX", [](Facts& f) { f.game->session->prefix = {}; }},
    {"ProtonNotUsed",
     {"proton"},
     "take WINELOADER",
     [](Facts& f) {
       f.game->session->loader = {"/usr/bin/wine", "/proc/PID/exe"};
     }},
    {"ProtonRemoved",
     {"game", "proton"},
     "Proton 8.0, which is not there",
     [](Facts& f) {
       end_game(f);
       f.steam.apps = {{244210, "Assetto Corsa", "/g", "/l"}};
       f.steam.compat = {CompatData{"/c", "/c/pfx", "8.0-102", "/home/u/Proton 8.0"}};
       f.steam.proton_is_there = {false};
     }},
    {"NoLoader", {"wine-loader"}, "pitbridge %command%", [](Facts& f) { f.game->session->loader = {}; }},
    {"NoServerSocket",
     {"wineserver"},
     "though the wineserver runs, pid 90",
     [](Facts& f) { f.game->session->server_listens = false; }},
    {"TwoWineservers",
     {"wineserver-alone"},
     "kill 90 91",
     [](Facts& f) {
       f.game->wineservers = {90, 91};
     }},
    {"SyncNotInUse",
     {"sync-mode"},
     "take WINEFSYNC out",
     [](Facts& f) { f.game->session->sync.is_proven = false; }},
    {"EsyncNotInUse",
     {"sync-mode"},
     "take WINEESYNC out",
     [](Facts& f) {
       f.game->session->environment.erase("WINEFSYNC");
       f.game->session->environment["WINEESYNC"] = "1";
       f.game->session->sync = {SyncMode::kEsync, false};
     }},
    {"PidsOfItsOwn",
     {"namespaces"},
     "pids mean nothing",
     [](Facts& f) { f.game->session->shares_pids = false; }},
    {"OwnShmInside",
     {"namespaces", "files-same-inside"},
     "its /dev/shm is another than ours",
     [](Facts& f) {
       move_into_container(f);
       f.game->has_own_shm = true;
       f.files.front().inside = plain_file(5, 100);
     }},
    {"FileAbsentInside",
     {"files-same-inside"},
     "inside absent",
     [](Facts& f) {
       move_into_container(f);
       f.files.back().inside = PathFacts{};
     }},
    {"CannotJoin",
     {"join", "bridge"},
     "no wineserver listens in /x",
     [](Facts& f) {
       end_bridge(f);
       f.game->session->join_obstacle = "no wineserver listens in /x";
     },
     false},
    {"FlatpakWithShmOfItsOwn",
     {"namespaces", "flatpak-shm"},
     "pitbridge --shm-dir /run/user/1000/x",
     [](Facts& f) {
       move_into_container(f);
       f.game->session->sandbox = Sandbox::kFlatpak;
       f.game->has_own_shm = true;
       f.shm.flatpak_directory = "/run/user/1000/x";
     }},
    {"FlatpakWithShmOutOfReach",
     {"namespaces", "flatpak-shm"},
     "flatpak override --user --device=shm com.valvesoftware.Steam",
     [](Facts& f) {
       move_into_container(f);
       f.game->session->sandbox = Sandbox::kFlatpak;
       f.game->has_own_shm = true;
     }},
    {"BridgeNotInstalled",
     {"bridge-file"},
     "make install",
     [](Facts& f) {
       f.bridge_file = {};
       f.bridge_file.why_not_installed = "there is no acbridge.exe.so in /x";
     }},
    {"BridgeNoElf", {"bridge-file"}, "no 64-bit ELF", [](Facts& f) { f.bridge_file.needs = {}; }},
    {"BridgeCutOff", {"bridge-file"}, "damaged", [](Facts& f) { f.bridge_file.needs.is_whole = false; }},
    {"StagedUnreadable",
     {"bridge-staged"},
     "cannot read /home/u/.local/share/pitbridge/1/",
     [](Facts& f) {
       f.bridge_file.is_staged = f.bridge_file.staged_is_same = true;
       f.bridge_file.is_readable_inside = false;
     }},
    {"StagedAnotherBuild",
     {"bridge-staged"},
     "is another build than /lib/acbridge.exe.so",
     [](Facts& f) { f.bridge_file.is_staged = true; }},
    {"OnlyOlderStaged",
     {"bridge-staged"},
     "only older versions are staged: 0.0.9",
     [](Facts& f) {
       f.bridge_file.other_staged_versions = {"0.0.9"};
       f.bridge_file.is_readable_inside = false;
     }},
    {"NotStaged",
     {"bridge-staged"},
     "/home/u/.local/bin/pitbridge %command%",
     [](Facts& f) { f.bridge_file.is_readable_inside = false; }},
    {"GlibcTooOld",
     {"glibc"},
     "needs 2.34, this system has 2.31",
     [](Facts& f) {
       f.own_glibc = {2, 31};
     }},
    {"GlibcTooOldInside",
     {"glibc-inside"},
     "the game's libc.so.6 has 2.9",
     [](Facts& f) {
       f.game->glibc = GlibcVersion{2, 9};
     }},
    {"WineDoesNotLoadIt",
     {"winelib", "bridge"},
     "ended with 1: wine: bad image",
     [](Facts& f) {
       end_bridge(f);
       f.trial = {true, "", 1, "wine: bad image"};
     },
     false},
    {"WineHangs",
     {"winelib", "bridge"},
     "did not end in time",
     [](Facts& f) {
       end_bridge(f);
       f.trial = {true, "", std::nullopt, ""};
     },
     false},
    {"BridgeStopped", {"bridge"}, "pid 200, has stopped", end_bridge, false},
    {"BridgeNeverRan",
     {"bridge"},
     "/home/u/.local/bin/pitbridge watch --once --prefix /p/pfx",
     [](Facts& f) {
       end_bridge(f);
       f.page = {};
       f.files.clear();
     },
     false},
    {"BridgeKilled",
     {"bridge"},
     "was killed: the status page still says \"attached\"",
     [](Facts& f) {
       end_bridge(f);
       set_state(f, BridgeState::kAttached);
     },
     false},
    {"BridgeKilledAndCleared",
     {"bridge"},
     "the bridge was killed; its files are cleared",
     [](Facts& f) {
       end_bridge(f);
       set_state(f, BridgeState::kGone);
       put_text(f.page.second->header.message, "the bridge was killed; its files are cleared");
     },
     false},
    {"BridgeOfAnotherPrefix",
     {"bridge-session"},
     "is in prefix /q/pfx",
     [](Facts& f) {
       detach_all(f);
       f.bridges.front().is_in_the_games_session = false;
       f.bridges.front().prefix = "/q/pfx";
       f.bridges.front().server_directory = "/tmp/.wine-1000/server-9-4e";
     },
     false},
    {"UnseenBridgeOfAnotherPrefix",
     {"bridge-session"},
     "is in prefix /q/pfx",
     [](Facts& f) {
       f.bridges.clear();
       f.simd.bridge_parent.reset();
       put_text(f.page.second->header.prefix, "/q/pfx");
     }},
    {"TwoGamesWithData",
     {"bridge-alone"},
     "PITBRIDGE_SHM_DIR",
     [](Facts& f) {
       f.page.challenger = NamedBridge{201, "/q/pfx"};
     }},
    {"TwoBridges",
     {"bridge-alone"},
     "kill 201",
     [](Facts& f) {
       f.bridges.push_back(f.bridges.front());
       f.bridges.back().holds_the_page = false;
       f.bridges.back().bridge.process.id.pid = 201;
     }},
    {"BridgeWritesElsewhere",
     {"bridge", "bridge-dir"},
     "bridge pid 200 writes to /elsewhere, looked at is /dev/shm",
     [](Facts& f) {
       f.bridges.front().holds_the_page = false;
       f.bridges.front().shm_directory = "/elsewhere";
       f.page = {};
       f.files.clear();
       f.simd.bridge_parent.reset();
     },
     false},
    {"GameSaysAnotherDirectory",
     {"bridge", "bridge-dir"},
     "launch options start writes to /elsewhere",
     [](Facts& f) {
       end_bridge(f);
       f.game->bridge_directory = "/elsewhere";
     },
     false},
    {"OldBridgeRuns",
     {"bridge-version"},
     "another build than /lib/acbridge.exe.so",
     [](Facts& f) { f.bridges.front().runs_the_installed_file = false; }},
    {"ForeignPage",
     {"status-page", "bridge"},
     "is no status page",
     [](Facts& f) {
       end_bridge(f);
       f.page = {};
       f.page.kind = PageKind::kForeign;
       f.page.why_foreign = "is no status page";
     },
     false},
    {"BridgeHangs", {"heartbeat"}, "kill -CONT 200", [](Facts& f) { f.page.now_ns += 20'000'000'000; }},
    {"NoSection", {"section"}, "go on to the track", detach_all, false},
    {"OneSectionMissing",
     {"section"},
     "does not find acpmf_static",
     [](Facts& f) {
       for (StatusMapping& mapping : f.page.second->mappings)
         if (fixed_text(mapping.file_name) == "acpmf_static") mapping.attached = 0;
     }},
    {"SectionTooSmall",
     {"section-size"},
     "acpmf_physics has 64 bytes",
     [](Facts& f) {
       for (StatusMapping& mapping : f.page.second->mappings)
         if (fixed_text(mapping.file_name) == "acpmf_physics") mapping.size_bytes = 64;
     }},
    {"VersionThatIsNotKnown",
     {"layout-version"},
     "version 9 is not known",
     [](Facts& f) {
       f.values.version = {"9", nullptr, "Toy: version 9 is not known (1 to 2)"};
     }},
    {"ValuesThatCannotBe",
     {"plausible"},
     "no vehicle can do what stands for rpm, gear",
     [](Facts& f) {
       f.values.implausible = {Quantity::kRpm, Quantity::kGear};
     }},
    {"GamePaused", {"section-changing"}, "leave the menu", stop_updates, false},
    {"BridgeCopiesNothing",
     {"data"},
     "nothing arrives in the files",
     [](Facts& f) {
       stop_updates(f);
       f.sections = {{"acpmf_physics", true}};
     },
     false},
    {"FileMissing",
     {"files-present"},
     "missing in /dev/shm: acpmf_physics",
     [](Facts& f) {
       for (FileFacts& file : f.files)
         if (file.name == "acpmf_physics") file.outside = {};
     }},
    {"FileIsASymlink",
     {"files-kind"},
     "is a symbolic link",
     [](Facts& f) { f.files.front().outside.mode = S_IFLNK | 0777; }},
    {"FileIsAFifo",
     {"files-kind"},
     "is a FIFO",
     [](Facts& f) { f.files.front().outside.mode = S_IFIFO | 0600; }},
    {"FileIsADirectory",
     {"files-kind"},
     "is a directory",
     [](Facts& f) { f.files.front().outside.mode = S_IFDIR | 0700; }},
    {"FileOfAnotherUser",
     {"files-owner"},
     "belongs to user 0",
     [](Facts& f) { f.files.front().outside.owner = 0; }},
    {"FileWithoutRights",
     {"files-owner"},
     "has mode 0",
     [](Facts& f) { f.files.front().outside.mode = S_IFREG; }},
    {"FileCut",
     {"files-size"},
     "has 16 bytes of 16384",
     [](Facts& f) { f.files.front().outside.size_bytes = 16; }},
    {"FilesReplaced",
     {"files-held", "data"},
     "is not the bridge's file",
     [](Facts& f) {
       for (FileFacts& file : f.files) file.is_held_by_bridge = false;
     },
     false},
    {"SimdAsWell", {"simd"}, "simd runs (pid 400) as well", [](Facts& f) { f.simd.pids = {400}; }},
    {"SimdWithABridgeThatIsNotThere",
     {"simd"},
     "simd expands no ~",
     [](Facts& f) {
       f.simd.pids = {400};
       f.simd.bridge_exe = "~/acbridge.exe.so";
     }},
    {"SimdWithTheWrongSync",
     {"simd"},
     "but the game uses esync",
     [](Facts& f) {
       f.simd = {{400}, false, "/lib/acbridge.exe.so", true, 400};
       f.game->session->sync = {SyncMode::kEsync, true};
     }},
    {"SimdIsMeantAndDoesNotRun",
     {"simd"},
     "start simd",
     [](Facts& f) { f.simd.bridge_exe = "/lib/acbridge.exe.so"; }},
    {"SimdCannotReadItsConfiguration",
     {"simd-config"},
     "/home/u/.config/simd/simd.config has a comma before a closing bracket, in line 53: libconfig before "
     "1.7",
     [](Facts& f) {
       f.simd = {{400}, false, "/lib/acbridge.exe.so", true, 400};
       f.simd.config = "/home/u/.config/simd/simd.config";
       f.simd.comma_line = 53;
       f.simd.takes_commas = false;
     }},
    {"SimdIsMeantAndCannotReadItsConfiguration",
     {"simd", "simd-config"},
     "start simd",
     [](Facts& f) {
       f.simd.bridge_exe = "/lib/acbridge.exe.so";
       f.simd.config = "/home/u/.config/simd/simd.config";
       f.simd.comma_line = 53;
     }},
    {"SimdPidFileIsStale",
     {"simd-pid-file"},
     "remove it: rm /tmp/simd.pid",
     [](Facts& f) { f.simd.has_pid_file = true; }},
};

INSTANTIATE_TEST_SUITE_P(Doctor, PlantedFacts, ::testing::ValuesIn(kFaults),
                         [](const auto& fault) { return std::string(fault.param.name); });

TEST(Doctor, ACommaIsNoFaultWhereNobodyStumblesOverIt) {
  Facts facts = good_facts();
  facts.simd.config = "/home/u/.config/simd/simd.config";
  facts.simd.comma_line = 53;
  EXPECT_EQ(finding_of(report_on(facts), "simd-config").state, LinkState::kOk) << "simd is not in use";
  facts.simd.pids = {400};
  facts.simd.bridge_parent = 400;
  EXPECT_EQ(finding_of(report_on(facts), "simd-config").state, LinkState::kBroken);
  facts.simd.takes_commas = true;
  EXPECT_EQ(finding_of(report_on(facts), "simd-config").state, LinkState::kOk);
}

TEST(Doctor, ABridgeOfAnotherPrefixThatWaitsIsNoFault) {
  Facts facts = good_facts();
  facts.bridges.push_back(facts.bridges.front());
  BridgeFacts& waiting = facts.bridges.back();
  waiting.holds_the_page = false;
  waiting.bridge.process.id.pid = 201;
  waiting.prefix = "/q/pfx";
  const auto alone = [&] { return finding_of(report_on(facts), "bridge-alone"); };
  EXPECT_EQ(alone().state, LinkState::kOk);
  EXPECT_NE(alone().found.find("pid 201 in /q/pfx waits"), std::string::npos) << alone().found;
  waiting.shm_directory = "/run/elsewhere";
  EXPECT_EQ(alone().state, LinkState::kBroken);
}

TEST(Doctor, AGamesOptionThatIsOffIsNamed) {
  Facts facts = good_facts("pcars2");
  detach_all(facts);
  const Report report = report_on(facts);
  EXPECT_EQ(ids_in(report, LinkState::kBroken), (Ids{"section", "in-game-option"})) << text_of(report, {});
  const std::string option(facts.sim->titles.front().to_switch_on);
  EXPECT_NE(finding_of(report, "in-game-option").remedy.text().find(option), std::string::npos);
  EXPECT_NE(finding_of(report, "section").remedy.text().find(option), std::string::npos);

  // A bridge that cannot see the game's mappings says nothing of the game's options.
  facts.bridges.front().is_in_the_games_session = false;
  EXPECT_EQ(finding_of(report_on(facts), "in-game-option").state, LinkState::kUnknown);
}

TEST(Doctor, AGameInTheFormatOfAnotherGetsOneVerdict) {
  Facts facts = good_facts("pcars2");
  ASSERT_EQ(facts.game->game.known.title->id, "automobilista_2");
  for (auto* status : {&facts.page.first, &facts.page.second}) {
    (*status)->mappings.front().attached = 0;
    (*status)->mappings.push_back(mapping_of("$pcars$", 8192, status == &facts.page.first ? 100 : 200));
  }
  const Report report = report_on(facts);
  EXPECT_EQ(ids_in(report, LinkState::kBroken), Ids{"in-game-option"}) << text_of(report, {});
  EXPECT_EQ(finding_of(report, "in-game-option").found,
            "the game is switched to the format of Project CARS: it writes $pcars$, and not $pcars2$");
  EXPECT_EQ(finding_of(report, "in-game-option").remedy.advice,
            "switch on in the game: Options, System, Shared Memory: Project CARS 2");
  EXPECT_FALSE(report.data_rate_hz) << "no data that is this game's";
  EXPECT_EQ(verdict(report, 80), "broken at: in-game-option");

  // Whatever a bridge of another session has found, it is not this game's.
  facts.bridges.front().is_in_the_games_session = false;
  EXPECT_NE(finding_of(report_on(facts), "in-game-option").state, LinkState::kBroken);
}

TEST(Doctor, WhatIsGoodInSpecialPlacesIsNotCalledBroken) {
  Facts facts = good_facts();
  move_into_container(facts);
  EXPECT_EQ(ids_in(report_on(facts), LinkState::kBroken), Ids{}) << "pressure-vessel shares what counts";

  facts = good_facts();
  facts.shm = {"/run/x/dev-shm", true, true, false, 1U << 30U, "/run/x/dev-shm", true};
  move_into_container(facts);
  facts.game->session->sandbox = Sandbox::kFlatpak;
  EXPECT_EQ(ids_in(report_on(facts), LinkState::kBroken), Ids{}) << "Flatpak's own directory";

  facts = good_facts();
  facts.simd = {{400}, true, "/lib/acbridge.exe.so", true, 400};
  EXPECT_EQ(ids_in(report_on(facts), LinkState::kBroken), Ids{}) << "simd has started the bridge";

  facts = good_facts("rf2");
  facts.simd.pids = {400};
  EXPECT_EQ(ids_in(report_on(facts), LinkState::kBroken), Ids{}) << "simd makes no file of rFactor 2";

  facts = good_facts();
  facts.game->session->environment = {};
  facts.game->session->sync = {SyncMode::kServer, false};
  EXPECT_EQ(ids_in(report_on(facts), LinkState::kBroken), Ids{}) << "plain Wine without Steam";
}

TEST(Doctor, SaysWhyALinkCannotBeJudged) {
  Facts facts;
  facts.sim = find_sim("ac");
  facts.game = GameFacts{};
  facts.game->game.known = {facts.sim, &facts.sim->titles.front()};
  facts.game->game.exe_name = "acs.exe";
  facts.bridge_file.why_not_installed = "there is no acbridge.exe.so";
  facts.game->why_no_session = "/proc/100: environ, exe or maps cannot be read";
  const Report report = report_on(facts);
  EXPECT_EQ(finding_of(report, "wineserver").found, "because /proc/100: environ, exe or maps cannot be read");
  EXPECT_EQ(finding_of(report, "section").state, LinkState::kUnknown);
  EXPECT_EQ(finding_of(report, "glibc-inside").state, LinkState::kUnknown);
  EXPECT_FALSE(report.data_rate_hz);
  for (const Result& result : report.results) EXPECT_FALSE(result.finding.found.empty()) << result.check->id;
}

/// The words of a command, as a shell takes them apart.
std::vector<std::string> words_of(const std::string& command) {
  std::vector<std::string> words(1);
  bool is_quoted = false;
  for (std::size_t i = 0; i < command.size(); ++i) {
    if (command[i] == '\'') {
      is_quoted = !is_quoted;
    } else if (command[i] == '\\' && !is_quoted) {
      words.back() += command[++i];
    } else if (command[i] == ' ' && !is_quoted) {
      words.emplace_back();
    } else {
      words.back() += command[i];
    }
  }
  return words;
}

/// As it may be copied: whole paths, and programs that every system has or that are named by their path.
void expect_can_be_copied(const Remedy& remedy, const std::string& program) {
  for (const std::string& command : remedy.commands) {
    auto words = words_of(command);
    if (words.front() == "sudo") words.erase(words.begin());
    const std::string& named = words.front();
    // Where Steam is a Flatpak, there is one.
    if (named != program && named != "flatpak") {
      EXPECT_TRUE(::access(("/usr/bin/" + named).c_str(), X_OK) == 0 ||
                  ::access(("/bin/" + named).c_str(), X_OK) == 0)
          << command;
    }
    for (const std::string& word : words) {
      EXPECT_FALSE(word.empty()) << command;
      EXPECT_EQ(word.find("..."), std::string::npos) << "something is left open: " << command;
      if (word.find('/') != std::string::npos && word != named) {
        EXPECT_EQ(word.front(), '/') << command;
      }
    }
  }
  // What is to be copied stands among the commands.
  for (const char* beginning :
       {"pitbridge ", "WINEPREFIX=", " wine ", "wine64 ", "; or", "sudo ", "rm -", "~/"}) {
    const auto at = remedy.advice.find(beginning);
    EXPECT_TRUE(at == std::string::npos || remedy.advice.substr(at).starts_with("pitbridge again") ||
                remedy.advice.substr(at).starts_with("pitbridge must") ||
                remedy.advice.substr(at).starts_with("pitbridge inside") ||
                remedy.advice.substr(at).starts_with("pitbridge outside"))
        << remedy.advice;
  }
}

TEST_P(PlantedFacts, HaveRemediesThatWorkWhenTheyAreCopied) {
  for (const std::string name : {"/home/u", "/home/u v/it's mine"}) {
    for (const bool with_game : {true, false}) {
      Facts facts = good_facts();
      facts.program = name + "/bin/pitbridge";
      facts.game->session->prefix.path = name + "/pfx";
      facts.shm.directory = name + "/shm";
      GetParam().plant(facts);
      if (!with_game) end_game(facts);
      for (const Result& result : report_on(facts).results) {
        SCOPED_TRACE(std::string(result.check->id) + ": " + result.finding.remedy.text());
        expect_can_be_copied(result.finding.remedy, facts.program);
      }
    }
  }
}

TEST(DoctorReport, BeginsWithTheVerdictAndTheOneNextStep) {
  Facts facts = good_facts();
  EXPECT_TRUE(text_of(report_on(facts), {})
                  .starts_with("ac: data flows: 800 updates/s\nnext: nothing: drive, and read the values\n"))
      << text_of(report_on(facts), {});
  facts.simd.has_pid_file = true;
  const std::string text = text_of(report_on(facts), {});
  EXPECT_TRUE(
      text.starts_with("ac: data flows: 800 updates/s; also broken: simd-pid-file\n"
                       "next: remove it:\n      rm /tmp/simd.pid\n"))
      << text;
  EXPECT_NE(text.find("\n  broken  simd-pid-file     /tmp/simd.pid is there"), std::string::npos) << text;
  EXPECT_NE(text.find("\n          remedy: remove it:\n                  rm /tmp/simd.pid\n"),
            std::string::npos)
      << text;
  EXPECT_EQ(text.find('\033'), std::string::npos);
  EXPECT_NE(
      text_of(report_on(facts), {.with_colour = true}).find("\n  \033[1;31mbroken\033[0m  simd-pid-file"),
      std::string::npos);

  end_bridge(facts);
  facts.config_faults = {"a.toml:3: unknown key"};
  EXPECT_NE(
      text_of(report_on(facts), {})
          .find("\nnext: start a bridge for the game that runs:\n      /home/u/.local/bin/pitbridge watch "
                "--once --prefix /p/pfx\n"),
      std::string::npos)
      << "a fault of the configuration can wait\n"
      << text_of(report_on(facts), {});
}

TEST(DoctorReport, CountsWhatIsNotKnownAndShowsItWhenAsked) {
  Facts facts = good_facts();
  end_bridge(facts);
  const Report report = report_on(facts);
  const std::size_t unknown = ids_in(report, LinkState::kUnknown).size();
  ASSERT_GT(unknown, 1U);
  const std::string text = text_of(report, {});
  EXPECT_NE(
      text.find("\n  unknown " + std::to_string(unknown) + " links are not known; --verbose tells why\n"),
      std::string::npos)
      << text;
  EXPECT_EQ(text.find("because"), std::string::npos) << text;
  const std::string whole = text_of(report, {.with_unknown = true});
  EXPECT_NE(whole.find("\n  unknown heartbeat         because"), std::string::npos) << whole;
  EXPECT_EQ(whole.find("--verbose"), std::string::npos) << whole;
}

std::size_t longest_line_of(const std::string& text) {
  std::size_t longest = 0;
  for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1)
    longest = std::max(longest, columns_of(text.substr(at, text.find('\n', at) - at)));
  return longest;
}

TEST_P(PlantedFacts, FitIntoTheColumnsWhateverTheLengthOfPaths) {
  for (const std::size_t columns : {60U, 80U, 200U}) {
    Facts facts = good_facts();
    const std::string longer = "/" + std::string(300, 'x') + "/it's \xe6\xbc\xa2" + std::string(100, 'y');
    facts.program = longer + "/pitbridge";
    facts.game->session->prefix.path = longer;
    facts.game->session->server_directory = longer;
    facts.shm.directory = longer;
    facts.bridge_file.installed = longer;
    GetParam().plant(facts);
    const std::string text = text_of(report_on(facts), {.with_unknown = true, .columns = columns});
    EXPECT_LE(longest_line_of(text), columns) << text;
  }
}

TEST(DoctorReport, NamesWhatIsBrokenOrNotKnownWhereNoDataFlows) {
  Facts facts = good_facts();
  end_bridge(facts);
  EXPECT_EQ(verdict(report_on(facts), 80), "broken at: bridge");
  facts = good_facts();
  facts.page.second.reset();
  const std::string said = verdict(report_on(facts), 1000);
  EXPECT_TRUE(said.starts_with("no data flows; not known: ")) << said;
  EXPECT_NE(said.find("section-changing"), std::string::npos) << said;
  EXPECT_TRUE(verdict(report_on(facts), 60).ends_with(" more")) << verdict(report_on(facts), 60);
}

TEST(DoctorReport, IsJsonWhateverNamesHold) {
  Facts facts = good_facts();
  facts.simd.bridge_exe = "/\xff/acbridge.exe.so\n";
  facts.simd.pids = {400};
  const auto all = nlohmann::json::parse(json_of({report_on(facts)}));
  ASSERT_EQ(all.size(), all_checks().size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(all[i]["id"], all_checks()[i].id);
    EXPECT_EQ(all[i]["sim"], "ac");
    const bool is_simd = all[i]["id"] == "simd";
    EXPECT_EQ(all[i]["state"], is_simd ? "broken" : "ok") << all[i];
    EXPECT_EQ(all[i]["remedy"].get<std::string>().empty(), !is_simd) << all[i];
    EXPECT_TRUE(all[i]["commands"].is_array());
  }
}

}  // namespace
}  // namespace pitbridge::doctor
