// SPDX-License-Identifier: MIT
#include "common/posix/shm/section_server.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "tests/unit/support/temp_directory.hpp"

namespace pitbridge {
namespace {

constexpr std::size_t kBytes = 4096;

struct Answer {
  SectionReply reply = {};
  UniqueFd descriptor;
};

class SectionServerTest : public testing::Test {
 protected:
  void SetUp() override {
    write_file(section_path_, std::string(kBytes, 'x'));
    section_ = UniqueFd(::open(section_path_.c_str(), O_RDONLY | O_CLOEXEC));
    server_ = std::move(*SectionServer::open(*ShmDirectory::open(directory_.path()), "toy"));
  }

  UniqueFd connect() const {
    UniqueFd fd(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path_.c_str(), sizeof address.sun_path - 1);
    if (::connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) return {};
    return fd;
  }
  void serve() {
    server_->serve([&](std::string_view name) -> std::optional<OfferedSection> {
      if (name != "toy_car") return std::nullopt;
      return OfferedSection{section_.get(), kBytes, {3, 9}};
    });
  }
  /// What the server has sent; version 0 when there is nothing.
  static Answer receive(const UniqueFd& fd) {
    Answer answer;
    iovec part = {&answer.reply, sizeof answer.reply};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
    msghdr message = {};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    if (::recvmsg(fd.get(), &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC) <= 0) return answer;
    if (const cmsghdr* rights = CMSG_FIRSTHDR(&message); rights != nullptr) {
      int descriptor = -1;
      std::memcpy(&descriptor, CMSG_DATA(rights), sizeof descriptor);
      answer.descriptor = UniqueFd(descriptor);
    }
    return answer;
  }
  Answer ask(std::string_view name) {
    const UniqueFd fd = connect();
    EXPECT_TRUE(fd);
    EXPECT_EQ(::send(fd.get(), name.data(), name.size(), 0), static_cast<ssize_t>(name.size()));
    serve();
    return receive(fd);
  }
  static SectionOutcome outcome(const Answer& answer) {
    return static_cast<SectionOutcome>(answer.reply.outcome);
  }

  TempDirectory directory_;
  std::string path_ = directory_ / "pitbridge.toy.sock";
  std::string section_path_ = directory_ / "section";
  UniqueFd section_;
  std::unique_ptr<SectionServer> server_;
};

TEST_F(SectionServerTest, GivesTheDescriptorAndWhatItIs) {
  const Answer answer = ask("toy_car");
  EXPECT_EQ(answer.reply.version, kSectionReplyVersion);
  EXPECT_EQ(outcome(answer), SectionOutcome::kGiven);
  EXPECT_EQ(answer.reply.size_bytes, kBytes);
  EXPECT_EQ(answer.reply.device, 3U);
  EXPECT_EQ(answer.reply.inode, 9U);
  ASSERT_TRUE(answer.descriptor);
  char first = 0;
  EXPECT_EQ(::pread(answer.descriptor.get(), &first, 1, 0), 1);
  EXPECT_EQ(first, 'x');
}

TEST_F(SectionServerTest, WhatIsGivenCannotBeWritten) {
  const Answer answer = ask("toy_car");
  ASSERT_TRUE(answer.descriptor);
  EXPECT_EQ(::pwrite(answer.descriptor.get(), "y", 1, 0), -1);
  EXPECT_EQ(::mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_SHARED, answer.descriptor.get(), 0),
            MAP_FAILED);
}

TEST_F(SectionServerTest, AnUnknownNameGetsAnAnswerToo) {
  const Answer answer = ask("toy_boat");
  EXPECT_EQ(answer.reply.version, kSectionReplyVersion);
  EXPECT_EQ(outcome(answer), SectionOutcome::kNoSuchSection);
  EXPECT_FALSE(answer.descriptor);
}

TEST_F(SectionServerTest, ANameThatIsTooLongIsRefused) {
  EXPECT_EQ(outcome(ask(std::string(128, 'n'))), SectionOutcome::kRefused);
  EXPECT_EQ(outcome(ask(std::string(127, 'n'))), SectionOutcome::kNoSuchSection);
}

TEST_F(SectionServerTest, WhoSaysNothingKeepsNobodyWaitingAndMakesWay) {
  std::vector<UniqueFd> silent;
  for (int i = 0; i < 8; ++i) silent.push_back(connect());
  serve();
  EXPECT_EQ(outcome(ask("toy_car")), SectionOutcome::kGiven);
  silent.push_back(connect());
  serve();
  char byte = 0;
  EXPECT_EQ(::recv(silent.front().get(), &byte, 1, MSG_DONTWAIT), 0) << "the connection should be closed";
}

TEST_F(SectionServerTest, WhoLeavesAtOnceHarmsNobody) {
  for (int i = 0; i < 8; ++i) {
    const UniqueFd fd = connect();
    ASSERT_TRUE(fd);
    EXPECT_EQ(::send(fd.get(), "toy_car", 7, 0), 7);
  }
  EXPECT_EQ(outcome(ask("toy_car")), SectionOutcome::kGiven);
}

TEST_F(SectionServerTest, ADeadBridgesSocketIsReplacedAndOnesOwnTakenAway) {
  server_.reset();
  EXPECT_NE(::access(path_.c_str(), F_OK), 0);
  const UniqueFd dead(::socket(AF_UNIX, SOCK_SEQPACKET, 0));
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path_.c_str(), sizeof address.sun_path - 1);
  ASSERT_EQ(::bind(dead.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  auto next = SectionServer::open(*ShmDirectory::open(directory_.path()), "toy");
  ASSERT_TRUE(next) << next.error().message;
  server_ = std::move(*next);
  EXPECT_EQ(outcome(ask("toy_car")), SectionOutcome::kGiven);
  EXPECT_EQ(stat_of(path_).st_mode & 0777U, 0600U);
}

TEST_F(SectionServerTest, WhatIsNoSocketStays) {
  server_.reset();
  write_file(path_, "precious");
  const auto refused = SectionServer::open(*ShmDirectory::open(directory_.path()), "toy");
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("move away"), std::string::npos) << refused.error().message;
  EXPECT_EQ(content_of(path_), "precious");
  remove_section_socket(**ShmDirectory::open(directory_.path()), "toy");
  EXPECT_EQ(content_of(path_), "precious");
}

TEST_F(SectionServerTest, ARemovedSocketComesBack) {
  ASSERT_EQ(::unlink(path_.c_str()), 0);
  serve();
  EXPECT_EQ(outcome(ask("toy_car")), SectionOutcome::kGiven);
}

TEST_F(SectionServerTest, ALongDirectoryIsNoHindrance) {
  const std::string deep = directory_ / std::string(120, 'd');
  std::filesystem::create_directory(deep);
  EXPECT_TRUE(SectionServer::open(*ShmDirectory::open(deep), "toy"));
}

}  // namespace
}  // namespace pitbridge
