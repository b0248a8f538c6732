// SPDX-License-Identifier: MIT
// `pitbridge shm` as its user has it.
#include <fcntl.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "common/core/sim/describe.hpp"
#include "common/posix/shm/status_file.hpp"
#include "tests/unit/support/child.hpp"
#include "tests/unit/support/held_child.hpp"
#include "tests/unit/support/region_room.hpp"
#include "tests/unit/support/run_program.hpp"

namespace pitbridge {
namespace {

using Json = nlohmann::json;

class ShmCommand : public RegionRoom {
 protected:
  Outcome shm(std::vector<std::string> words) const {
    words.insert(words.begin(), {"--shm-dir", directory_.path(), "shm"});
    return run_pitbridge(words);
  }
  Json listed() const { return Json::parse(shm({"list", "--json"}).output); }
  void kill_a_publisher() const {
    const HeldChild child([&] { return publisher(); });
    ASSERT_TRUE(child.is_there());
  }
  /// A bridge that lives as long as this.
  std::unique_ptr<StatusFile> bridge() const {
    auto status = StatusFile::open({directory_.path(), "ac", 0600});
    if (!status) return nullptr;
    StatusWriter writer(**status, (*status)->content());
    writer.start("ac", "/prefix", ::getpid(), 1, file_names(*find_sim("ac")));
    writer.set_state(BridgeState::kAttached);
    return std::move(*status);
  }
};

TEST_F(ShmCommand, ListsRegionsWithTheirPublishers) {
  EXPECT_EQ(listed(), Json::array());
  const auto out = publisher(100);
  publish_text(*out, "x");
  const Json all = listed();
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0]["name"], "toy");
  EXPECT_EQ(all[0]["kind"], "region");
  EXPECT_EQ(all[0]["state"], "published");
  EXPECT_EQ(all[0]["data_bytes"], 100);
  EXPECT_EQ(all[0]["generation"], 1);
  EXPECT_EQ(all[0]["news"], out->stamp().news);
  EXPECT_EQ(all[0]["publisher"], ::getpid());
  const Outcome text = shm({"list"});
  EXPECT_EQ(text.status, 0);
  EXPECT_NE(text.output.find("region, published by pid " + std::to_string(::getpid())), std::string::npos)
      << text.output;
}

TEST_F(ShmCommand, SaysWhichFilesAreOfABridge) {
  const auto status = bridge();
  ASSERT_NE(status, nullptr);
  write_file(directory_ / "acpmf_physics", std::string(800, 'x'));
  write_file(directory_ / "acpmf_physics.lock", "");  // somebody makes a region of it
  const Json all = listed();
  std::set<std::string> names;
  for (const Json& row : all) {
    EXPECT_EQ(row["kind"], "bridge") << row;
    EXPECT_EQ(row["bridge"], "ac") << row;
    EXPECT_EQ(row["publisher"], ::getpid()) << row;
    names.insert(row["name"].get<std::string>());
  }
  EXPECT_TRUE(names.contains("pitbridge.ac"));
  EXPECT_TRUE(names.contains("acpmf_physics"));
  for (const char* name : {"acpmf_physics", "pitbridge.ac", "pitbridge.other"}) {
    const Outcome cleaned = shm({"clean", name});
    EXPECT_EQ(cleaned.status, 2) << cleaned.output;
    EXPECT_NE(cleaned.output.find("pitbridge clean"), std::string::npos) << cleaned.output;
  }
  EXPECT_EQ(shm({"clean"}).status, 0);
  EXPECT_EQ(content_of(directory_ / "acpmf_physics"), std::string(800, 'x'));
}

TEST_F(ShmCommand, CleansWhatKilledPublishersHaveLeft) {
  const auto lives = RegionPublisher::create(RegionRoom::shm(), "lives", {.data_bytes = 8});
  ASSERT_TRUE(lives);
  ASSERT_TRUE(RegionPublisher::create(RegionRoom::shm(), "left", {.data_bytes = 8}));
  kill_a_publisher();
  write_file(directory_ / "other", "precious");
  const Outcome dry = shm({"clean", "--dry-run"});
  EXPECT_EQ(dry.status, 0);
  EXPECT_EQ(dry.output, "would remove " + directory_.path() + "/toy, whose publisher was killed\n");
  EXPECT_EQ(names().size(), 6U);
  const Outcome cleaned = shm({"clean"});
  EXPECT_EQ(cleaned.status, 0);
  EXPECT_EQ(cleaned.output, "removed " + directory_.path() + "/toy, whose publisher was killed\n");
  EXPECT_EQ(names(), (std::vector<std::string>{"left", "lives", "lives.lock", "other"}));
  EXPECT_EQ(shm({"clean"}).output, "no killed publisher has left a region\n");
  EXPECT_EQ(shm({"clean", "lives"}).status, 3);
  EXPECT_EQ(shm({"clean", "other"}).status, 1);
  EXPECT_EQ(shm({"clean", "nothing"}).status, 1);
  EXPECT_EQ(shm({"clean", "../x"}).status, 2);
  EXPECT_EQ(shm({"clean", "left"}).status, 0) << "by its name";
  EXPECT_EQ(names(), (std::vector<std::string>{"lives", "lives.lock", "other"}));
}

