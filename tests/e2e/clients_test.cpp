// SPDX-License-Identifier: MIT
// The readers that exist (common/reader/README.md, "What known readers demand"): each opens the files with
// its own flags, in its own order, and maps as much as its own structures hold. All must succeed, whether the
// game runs yet or not.
#include <fcntl.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "tests/e2e/wine_run.hpp"

namespace pitbridge::e2e {
namespace {

struct ClientFile {
  std::string name;
  std::size_t needs_bytes;  ///< the length that the client maps
};

/// How one client of one game opens its files.
struct Client {
  std::string name;
  std::string sim;
  std::string title;
  std::vector<std::string> stats_first;  ///< must be there, or the client goes on waiting
  int flags;
  mode_t mode;
  int protection;
  std::vector<ClientFile> files;  ///< in the client's order
};

constexpr int kLibsimapiFlags = O_RDWR | O_CREAT;
constexpr int kAppendFlags = O_RDWR | O_CREAT | O_APPEND;  // Python's open("a+b")

const std::vector<ClientFile> kAssettoCorsaFiles = {
    {"acpmf_physics", 800}, {"acpmf_static", 720}, {"acpmf_graphics", 564}, {"acpmf_crewchief", 15660}};

std::vector<Client> all_clients() {
  const Client assetto_corsa = {
      "LibsimapiAssettoCorsa", "ac", "assetto_corsa", {"acpmf_physics", "acpmf_static"},
      kLibsimapiFlags,         0600, PROT_READ,       kAssettoCorsaFiles};
  Client competizione = assetto_corsa;
  competizione.name = "LibsimapiCompetizione";
  competizione.title = "assetto_corsa_competizione";
  return {
      assetto_corsa,
      competizione,
      {"LibsimapiProjectCars2",
       "pcars2",
       "project_cars_2",
       {"$pcars2$"},
       kLibsimapiFlags,
       0600,
       PROT_READ,
       {{"$pcars2$", 20692}}},
      {"LibsimapiAutomobilista2",
       "pcars2",
       "automobilista_2",
       {"$pcars2$"},
       kLibsimapiFlags,
       0600,
       PROT_READ,
       {{"$pcars2$", 20692}}},
      {"LibsimapiRaceRoom", "r3e", "raceroom", {"$R3E"}, kLibsimapiFlags, 0600, PROT_READ, {{"$R3E", 43996}}},
      {"LibsimapiRfactor2",
       "rf2",
       "rfactor_2",
       {"$rFactor2SMMP_Telemetry$"},
       O_RDONLY,
       0,
       PROT_READ,
       {{"$rFactor2SMMP_Telemetry$", 120848}, {"$rFactor2SMMP_Scoring$", 37936}}},
      {"LibsimapiTrucks",
       "scs",
       "ets2",
       {},
       O_CREAT | O_RDWR,
       0777,
       PROT_READ,
       {{"SCS/SCSTelemetry", 21520}}},
      {"TinyPedalRfactor2",
       "rf2",
       "rfactor_2",
       {},
       kAppendFlags,
       0666,
       PROT_READ | PROT_WRITE,
       {{"$rFactor2SMMP_Telemetry$", 241680},
        {"$rFactor2SMMP_Scoring$", 75312},
        {"$rFactor2SMMP_Rules$", 45272},
        {"$rFactor2SMMP_ForceFeedback$", 16},
        {"$rFactor2SMMP_Graphics$", 272},
        {"$rFactor2SMMP_PitInfo$", 340},
        {"$rFactor2SMMP_Weather$", 632},
        {"$rFactor2SMMP_Extended$", 10152}}},
      {"TinyPedalLeMansUltimate",
       "lmu",
       "le_mans_ultimate",
       {},
       kAppendFlags,
       0666,
       PROT_READ | PROT_WRITE,
       {{"LMU_Data", 324820}}},
      {"DatalinkAssettoCorsa", "ac", "assetto_corsa", {}, O_RDONLY, 0, PROT_READ, kAssettoCorsaFiles},
      {"DatalinkRaceRoom", "r3e", "raceroom", {}, O_RDONLY, 0, PROT_READ, {{"$R3E", 39320}}},
      {"DatalinkTrucks", "scs", "ets2", {}, O_RDONLY, 0, PROT_READ, {{"SCSTelemetry", 32768}}},
      {"DatalinkRfactor2",
       "rf2",
       "rfactor_2",
       {},
       O_RDONLY,
       0,
       PROT_READ,
       {{"$rFactor2SMMP_Telemetry$", 120848},
        {"$rFactor2SMMP_Scoring$", 75304},
        {"$rFactor2SMMP_Rules$", 45264},
        {"$rFactor2SMMP_MultiRules$", 39792},
        {"$rFactor2SMMP_ForceFeedback$", 16},
        {"$rFactor2SMMP_Graphics$", 272},
        {"$rFactor2SMMP_PitInfo$", 340},
        {"$rFactor2SMMP_Weather$", 632},
        {"$rFactor2SMMP_Extended$", 10152}}},
  };
}

/// A file as a client has it. Owns the descriptor and the map, as long as the client would keep them.
class ClientMap {
 public:
  ClientMap(const std::string& path, const ClientFile& file, const Client& client)
      : path_(path), size_(file.needs_bytes), fd_(::open(path.c_str(), client.flags, client.mode)) {
    if (!fd_) return;
    struct stat status = {};
    // Mapped only when it is long enough: a touch behind the end would end this program.
    if (::fstat(fd_.get(), &status) != 0 || static_cast<std::size_t>(status.st_size) < size_) return;
    inode_ = status.st_ino;
    void* base = ::mmap(nullptr, size_, client.protection, MAP_SHARED, fd_.get(), 0);
    if (base != MAP_FAILED) base_ = static_cast<const std::byte*>(base);
  }
  ClientMap(const ClientMap&) = delete;
  ClientMap(ClientMap&& other) noexcept
      : path_(std::move(other.path_)),
        size_(other.size_),
        inode_(other.inode_),
        fd_(std::move(other.fd_)),
        base_(std::exchange(other.base_, nullptr)) {}
  ~ClientMap() {
    if (base_ != nullptr) ::munmap(const_cast<std::byte*>(base_), size_);
  }

