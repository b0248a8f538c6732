// SPDX-License-Identifier: MIT
#include "common/posix/launch/own_traces.hpp"

#include <unistd.h>

#include <algorithm>

#include "common/posix/launch/flatpak_copy.hpp"
#include "common/posix/system/small_file.hpp"
#include "tests/unit/support/other_user.hpp"
#include "tests/unit/support/planted_tree.hpp"

namespace pitbridge {
namespace {

namespace fs = std::filesystem;

/// A home with what others keep there.
class OwnTraces : public ::testing::Test {
 protected:
  OwnTraces() {
    tree.file("/home/.config/pitbridge/config.toml", "hz = 100\n");
    tree.file("/home/.local/share/other/file", "");
  }
  std::string home(const std::string& path = {}) const { return tree.root() + "/home" + path; }
  std::vector<std::string> everything() const {
    std::vector<std::string> all;
    for (const auto& entry : fs::recursive_directory_iterator(tree.root())) all.push_back(entry.path());
    std::sort(all.begin(), all.end());
    return all;
  }
  Removal remove() const {
    Removal removal;
    remove_traces(own_trace_home(), removal);
    remove_traces(flatpak_trace_home(home()), removal);
    remove_traces(snap_trace_home(home()), removal);
    return removal;
  }

  const PlantedTree tree;
  const ScopedEnvironment home_{"HOME", home().c_str()};
  const ScopedEnvironment data_{"XDG_DATA_HOME", nullptr}, state_{"XDG_STATE_HOME", nullptr},
      config_{"XDG_CONFIG_HOME", nullptr}, runtime_{"XDG_RUNTIME_DIR", (tree.root() + "/run").c_str()};
};

TEST_F(OwnTraces, AreRemovedAndAllElseStays) {
  tree.directory("/run");
  const auto before = everything();
  for (const char* path :
       {"/home/.local/share/pitbridge/0.1.0/acbridge.exe.so",
        "/home/.local/share/pitbridge/0.2.0/r3ebridge.exe.so",
        "/home/.local/share/pitbridge/0.2.0/r3ebridge.exe.so.aB3xYz",
        "/home/.local/state/pitbridge/acbridge.log", "/home/.local/state/pitbridge/acbridge.log.1",
        "/home/.local/state/pitbridge/watch.lock", "/run/pitbridge/watch.lock", "/run/pitbridge/watch.json",
        "/run/pitbridge/watch.json.new",
        "/home/.var/app/com.valvesoftware.Steam/data/pitbridge/0.2.0/acbridge.exe.so",
        "/home/.var/app/com.valvesoftware.Steam/.local/state/pitbridge/acbridge.log",
        "/home/.var/app/com.valvesoftware.Steam/pitbridge/pitbridge",
        "/home/.var/app/com.valvesoftware.Steam/pitbridge/acbridge.exe.so",
        "/home/snap/steam/common/.local/share/pitbridge/0.2.0/acbridge.exe.so"})
    tree.file(path, "x");
  tree.directory("/home/.var/app/com.valvesoftware.Steam");
  tree.link("/opt/pitbridge.service", "/home/.config/systemd/user/default.target.wants/pitbridge.service");
  const Removal removal = remove();
  EXPECT_TRUE(removal.failed.empty());
  auto after = everything();
  // What belongs to the sandboxes stays.
  std::erase_if(after, [&](const std::string& path) {
    return path.starts_with(home("/.var")) || path.starts_with(home("/snap"));
  });
  EXPECT_EQ(after, before);
  EXPECT_EQ(directory_entries(home("/.var/app/com.valvesoftware.Steam")), std::vector<std::string>{});
  EXPECT_EQ(directory_entries(home("/snap/steam/common")), std::vector<std::string>{});
  EXPECT_TRUE(remove().removed.empty()) << "a second time there is nothing";
}

TEST_F(OwnTraces, DoNotIncludeWhatHasOtherNamesOrIsNoPlainFile) {
  for (const char* path :
       {"/home/.local/share/pitbridge/0.2.0/notes.txt", "/home/.local/share/pitbridge/mine/acbridge.exe.so",
        "/home/.local/state/pitbridge/my.log", "/run/pitbridge/other",
        "/home/.config/systemd/user/default.target.wants/other.service",
        // A unit of the user's own, and no link of systemctl's.
        "/home/.config/systemd/user/default.target.wants/pitbridge.service"})
    tree.file(path, "x");
  tree.file("/elsewhere/acbridge.log", "x");
  tree.link(tree.root() + "/elsewhere/acbridge.log", "/home/.local/state/pitbridge/acbridge.log");
  tree.directory("/home/.local/state/pitbridge/r3ebridge.log");
  const auto before = everything();
  EXPECT_TRUE(remove().removed.empty());
  EXPECT_EQ(everything(), before);
}

TEST_F(OwnTraces, AreFoundWhereTheVariablesPutThem) {
  const ScopedEnvironment data("XDG_DATA_HOME", (tree.root() + "/d").c_str());
  const ScopedEnvironment config("XDG_CONFIG_HOME", (tree.root() + "/c").c_str());
  tree.directory("/d");
  tree.file("/d/pitbridge/0.2.0/acbridge.exe.so", "x");
  tree.link("/opt/pitbridge.service", "/c/systemd/user/default.target.wants/pitbridge.service");
  tree.file("/home/.local/share/pitbridge/0.2.0/acbridge.exe.so", "x");
  (void)remove();
  EXPECT_TRUE(directory_entries(tree.root() + "/d").empty()) << "and this stays: the user has named it";
  EXPECT_FALSE(
      fs::exists(fs::symlink_status(tree.root() + "/c/systemd/user/default.target.wants/pitbridge.service")));
}

TEST_F(OwnTraces, InAShmDirectoryArePagesAndTheNamedFiles) {
  for (const char* path : {"/shm/pitbridge.scs", "/shm/pitbridge.scs.values", "/shm/pitbridge.scs.lock",
                           "/shm/SCS/SCSTelemetry", "/shm/acpmf_physics"})
    tree.file(path, "x");
  tree.socket("/shm/pitbridge.scs.sock");
  const std::vector<std::string> names = {"SCS/SCSTelemetry", "none"};
  Removal removal;
  remove_shm_files(tree.root() + "/shm", names, removal);
  EXPECT_TRUE(removal.failed.empty());
  EXPECT_EQ(directory_entries(tree.root() + "/shm"), std::vector<std::string>{"acpmf_physics"});
}

class OthersTraces : public SharedDirectoryTest {};

TEST_F(OthersTraces, StayInASharedDirectory) {
  ASSERT_EQ(as_other_user([&] {
              write_file(directory_ / "pitbridge.ac", "theirs");
              return 0;
            }),
            0);
  Removal removal;
  remove_shm_files(directory_.path(), {}, removal);
  EXPECT_TRUE(removal.removed.empty());
  EXPECT_EQ(content_of(directory_ / "pitbridge.ac"), "theirs");
}

}  // namespace
}  // namespace pitbridge
