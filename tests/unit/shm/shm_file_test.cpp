// SPDX-License-Identifier: MIT
#include "common/posix/shm/shm_file.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <csignal>
#include <filesystem>

#include "common/core/sim/sim_place.hpp"
#include "common/posix/system/fault_guard.hpp"
#include "tests/unit/support/fakes.hpp"
#include "tests/unit/support/temp_directory.hpp"

namespace pitbridge {
namespace {

constexpr std::size_t kPage = 4096;

class ScopedUmask {
 public:
  explicit ScopedUmask(mode_t mask) : old_(::umask(mask)) {}
  ScopedUmask(const ScopedUmask&) = delete;
  ScopedUmask& operator=(const ScopedUmask&) = delete;
  ~ScopedUmask() { ::umask(old_); }

 private:
  mode_t old_;
};

class ShmFileTest : public testing::Test {
 protected:
  // Once for the program: a second time would make the guard its own predecessor.
  static void SetUpTestSuite() {
    static const bool kInstalled = (install_fault_guard(), true);
    (void)kInstalled;
  }
  void TearDown() override { after_a_fault(); }

  /// TSan blocks every signal while its handler runs, and our jump out of it leaves them blocked.
  static void after_a_fault() {
#ifdef __SANITIZE_THREAD__
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
#endif
  }

  TempDirectory directory_;
  std::string path_ = directory_ / "toy";

