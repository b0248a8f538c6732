// SPDX-License-Identifier: MIT
// What a stream may be called, and what may stand where its socket should.
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "tests/unit/stream/stream_fixture.hpp"
#include "tests/unit/support/other_user.hpp"

namespace pitbridge {
namespace {

class StreamName : public StreamTest {
 protected:
  Expected<std::unique_ptr<StreamProducer>> open(std::string_view name) const {
    return StreamProducer::open(shm(), name, kSmall);
  }
};

TEST_F(StreamName, WhatLeadsElsewhereOrCannotBeShownIsRefused) {
  for (const std::string& name :
       {std::string(), std::string("."), std::string(".."), std::string("../toy"), std::string("a/b"),
        std::string("/toy"), std::string("a\nb"), std::string("a\x1b[31mb"), std::string("a\0b", 3),
        std::string(300, 'x'), std::string("toy.stream"), std::string("toy.lock"), std::string(".toy")}) {
    const auto refused = open(name);
    ASSERT_FALSE(refused) << name;
    EXPECT_EQ(refused.error().code, ExitCode::kUsage) << name;
  }
}

/// No address of a socket is that long.
TEST_F(StreamName, TheLongestNameInALongDirectoryWorks) {
  const std::string below = directory_ / std::string(150, 'd');
  ASSERT_EQ(::mkdir(below.c_str(), 0700), 0);
  const std::string name(kMaxRegionNameBytes, 'n');
  auto made = StreamProducer::open(*ShmDirectory::open(below), name, kSmall);
  ASSERT_TRUE(made) << made.error().message;
  producer_ = std::move(*made);
  const auto reader = std::move(*StreamConsumer::open(*ShmDirectory::open(below), name + ".stream", 0));
  StreamFrame frame;
  EXPECT_EQ(reader->next(frame, 0, -1).value(), Next::kTimedOut);
  ASSERT_TRUE(producer_->serve());
  EXPECT_EQ(reader->next(frame, 0, -1).value(), Next::kTimedOut);
  expect_all_is_well(*reader);
}

TEST_F(StreamName, WhatIsNoSocketStaysAndIsNamed) {
  const std::string path = directory_ / "toy.stream";
  const auto expect_refused = [&](const char* what) {
    SCOPED_TRACE(what);
    const auto before = stat_of(path);
    const auto refused = open("toy");
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message.find("toy.stream"), std::string::npos) << refused.error().message;
    EXPECT_EQ(stat_of(path).st_ino, before.st_ino);
    StreamFrame frame;
    const auto reader = consumer();
    const auto next = reader->next(frame, 0, -1);
    ASSERT_FALSE(next);
    EXPECT_NE(next.error().message.find("no socket"), std::string::npos) << next.error().message;
  };
  write_file(path, "a file");
  expect_refused("file");
  ASSERT_EQ(::unlink(path.c_str()), 0);
  ASSERT_EQ(::mkdir(path.c_str(), 0700), 0);
  expect_refused("directory");
  ASSERT_EQ(::rmdir(path.c_str()), 0);
  ASSERT_EQ(::symlink("elsewhere", path.c_str()), 0);
  expect_refused("symbolic link");
  EXPECT_EQ(::access((directory_ / "elsewhere").c_str(), F_OK), -1);
}

/// One listens for real at a link's end, and is not reached by it.
TEST_F(StreamName, ALinkToASocketIsNotFollowed) {
  start();
  ASSERT_EQ(::symlink("toy.stream", (directory_ / "link.stream").c_str()), 0);
  const auto reader = std::move(*StreamConsumer::open(shm(), "link.stream", 0));
  StreamFrame frame;
  EXPECT_FALSE(reader->next(frame, 0, -1));
}

TEST_F(StreamName, OfADeadProducersSocketNobodyExpectsAnything) {
  ASSERT_EQ(status_of([&] {
              start();
              return 0;
            }),
            0);
  const auto reader = consumer();
  StreamFrame frame;
  EXPECT_EQ(reader->next(frame, 0, -1).value(), Next::kTimedOut);
  start();
  while (!reader->is_attached()) {
    EXPECT_TRUE(reader->next(frame, 0, -1));
    ASSERT_TRUE(producer_->serve());
  }
  expect_all_is_well(*reader);
}

class StreamOfOthers : public SharedDirectoryTest {
 protected:
  std::shared_ptr<ShmDirectory> shm() const { return *ShmDirectory::open(directory_.path()); }
};

TEST_F(StreamOfOthers, APlantedSocketIsNotBelievedAndNotReplaced) {
  ASSERT_EQ(as_other_user([&] {
              auto planted = LocalListener::open(shm(), "toy.stream");
              if (!planted) return 1;
              (void)planted->release();  // stays when we go
              return ::chmod((directory_ / "toy.stream").c_str(), 0777) == 0 ? 0 : 2;
            }),
            0);
  const auto producer = StreamProducer::open(shm(), "toy", kSmall);
  ASSERT_FALSE(producer);
  EXPECT_NE(producer.error().message.find("move away what has the name"), std::string::npos);
  EXPECT_EQ(stat_of(directory_ / "toy.stream").st_uid, kOtherUser);
  const auto reader = std::move(*StreamConsumer::open(shm(), "toy.stream", 0));
  StreamFrame frame;
  const auto next = reader->next(frame, 0, -1);
  ASSERT_FALSE(next);
  EXPECT_NE(next.error().message.find("is not believed"), std::string::npos) << next.error().message;
}

/// Where the system lets them connect at all.
TEST_F(StreamOfOthers, AnotherUserGetsNothing) {
  const auto producer = std::move(*StreamProducer::open(shm(), "toy", kSmall));
  EXPECT_EQ(as_other_user([&] { return connect_local(*shm(), "toy.stream") ? 1 : 0; }), 0);
  ASSERT_EQ(::chmod((directory_ / "toy.stream").c_str(), 0777), 0);
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  const UniqueFd reads(ends[0]);
  UniqueFd writes(ends[1]);
  const pid_t child = ::fork();
  if (child == 0) {
    if (!become_other_user()) ::_exit(1);
    const UniqueFd own(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    (directory_ / "toy.stream").copy(address.sun_path, sizeof address.sun_path - 1);
    if (::connect(own.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) ::_exit(2);
    raw_request(own.get());
    if (::write(writes.get(), "x", 1) != 1) ::_exit(3);
    char word;
    ::_exit(::recv(own.get(), &word, 1, 0) <= 0 ? 0 : 4);
  }
  writes = UniqueFd();
  char word;
  EXPECT_EQ(::read(reads.get(), &word, 1), 1);
  EXPECT_TRUE(producer->serve());
  EXPECT_EQ(producer->hub().consumers(), 0U);
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace pitbridge
