// SPDX-License-Identifier: MIT
// The receiver with real sockets and real files, without Wine: a sim of its own, which no table of sims/
// knows.
#include "bridges/udp/receiver.hpp"

#include <gtest/gtest.h>

#include "common/posix/shm/status_list.hpp"
#include "tests/unit/support/loopback.hpp"
#include "tests/unit/support/toy_bridge.hpp"
#include "tests/unit/support/toy_packets.hpp"

namespace pitbridge {
namespace {

constexpr std::int64_t kMs = 1'000'000;

class ReceiverTest : public testing::Test {
 protected:
  void SetUp() override { user_.options[&setting("shm_dir")] = directory_.path(); }

  Expected<std::unique_ptr<Receiver>> open(std::vector<NetAddress> forward = {}) {
    return Receiver::open({.sims = {&toy::kSim}, .port = port_, .forward = std::move(forward)}, user_, log_);
  }
  /// Lets it work until `condition` holds.
  template <typename Condition>
  bool works_until(Receiver& receiver, Condition condition) {
    return soon([&] {
      receiver.pass();
      receiver.wait(clock_.now_ns() + 5 * kMs);
      return condition();
    });
  }
  bool shows(const Bytes& packet) const {
    return content_of(directory_.path() + "/" + std::string(toy::kCarFile)).substr(0, packet.size()) ==
           std::string(reinterpret_cast<const char*>(packet.data()), packet.size());
  }
  Status status() const { return *read_status_of(directory_.path(), "toypackets"); }

  TempDirectory directory_;
  UserSettings user_;
  FakeLog log_;
  MonotonicClock clock_;
  std::uint16_t port_ = Loopback::free_port();
  Loopback game_;
};

TEST_F(ReceiverTest, WhoeverSendsOnIsShownAndClearedAtTheEnd) {
  auto receiver = open();
  ASSERT_TRUE(receiver) << receiver.error().message;
  EXPECT_TRUE(log_.has("--listen 0.0.0.0")) << "for who has a console";
  std::uint32_t order = 0;
  ASSERT_TRUE(works_until(**receiver, [&] {
    (void)game_.send_to(port_, toy::car(++order));
    return status().header.state == static_cast<std::uint32_t>(BridgeState::kAttached);
  }));
  ASSERT_TRUE(game_.send_to(port_, toy::car(100'000)));
  EXPECT_TRUE(works_until(**receiver, [&] { return shows(toy::car(100'000)); }));
  receiver->reset();
  EXPECT_TRUE(all_zero(bytes_of(content_of(directory_.path() + "/" + std::string(toy::kCarFile)))));
  EXPECT_EQ(status().header.state, static_cast<std::uint32_t>(BridgeState::kStopped));
}

TEST_F(ReceiverTest, CountsStandInTheStatusPage) {
  auto receiver = open();
  ASSERT_TRUE(receiver) << receiver.error().message;
  ASSERT_TRUE(game_.send_to(port_, Bytes(1)));
  ASSERT_TRUE(game_.send_to(port_, toy::car(1)));
  ASSERT_TRUE(works_until(**receiver, [&] { return status().packets && status().packets->taken == 1; }));
  const StatusPackets packets = *status().packets;
  EXPECT_EQ(packets.port, port_);
  EXPECT_EQ(packets.junk[static_cast<std::size_t>(JunkReason::kTooShort)], 1U);
  EXPECT_EQ(fixed_text(packets.sender), "127.0.0.1:" + std::to_string(game_.port()));
}

TEST_F(ReceiverTest, PassesEveryPacketOn) {
  const Loopback other;
  auto receiver = open({*resolve("127.0.0.1", other.port())});
  ASSERT_TRUE(receiver) << receiver.error().message;
  ASSERT_TRUE(game_.send_to(port_, toy::car(1)));
  Bytes got;
  EXPECT_TRUE(works_until(**receiver, [&] {
    got = other.receive();
    return !got.empty();
  }));
  EXPECT_EQ(got, toy::car(1));
}

TEST_F(ReceiverTest, WillNotSendToItself) {
  const auto receiver = open({*resolve("127.0.0.1", port_)});
  ASSERT_FALSE(receiver);
  EXPECT_EQ(receiver.error().code, ExitCode::kUsage);
  EXPECT_NE(receiver.error().message.find("leads back"), std::string::npos) << receiver.error().message;
}

TEST_F(ReceiverTest, ASecondOneIsToldWhoHasTheFiles) {
  auto first = open();
  ASSERT_TRUE(first) << first.error().message;
  port_ = Loopback::free_port();
  const auto second = open();
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ExitCode::kAlreadyRunning);
  EXPECT_NE(second.error().message.find("pid " + std::to_string(::getpid())), std::string::npos)
      << second.error().message;
}

TEST_F(ReceiverTest, APortThatAnotherProgramHasIsAnError) {
  const Loopback other;
  port_ = other.port();
  const auto receiver = open();
  ASSERT_FALSE(receiver);
  EXPECT_EQ(receiver.error().code, ExitCode::kFailure);
  EXPECT_NE(receiver.error().message.find("has the port"), std::string::npos) << receiver.error().message;
}

TEST_F(ReceiverTest, AFloodTakesABoundedNumberOfWakeUps) {
  auto receiver = open();
  ASSERT_TRUE(receiver) << receiver.error().message;
  // More than a port's budget of saved wake-ups, each with news.
  const std::int64_t start_ns = clock_.now_ns();
  std::uint64_t passes = 0;
  while (clock_.now_ns() - start_ns < 600 * kMs) {
    (*receiver)->pass();
    (void)game_.send_to(port_, Bytes(1));
    (*receiver)->wait(clock_.now_ns() + 5 * kMs);
    ++passes;
  }
  const auto allowed = static_cast<std::uint64_t>(kDefaultProfile.wake_ups_per_second);
  EXPECT_LE(passes, allowed * 9 / 10) << "600 ms, and what was saved in 200 ms";
}

}  // namespace
}  // namespace pitbridge
