// SPDX-License-Identifier: MIT
// The headers for authors of readers, against files that the bridge's own code writes, and against files that
// it would never write.
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstring>
#include <functional>
#include <future>
#include <ostream>
#include <set>
#include <thread>

#include "common/core/mirror/live_page.hpp"
#include "common/core/mirror/values_page.hpp"
#include "common/posix/shm/section_server.hpp"
#include "common/reader/pitbridge.hpp"
#include "tests/unit/support/documents.hpp"
#include "tests/unit/support/toy_bridge.hpp"

// The C header may be included beside the C++ one.
#include "common/reader/pitbridge.h"

namespace pitbridge {

namespace reader {
std::ostream& operator<<(std::ostream& out, Result result) {
  return out << message(result);
}
}  // namespace reader

namespace {

using namespace std::chrono_literals;
using reader::Reader;
using reader::Result;

class ReaderTest : public testing::Test {
 protected:
  TempDirectory directory_;
  std::string page_ = directory_ / "pitbridge.toy";
  std::string readers_ = directory_ / "pitbridge.toy.readers";
  std::string values_ = directory_ / "pitbridge.toy.values";
  std::string car_ = directory_ / "toy_car";
  Reader reader_ = open();

  Reader open() {
    auto reader = Reader::open("toy", directory_.path());
    EXPECT_TRUE(reader);
    return std::move(*reader);
  }
  std::unique_ptr<ToyBridge> start_bridge(std::uint64_t start_ns = monotonic_ns()) {
    return std::make_unique<ToyBridge>(directory_.path(), start_ns);
  }
  std::unique_ptr<ToyBridge> start_attached() {
    auto bridge = start_bridge();
    bridge->attach();
    return bridge;
  }
  std::uint32_t waits() const { return number_in<std::uint32_t>(readers_, 0); }
  std::uint32_t value_requests() const { return number_in<std::uint32_t>(readers_, 4); }
  /// Whatever it holds, nothing may take long or crash.
  void use_everything(const char* what) {
    SCOPED_TRACE(what);
    Reader reader = open();
    reader::StatusPage page;
    (void)reader.status(page);
    (void)reader.wait(1ms);
    (void)reader.wait(1ms);
    (void)reader.wait_for_data("toy_car", 1ms);
    (void)reader.wait_for_data("", 1ms);
    (void)reader.values();
    for (std::uint32_t i = 0; i < page.header.mapping_count; ++i) {
      (void)reader.snapshot(page.mappings[i].file_name);
      (void)reader.section(page.mappings[i].file_name);
      if (auto view = reader.view(page.mappings[i].file_name))
        (void)reader.read(*view, [](const std::byte*) {});
    }
  }
};

// --- Opening and liveness -------------------------------------------------------------------------------

TEST_F(ReaderTest, OpensBeforeAnyBridgeAndSeesItsWholeLife) {
  EXPECT_EQ(reader_.liveness(), Result::kAbsent);
  auto bridge = start_bridge();
  EXPECT_EQ(reader_.liveness(), Result::kNoGame);
  bridge->attach();
  EXPECT_EQ(reader_.liveness(), Result::kOk);
  bridge->writer().set_state(BridgeState::kPaused);
  EXPECT_EQ(reader_.liveness(), Result::kOk);
  bridge->writer().set_state(BridgeState::kGone);
  EXPECT_EQ(reader_.liveness(), Result::kNoGame);
  bridge->writer().set_state(static_cast<BridgeState>(99));
  EXPECT_EQ(reader_.liveness(), Result::kNoGame) << "an unknown state is not attached";
  bridge.reset();
  EXPECT_EQ(reader_.liveness(), Result::kDead);
  bridge = start_attached();
  EXPECT_EQ(reader_.liveness(), Result::kOk);
}

TEST_F(ReaderTest, OpensAfterTheBridge) {
  const auto bridge = start_attached();
  Reader late = open();
  EXPECT_EQ(late.liveness(), Result::kOk);
}

TEST_F(ReaderTest, AKilledBridgeIsDeadWhateverThePageSays) {
  start_attached();  // and gone: the page still says "attached"
  reader::StatusPage page;
  EXPECT_EQ(reader_.status(page), Result::kDead);
  EXPECT_EQ(page.header.state, static_cast<std::uint32_t>(PITBRIDGE_STATE_ATTACHED));
  EXPECT_EQ(page.header.bridge_pid, ::getpid());
  reader::Snapshot snapshot;
  EXPECT_EQ(reader_.snapshot("toy_car", snapshot), Result::kDead);
  EXPECT_TRUE(snapshot.bytes.empty());
}

TEST_F(ReaderTest, RefusesNamesThatLeadElsewhere) {
  const std::string long_name(32, 'x');
  const std::string long_directory(PITBRIDGE_DIRECTORY_BYTES, 'x');
  for (const std::string& sim :
       {std::string(), std::string("../toy"), std::string("a/b"), std::string(".toy"), long_name})
    EXPECT_EQ(Reader::open(sim, directory_.path()).result(), Result::kBadName) << sim;
  EXPECT_EQ(Reader::open("toy", long_directory).result(), Result::kBadName);
  const auto bridge = start_attached();
  for (const char* name :
       {"", "/etc/passwd", "../toy_car", "SCS/../toy_car", "SCS/", "a/b/c", ".", "SCS/.x"}) {
    EXPECT_EQ(reader_.snapshot(name).result(), Result::kBadName) << name;
    EXPECT_EQ(reader_.section(name).result(), Result::kBadName) << name;
  }
  EXPECT_EQ(reader_.snapshot(std::string(PITBRIDGE_FILE_NAME_BYTES, 'x')).result(), Result::kBadName);
}

TEST_F(ReaderTest, TakesTheDirectoryFromTheEnvironment) {
  const auto bridge = start_attached();
  const ScopedEnvironment variable("PITBRIDGE_SHM_DIR", directory_.path().c_str());
  EXPECT_EQ(Reader::open("toy")->liveness(), Result::kOk);
}

TEST_F(ReaderTest, CanBeMovedAndCopiesNothingOfItsOldSelf) {
  const auto bridge = start_attached();
  ASSERT_EQ(reader_.liveness(), Result::kOk);
  Reader moved = std::move(reader_);
  EXPECT_EQ(moved.liveness(), Result::kOk);
  EXPECT_NE(reader_.liveness(), Result::kOk);  // NOLINT(bugprone-use-after-move): it must be harmless
  reader_ = std::move(moved);
  EXPECT_EQ(reader_.liveness(), Result::kOk);
}

TEST(ReaderMessages, EachResultHasItsOwn) {
  std::set<std::string_view> messages;
  for (int i = PITBRIDGE_OK; i <= PITBRIDGE_BAD_NAME; ++i)
    EXPECT_TRUE(messages.insert(reader::message(static_cast<Result>(i))).second) << i;
  EXPECT_EQ(reader::message(static_cast<Result>(77)), "unknown result");
}

TEST(ReaderHeader, LayoutsAreThoseOfTheWriter) {
  EXPECT_EQ(offsetof(pitbridge_header, futex_word), offsetof(StatusHeader, futex_word));
  EXPECT_EQ(offsetof(pitbridge_header, sequence), offsetof(StatusHeader, sequence));
  EXPECT_EQ(offsetof(pitbridge_header, prefix), offsetof(StatusHeader, prefix));
  EXPECT_EQ(offsetof(pitbridge_mapping, updates), offsetof(StatusMapping, updates));
  EXPECT_EQ(offsetof(pitbridge_mapping, section_fd), offsetof(StatusMapping, section_fd));
  EXPECT_EQ(offsetof(pitbridge_mapping, file_name), offsetof(StatusMapping, file_name));
  EXPECT_EQ(static_cast<std::uint32_t>(PITBRIDGE_MAX_MAPPINGS), kStatusMaxMappings);
  EXPECT_EQ(offsetof(pitbridge_values, sequence), offsetof(ValuesHeader, sequence));
  EXPECT_EQ(offsetof(pitbridge_values, updated_ns), offsetof(ValuesHeader, updated_ns));
  EXPECT_EQ(offsetof(pitbridge_values, entries), sizeof(ValuesHeader));
  EXPECT_EQ(offsetof(pitbridge_value, number), offsetof(ValuesEntry, number));
  EXPECT_EQ(offsetof(pitbridge_value, text), offsetof(ValuesEntry, text));
  EXPECT_EQ(sizeof(pitbridge_value), sizeof(ValuesEntry));
  EXPECT_GE(static_cast<std::size_t>(PITBRIDGE_FIRST_VALUES + PITBRIDGE_MORE_VALUES), kQuantities.size());
  EXPECT_EQ(sizeof(pitbridge_values), kValuesPageBytes);
  EXPECT_EQ(offsetof(pitbridge_values, more_offset), offsetof(ValuesHeader, more_offset));
  EXPECT_EQ(offsetof(pitbridge_values, title), kValuesDetailsOffset);
  EXPECT_EQ(offsetof(pitbridge_values, cars_offset) - offsetof(pitbridge_values, title),
            offsetof(ValuesDetails, cars_offset));
  EXPECT_EQ(offsetof(pitbridge_values, more), kValuesMoreOffset);
  EXPECT_EQ(offsetof(pitbridge_values, cars), kValuesCarsOffset);
  EXPECT_EQ(offsetof(pitbridge_car, position), offsetof(CarEntry, position));
  EXPECT_EQ(offsetof(pitbridge_car, heading), offsetof(CarEntry, heading));
  EXPECT_EQ(sizeof(pitbridge_car), sizeof(CarEntry));
  EXPECT_EQ(offsetof(pitbridge_live_page, sequence), offsetof(LivePage, sequence));
  EXPECT_EQ(offsetof(pitbridge_live_page, heartbeat_ns), offsetof(LivePage, heartbeat_ns));
  EXPECT_EQ(offsetof(pitbridge_live_page, values_file), offsetof(LivePage, values_file));
  EXPECT_EQ(sizeof(pitbridge_live_page), sizeof(LivePage));
  EXPECT_EQ(sizeof(pitbridge_impl_reply), sizeof(SectionReply));
  EXPECT_EQ(reader::activity_name(static_cast<reader::Activity>(Activity::kLive)),
            activity_name(Activity::kLive));
}

TEST(ReaderHeader, TheCppHeaderThatIsInstalledIsEnoughAlone) {
  const TempDirectory elsewhere;
  std::filesystem::copy(build_dir() / "include/pitbridge.hpp", elsewhere / "pitbridge.hpp");
  write_file(elsewhere / "program.cpp",
             "#include \"pitbridge.hpp\"\n"
             "int main() { return pitbridge::reader::Reader::open(\"ac\") && PITBRIDGE_OK == 0 ? 0 : 1; }\n");
  const std::string compile = "g++ -std=c++17 -Wall -Wextra -Wpedantic -Werror -fsyntax-only ";
  EXPECT_EQ(std::system((compile + (elsewhere / "program.cpp")).c_str()), 0);
}

// --- Whichever is live ---------------------------------------------------------------------------------

class LiveReader : public ReaderTest {
 protected:
  void name(const char* sim, std::uint64_t heartbeat_ns = monotonic_ns()) {
    LivePage page = {};
    std::memcpy(page.magic, kLiveMagic, sizeof page.magic);
    page.version = kLiveVersion;
    page.page_bytes = sizeof page;
    page.bridge_pid = 1;
    page.heartbeat_ns = heartbeat_ns;
    std::snprintf(page.sim, sizeof page.sim, "%s", sim);
    write_file(directory_ / "pitbridge.live", std::string(reinterpret_cast<const char*>(&page), sizeof page));
  }
  Reader live_ = std::move(*Reader::open_live(directory_.path()));
};

TEST_F(LiveReader, HasNoGameUntilOneIsDriven) {
  const auto bridge = start_attached();
  EXPECT_EQ(live_.liveness(), Result::kNoGame);
  EXPECT_EQ(live_.sim(), "");
  name("toy");
  EXPECT_TRUE(soon([&] { return live_.liveness() == Result::kOk; }));
  EXPECT_EQ(live_.sim(), "toy");
}

TEST_F(LiveReader, GoesFromGameToGame) {
  const auto bridge = start_attached();
  name("toy");
  ASSERT_EQ(live_.liveness(), Result::kOk);
  name("other");
  EXPECT_TRUE(soon([&] { return live_.liveness() == Result::kAbsent; })) << "it has no page";
  EXPECT_EQ(live_.sim(), "other");
  name("toy");
  EXPECT_TRUE(soon([&] { return live_.liveness() == Result::kOk; }));
}

TEST_F(LiveReader, BelievesNoPageOfAKilledBridgeAndNoNameThatLeadsElsewhere) {
  const auto bridge = start_attached();
  name("toy", monotonic_ns() - 3'000'000'000U);
  EXPECT_EQ(live_.liveness(), Result::kNoGame);
  for (const char* bad : {"../toy", "", "a/b", ".toy"}) {
    name(bad);
    // One that has looked already looks again only after a while.
    Reader fresh = std::move(*Reader::open_live(directory_.path()));
    EXPECT_EQ(fresh.liveness(), Result::kNoGame) << bad;
    EXPECT_EQ(fresh.sim(), "") << bad;
  }
}

// --- Snapshots ------------------------------------------------------------------------------------------

TEST_F(ReaderTest, SnapshotHoldsTheBytesAndTheRecord) {
  const auto bridge = start_attached();
  bridge->publish(7);
  bridge->publish(9, 1);
  for (const auto& [name, value] : {std::pair{"toy_car", 7}, std::pair{"SCS/toy_race", 9}}) {
    const auto snapshot = reader_.snapshot(name);
    ASSERT_TRUE(snapshot) << snapshot.result();
    EXPECT_EQ(snapshot->bytes, std::vector<std::byte>(ToyBridge::kCarBytes, std::byte(value)));
    EXPECT_EQ(snapshot->record.updates, 1U);
    EXPECT_STREQ(snapshot->record.file_name, name);
  }
  EXPECT_EQ(reader_.snapshot("toy_boat").result(), Result::kNoMapping);
  bridge->writer().set_section(0, false, 0, 0, 0, -1);
  EXPECT_EQ(reader_.snapshot("toy_car").result(), Result::kNoMapping) << "detached";
}

TEST_F(ReaderTest, SnapshotAsAStructureNeedsASectionThatIsLargeEnough) {
  struct Part {
    std::uint32_t words[16];
  };
  const auto bridge = start_attached();
  bridge->publish(1);
  const auto part = reader_.snapshot_as<Part>("toy_car");
  ASSERT_TRUE(part) << part.result();
  EXPECT_EQ(part->words[15], 0x0101'0101U);
  bridge->attach(sizeof(Part) - 1);
  EXPECT_EQ(reader_.snapshot_as<Part>("toy_car").result(), Result::kCut);
  bridge->attach(0);
  ASSERT_TRUE(reader_.snapshot("toy_car"));
  EXPECT_TRUE(reader_.snapshot("toy_car")->bytes.empty());
}

TEST_F(ReaderTest, SnapshotsAreNeverMixed) {
  const auto bridge = start_attached();
  bridge->publish(0);
  std::jthread writer([&](const std::stop_token& stop) {
    for (std::uint8_t value = 0; !stop.stop_requested(); ++value) {
      bridge->publish(value);
      std::this_thread::sleep_for(50us);  // far faster than any game
    }
  });
  reader::Snapshot snapshot;
  int whole = 0;
  std::set<std::byte> seen;
  for (int i = 0; i < 100'000 && (i < 2'000 || seen.size() < 3); ++i) {
    const Result result = reader_.snapshot("toy_car", snapshot);
    if (result != Result::kOk) {
      ASSERT_EQ(result, Result::kBusy);
      continue;
    }
    ++whole;
    seen.insert(snapshot.bytes[0]);
    ASSERT_EQ(snapshot.bytes, std::vector<std::byte>(ToyBridge::kCarBytes, snapshot.bytes[0]));
  }
  EXPECT_GT(whole, 100);
  EXPECT_GE(seen.size(), 3U);
}

TEST_F(ReaderTest, PartsAreOfOneMoment) {
  const auto bridge = start_attached();
  bridge->publish(0);
  std::jthread writer([&](const std::stop_token& stop) {
    for (std::uint8_t value = 0; !stop.stop_requested(); ++value) {
      bridge->publish(value);
      std::this_thread::sleep_for(50us);
    }
  });
  std::array<std::byte, 8> first = {};
  std::array<std::byte, 16> last = {};
  std::set<std::byte> seen;
  for (int i = 0; i < 100'000 && (i < 2'000 || seen.size() < 3); ++i) {
    const Result result = reader_.snapshot(
        "toy_car",
        {{0, first.data(), first.size()}, {ToyBridge::kCarBytes - last.size(), last.data(), last.size()}});
    if (result != Result::kOk) {
      ASSERT_EQ(result, Result::kBusy);
      continue;
    }
    seen.insert(first[0]);
    for (const std::byte byte : first) ASSERT_EQ(byte, first[0]);
    for (const std::byte byte : last) ASSERT_EQ(byte, first[0]);
  }
  EXPECT_GE(seen.size(), 3U);
}

TEST_F(ReaderTest, APartThatEndsBehindTheSectionIsRefused) {
  const auto bridge = start_attached();
  bridge->publish(5);
  std::byte out[2] = {};
  EXPECT_EQ(reader_.snapshot("toy_car", {{ToyBridge::kCarBytes - 2, out, 2}}), Result::kOk);
  EXPECT_EQ(out[1], std::byte{5});
  for (const std::uint64_t offset :
       {std::uint64_t{ToyBridge::kCarBytes - 1}, std::uint64_t{ToyBridge::kCarBytes}, UINT64_MAX})
    EXPECT_EQ(reader_.snapshot("toy_car", {{offset, out, 2}}), Result::kCut) << offset;
  EXPECT_EQ(reader_.snapshot("toy_boat", {}), Result::kNoMapping);
  EXPECT_EQ(reader_.snapshot("../x", {}), Result::kBadName);
}

// --- Views ----------------------------------------------------------------------------------------------

TEST_F(ReaderTest, WhatIsReadThroughAViewIsOfOneUpdate) {
  const auto bridge = start_attached();
  bridge->publish(0);
  auto view = reader_.view("toy_car");
  ASSERT_TRUE(view) << view.result();
  EXPECT_EQ(view->size_bytes(), std::size_t{ToyBridge::kCarBytes});
  std::jthread writer([&](const std::stop_token& stop) {
    for (std::uint8_t value = 0; !stop.stop_requested(); ++value) {
      bridge->publish(value);
      std::this_thread::sleep_for(50us);
    }
  });
  std::set<std::byte> seen;
  for (int i = 0; i < 100'000 && (i < 2'000 || seen.size() < 3); ++i) {
    std::byte bytes[ToyBridge::kCarBytes];
    const Result result =
        reader_.read(*view, [&](const std::byte* data) { std::memcpy(bytes, data, sizeof bytes); });
    if (result != Result::kOk) {
      ASSERT_EQ(result, Result::kBusy);
      continue;
    }
    seen.insert(bytes[0]);
    for (const std::byte byte : bytes) ASSERT_EQ(byte, bytes[0]);
  }
  EXPECT_GE(seen.size(), 3U);
}

TEST_F(ReaderTest, AViewThatTheBridgeWritesMeanwhileIsLookedAtAgain) {
  const auto bridge = start_attached();
  bridge->publish(1);
  auto view = reader_.view("toy_car");
  ASSERT_TRUE(view);
  int looks = 0;
  std::byte seen = {};
  EXPECT_EQ(reader_.read(*view,
                         [&](const std::byte* data) {
                           seen = data[0];
                           if (++looks == 1) bridge->publish(2);
                         }),
            Result::kOk);
  EXPECT_EQ(looks, 2);
  EXPECT_EQ(seen, std::byte{2});
  EXPECT_EQ(reader_.read(*view, [&](const std::byte*) { bridge->publish(3); }), Result::kBusy)
      << "a bridge that never rests";
}

TEST_F(ReaderTest, AViewOfAFileThatIsNoLongerItIsRefused) {
  const auto bridge = start_attached();
  bridge->publish(1);
  auto view = reader_.view("toy_car");
  ASSERT_TRUE(view);
  const auto ignore = [](const std::byte*) {};
  EXPECT_EQ(reader_.read(*view, ignore), Result::kOk);
  ASSERT_EQ(::truncate(car_.c_str(), 100), 0);
  EXPECT_EQ(reader_.read(*view, ignore), Result::kCut);
  ASSERT_EQ(::unlink(car_.c_str()), 0);
  EXPECT_EQ(reader_.read(*view, ignore), Result::kCut);
  EXPECT_EQ(reader_.view("toy_car").result(), Result::kCut);
  ASSERT_TRUE(*bridge->mirror().check());
  EXPECT_EQ(reader_.read(*view, ignore), Result::kCut) << "another inode";
  EXPECT_TRUE(reader_.view("toy_car"));
  bridge->attach(ToyBridge::kCarBytes - 1);
  EXPECT_EQ(reader_.read(*view, ignore), Result::kCut) << "another size";
  bridge->writer().set_section(0, false, 0, 0, 0, -1);
  EXPECT_EQ(reader_.read(*view, ignore), Result::kNoMapping);
  EXPECT_EQ(reader_.view("toy_car").result(), Result::kNoMapping);
  EXPECT_EQ(reader_.view("toy_boat").result(), Result::kNoMapping);
  EXPECT_EQ(reader_.view("../x").result(), Result::kBadName);
}

TEST_F(ReaderTest, AViewIsNotHadFromAnotherUsersBridge) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give a file away";
  const auto bridge = start_attached();
  ASSERT_EQ(::chown(car_.c_str(), 12345, 12345), 0);
  EXPECT_EQ(reader_.view("toy_car").result(), Result::kNoSection);
}