  Expected<std::unique_ptr<ShmFile>> open(std::size_t size = 100, std::string_view name = "toy") {
    return ShmFile::open(directory_.path(), name, size, 0600);
  }
  std::unique_ptr<ShmFile> good(std::size_t size = 100) {
    auto file = open(size);
    if (!file) {
      ADD_FAILURE() << file.error().message;
      std::abort();
    }
    return std::move(*file);
  }
  void expect_refused(std::string_view why, std::string_view name = "toy") {
    const auto file = open(100, name);
    ASSERT_FALSE(file) << why;
    EXPECT_EQ(file.error().code, ExitCode::kOutputRefused);
    EXPECT_NE(file.error().message.find(why), std::string::npos) << file.error().message;
    EXPECT_NE(file.error().message.find(directory_.path()), std::string::npos) << file.error().message;
  }
  static bool publish(ShmFile& file, std::size_t offset, std::string_view text) {
    const Store store = {offset, std::as_bytes(std::span(text))};
    return file.publish({&store, 1});
  }
  static std::string zeros(std::size_t size) {
    return std::string(size, '\0');
  }
};

TEST_F(ShmFileTest, MakesAFileOfWholePagesWithItsMode) {
  const auto file = good(100);
  EXPECT_EQ(file->path(), path_);
  EXPECT_EQ(file->memory().size(), kPage);
  const auto status = stat_of(path_);
  EXPECT_EQ(status.st_size, static_cast<off_t>(kPage));
  EXPECT_EQ(status.st_mode & 07777U, 0600U);
  EXPECT_EQ(content_of(path_), zeros(kPage));
  EXPECT_EQ(good(kPage)->memory().size(), kPage);
  EXPECT_EQ(good(kPage + 1)->memory().size(), 2 * kPage);
}

TEST_F(ShmFileTest, AFileIsMadeWithItsModeWhateverTheUmask) {
  for (const mode_t mask : {mode_t{0}, mode_t{022}, mode_t{077}}) {
    const std::string name = "umask" + std::to_string(mask);
    const ScopedUmask scoped(mask);
    const auto file = ShmFile::open(directory_.path(), name, 1, 0644);
    ASSERT_TRUE(file);
    EXPECT_EQ(stat_of(directory_ / name).st_mode & 07777U, 0644U) << mask;
  }
}

TEST_F(ShmFileTest, AnExistingFileKeepsItsMode) {
  write_file(path_, "x");
  ASSERT_EQ(::chmod(path_.c_str(), 0640), 0);
  good();
  EXPECT_EQ(stat_of(path_).st_mode & 07777U, 0640U);
}

TEST_F(ShmFileTest, OthersNeverGetToWriteAFileOfOurs) {
  const auto file = ShmFile::open(directory_.path(), "toy", 1, 0666);
  ASSERT_TRUE(file);
  EXPECT_EQ(stat_of(path_).st_mode & 07777U, 0644U);
  ASSERT_EQ(::chmod(path_.c_str(), 0666), 0);
  ASSERT_TRUE((*file)->check());
  EXPECT_EQ(stat_of(path_).st_mode & 07777U, 0644U) << "nor later";
  write_file(directory_ / "old", "made by an older bridge");
  ASSERT_EQ(::chmod((directory_ / "old").c_str(), 0666), 0);
  ASSERT_TRUE(open(100, "old"));
  EXPECT_EQ(stat_of(directory_ / "old").st_mode & 07777U, 0644U);
}

TEST_F(ShmFileTest, ThePageThatReadersWriteIsWritableForThem) {
  ASSERT_TRUE(ShmFile::open(directory_.path(), "toy", 1, 0666, Others::kReadAndWrite));
  EXPECT_EQ(stat_of(path_).st_mode & 07777U, 0666U);
}

TEST_F(ShmFileTest, SpaceIsReservedBeforeUse) {
  good(10 * kPage);
  EXPECT_GE(stat_of(path_).st_blocks * 512, static_cast<blkcnt_t>(10 * kPage));
}

TEST_F(ShmFileTest, OutlivesItsOwner) {
  { good(); }
  EXPECT_EQ(stat_of(path_).st_size, static_cast<off_t>(kPage));
}

TEST_F(ShmFileTest, PutAsideItIsNotThereAndPutBackItIsTheSame) {
  const auto file = good();
  const auto inode = stat_of(path_).st_ino;
  file->put_aside();
  EXPECT_FALSE(std::filesystem::exists(path_));
  EXPECT_EQ(file->check(), false) << "it must not be made anew";
  EXPECT_FALSE(std::filesystem::exists(path_));
  publish(*file, 0, "abc");
  file->put_back();
  EXPECT_EQ(file->check(), false);
  EXPECT_EQ(stat_of(path_).st_ino, inode);
  EXPECT_EQ(content_of(path_).substr(0, 3), "abc");
  EXPECT_EQ(std::ranges::distance(std::filesystem::directory_iterator(directory_.path())), 1);
}

TEST_F(ShmFileTest, AFileThatSomebodyMadeInItsPlaceIsTakenUpWhenItIsPutBack) {
  const auto file = good();
  const UniqueFd reader(::open(path_.c_str(), O_RDONLY | O_CLOEXEC));
  file->put_aside();
  write_file(path_, "");
  file->put_back();
  EXPECT_EQ(file->check(), true);
  publish(*file, 0, "abc");
  EXPECT_EQ(content_of(path_).substr(0, 3), "abc");
  char seen[3] = {};
  ASSERT_EQ(::pread(reader.get(), seen, sizeof seen, 0), 3);
  EXPECT_EQ(std::string(seen, 3), "abc") << "who opened it before goes on";
  EXPECT_EQ(std::ranges::distance(std::filesystem::directory_iterator(directory_.path())), 1);
}

TEST_F(ShmFileTest, WhatAKilledBridgePutAsideIsFoundAgain) {
  ino_t inode = 0;
  {
    const auto file = good();
    inode = stat_of(path_).st_ino;
    file->put_aside();
  }
  const auto directory = ShmDirectory::open(directory_.path());
  ASSERT_TRUE(directory);
  ASSERT_TRUE(ShmFile::open_existing(*directory, "toy")) << "by who clears";
  EXPECT_EQ(stat_of(path_).st_ino, inode);
  good()->put_aside();
  good();
  EXPECT_EQ(stat_of(path_).st_ino, inode) << "by the next bridge";
}

TEST_F(ShmFileTest, APlantedLinkIsNotBroughtBack) {
  std::filesystem::create_symlink("/etc/hostname", directory_ / aside_name("toy"));
  good();
  EXPECT_TRUE(S_ISREG(stat_of(path_).st_mode));
  EXPECT_TRUE(std::filesystem::is_symlink(directory_ / aside_name("toy")));
}

TEST_F(ShmFileTest, ReopeningKeepsTheInode) {
  const auto inode = (good(), stat_of(path_).st_ino);
  good(3 * kPage);
  EXPECT_EQ(stat_of(path_).st_ino, inode);
}

TEST_F(ShmFileTest, NeverShrinks) {
  { good(5 * kPage); }
  { good(1); }
  EXPECT_EQ(stat_of(path_).st_size, static_cast<off_t>(5 * kPage));
}

TEST_F(ShmFileTest, TheTailOfALongerFileIsEmptied) {
  write_file(path_, std::string(3 * kPage + 123, 'x'));
  const auto inode = stat_of(path_).st_ino;
  const auto file = good(kPage);
  EXPECT_EQ(stat_of(path_).st_size, static_cast<off_t>(3 * kPage + 123));
  EXPECT_EQ(stat_of(path_).st_ino, inode);
  file->clear();
  EXPECT_EQ(content_of(path_), zeros(3 * kPage + 123));
}

TEST_F(ShmFileTest, PublishesInOrder) {
  const auto file = good();
  const std::string_view first = "aaaa";
  const std::string_view second = "bb";
  const Store stores[] = {{10, std::as_bytes(std::span(first))}, {12, std::as_bytes(std::span(second))}};
  EXPECT_TRUE(file->publish(stores));
  EXPECT_EQ(content_of(path_).substr(8, 8), std::string("\0\0aabb\0\0", 8));
}

TEST_F(ShmFileTest, AStoreBeyondTheFileIsLeftOut) {
  const auto file = good();
  EXPECT_TRUE(publish(*file, kPage - 1, "xy"));
  EXPECT_EQ(content_of(path_), zeros(kPage));
  EXPECT_TRUE(publish(*file, kPage - 2, "xy"));
  EXPECT_EQ(content_of(path_).substr(kPage - 2), "xy");
}

TEST_F(ShmFileTest, ClearZeroesInPlace) {
  const auto file = good(2 * kPage);
  const auto inode = stat_of(path_).st_ino;
  publish(*file, 0, "first");
  publish(*file, 2 * kPage - 4, "last");
  file->clear();
  EXPECT_EQ(content_of(path_), zeros(2 * kPage));
  EXPECT_EQ(stat_of(path_).st_ino, inode);
}

TEST_F(ShmFileTest, GrowingKeepsTheInodeAndTheContent) {
  const auto file = good();
  const auto inode = stat_of(path_).st_ino;
  publish(*file, 0, "kept");
  ASSERT_TRUE(file->grow(2 * kPage + 1));
  EXPECT_EQ(stat_of(path_).st_ino, inode);
  EXPECT_EQ(stat_of(path_).st_size, static_cast<off_t>(3 * kPage));
  EXPECT_EQ(file->memory().size(), 3 * kPage);
  EXPECT_EQ(content_of(path_).substr(0, 4), "kept");
  EXPECT_TRUE(publish(*file, 3 * kPage - 3, "end"));
  EXPECT_EQ(content_of(path_).substr(3 * kPage - 3), "end");
}

TEST_F(ShmFileTest, AGrownFileIsRepairedToItsNewSize) {
  const auto file = good();
  ASSERT_TRUE(file->grow(3 * kPage));
  ASSERT_EQ(::truncate(path_.c_str(), static_cast<off_t>(2 * kPage)), 0);
  EXPECT_TRUE(*file->check());
  EXPECT_EQ(stat_of(path_).st_size, static_cast<off_t>(3 * kPage));
  ASSERT_EQ(::unlink(path_.c_str()), 0);
  EXPECT_TRUE(*file->check());
  EXPECT_EQ(stat_of(path_).st_size, static_cast<off_t>(3 * kPage));
}

TEST_F(ShmFileTest, GrowingToLessChangesNothing) {
  const auto file = good(2 * kPage);
  ASSERT_TRUE(file->grow(1));
  EXPECT_EQ(file->memory().size(), 2 * kPage);
  EXPECT_EQ(stat_of(path_).st_size, static_cast<off_t>(2 * kPage));
}

TEST_F(ShmFileTest, TheFactoryOpensTheSame) {
  ShmFileFactory factory(*ShmDirectory::open(directory_.path()), 0600);
  const auto sink = factory.open("toy", 100);
  ASSERT_TRUE(sink);
  EXPECT_EQ((*sink)->path(), path_);
  ASSERT_EQ(::mkdir((directory_ / "planted").c_str(), 0700), 0);
  EXPECT_FALSE(factory.open("planted", 100));
}

// --- Names with a directory ------------------------------------------------------------------------------

TEST_F(ShmFileTest, ASlashMakesADirectory) {
  const auto file = open(100, "SCS/toy");
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_TRUE(S_ISDIR(stat_of(directory_ / "SCS").st_mode));
  EXPECT_EQ(stat_of(directory_ / "SCS").st_mode & 07777U, 0700U) << "no more than the file's own 0600 allows";
  EXPECT_EQ(stat_of(directory_ / "SCS/toy").st_size, static_cast<off_t>(kPage));
  EXPECT_TRUE(open(100, "SCS/other")) << "the directory may be there";
}

TEST_F(ShmFileTest, WhoMayReadAFileMayEnterItsDirectory) {
  const ScopedUmask usual(022);
  ASSERT_TRUE(ShmFile::open(directory_.path(), "SCS/toy", 1, 0644));
  EXPECT_EQ(stat_of(directory_ / "SCS").st_mode & 07777U, 0755U);
}

TEST_F(ShmFileTest, WhoMayReadAFileMayEnterItsDirectoryWhateverTheUmask) {
  const ScopedUmask strict(077);
  ASSERT_TRUE(ShmFile::open(directory_.path(), "SCS/toy", 1, 0644));
  EXPECT_EQ(stat_of(directory_ / "SCS").st_mode & 07777U, 0755U);
}

TEST_F(ShmFileTest, BadNamesAreRefused) {
  for (const std::string_view name : {"", "..", "../toy", "a/b/c", "/toy"}) {
    const auto file = open(100, name);
    ASSERT_FALSE(file) << name;
    EXPECT_EQ(file.error().code, ExitCode::kUsage) << name;
  }
}

TEST_F(ShmFileTest, APlantedLinkInTheDirectorysPlaceIsRefused) {
  const TempDirectory elsewhere;
  ASSERT_EQ(::symlink(elsewhere.path().c_str(), (directory_ / "SCS").c_str()), 0);
  expect_refused("no plain directory", "SCS/toy");
  EXPECT_TRUE(std::filesystem::is_empty(elsewhere.path()));
}

TEST_F(ShmFileTest, AFileInTheDirectorysPlaceIsRefused) {
  write_file(directory_ / "SCS", "x");
  expect_refused("no plain directory", "SCS/toy");
}

// --- What is not ours ------------------------------------------------------------------------------------

TEST_F(ShmFileTest, AMissingDirectoryIsNamedWithTheRemedy) {
  const auto file = ShmFile::open(directory_ / "missing", "toy", 100, 0600);
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().code, ExitCode::kOutputRefused);
  EXPECT_NE(file.error().message.find("--shm-dir"), std::string::npos) << file.error().message;
  EXPECT_NE(file.error().message.find(directory_ / "missing"), std::string::npos) << file.error().message;
}

TEST_F(ShmFileTest, ASymbolicLinkIsRefusedAndItsTargetUntouched) {
  const std::string target = directory_ / "target";
  write_file(target, "precious");
  ASSERT_EQ(::symlink(target.c_str(), path_.c_str()), 0);
  expect_refused("symbolic link");
  EXPECT_EQ(content_of(target), "precious");
}

TEST_F(ShmFileTest, ADanglingLinkIsRefusedAndMakesNothing) {
  ASSERT_EQ(::symlink((directory_ / "target").c_str(), path_.c_str()), 0);
  expect_refused("symbolic link");
  EXPECT_NE(::access((directory_ / "target").c_str(), F_OK), 0);
}

TEST_F(ShmFileTest, ADirectoryIsRefused) {
  ASSERT_EQ(::mkdir(path_.c_str(), 0700), 0);
  expect_refused("a directory");
}

TEST_F(ShmFileTest, AFifoIsRefusedWithoutWaiting) {
  ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
  expect_refused("FIFO");
}

TEST_F(ShmFileTest, ASocketIsRefused) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  ASSERT_LT(path_.size(), sizeof address.sun_path);
  std::memcpy(address.sun_path, path_.c_str(), path_.size() + 1);
  const UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  ASSERT_EQ(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  expect_refused("socket");
}

TEST_F(ShmFileTest, AHardLinkIsRefusedAndTheOtherNameUntouched) {
  const std::string other = directory_ / "other";
  write_file(other, "precious");
  ASSERT_EQ(::link(other.c_str(), path_.c_str()), 0);
  expect_refused("hard links");
  EXPECT_EQ(content_of(other), "precious");
}

TEST_F(ShmFileTest, AnotherUsersFileIsRefused) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give a file away";
  write_file(path_, "precious");
  ASSERT_EQ(::chown(path_.c_str(), 65534, 65534), 0);
  expect_refused("belongs to user 65534");
  EXPECT_EQ(content_of(path_), "precious");
}