TEST_F(ShmCommand, ThoseOfAnotherUserAreOnlyNamed) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can act as another user; run the tests as root for this";
  const HeldChild other([&]() -> std::unique_ptr<RegionPublisher> {
    return become_other_user() ? publisher(8, {.mode = 0644}) : nullptr;
  });
  ASSERT_TRUE(other.is_there());
  const Json all = listed();
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0]["kind"], "foreign");
  EXPECT_EQ(all[0]["owner"], kOtherUser);
  EXPECT_TRUE(all[0]["data_bytes"].is_null());
  EXPECT_TRUE(all[0]["publisher"].is_null());
  EXPECT_EQ(shm({"clean", "toy"}).status, 4);
  EXPECT_EQ(shm({"clean"}).status, 0);
  EXPECT_EQ(names().size(), 2U);
}

TEST_F(ShmCommand, TheDirectoryIsAlsoThatOfTheLibrary) {
  const auto out = publisher();
  const Outcome list = run_pitbridge({"shm", "list"}, {"PITSHM_DIR=" + directory_.path()});
  EXPECT_NE(list.output.find("toy"), std::string::npos) << list.output;
}

TEST_F(ShmCommand, WatchPrintsALineForEachChangeUntilASignal) {
  const std::string log = directory_ / "log";
  Child watch({(build_dir() / "bin" / "pitbridge").string(), "--shm-dir", directory_.path(), "shm", "watch",
               "toy", "--json"},
              log);
  const auto has_said = [&](const std::string& event, int times) {
    const std::string line = "\"event\":\"" + event + "\"";
    const std::int64_t deadline = in_ten_seconds();
    while (MonotonicClock().now_ns() < deadline) {
      const std::string text = content_of(log);
      int count = 0;
      for (std::size_t at = 0; (at = text.find(line, at)) != std::string::npos; ++at) ++count;
      if (count >= times) return true;
      ::usleep(1000);
    }
    ADD_FAILURE() << event << " is not in " << content_of(log);
    return false;
  };
  ASSERT_TRUE(sleeps_in(SYS_ppoll, watch.pid())) << "there is none yet";
  auto out = publisher();
  ASSERT_TRUE(has_said("there", 1));
  publish_text(*out, "x");
  ASSERT_TRUE(has_said("update", 1));
  ASSERT_TRUE(out->grow(10'000));
  ASSERT_TRUE(has_said("grown", 1));
  out.reset();
  ASSERT_TRUE(has_said("left", 1));
  EXPECT_TRUE(stays_in(SYS_ppoll, watch.pid())) << "there is nothing to look at";
  {
    const HeldChild child([&] { return publisher(); });
    ASSERT_TRUE(child.is_there());
    ASSERT_TRUE(has_said("anew", 1));
  }
  ASSERT_TRUE(has_said("abandoned", 1)) << "killed, and nobody has looked at a clock";
  out = publisher();
  ASSERT_TRUE(has_said("anew", 2));
  ASSERT_TRUE(out->unlink());
  ASSERT_TRUE(has_said("removed", 1));
  out.reset();
  out = publisher();
  ASSERT_TRUE(has_said("there", 2));
  EXPECT_EQ(watch.end(SIGINT), 0);
}

TEST_F(ShmCommand, WatchRefusesWhatIsNoRegion) {
  write_file(path_, "no region");
  EXPECT_EQ(shm({"watch", "toy"}).status, 4);
  EXPECT_EQ(shm({"watch", "a/b"}).status, 2);
  EXPECT_EQ(shm({"watch"}).status, 2);
  EXPECT_EQ(shm({}).status, 2);
}

}  // namespace
}  // namespace pitbridge
