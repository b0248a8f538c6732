// SPDX-License-Identifier: MIT
// What another user of the host can do to a bridge's files and to those who look at them: nothing.
#include <fcntl.h>

#include "common/core/sim/describe.hpp"
#include "common/posix/region/own_file.hpp"
#include "common/posix/session/sandbox_shm.hpp"
#include "common/posix/shm/abandoned.hpp"
#include "common/posix/shm/mirror_reader.hpp"
#include "common/posix/shm/status_file.hpp"
#include "common/posix/shm/status_list.hpp"
#include "tests/unit/support/held_child.hpp"
#include "tests/unit/support/other_user.hpp"
#include "tests/unit/support/planted_tree.hpp"

namespace pitbridge {
namespace {

/// Something that another user does in a process of his, for as long as this lives.
class OtherUser : public HeldChild {
 public:
  template <typename Work>
  explicit OtherUser(Work work)
      : HeldChild([&] {
          if (!become_other_user()) ::_exit(1);
          return work();
        }) {}
};

class ForeignUser : public SharedDirectoryTest {
 protected:
  bool other_may_open(const std::string& path, int flags) const {
    const int status = as_other_user([&] { return ::open(path.c_str(), flags | O_CLOEXEC) >= 0 ? 0 : 1; });
    EXPECT_NE(status, -1);
    return status == 0;
  }
  /// A bridge, to look at: a living one where the other user runs it.
  static std::unique_ptr<StatusFile> bridge_in(const std::string& directory) {
    auto status = StatusFile::open({directory, "ac", 0644});
    if (!status) return nullptr;
    StatusWriter writer(**status, (*status)->content());
    writer.start("ac", "/prefix", ::getpid(), 1, file_names(*find_sim("ac")));
    writer.set_state(BridgeState::kAttached);
    return std::move(*status);
  }
  void make_as_other(const std::string& name, std::string_view content = "of another") const {
    const int status = as_other_user([&] {
      write_file(directory_ / name, content);
      return ::chmod((directory_ / name).c_str(), 0666);
    });
    ASSERT_EQ(status, 0);
  }
};

TEST_F(ForeignUser, WithMode666OthersWriteTheReadersPageAndNothingElse) {
  const SimPlace place = {directory_.path(), "toy", 0666};
  const auto status = StatusFile::open(place);
  ASSERT_TRUE(status) << status.error().message;
  ShmFileFactory factory(*ShmDirectory::open(place.directory), place.mode);
  for (const std::string& name : {std::string("toy_car"), std::string("SCS/toy"), values_file_name("toy")}) {
    ASSERT_TRUE(factory.open(name, 100)) << name;
    EXPECT_TRUE(other_may_open(directory_ / name, O_RDONLY)) << name;
    EXPECT_FALSE(other_may_open(directory_ / name, O_RDWR)) << name;
  }
  EXPECT_TRUE(other_may_open(directory_ / "pitbridge.toy", O_RDONLY));
  EXPECT_FALSE(other_may_open(directory_ / "pitbridge.toy", O_RDWR));
  EXPECT_TRUE(other_may_open(directory_ / "pitbridge.toy.readers", O_RDWR));
}

TEST_F(ForeignUser, APageOfAnotherUserTellsNothing) {
  const OtherUser other([&] { return bridge_in(directory_.path()); });
  ASSERT_TRUE(other.is_there());
  EXPECT_TRUE(status_entries(directory_.path()).empty());
  EXPECT_FALSE(bridge_lives(directory_.path(), "ac"));
  const auto foreign = foreign_pages(directory_.path());
  ASSERT_EQ(foreign.size(), 1U);
  EXPECT_EQ(foreign.front().sim, "ac");
  EXPECT_EQ(foreign.front().owner, kOtherUser);
  const MirrorReading reading = read_mirror(directory_.path(), *find_sim("ac"));
  EXPECT_FALSE(reading.status);
  EXPECT_FALSE(reading.bridge_runs);
  EXPECT_EQ(reading.foreign_owner, kOtherUser);
  const auto refused = StatusFile::open({directory_.path(), "ac", 0600});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ExitCode::kOutputRefused);
  EXPECT_NE(refused.error().message.find("belongs to user 12345"), std::string::npos)
      << refused.error().message;
}

TEST_F(ForeignUser, ItsDirectoryIsNotChosenForItsBridge) {
  const OtherUser other([&] { return bridge_in(directory_.path()); });
  ASSERT_TRUE(other.is_there());
  const TempDirectory own;
  const auto bridge = bridge_in(own.path());
  ASSERT_NE(bridge, nullptr);
  EXPECT_EQ(directory_with_bridge("ac", {directory_.path(), own.path()}), own.path());
}

TEST_F(ForeignUser, ItsMappingsAreNotRead) {
  const auto bridge = bridge_in(directory_.path());
  ASSERT_NE(bridge, nullptr);
  make_as_other("acpmf_physics", std::string(4096, 'x'));
  write_file(directory_ / "acpmf_static", std::string(4096, 'y'));
  const MirrorReading reading = read_mirror(directory_.path(), *find_sim("ac"));
  EXPECT_TRUE(reading.bridge_runs);
  EXPECT_EQ(reading.foreign_owner, kOtherUser);
  EXPECT_EQ(reading.snapshot.bytes("acpmf_physics"), nullptr);
  EXPECT_NE(reading.snapshot.bytes("acpmf_static"), nullptr);
}

TEST_F(ForeignUser, ALinkToAPageOfOursIsNoPage) {
  const TempDirectory own;
  const auto bridge = bridge_in(own.path());
  ASSERT_NE(bridge, nullptr);
  ASSERT_EQ(as_other_user([&] {
              return ::symlink((own / "pitbridge.ac").c_str(), (directory_ / "pitbridge.ac").c_str());
            }),
            0);
  EXPECT_TRUE(status_entries(directory_.path()).empty());
}

TEST_F(ForeignUser, ALockOnThePageKeepsNobodyFromStarting) {
  ASSERT_NE(bridge_in(directory_.path()), nullptr);  // has left the page
  const OtherUser other([&] {
    const int page = ::open((directory_ / "pitbridge.ac").c_str(), O_RDONLY | O_CLOEXEC);
    struct flock lock = {};
    lock.l_type = F_RDLCK;
    lock.l_whence = SEEK_SET;
    return page >= 0 && ::fcntl(page, F_OFD_SETLK, &lock) == 0;
  });
  ASSERT_TRUE(other.is_there());
  EXPECT_FALSE(other_may_open(directory_ / "pitbridge.ac.lock", O_RDONLY));
  EXPECT_FALSE(bridge_lives(directory_.path(), "ac"));
  EXPECT_NE(bridge_in(directory_.path()), nullptr);
}

TEST_F(ForeignUser, ADirectoryOfAnotherUserIsNotUsed) {
  ASSERT_EQ(as_other_user([&] {
              return ::mkdir((directory_ / "SCS").c_str(), 0777) != 0 ||
                     ::chmod((directory_ / "SCS").c_str(), 0777) != 0;
            }),
            0);
  const auto file = ShmFile::open(directory_.path(), "SCS/SCSTelemetry", 100, 0600);
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().code, ExitCode::kOutputRefused);
  EXPECT_NE(file.error().message.find("SCS: the directory belongs to user 12345"), std::string::npos)
      << file.error().message;
  EXPECT_TRUE(std::filesystem::is_empty(directory_ / "SCS"));
  write_file(directory_ / "SCS/SCSTelemetry", "in a directory that can be swapped");
  const OwnFile seen = open_own_file(directory_.path(), "SCS/SCSTelemetry");
  EXPECT_FALSE(seen.fd);
  EXPECT_EQ(seen.foreign_owner, kOtherUser);
}

TEST_F(ForeignUser, ItsFilesAreNotCleared) {
  ASSERT_NE(bridge_in(directory_.path()), nullptr);  // killed
  make_as_other("acpmf_physics");
  write_file(directory_ / "acpmf_static", "ours");
  EXPECT_EQ(clean_up_after_killed_bridge(directory_.path(), "ac", file_names(*find_sim("ac"))), ::getpid());
  EXPECT_EQ(content_of(directory_ / "acpmf_physics"), "of another");
  EXPECT_EQ(content_of(directory_ / "acpmf_static"), std::string(4, '\0'));
}

TEST_F(ForeignUser, ADirectoryThatLooksLikeASandboxsIsNone) {
  const PlantedTree tree;
  tree.directory("/dev/shm/snap.steam");
  tree.directory("/dev/shm/snap.planted");
  ASSERT_EQ(::chown((tree.root() + "/dev/shm/snap.planted").c_str(), kOtherUser, kOtherUser), 0);
  tree.link(tree.root() + "/dev/shm/snap.steam", "/dev/shm/snap.link");
  EXPECT_EQ(sandbox_shm_directories("", tree.root()), std::vector<std::string>{"/dev/shm/snap.steam"});
}

}  // namespace
}  // namespace pitbridge