// --- What others do to our file --------------------------------------------------------------------------

TEST_F(ShmFileTest, AWholeFileNeedsNoRepair) {
  const auto file = good();
  for (int i = 0; i < 3; ++i) {
    const auto repaired = file->check();
    ASSERT_TRUE(repaired);
    EXPECT_FALSE(*repaired);
  }
  { good(3 * kPage); }  // longer by another's doing, and well so
  EXPECT_FALSE(*file->check());
}

TEST_F(ShmFileTest, AnUnlinkedFileIsMadeAgainAndTheOldOneFedToo) {
  const auto file = good();
  const UniqueFd old(::open(path_.c_str(), O_RDONLY | O_CLOEXEC));  // a reader's
  ASSERT_EQ(::unlink(path_.c_str()), 0);
  const auto repaired = file->check();
  ASSERT_TRUE(repaired) << repaired.error().message;
  EXPECT_TRUE(*repaired);
  EXPECT_FALSE(*file->check());
  EXPECT_TRUE(publish(*file, 0, "both"));
  EXPECT_EQ(content_of(path_).substr(0, 4), "both");
  char seen[4] = {};
  ASSERT_EQ(::pread(old.get(), seen, 4, 0), 4);
  EXPECT_EQ(std::string_view(seen, 4), "both");
  file->clear();
  EXPECT_EQ(content_of(path_), zeros(kPage));
  ASSERT_EQ(::pread(old.get(), seen, 4, 0), 4);
  EXPECT_EQ(std::string_view(seen, 4), std::string_view("\0\0\0\0", 4));
}