  bool usable() const { return base_ != nullptr; }
  std::byte last_byte() const { return static_cast<const volatile std::byte*>(base_)[size_ - 1]; }
  bool begins_like(std::span<const std::byte> bytes) const {
    return std::memcmp(base_, bytes.data(), std::min(size_, bytes.size())) == 0;
  }
  bool is_still_at_the_path() const {
    struct stat status = {};
    return ::stat(path_.c_str(), &status) == 0 && status.st_ino == inode_;
  }

 private:
  std::string path_;
  std::size_t size_;
  ino_t inode_ = 0;
  UniqueFd fd_;
  const std::byte* base_ = nullptr;
};

class Clients : public WineRun {
 protected:
  Process start_title(const std::string& sim, const std::string& title,
                      const std::vector<std::string>& arguments = {}) {
    GameSetup setup = setup_of(*find_sim(sim), *find_sim(sim)->find_title(title));
    setup.arguments.insert(setup.arguments.end(), arguments.begin(), arguments.end());
    return start_game(setup);
  }
};

class EveryClient : public Clients, public ::testing::WithParamInterface<Client> {
 protected:
  std::vector<ClientMap> open_all() const {
    struct stat status = {};
    for (const std::string& name : GetParam().stats_first)
      EXPECT_EQ(::stat(shm_path(name).c_str(), &status), 0) << name << ": the client would go on waiting";
    std::vector<ClientMap> maps;
    for (const ClientFile& file : GetParam().files) {
      maps.emplace_back(shm_path(file.name), file, GetParam());
      EXPECT_TRUE(maps.back().usable()) << file.name << ": cannot be opened, or is too short";
    }
    return maps;
  }
  /// The game stands still, and every map that was made shows its bytes.
  void expect_fed(const std::vector<ClientMap>& maps, Process& game) const {
    ASSERT_TRUE(becomes_live(GetParam().sim));
    game.tell("pause");
    ASSERT_TRUE(game.says("ok pause"));
    for (std::size_t i = 0; i < maps.size(); ++i) {
      ASSERT_TRUE(maps[i].usable());
      const std::string& name = GetParam().files[i].name;
      const std::string mapping = name.substr(name.find('/') + 1);
      EXPECT_TRUE(eventually([&] {
        const MirrorReading now = reading(GetParam().sim);
        return maps[i].begins_like(*now.snapshot.bytes(mapping));
      })) << name;
      EXPECT_TRUE(maps[i].is_still_at_the_path()) << name;
      (void)maps[i].last_byte();
    }
  }
};

TEST_P(EveryClient, MayComeBeforeTheGame) {
  Process bridge = start_bridge({.sim = GetParam().sim});
  ASSERT_TRUE(becomes(BridgeState::kWaiting, GetParam().sim)) << bridge.output();
  const std::vector<ClientMap> maps = open_all();
  for (const ClientMap& map : maps) {
    ASSERT_TRUE(map.usable());
    EXPECT_EQ(map.last_byte(), std::byte{0});
  }
  Process game = start_title(GetParam().sim, GetParam().title);
  expect_fed(maps, game);
}

TEST_P(EveryClient, MayComeToARunningGame) {
  Process bridge = start_bridge({.sim = GetParam().sim});
  Process game = start_title(GetParam().sim, GetParam().title);
  ASSERT_TRUE(becomes_live(GetParam().sim)) << bridge.output();
  expect_fed(open_all(), game);
}

INSTANTIATE_TEST_SUITE_P(Clients, EveryClient, ::testing::ValuesIn(all_clients()),
                         [](const auto& test) { return test.param.name; });

/// The order in which files appear in a directory. Their birth times would be too coarse to tell.
class BirthOrder {
 public:
  explicit BirthOrder(const std::string& directory) : fd_(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)) {
    EXPECT_GE(::inotify_add_watch(fd_.get(), directory.c_str(), IN_CREATE | IN_MOVED_TO), 0);
  }