TEST_F(ReaderTest, ASequenceThatStaysOddEndsInBusy) {
  const auto bridge = start_attached();
  bridge->writer().begin_publish(0);
  EXPECT_EQ(reader_.snapshot("toy_car").result(), Result::kBusy);
  EXPECT_EQ(reader_.liveness(), Result::kOk) << "the page itself is whole";
  EXPECT_TRUE(reader_.snapshot("SCS/toy_race")) << "and so are the other mappings";
}

TEST_F(ReaderTest, AHeaderThatStaysOddEndsInBusy) {
  const auto bridge = start_attached();
  ASSERT_EQ(reader_.liveness(), Result::kOk);
  poke_file<std::uint32_t>(page_, offsetof(StatusHeader, sequence), 7);
  EXPECT_EQ(reader_.liveness(), Result::kBusy);
  EXPECT_EQ(reader_.wait(1ms), Result::kBusy);
  use_everything("odd header");
}

TEST_F(ReaderTest, AMirrorThatIsCutOrAbsentOrPlantedIsReported) {
  const auto bridge = start_attached();
  bridge->publish(3);
  ASSERT_EQ(::truncate(car_.c_str(), 100), 0);
  EXPECT_EQ(reader_.snapshot("toy_car").result(), Result::kCut);
  ASSERT_EQ(::truncate(car_.c_str(), ToyBridge::kCarBytes), 0);  // the bridge's code goes on writing there
  ASSERT_EQ(::unlink(car_.c_str()), 0);
  EXPECT_EQ(reader_.snapshot("toy_car").result(), Result::kCut);
  ASSERT_EQ(::symlink("/proc/self/maps", car_.c_str()), 0);
  EXPECT_EQ(reader_.snapshot("toy_car").result(), Result::kCut);
  ASSERT_EQ(::unlink(car_.c_str()), 0);
  ASSERT_EQ(::mkfifo(car_.c_str(), 0600), 0);
  EXPECT_EQ(reader_.snapshot("toy_car").result(), Result::kCut);
  ASSERT_EQ(::unlink(car_.c_str()), 0);
  ASSERT_TRUE(*bridge->mirror().check());  // the bridge repairs it
  bridge->publish(4);
  const auto snapshot = reader_.snapshot("toy_car");
  ASSERT_TRUE(snapshot) << snapshot.result();
  EXPECT_EQ(snapshot->bytes[0], std::byte{4});
}