TEST_F(ShmFileTest, AnotherInodeAtThePathIsTakenOver) {
  const auto file = good();
  write_file(directory_ / "new", "foreign");
  ASSERT_EQ(::rename((directory_ / "new").c_str(), path_.c_str()), 0);
  const auto inode = stat_of(path_).st_ino;
  const auto repaired = file->check();
  ASSERT_TRUE(repaired) << repaired.error().message;
  EXPECT_TRUE(*repaired);
  EXPECT_EQ(stat_of(path_).st_ino, inode) << "somebody may hold it by now";
  EXPECT_EQ(stat_of(path_).st_size, static_cast<off_t>(kPage));
  EXPECT_TRUE(publish(*file, 0, "ours"));
  EXPECT_EQ(content_of(path_).substr(0, 4), "ours");
  EXPECT_FALSE(*file->check());
}

// While no game runs nobody publishes over it, and behind the section nobody ever does.
TEST_F(ShmFileTest, WhatStandsInAFileThatIsTakenOverIsCleared) {
  const auto file = good();
  write_file(directory_ / "new", std::string(3 * kPage, 'x'));
  ASSERT_EQ(::rename((directory_ / "new").c_str(), path_.c_str()), 0);
  ASSERT_TRUE(*file->check());
  EXPECT_EQ(content_of(path_), zeros(3 * kPage));
}