  bool has(const std::string& name) {
    take_events();
    return place_of(name) < names_.size();
  }
  bool is_first(const std::string& name, const std::string& other) {
    take_events();
    return place_of(name) < place_of(other);
  }

 private:
  void take_events() {
    alignas(inotify_event) char buffer[16384];
    for (ssize_t got = 0; (got = ::read(fd_.get(), buffer, sizeof buffer)) > 0;) {
      for (ssize_t at = 0; at < got;) {
        const auto* event = reinterpret_cast<const inotify_event*>(buffer + at);
        if (event->len != 0) names_.emplace_back(event->name);
        at += static_cast<ssize_t>(sizeof *event) + event->len;
      }
    }
  }
  std::size_t place_of(const std::string& name) const {
    return static_cast<std::size_t>(std::find(names_.begin(), names_.end(), name) - names_.begin());
  }

  UniqueFd fd_;
  std::vector<std::string> names_;
};

constexpr const char* kTelemetry = "$rFactor2SMMP_Telemetry$";
constexpr const char* kScoring = "$rFactor2SMMP_Scoring$";

// libsimapi looks for Telemetry, then opens both once: Scoring that comes later is never seen in that run.
TEST_F(Clients, ScoringIsThereBeforeTelemetry) {
  BirthOrder order(shm_path());
  Process bridge = start_bridge({.sim = "rf2"});
  ASSERT_TRUE(becomes(BridgeState::kWaiting, "rf2")) << bridge.output();
  ASSERT_TRUE(order.has(kTelemetry));
  EXPECT_TRUE(order.is_first(kScoring, kTelemetry));
}

TEST_F(Clients, ScoringIsThereBeforeTelemetryOfThePluginInLeMansUltimate) {
  BirthOrder order(shm_path());
  Process bridge = start_bridge({.sim = "lmu"});
  ASSERT_TRUE(becomes(BridgeState::kWaiting, "lmu")) << bridge.output();
  EXPECT_FALSE(order.has(kTelemetry)) << "without the plugin its readers must go on waiting";
  // The worst moment: the plugin has made the one and not yet the other.
  Process game = start_title("lmu", "le_mans_ultimate", {"--map", std::string(kTelemetry) + ":241680"});
  ASSERT_TRUE(eventually([&] { return order.has(kTelemetry); })) << bridge.output();
  EXPECT_TRUE(order.is_first(kScoring, kTelemetry));
}

/// What simd does to one family's files at its start and its end (common/reader/README.md).
struct SimdStubs {
  const char* sim;
  const char* title;
  std::vector<ClientFile> files;      ///< with the length that simd cuts them to
  std::vector<std::string> enlarged;  ///< sections beyond that length, so that the cut hurts
};

class SimdOfFamily : public Clients, public ::testing::WithParamInterface<SimdStubs> {
 protected:
  /// Every file is at its path, and has room for its whole section.
  bool are_whole() const {
    const MirrorReading now = reading(GetParam().sim);
    return std::all_of(GetParam().files.begin(), GetParam().files.end(), [&](const ClientFile& file) {
      struct stat status = {};
      const StatusMapping* entry = now.status ? now.status->find(file.name) : nullptr;
      return entry != nullptr && ::stat(shm_path(file.name).c_str(), &status) == 0 &&
             static_cast<std::uint64_t>(status.st_size) >= entry->size_bytes;
    });
  }
  void expect_goes_on(Process& bridge) const {
    EXPECT_TRUE(eventually([&] { return are_whole(); })) << bridge.output();
    EXPECT_TRUE(becomes_live(GetParam().sim)) << bridge.output();
    const auto lap_time = [&] { return telemetry(GetParam().sim).number(Quantity::kLapTime); };
    const auto before = lap_time();
    EXPECT_TRUE(eventually([&] { return lap_time() != before; })) << "the game goes on, the files do not";
    EXPECT_TRUE(bridge.running());
  }
  void make_stubs() const {
    for (const ClientFile& file : GetParam().files) {
      const UniqueFd fd(::open(shm_path(file.name).c_str(), O_RDWR | O_CREAT, 0600));
      ASSERT_TRUE(fd) << file.name;
      EXPECT_EQ(::ftruncate(fd.get(), static_cast<off_t>(file.needs_bytes)), 0) << file.name;
    }
  }
};

TEST_P(SimdOfFamily, MayStartAndEndWhileTheGameRuns) {
  Process bridge = start_bridge({.sim = GetParam().sim});
  std::vector<std::string> sizes;
  for (const std::string& size : GetParam().enlarged) sizes.insert(sizes.end(), {"--size", size});
  Process game = start_title(GetParam().sim, GetParam().title, sizes);
  ASSERT_TRUE(becomes_live(GetParam().sim)) << bridge.output();
  make_stubs();
  expect_goes_on(bridge);
  for (const ClientFile& file : GetParam().files) EXPECT_EQ(::unlink(shm_path(file.name).c_str()), 0);
  expect_goes_on(bridge);
}

TEST_P(SimdOfFamily, MayStartBeforeTheBridge) {
  make_stubs();
  Process bridge = start_bridge({.sim = GetParam().sim});
  Process game = start_title(GetParam().sim, GetParam().title);
  expect_goes_on(bridge);
}

INSTANTIATE_TEST_SUITE_P(
    Clients, SimdOfFamily,
    ::testing::Values(SimdStubs{"ac",
                                "assetto_corsa",
                                {{"acpmf_physics", 2048},
                                 {"acpmf_graphics", 2048},
                                 {"acpmf_static", 2048},
                                 {"acpmf_crewchief", 16000}},
                                {"acpmf_physics:8192"}},
                      SimdStubs{"pcars2", "automobilista_2", {{"$pcars2$", 102288}}, {"$pcars2$:120000"}},
                      SimdStubs{"r3e", "raceroom", {{"$R3E", 64000}}, {"$R3E:100000"}}),
    [](const auto& test) { return std::string(test.param.sim); });

}  // namespace
}  // namespace pitbridge::e2e