TEST_F(ReaderTest, ALieAboutTheSizeIsNotBelieved) {
  const auto bridge = start_attached();
  for (const std::uint64_t size :
       {std::uint64_t{ToyBridge::kCarBytes + 1}, std::uint64_t{1} << 40U, UINT64_MAX}) {
    bridge->attach(size);
    EXPECT_EQ(reader_.snapshot("toy_car").result(), Result::kCut) << size;
  }
  // A file that really is so long, without taking memory for it.
  ASSERT_EQ(::truncate(car_.c_str(), off_t{1} << 40U), 0);
  bridge->attach(std::uint64_t{1} << 40U);
  EXPECT_EQ(reader_.snapshot("toy_car").result(), Result::kCut);
}

// --- Waiting --------------------------------------------------------------------------------------------

TEST_F(ReaderTest, WaitIsWokenByThePublication) {
  const auto bridge = start_attached();
  ASSERT_EQ(reader_.wait(0ms), Result::kOk) << "data is there";
  ASSERT_EQ(reader_.wait(0ms), Result::kTimeout) << "and no news";
  int woken = 0;
  auto waiting = std::async(std::launch::async, [&] { return reader_.wait(60s); });
  // A futex wait ends every 100 ms to ask for the bridge's life; so wake until the wake finds it.
  EXPECT_TRUE(soon([&] { return (woken = bridge->wake()) == 1; }));
  EXPECT_GT(waits(), 0U) << "the bridge must be told before";
  bridge->publish(1);
  EXPECT_EQ(waiting.get(), Result::kOk);
  EXPECT_EQ(value_requests(), 0U) << "nobody wants values";
}