TEST_F(ShmFileTest, ManyReplacementsLeaveNoMoreThanAFewBehind) {
  const auto file = good();
  const auto open_files = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
  };
  const auto before = open_files();
  for (int i = 0; i < 20; ++i) {
    ASSERT_EQ(::unlink(path_.c_str()), 0);
    ASSERT_TRUE(file->check());
  }
  EXPECT_LE(open_files(), before + 4);
  EXPECT_TRUE(publish(*file, 0, "still"));
  EXPECT_EQ(content_of(path_).substr(0, 5), "still");
}

TEST_F(ShmFileTest, WhatMayNotBeOursIsReportedAndTheOldFileServed) {
  const auto file = good();
  const UniqueFd old(::open(path_.c_str(), O_RDONLY | O_CLOEXEC));
  ASSERT_EQ(::unlink(path_.c_str()), 0);
  ASSERT_EQ(::mkdir(path_.c_str(), 0700), 0);
  const auto repaired = file->check();
  ASSERT_FALSE(repaired);
  EXPECT_EQ(repaired.error().code, ExitCode::kOutputRefused);
  EXPECT_TRUE(publish(*file, 0, "on"));
  char seen[2] = {};
  ASSERT_EQ(::pread(old.get(), seen, 2, 0), 2);
  EXPECT_EQ(std::string_view(seen, 2), "on");
  // And when it is gone again, all is well again.
  ASSERT_EQ(::rmdir(path_.c_str()), 0);
  EXPECT_TRUE(*file->check());
}

TEST_F(ShmFileTest, ACutFileIsMadeWholeAgain) {
  for (const off_t left :
       {off_t{0}, off_t{1}, static_cast<off_t>(kPage), static_cast<off_t>(2 * kPage - 1)}) {
    const auto file = good(2 * kPage);
    const auto inode = stat_of(path_).st_ino;
    ASSERT_EQ(::truncate(path_.c_str(), left), 0);
    const auto repaired = file->check();
    ASSERT_TRUE(repaired) << repaired.error().message;
    EXPECT_TRUE(*repaired) << left;
    EXPECT_EQ(stat_of(path_).st_size, static_cast<off_t>(2 * kPage)) << left;
    EXPECT_EQ(stat_of(path_).st_ino, inode) << left;
    EXPECT_FALSE(*file->check()) << left;
    EXPECT_TRUE(publish(*file, 2 * kPage - 3, "end")) << left;
    EXPECT_EQ(content_of(path_).substr(2 * kPage - 3), "end") << left;
  }
}

TEST_F(ShmFileTest, AFileCutAndGrownAgainGetsItsPagesBack) {
  const auto file = good(8 * kPage);
  if (stat_of(path_).st_blocks * 512 != static_cast<blkcnt_t>(8 * kPage) ||
      directory_.path().rfind("/dev/shm", 0) != 0)
    GTEST_SKIP() << "blocks are counted plainly on tmpfs only";
  ASSERT_EQ(::truncate(path_.c_str(), 0), 0);
  ASSERT_EQ(::truncate(path_.c_str(), static_cast<off_t>(8 * kPage)), 0);
  EXPECT_TRUE(*file->check());
  EXPECT_EQ(stat_of(path_).st_blocks * 512, static_cast<blkcnt_t>(8 * kPage));
  EXPECT_FALSE(*file->check());
}

TEST_F(ShmFileTest, PublishingIntoACutFileSaysSoAndSurvives) {
  const auto file = good(2 * kPage);
  ASSERT_EQ(::truncate(path_.c_str(), 0), 0);
  EXPECT_FALSE(publish(*file, 0, "lost"));
  after_a_fault();
  EXPECT_FALSE(publish(*file, kPage, "lost")) << "a second fault is survived like the first";
  EXPECT_TRUE(*file->check());
  EXPECT_TRUE(publish(*file, 0, "back"));
  EXPECT_EQ(content_of(path_).substr(0, 4), "back");
}

TEST_F(ShmFileTest, ClearingACutFileSurvives) {
  const auto file = good(2 * kPage);
  ASSERT_EQ(::truncate(path_.c_str(), 0), 0);
  file->clear();
  EXPECT_EQ(stat_of(path_).st_size, 0);
}