TEST_F(ReaderTest, WaitOfASecondProcessIsWokenToo) {
  const auto bridge = start_attached();
  const pid_t child = ::fork();
  if (child == 0) {
    auto own = Reader::open("toy", directory_.path());
    const bool good = own->wait(10s) == Result::kOk && own->wait(30s) == Result::kOk;
    ::_exit(good ? 0 : 1);
  }
  EXPECT_TRUE(soon([&] { return bridge->wake() == 1; }));
  bridge->publish(1);
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

TEST_F(ReaderTest, EachWaitIsAnnounced) {
  const auto bridge = start_attached();
  ASSERT_EQ(reader_.wait(0ms), Result::kOk);
  const std::uint32_t before = waits();
  EXPECT_EQ(reader_.wait(1ms), Result::kTimeout);
  EXPECT_EQ(reader_.wait(1ms), Result::kTimeout);
  EXPECT_GE(waits(), before + 2);
  EXPECT_LT(waits(), before + 20) << "a wait that does not sleep is announced all the time";
}

TEST_F(ReaderTest, WaitFindsNewsWithoutAReadersPage) {
  const auto bridge = start_attached();
  std::filesystem::remove(readers_);  // as of an older bridge
  ASSERT_EQ(reader_.wait(0ms), Result::kOk);
  auto waiting = std::async(std::launch::async, [&] { return reader_.wait(60s); });
  bridge->publish(1);
  EXPECT_EQ(waiting.get(), Result::kOk);
}

TEST_F(ReaderTest, AReadersPageThatCannotBeUsedIsLeftAlone) {
  const auto bridge = start_attached();
  const std::string other = directory_ / "document";
  const std::string zeros(4096, '\0');
  const std::function<void()> plants[] = {
      [&] { write_file(readers_, "short"); },
      [&] { ASSERT_EQ(::mkfifo(readers_.c_str(), 0600), 0); },
      [&] { ASSERT_EQ(::mkdir(readers_.c_str(), 0700), 0); },
      [&] { ASSERT_EQ(::symlink(other.c_str(), readers_.c_str()), 0); },
      [&] { ASSERT_EQ(::link(other.c_str(), readers_.c_str()), 0); },
  };
  write_file(other, zeros);
  std::filesystem::remove(readers_);
  for (const auto& plant : plants) {
    plant();
    Reader own = open();
    ASSERT_EQ(own.wait(0ms), Result::kOk);
    EXPECT_EQ(own.wait(2ms), Result::kTimeout);
    (void)own.values();
    bridge->publish(1);
    EXPECT_EQ(own.wait(10s), Result::kOk);
    std::filesystem::remove(readers_);
  }
  EXPECT_EQ(content_of(other), zeros) << "written through a link";
}

TEST_F(ReaderTest, AReadersPageWithoutWritePermissionIsLeftAlone) {
  if (::geteuid() != 0) {
    GTEST_SKIP() << "another user is needed, and only root can become one";
  }
  const auto bridge = start_attached();
  ASSERT_EQ(::chmod(directory_.path().c_str(), 0755), 0);
  ASSERT_EQ(::chmod(page_.c_str(), 0644), 0);
  ASSERT_EQ(::chmod(readers_.c_str(), 0644), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    if (::setuid(65534) != 0) ::_exit(2);
    auto own = Reader::open("toy", directory_.path());
    if (own->wait(1s) != Result::kOk) ::_exit(3);
    ::_exit(own->wait(30s) == Result::kOk ? 0 : 4);
  }
  int status = 0;
  // Nobody can tell when it waits, so publish until it has seen one.
  EXPECT_TRUE(soon([&] {
    bridge->publish(1);
    return ::waitpid(child, &status, WNOHANG) == child;
  }));
  EXPECT_EQ(status, 0);
  EXPECT_EQ(waits(), 0U);
}

TEST_F(ReaderTest, WaitTellsWhyThereIsNoData) {
  EXPECT_EQ(reader_.wait(1ms), Result::kAbsent);
  auto bridge = start_bridge();
  EXPECT_EQ(reader_.wait(1ms), Result::kNoGame);
  bridge->attach();
  EXPECT_EQ(reader_.wait(0ms), Result::kOk);
  bridge.reset();
  EXPECT_EQ(reader_.wait(1ms), Result::kDead);
}

TEST_F(ReaderTest, WaitEndsAtOnceWhenTheGameGoes) {
  const auto bridge = start_attached();
  ASSERT_EQ(reader_.wait(0ms), Result::kOk);
  auto waiting = std::async(std::launch::async, [&] { return reader_.wait(60s); });
  bridge->writer().set_state(BridgeState::kGone);
  bridge->writer().set_section(0, false, 0, 0, 0, -1);
  EXPECT_EQ(waiting.get(), Result::kNoGame);
  EXPECT_EQ(reader_.wait(1ms), Result::kNoGame);
}

TEST_F(ReaderTest, WaitFromBeforeTheBridge) {
  auto waiting = std::async(std::launch::async, [&] { return reader_.wait_for_data("toy_car", 60s); });
  const auto bridge = start_attached();
  bridge->publish(1, 1);
  EXPECT_EQ(waiting.wait_for(50ms), std::future_status::timeout) << "the other mapping has data";
  bridge->publish(1);
  EXPECT_EQ(waiting.get(), Result::kOk);
  EXPECT_EQ(reader_.wait(0ms), Result::kOk) << "what it waited for is still news";
}

TEST_F(ReaderTest, WaitForDataOfAnyMapping) {
  const auto bridge = start_attached();
  EXPECT_EQ(reader_.wait_for_data("", 1ms), Result::kTimeout);
  bridge->publish(1, 1);
  EXPECT_EQ(reader_.wait_for_data("", 1ms), Result::kOk);
  EXPECT_EQ(reader_.wait_for_data("toy_car", 1ms), Result::kTimeout);
}

TEST_F(ReaderTest, ARestartedBridgeIsNews) {
  auto bridge = start_attached();
  bridge->publish(1);
  ASSERT_EQ(reader_.wait(0ms), Result::kOk);
  ASSERT_EQ(reader_.wait(0ms), Result::kTimeout);
  const ino_t inode = stat_of(page_).st_ino;
  bridge.reset();
  ASSERT_EQ(reader_.wait(1ms), Result::kDead);
  bridge = start_attached();
  EXPECT_EQ(stat_of(page_).st_ino, inode) << "a restart keeps the inode";
  EXPECT_EQ(reader_.wait(10s), Result::kOk);
  bridge->publish(2);
  EXPECT_EQ(reader_.wait(10s), Result::kOk);
  EXPECT_EQ(reader_.snapshot("toy_car")->record.updates, 1U);
}

extern "C" void ignore_signal(int /*signal*/) {}

TEST_F(ReaderTest, ASignalEndsAWait) {
  struct sigaction action = {};
  struct sigaction before = {};
  action.sa_handler = ignore_signal;
  ASSERT_EQ(::sigaction(SIGUSR2, &action, &before), 0);
  const auto bridge = start_attached();
  for (const bool with_futex : {true, false}) {
    if (!with_futex) std::filesystem::remove(readers_);
    Reader own = open();
    ASSERT_EQ(own.wait(0ms), Result::kOk);
    std::atomic<bool> done = false;
    Result result = Result::kOk;
    std::thread waiting([&] {
      result = own.wait(60s);
      done = true;
    });
    EXPECT_TRUE(soon([&] {
      ::pthread_kill(waiting.native_handle(), SIGUSR2);
      return done.load();
    }));
    waiting.join();
    EXPECT_EQ(result, Result::kInterrupted) << with_futex;
  }
  ASSERT_EQ(::sigaction(SIGUSR2, &before, nullptr), 0);
}

// --- Files that were made anew, cut or replaced ---------------------------------------------------------

TEST_F(ReaderTest, FollowsAPageThatWasUnlinkedAndMadeAnew) {
  const auto bridge = start_attached();
  bridge->publish(1);
  ASSERT_EQ(reader_.wait(0ms), Result::kOk);
  ASSERT_EQ(::unlink(page_.c_str()), 0);
  EXPECT_EQ(reader_.liveness(), Result::kOk) << "the old inode goes on being fed";
  ASSERT_TRUE(*bridge->writer().check());
  // Whatever an old inode says: the one at the path counts, within about a second.
  poke_file<std::uint32_t>(page_, offsetof(StatusHeader, game_pid), 4321);
  EXPECT_TRUE(soon([&] {
    reader::StatusPage page;
    return reader_.status(page) == Result::kOk && page.header.game_pid == 4321;
  }));
}

TEST_F(ReaderTest, APageThatIsNotWrittenYetDoesNotDisplaceALivingOne) {
  const auto bridge = start_attached();
  ASSERT_EQ(reader_.liveness(), Result::kOk);
  ASSERT_EQ(::unlink(page_.c_str()), 0);
  write_file(page_, std::string(kStatusPageBytes, '\0'));
  const std::uint64_t until_ns = monotonic_ns() + 1'300'000'000;
  EXPECT_TRUE(soon([&] {
    EXPECT_EQ(reader_.liveness(), Result::kOk);
    return monotonic_ns() > until_ns;
  }));
}

TEST_F(ReaderTest, FollowsAReadersPageThatWasMadeAnew) {
  const auto bridge = start_attached();
  ASSERT_EQ(reader_.wait(0ms), Result::kOk);
  ASSERT_EQ(reader_.wait(1ms), Result::kTimeout);
  ASSERT_EQ(::unlink(readers_.c_str()), 0);
  ASSERT_TRUE(bridge->writer().check());
  ASSERT_EQ(waits(), 0U);
  EXPECT_TRUE(soon([&] {
    (void)reader_.wait(1ms);
    return waits() > 0;
  }));
}

TEST_F(ReaderTest, SurvivesPagesThatAreCutWhileItUsesThem) {
  const auto bridge = start_attached();
  ASSERT_EQ(reader_.wait(0ms), Result::kOk);
  ASSERT_EQ(reader_.wait(1ms), Result::kTimeout);
  ASSERT_EQ(::truncate(readers_.c_str(), 0), 0);
  EXPECT_EQ(reader_.wait(5ms), Result::kTimeout) << "no futex any more, but naps";
  (void)reader_.values();
  for (const off_t size : {8191, 513, 60, 0}) {
    ASSERT_EQ(::truncate(page_.c_str(), size), 0);
    EXPECT_EQ(reader_.liveness(), Result::kForeign) << size;
    EXPECT_EQ(reader_.wait(5ms), Result::kForeign) << size;
    EXPECT_EQ(reader_.snapshot("toy_car").result(), Result::kForeign) << size;
    EXPECT_FALSE(reader_.values()) << size;
  }
  ASSERT_TRUE(*bridge->writer().check());
  EXPECT_EQ(reader_.liveness(), Result::kOk);
  bridge->publish(1);
  EXPECT_EQ(reader_.wait(10s), Result::kOk);
}

TEST_F(ReaderTest, WhatIsNoPageIsRefused) {
  const auto is_refused = [&](Result wanted, const char* what) {
    EXPECT_EQ(open().liveness(), wanted) << what;
    use_everything(what);
    std::filesystem::remove(page_);
  };
  write_file(page_, "");
  is_refused(Result::kForeign, "empty");
  write_file(page_, std::string(8192, '\0'));
  is_refused(Result::kForeign, "zeros");
  write_file(page_, std::string(8192, 'x'));
  is_refused(Result::kForeign, "garbage");
  ASSERT_EQ(::mkfifo(page_.c_str(), 0600), 0);
  is_refused(Result::kForeign, "FIFO");
  ASSERT_EQ(::mkdir(page_.c_str(), 0700), 0);
  is_refused(Result::kForeign, "directory");
  ASSERT_EQ(::symlink("/dev/zero", page_.c_str()), 0);
  is_refused(Result::kDenied, "symbolic link");
}

TEST_F(ReaderTest, AForeignHeaderIsRefused) {
  const struct {
    std::size_t offset;
    std::uint32_t value;
    const char* what;
  } kCases[] = {
      {offsetof(StatusHeader, magic), 0x1234, "magic"},
      {offsetof(StatusHeader, magic) + 4, 0x1234, "end of magic"},
      {offsetof(StatusHeader, version), 2, "version"},
      {offsetof(StatusHeader, version), 0, "version 0"},
      {offsetof(StatusHeader, header_bytes), 520, "header size"},
      {offsetof(StatusHeader, mapping_bytes), 0, "mapping size"},
      {offsetof(StatusHeader, mapping_count), 31, "one mapping too many"},
      {offsetof(StatusHeader, mapping_count), 0xFFFF'FFFF, "far too many mappings"},
  };
  for (const auto& c : kCases) {
    {
      const auto bridge = start_attached();
      poke_file(page_, c.offset, c.value);
      EXPECT_EQ(open().liveness(), Result::kForeign) << c.what;
      use_everything(c.what);
    }
    std::filesystem::remove(page_);
  }
}

TEST_F(ReaderTest, TextsOfThePageEnd) {
  const auto bridge = start_attached();
  std::string page = content_of(page_);
  page.replace(64, 448, std::string(448, 'x'));
  page.replace(512 + 80, 128, std::string(128, 'y'));
  const int fd = ::open(page_.c_str(), O_WRONLY | O_CLOEXEC);
  ASSERT_EQ(::pwrite(fd, page.data(), page.size(), 0), 8192);
  ::close(fd);
  reader::StatusPage got;
  ASSERT_EQ(reader_.status(got), Result::kOk);
  EXPECT_EQ(std::strlen(got.header.sim), 31U);
  EXPECT_EQ(std::strlen(got.header.title), 63U);
  EXPECT_EQ(std::strlen(got.header.message), 255U);
  EXPECT_EQ(std::strlen(got.header.prefix), 95U);
  EXPECT_EQ(std::strlen(got.mappings[0].file_name), 127U);
}

// --- Decoded values -------------------------------------------------------------------------------------

class ReaderValues : public ReaderTest {
 protected:
  void SetUp() override {
    bridge_->publish(1);
    put("rpm", 1, {7123});
    put("gear", 1, {-1});
    put("tyre_pressure", 4, {170, 171, 172, 173});
    put("clutch", 0, {});
    std::snprintf(next_entry().name, sizeof(pitbridge_value::name), "track");
    page_now_.entries[page_now_.entry_count - 1].kind = 2;
    std::snprintf(page_now_.entries[page_now_.entry_count - 1].text, sizeof(pitbridge_value::text),
                  "Nürburgring");
    page_now_.activity = PITBRIDGE_ACTIVITY_LIVE;
    store();
  }

  pitbridge_value& next_entry() { return page_now_.entries[page_now_.entry_count++]; }
  void put(const char* name, std::uint32_t count, const std::vector<double>& numbers) {
    pitbridge_value& value = next_entry();
    std::snprintf(value.name, sizeof value.name, "%s", name);
    value.kind = count == 0 ? 0 : 1;
    value.count = count;
    std::copy(numbers.begin(), numbers.end(), value.number);
  }
  void store() {
    write_file(values_, std::string_view(reinterpret_cast<const char*>(&page_now_), sizeof page_now_));
  }
  static pitbridge_values empty_page() {
    pitbridge_values page = {};
    std::memcpy(page.magic, "PITBVAL1", 8);
    page.version = 1;
    page.header_bytes = 64;
    page.entry_bytes = 192;
    page.sequence = 2;
    page.updated_ns = monotonic_ns();
    page.details_offset = kValuesDetailsOffset;
    page.details_bytes = sizeof(ValuesDetails);
    return page;
  }
  /// What is answered after one change to a good page.
  Result after(const std::function<void(pitbridge_values&)>& change) {
    const pitbridge_values good = page_now_;
    change(page_now_);
    store();
    page_now_ = good;
    const Result result = reader_.values().result();
    store();
    return result;
  }

  std::unique_ptr<ToyBridge> bridge_ = start_attached();
  pitbridge_values page_now_ = empty_page();
};

TEST_F(ReaderValues, ComeByName) {
  const auto values = reader_.values();
  ASSERT_TRUE(values) << values.result();
  EXPECT_EQ(values->number("rpm"), 7123);
  EXPECT_EQ(values->number("gear"), -1);
  EXPECT_EQ(values->number("tyre_pressure", 3), 173);
  EXPECT_EQ(values->number("tyre_pressure", 4), std::nullopt);
  EXPECT_EQ(values->number("clutch"), std::nullopt) << "absent";
  EXPECT_EQ(values->number("wings"), std::nullopt) << "unknown";
  EXPECT_EQ(values->number("track"), std::nullopt) << "a text is no number";
  EXPECT_EQ(values->text("track"), "Nürburgring");
  EXPECT_EQ(values->text("rpm"), "");
  EXPECT_EQ(values->activity(), reader::Activity::kLive);
  EXPECT_EQ(reader::activity_name(values->activity()), "live");
  EXPECT_EQ(pitbridge_number(&values->page(), "wings", 0, 5), 5);
  EXPECT_EQ(pitbridge_number(&values->page(), "rpm", 0, 5), 7123);
}

TEST_F(ReaderValues, AreAskedForOnlyWhenWantedAndThenAgain) {
  (void)reader_.wait(1ms);
  EXPECT_EQ(value_requests(), 0U);
  (void)reader_.values();
  EXPECT_EQ(value_requests(), 1U);
  (void)reader_.values();
  EXPECT_EQ(value_requests(), 1U) << "once a second is enough";
  EXPECT_TRUE(soon([&] {
    (void)reader_.wait(10ms);
    return value_requests() >= 3;
  })) << "a program that waits goes on wanting";
}

TEST_F(ReaderValues, AreNotYetThereAtFirst) {
  std::filesystem::remove(values_);
  EXPECT_EQ(reader_.values().result(), Result::kNoValues);
  write_file(values_, std::string(4096, '\0'));
  EXPECT_EQ(reader_.values().result(), Result::kNoValues) << "made, and not written";
  store();
  EXPECT_TRUE(reader_.values());
}

TEST_F(ReaderValues, OfAnEarlierTimeAreNotShown) {
  ASSERT_TRUE(reader_.values());
  EXPECT_EQ(after([](auto& page) { page.updated_ns = 1; }), Result::kNoValues) << "of an earlier bridge";
  EXPECT_EQ(after([](auto& page) { page.updated_ns -= 400'000'000; }), Result::kNoValues) << "likewise";
  // A bridge from long ago, and a game that has gone on since somebody last wanted values.
  bridge_.reset();
  bridge_ = start_bridge(1);
  bridge_->attach();
  bridge_->publish(1);
  EXPECT_EQ(after([](auto& page) { page.updated_ns = monotonic_ns() - 2'000'000'000; }), Result::kNoValues);
  EXPECT_EQ(after([](auto& page) { page.updated_ns = monotonic_ns() - 100'000'000; }), Result::kOk);
  EXPECT_TRUE(reader_.values());
}

TEST_F(ReaderValues, OfAPausedGameStayGood) {
  bridge_.reset();
  bridge_ = start_bridge(1);
  bridge_->attach();  // the game has not written since
  bridge_->writer().set_state(BridgeState::kPaused);
  EXPECT_EQ(after([](auto& page) { page.updated_ns = 2; }), Result::kOk);
}

TEST_F(ReaderValues, OfNothingAreNone) {
  EXPECT_EQ(after([](auto& page) {
              page.activity = PITBRIDGE_ACTIVITY_UNKNOWN;
              for (pitbridge_value& entry : page.entries) entry.kind = 0;
              page.title[0] = '\0';
            }),
            Result::kNoValues);
}

TEST_F(ReaderValues, AreReadAsTheBridgeWritesThem) {
  auto file = ShmFile::open(directory_.path(), values_file_name("toy"), kValuesPageBytes, 0600);
  ASSERT_TRUE(file);
  ValuesWriter writer(**file, 12345);
  Telemetry telemetry;
  telemetry.activity = Activity::kMenu;
  const auto put_value = [&](Quantity quantity, const Value& value) {
    telemetry.values[static_cast<std::size_t>(quantity)] = value;
  };
  put_value(Quantity::kSpeed, 99.5);
  put_value(Quantity::kTyreTemperature, std::vector<double>{80, 81, 82, 83});
  put_value(Quantity::kDriver, std::string("Räikkönen"));
  telemetry.reasons[static_cast<std::size_t>(Quantity::kFuel)] = AbsentReason::kImplausible;
  telemetry.reasons[static_cast<std::size_t>(Quantity::kLap)] = AbsentReason::kNotYet;
  put_value(Quantity::kTrailer, 1.0);  // the last one of all
  CarRow rival;
  const auto put_in_row = [&](Quantity quantity, const Value& value) {
    rival.values[static_cast<std::size_t>(std::ranges::find(kCarQuantities, quantity) -
                                          kCarQuantities.begin())] = value;
  };
  put_in_row(Quantity::kDriver, std::string("Bottas"));
  put_in_row(Quantity::kPosition, 2.0);
  put_in_row(Quantity::kWorldPosition, std::vector<double>{1, 2, 3});
  CarRow own;
  own.is_player = true;
  telemetry.cars = {rival, own};
  telemetry.version = "3.5";
  telemetry.version_fault = "a sentence";
  writer.publish(telemetry, "toy_title", monotonic_ns());
  const auto values = reader_.values();
  ASSERT_TRUE(values) << values.result();
  EXPECT_EQ(values->activity(), reader::Activity::kMenu);
  EXPECT_EQ(values->number("speed"), 99.5);
  EXPECT_EQ(values->number("tyre_temperature", 3), 83);
  EXPECT_EQ(values->text("driver"), "Räikkönen");
  EXPECT_EQ(values->number("rpm"), std::nullopt);
  EXPECT_EQ(values->why_absent("fuel"), reader::AbsentReason::kImplausible);
  EXPECT_EQ(values->why_absent("lap"), reader::AbsentReason::kNotYet);
  EXPECT_EQ(values->why_absent("no such quantity"), reader::AbsentReason::kUnknown);
  EXPECT_EQ(values->title(), "toy_title");
  EXPECT_EQ(values->layout_version(), "3.5");
  EXPECT_EQ(values->fault(), "a sentence");
  EXPECT_EQ(values->implausible_count(), 1U);
  EXPECT_EQ(values->number("trailer"), 1);
  const auto cars = values->cars();
  ASSERT_EQ(cars.size(), 2U);
  EXPECT_STREQ(cars[0].driver, "Bottas");
  EXPECT_EQ(cars[0].position, 2);
  EXPECT_EQ(cars[0].world_position[2], 3);
  EXPECT_TRUE(reader::has(cars[0], PITBRIDGE_CAR_HAS_POSITION) &&
              reader::has(cars[0], PITBRIDGE_CAR_HAS_WORLD_POSITION));
  EXPECT_FALSE(reader::has(cars[0], PITBRIDGE_CAR_HAS_LAP));
  EXPECT_EQ(pitbridge_own_car(&values->page()), &values->page().cars[1]);

  telemetry.cars.pop_back();
  writer.publish(telemetry, "toy_title", monotonic_ns());
  EXPECT_EQ(reader_.values()->cars().size(), 1U);
}

TEST_F(ReaderValues, OfAnOlderBridgeHaveNoDetails) {
  std::filesystem::resize_file(directory_.path() + "/" + values_file_name("toy"), kValuesDetailsOffset);
  EXPECT_EQ(after([](auto& page) { page.details_offset = page.details_bytes = 0; }), Result::kOk);
  const auto values = reader_.values();
  ASSERT_TRUE(values) << values.result();
  EXPECT_EQ(values->title(), "");
  EXPECT_TRUE(values->number("rpm"));
}

TEST_F(ReaderValues, WithoutDetailsHaveNoFurtherOnesWhateverTheyClaim) {
  EXPECT_EQ(after([](auto& page) {
              page.details_offset = page.details_bytes = 0;
              page.more_count = 0xFFFFFFFF;
            }),
            Result::kOk);
  const auto values = reader_.values();
  ASSERT_TRUE(values) << values.result();
  EXPECT_EQ(values->page().more_count, 0U);
  EXPECT_TRUE(values->cars().empty());
}

TEST_F(ReaderValues, AreThereWithTheirFaultWhereNoneCanBeDecoded) {
  page_now_.activity = PITBRIDGE_ACTIVITY_UNKNOWN;
  for (pitbridge_value& entry : page_now_.entries) entry = {};
  std::snprintf(page_now_.title, sizeof page_now_.title, "toy");
  std::snprintf(page_now_.fault, sizeof page_now_.fault, "version 9 is not known");
  store();
  const auto values = reader_.values();
  ASSERT_TRUE(values) << values.result();
  EXPECT_EQ(values->fault(), "version 9 is not known");
}

TEST_F(ReaderValues, NeedALivingBridgeAndAGame) {
  bridge_->writer().set_state(BridgeState::kWaiting);
  EXPECT_EQ(reader_.values().result(), Result::kNoGame);
  bridge_.reset();
  EXPECT_EQ(reader_.values().result(), Result::kDead);
}

TEST_F(ReaderValues, OfAForeignPageAreRefused) {
  EXPECT_EQ(after([](auto& page) { page.magic[7] = '2'; }), Result::kForeign);
  EXPECT_EQ(after([](auto& page) { page.version = 2; }), Result::kForeign);
  EXPECT_EQ(after([](auto& page) { page.header_bytes = 72; }), Result::kForeign);
  EXPECT_EQ(after([](auto& page) { page.entry_bytes = 200; }), Result::kForeign);
  EXPECT_EQ(after([](auto& page) { page.entry_count = 22; }), Result::kForeign);
  EXPECT_EQ(after([](auto& page) { page.sequence = 3; }), Result::kBusy);
  ASSERT_EQ(::truncate(values_.c_str(), 4095), 0);
  EXPECT_EQ(reader_.values().result(), Result::kNoValues);
}

TEST_F(ReaderValues, LiesInAnEntryAreBounded) {
  pitbridge_value& lie = next_entry();
  std::memset(&lie, 'x', sizeof lie);
  page_now_.activity = 77;
  store();
  const auto values = reader_.values();
  ASSERT_TRUE(values) << values.result();
  const pitbridge_value& got = values->page().entries[page_now_.entry_count - 1];
  EXPECT_EQ(std::strlen(got.name), 23U);
  EXPECT_EQ(std::strlen(got.unit), 23U);
  EXPECT_EQ(std::strlen(got.text), 103U);
  EXPECT_EQ(got.kind, 0U);
  EXPECT_EQ(got.count, 0U) << "no reason";
  EXPECT_EQ(values->activity(), reader::Activity::kUnknown);
  EXPECT_EQ(values->number("rpm"), 7123);
}

TEST_F(ReaderValues, AreNeverMixed) {
  std::jthread writer([&](const std::stop_token& stop) {
    const int fd = ::open(values_.c_str(), O_WRONLY | O_CLOEXEC);
    const auto put_sequence = [&] {
      ++page_now_.sequence;
      (void)!::pwrite(fd, &page_now_.sequence, sizeof page_now_.sequence,
                      offsetof(pitbridge_values, sequence));
    };
    for (double value = 0; !stop.stop_requested(); ++value) {
      put_sequence();
      for (pitbridge_value& entry : page_now_.entries) std::fill_n(entry.number, 4, value);
      (void)!::pwrite(fd, page_now_.entries, sizeof page_now_.entries, offsetof(pitbridge_values, entries));
      put_sequence();
      std::this_thread::sleep_for(20us);
    }
    ::close(fd);
  });
  std::set<double> seen;
  for (int i = 0; i < 100'000 && (i < 2'000 || seen.size() < 5); ++i) {
    const auto values = reader_.values();
    if (!values) continue;
    const double first = values->page().entries[0].number[0];
    seen.insert(first);
    if (seen.size() == 1) continue;  // what was there before the writer
    for (const pitbridge_value& entry : values->page().entries)
      for (const double number : entry.number) ASSERT_EQ(number, first);
  }
  EXPECT_GE(seen.size(), 5U);
}

// --- Sections -------------------------------------------------------------------------------------------

/// The section server of a bridge, with answers of the test's own.
class ScriptedServer {
 public:
  /// `answer` gets the connection and the request; the server closes the connection afterwards.
  using Handler = std::function<void(int connection, const std::string& request)>;

  ScriptedServer(const std::string& path, Handler answer) : answer_(std::move(answer)) {
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    std::snprintf(address.sun_path, sizeof address.sun_path, "%s", path.c_str());
    socket_ = UniqueFd(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
    if (::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) std::abort();
    if (::listen(socket_.get(), 4) != 0) std::abort();
    thread_ = std::thread([this] { serve(); });
  }
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;
  ~ScriptedServer() {
    ::shutdown(socket_.get(), SHUT_RDWR);
    thread_.join();
  }

 private:
  void serve() {
    while (true) {
      const UniqueFd connection(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      if (!connection) return;
      char request[256];
      const auto size = ::recv(connection.get(), request, sizeof request, 0);
      answer_(connection.get(), std::string(request, size > 0 ? static_cast<std::size_t>(size) : 0));
    }
  }

  Handler answer_;
  UniqueFd socket_;
  std::thread thread_;
};

/// One packet, with descriptors riding along.
void send_packet(int connection, std::string_view bytes, const std::vector<int>& fds) {
  alignas(cmsghdr) char control[CMSG_SPACE(16 * sizeof(int))] = {};
  iovec part = {const_cast<char*>(bytes.data()), bytes.size()};
  msghdr message = {};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  if (!fds.empty()) {
    message.msg_control = control;
    message.msg_controllen = CMSG_SPACE(fds.size() * sizeof(int));
    cmsghdr* item = CMSG_FIRSTHDR(&message);
    item->cmsg_level = SOL_SOCKET;
    item->cmsg_type = SCM_RIGHTS;
    item->cmsg_len = CMSG_LEN(fds.size() * sizeof(int));
    std::memcpy(CMSG_DATA(item), fds.data(), fds.size() * sizeof(int));
  }
  EXPECT_EQ(::sendmsg(connection, &message, MSG_NOSIGNAL), static_cast<ssize_t>(bytes.size()));
}

class ReaderSection : public ReaderTest {
 protected:
  void SetUp() override {
    ASSERT_TRUE(game_);
    ASSERT_EQ(::ftruncate(game_.get(), ToyBridge::kCarBytes), 0);
    write_game(0, 7123);
    attach(-1);
  }
  void attach(std::int32_t fd) {
    struct stat game = {};
    ASSERT_EQ(::fstat(game_.get(), &game), 0);
    device_ = game.st_dev;
    inode_ = game.st_ino;
    bridge_->attach(ToyBridge::kCarBytes, device_, inode_, fd);
  }
  void write_game(std::size_t offset, std::int32_t value) {
    ASSERT_EQ(::pwrite(game_.get(), &value, sizeof value, static_cast<off_t>(offset)), 4);
  }
  pitbridge_impl_reply good_reply() const { return {1, 0, ToyBridge::kCarBytes, device_, inode_}; }
  static std::string_view bytes_of(const pitbridge_impl_reply& reply) {
    return {reinterpret_cast<const char*>(&reply), sizeof reply};
  }
  Result section_with(const ScriptedServer::Handler& answer) {
    const ScriptedServer server(page_ + ".sock", answer);
    const Result result = reader_.section("toy_car").result();
    std::filesystem::remove(page_ + ".sock");
    return result;
  }
  Result section_with_reply(pitbridge_impl_reply reply) {
    return section_with(
        [&](int connection, const std::string&) { send_packet(connection, bytes_of(reply), {game_.get()}); });
  }
  /// A reader waits one second for the server, whose thread gets no time for so long where a machine is busy.
  template <class Ask>
  static auto ask_until_answered(const Ask& ask) {
    auto answer = ask();
    (void)soon([&] { return answer || (answer = ask()); });
    return answer;
  }
  static std::size_t open_descriptors() {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) ++count;
    return count;
  }

  UniqueFd game_{::memfd_create("game", MFD_CLOEXEC)};
  std::uint64_t device_ = 0, inode_ = 0;
  std::unique_ptr<ToyBridge> bridge_ = start_bridge();
};

TEST_F(ReaderSection, IsTheGamesOwnMemory) {
  std::string asked;
  const ScriptedServer server(page_ + ".sock", [&](int connection, const std::string& request) {
    asked = request;
    send_packet(connection, bytes_of(good_reply()), {game_.get()});
  });
  auto section = ask_until_answered([&] { return reader_.section("toy_car"); });
  ASSERT_TRUE(section) << section.result();
  EXPECT_EQ(asked, "toy_car");
  EXPECT_EQ(section->size_bytes(), ToyBridge::kCarBytes);
  EXPECT_EQ(section->load<std::int32_t>(0), 7123);
  write_game(ToyBridge::kCarBytes - 4, 4);
  EXPECT_EQ(section->load<std::int32_t>(ToyBridge::kCarBytes - 4), 4) << "live, without a publication";
  EXPECT_EQ(section->load<std::int32_t>(ToyBridge::kCarBytes - 3), std::nullopt);
  EXPECT_EQ(section->load<std::int32_t>(SIZE_MAX), std::nullopt);
  EXPECT_EQ(reader_.check(*section), Result::kOk);
  reader::Section moved = std::move(*section);
  EXPECT_EQ(reader_.check(moved), Result::kOk);
  EXPECT_EQ(moved.load<std::int32_t>(0), 7123);
}

TEST_F(ReaderSection, IsOverWhenTheRecordSaysSo) {
  attach(game_.get());
  const auto section = reader_.section("toy_car");
  ASSERT_TRUE(section) << section.result();
  bridge_->attach(ToyBridge::kCarBytes, device_, inode_ + 1, game_.get());
  EXPECT_EQ(reader_.check(*section), Result::kNoSection);
  bridge_->attach(ToyBridge::kCarBytes, device_ + 1, inode_, game_.get());
  EXPECT_EQ(reader_.check(*section), Result::kNoSection);
  bridge_->attach(ToyBridge::kCarBytes, device_, inode_, game_.get());
  EXPECT_EQ(reader_.check(*section), Result::kOk);
  bridge_->writer().set_section(0, false, 0, device_, inode_, -1);
  EXPECT_EQ(reader_.check(*section), Result::kNoMapping);
  bridge_.reset();
  EXPECT_EQ(reader_.check(*section), Result::kDead);
  EXPECT_EQ(section->load<std::int32_t>(0), 7123) << "the pages stay as long as we hold them";
}

TEST_F(ReaderSection, ComesByProcWithoutAServer) {
  attach(game_.get());
  const auto section = reader_.section("toy_car");
  ASSERT_TRUE(section) << section.result();
  EXPECT_EQ(section->load<std::int32_t>(0), 7123);
  bridge_->attach(ToyBridge::kCarBytes, device_, inode_ + 1, game_.get());
  EXPECT_EQ(reader_.section("toy_car").result(), Result::kNoSection) << "another file has the number now";
  bridge_->attach(ToyBridge::kCarBytes + 1, device_, inode_, game_.get());
  EXPECT_EQ(reader_.section("toy_car").result(), Result::kNoSection) << "larger than the file";
  bridge_->attach(ToyBridge::kCarBytes, device_, inode_, 12345);
  EXPECT_EQ(reader_.section("toy_car").result(), Result::kNoSection) << "no such descriptor";
}

TEST_F(ReaderSection, IsNotHadFromAnotherUsersBridge) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can make another user's file";
  attach(game_.get());
  ASSERT_TRUE(reader_.section("toy_car"));
  ASSERT_EQ(::chown(page_.c_str(), 12345, 12345), 0);
  EXPECT_EQ(reader_.section("toy_car").result(), Result::kNoSection);
}

TEST_F(ReaderSection, NeedsALiveMapping) {
  EXPECT_EQ(reader_.section("toy_boat").result(), Result::kNoMapping);
  bridge_->writer().set_state(BridgeState::kWaiting);
  EXPECT_EQ(reader_.section("toy_car").result(), Result::kNoGame);
}

TEST_F(ReaderSection, AReplyThatLiesIsRefusedAndLeavesNoDescriptor) {
  ASSERT_TRUE(soon([&] { return section_with_reply(good_reply()) == Result::kOk; }));
  const std::size_t before = open_descriptors();
  const auto changed = [&](const std::function<void(pitbridge_impl_reply&)>& change) {
    pitbridge_impl_reply reply = good_reply();
    change(reply);
    return section_with_reply(reply);
  };
  EXPECT_EQ(changed([](auto& reply) { reply.version = 2; }), Result::kNoSection);
  EXPECT_EQ(changed([](auto& reply) { reply.outcome = 1; }), Result::kNoSection);
  EXPECT_EQ(changed([](auto& reply) { reply.size_bytes = 0; }), Result::kNoSection);
  EXPECT_EQ(changed([](auto& reply) { ++reply.size_bytes; }), Result::kNoSection);
  EXPECT_EQ(changed([](auto& reply) { reply.size_bytes = UINT64_MAX; }), Result::kNoSection);
  EXPECT_EQ(changed([](auto& reply) { ++reply.device; }), Result::kNoSection);
  EXPECT_EQ(changed([](auto& reply) { ++reply.inode; }), Result::kNoSection);

  const auto answered = [&](const std::string& bytes, const std::vector<int>& fds) {
    return section_with([&](int connection, const std::string&) { send_packet(connection, bytes, fds); });
  };
  const std::string good(bytes_of(good_reply()));
  EXPECT_EQ(answered(good, {}), Result::kNoSection) << "no descriptor";
  EXPECT_EQ(answered(good, {game_.get(), game_.get()}), Result::kNoSection) << "two";
  EXPECT_EQ(answered(good, std::vector<int>(16, game_.get())), Result::kNoSection) << "more than have room";
  EXPECT_EQ(answered(good.substr(0, 31), {game_.get()}), Result::kNoSection) << "short";
  EXPECT_EQ(answered(good + "x", {game_.get()}), Result::kNoSection) << "long";
  EXPECT_EQ(section_with([](int, const std::string&) {}), Result::kNoSection) << "hung up";

  int ends[2] = {};
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  const UniqueFd one(ends[0]);
  const UniqueFd other(ends[1]);
  struct stat pipe = {};
  ASSERT_EQ(::fstat(ends[0], &pipe), 0);
  const pitbridge_impl_reply of_pipe = {1, 0, 4096, pipe.st_dev, pipe.st_ino};
  EXPECT_EQ(answered(std::string(bytes_of(of_pipe)), {ends[0]}), Result::kNoSection) << "no plain file";
  EXPECT_EQ(open_descriptors(), before + 2) << "only the pipe has come since";
}

TEST_F(ReaderSection, ComesFromTheBridgesOwnServer) {
  auto server = SectionServer::open(*ShmDirectory::open(directory_.path()), "toy");
  ASSERT_TRUE(server) << server.error().message;
  std::atomic<bool> stop = false;
  std::thread bridge([&] {
    while (!stop) {
      (*server)->serve([&](std::string_view file_name) -> std::optional<OfferedSection> {
        if (file_name != "toy_car") return std::nullopt;
        return OfferedSection{game_.get(), ToyBridge::kCarBytes, {device_, inode_}};
      });
      std::this_thread::sleep_for(1ms);
    }
  });
  const auto section = ask_until_answered([&] { return reader_.section("toy_car"); });
  const Result other = reader_.section("SCS/toy_race").result();
  stop = true;
  bridge.join();
  ASSERT_TRUE(section) << section.result();
  EXPECT_EQ(section->load<std::int32_t>(0), 7123);
  EXPECT_EQ(other, Result::kNoSection);
}

TEST_F(ReaderSection, OfALongDirectoryComesToo) {
  const std::string sub = directory_.path() + "/" + std::string(120, 'd');
  ASSERT_TRUE(std::filesystem::create_directory(sub));
  ToyBridge bridge(sub);
  bridge.attach(ToyBridge::kCarBytes, device_, inode_, -1);
  auto server = SectionServer::open(*ShmDirectory::open(sub), "toy");
  ASSERT_TRUE(server) << server.error().message;
  auto asking = std::async(std::launch::async, [&] {
    return ask_until_answered([&] { return Reader::open("toy", sub)->section("toy_car"); });
  });
  EXPECT_TRUE(soon([&] {
    (*server)->serve([&](std::string_view) {
      return OfferedSection{game_.get(), ToyBridge::kCarBytes, {device_, inode_}};
    });
    return asking.wait_for(0ms) == std::future_status::ready;
  }));
  EXPECT_TRUE(asking.get());
}

TEST_F(ReaderSection, AServerThatNeverAnswersIsLeft) {
  std::promise<void> end;
  const ScriptedServer server(page_ + ".sock", [&](int, const std::string&) { end.get_future().wait(); });
  EXPECT_EQ(reader_.section("toy_car").result(), Result::kNoSection);
  end.set_value();
}

// --- The examples, as they are installed ----------------------------------------------------------------

struct ProgramRun {
  int status;
  std::string output;  ///< of both streams
};

class ReaderExample : public ReaderValues, public testing::WithParamInterface<const char*> {
 protected:
  static std::string command(const std::string& name) {
    if (name == "dashboard.py") return "python3 " + (source_dir() / "common/reader/examples" / name).string();
    return (build_dir() / "examples" / name).string();
  }
  ProgramRun run(const std::string& arguments) const { return run_with("toy " + arguments); }
  ProgramRun run_with(const std::string& arguments) const {
    const std::string line = "env PITBRIDGE_SHM_DIR=" + directory_.path() + " timeout 60 " +
                             command(GetParam()) + " " + arguments + " 2>&1 </dev/null";
    std::string output;
    std::FILE* pipe = ::popen(line.c_str(), "r");
    char buffer[4096];
    while (const std::size_t n = std::fread(buffer, 1, sizeof buffer, pipe)) output.append(buffer, n);
    const int status = ::pclose(pipe);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, output};
  }
};

TEST_P(ReaderExample, ShowsALiveGame) {
  put("speed", 1, {217.6});
  store();
  std::atomic<bool> stop = false;
  std::thread game([&] {
    for (std::uint8_t value = 0; !stop; ++value) {
      bridge_->publish(value);
      poke_file(values_, offsetof(pitbridge_values, updated_ns), monotonic_ns());
      bridge_->writer().announce();
      std::this_thread::sleep_for(2ms);
    }
  });
  const ProgramRun once = run("--once");
  const ProgramRun longer = run("--seconds 1");
  stop = true;
  game.join();
  EXPECT_EQ(once.status, 0) << once.output;
  EXPECT_TRUE(once.output.starts_with("live    rpm  7123  gear -1  speed 218 km/h  updates ")) << once.output;
  EXPECT_EQ(std::count(once.output.begin(), once.output.end(), '\n'), 1) << once.output;
  EXPECT_EQ(longer.status, 0) << longer.output;
  EXPECT_GE(std::count(longer.output.begin(), longer.output.end(), '\n'), 2) << longer.output;
  const auto updates = [](const std::string& output, std::size_t at) {
    return std::stoul(output.substr(at + std::string("updates ").size()));
  };
  EXPECT_GT(updates(longer.output, longer.output.rfind("updates ")),
            updates(longer.output, longer.output.find("updates ")));
  EXPECT_GT(waits(), 0U) << "it does not poll";
  EXPECT_GT(value_requests(), 0U);
}

TEST_P(ReaderExample, SaysWhyThereIsNothing) {
  bridge_.reset();
  const ProgramRun dead = run("--seconds 0.3");
  EXPECT_EQ(dead.status, 1) << dead.output;
  EXPECT_EQ(dead.output.find("rpm"), std::string::npos) << dead.output;
  std::filesystem::remove(page_);
  const ProgramRun absent = run("--seconds 0.3");
  EXPECT_EQ(absent.status, 1) << absent.output;
  EXPECT_FALSE(absent.output.empty());
}

TEST_P(ReaderExample, AnswersWrongArgumentsWithAUsageLine) {
  for (const char* wrong : {"", "--help", "--once", "toy --onec", "toy --seconds", "toy --seconds x",
                            "toy --seconds -1", "toy --once more", "''"}) {
    const ProgramRun usage = run_with(wrong);
    EXPECT_EQ(usage.status, 2) << wrong << "\n" << usage.output;
    EXPECT_TRUE(usage.output.starts_with("usage: dashboard")) << wrong << "\n" << usage.output;
    EXPECT_EQ(std::count(usage.output.begin(), usage.output.end(), '\n'), 1) << wrong << "\n" << usage.output;
  }
}

INSTANTIATE_TEST_SUITE_P(Languages, ReaderExample,
                         testing::Values("dashboard_c", "dashboard_cpp", "dashboard.py"),
                         [](const auto& example) { return std::string(example.param).substr(10); });

TEST(ReaderOfZeros, ClosesNothing) {
  const int before = ::fcntl(STDIN_FILENO, F_GETFD);
  pitbridge_reader reader = {};
  pitbridge_close(&reader);
  EXPECT_EQ(::fcntl(STDIN_FILENO, F_GETFD), before) << "descriptor 0 was closed";
}

}  // namespace
}  // namespace pitbridge