TEST_F(ShmFileTest, ACutOldFileDoesNotSpoilTheNewOne) {
  const auto file = good();
  const UniqueFd old(::open(path_.c_str(), O_RDWR | O_CLOEXEC));
  ASSERT_EQ(::unlink(path_.c_str()), 0);
  ASSERT_TRUE(*file->check());
  ASSERT_EQ(::ftruncate(old.get(), 0), 0);
  EXPECT_TRUE(publish(*file, 0, "new"));
  EXPECT_EQ(content_of(path_).substr(0, 3), "new");
}

TEST_F(ShmFileTest, LostPermissionsComeBack) {
  const auto file = good();
  ASSERT_EQ(::chmod(path_.c_str(), 0), 0);
  ASSERT_TRUE(file->check());
  EXPECT_EQ(stat_of(path_).st_mode & 0777U, 0600U);
  ASSERT_EQ(::chmod(path_.c_str(), 0044), 0);
  ASSERT_TRUE(file->check());
  EXPECT_EQ(stat_of(path_).st_mode & 0777U, 0644U) << "what others were given stays";
}

TEST_F(ShmFileTest, AVanishedDirectoryIsReported) {
  auto sub = open(100, "SCS/toy");
  ASSERT_TRUE(sub);
  std::filesystem::remove_all(directory_ / "SCS");
  const auto repaired = (*sub)->check();
  ASSERT_TRUE(repaired) << repaired.error().message;
  EXPECT_TRUE(*repaired) << "a directory of our own is made again";
  std::filesystem::remove_all(directory_.path());
  EXPECT_FALSE((*sub)->check());
  EXPECT_TRUE(publish(**sub, 0, "on"));
}

// --- No room ---------------------------------------------------------------------------------------------

TEST_F(ShmFileTest, AFileThatMayNotGrowIsAnErrorAndNoCrash) {
  const auto file = good();
  rlimit old = {};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &old), 0);
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small = {2 * kPage, old.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const auto grown = file->grow(16 * kPage);
  const auto second = open(16 * kPage, "second");
  ::setrlimit(RLIMIT_FSIZE, &old);
  std::signal(SIGXFSZ, old_handler);
  ASSERT_FALSE(grown);
  EXPECT_EQ(grown.error().code, ExitCode::kOutputRefused);
  EXPECT_NE(grown.error().message.find("cannot reserve"), std::string::npos) << grown.error().message;
  ASSERT_FALSE(second);
  // What there was goes on.
  EXPECT_TRUE(publish(*file, 0, "on"));
  EXPECT_EQ(file->memory().size(), kPage);
  EXPECT_TRUE(file->grow(16 * kPage));
}

/// In a process of its own, whose mounts nobody else sees. Exits with 0 when all is as it should be, with 77
/// when it may not mount.
[[noreturn]] void fill_a_small_tmpfs(const std::string& at) {
  if (::unshare(CLONE_NEWNS) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
      ::mount("tmpfs", at.c_str(), "tmpfs", 0, "size=64k") != 0)
    std::_Exit(77);
  auto file = ShmFile::open(at, "toy", kPage, 0600);
  if (!file) std::_Exit(1);
  const auto grown = (*file)->grow(kPage * 1024);
  if (grown || grown.error().message.find("No space left on device") == std::string::npos ||
      grown.error().message.find("df -h") == std::string::npos)
    std::_Exit(2);
  const auto second = ShmFile::open(at, "second", kPage * 1024, 0600);
  if (second || second.error().code != ExitCode::kOutputRefused) std::_Exit(3);
  const Bytes bytes(kPage, std::byte{1});
  const Store store = {0, bytes};
  std::_Exit((*file)->publish({&store, 1}) ? 0 : 4);
}

TEST_F(ShmFileTest, AFullFileSystemIsAnErrorAndNoCrash) {
  const auto exited_well = [](int status) {
    return WIFEXITED(status) && (WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == 77);
  };
  EXPECT_EXIT(fill_a_small_tmpfs(directory_.path()), exited_well, "");
}

}  // namespace
}  // namespace pitbridge
