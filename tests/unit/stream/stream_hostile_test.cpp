// SPDX-License-Identifier: MIT
// Consumers that do what they can to hold up the producer or other consumers.
#include <fcntl.h>
#include <sys/socket.h>

#include "tests/unit/stream/stream_fixture.hpp"

namespace pitbridge {
namespace {

class StreamHostile : public StreamTest {
 protected:
  static void say(const RawConsumer& raw, std::size_t offset, std::uint64_t value) {
    EXPECT_EQ(::pwrite(raw.page(), &value, sizeof value, static_cast<off_t>(offset)), ssize_t{sizeof value});
  }
};

TEST_F(StreamHostile, OneThatIsStoppedOrNeverReadsCostsTheOthersNothing) {
  start();
  const auto reader = attached();
  Forked stopped([&] {
    auto sleeper = consumer();
    StreamFrame frame;
    (void)sleeper->next(frame, in_seconds(20), -1);
    ::raise(SIGSTOP);
  });
  while (producer_->hub().consumers() < 2) (void)producer_->wait(in_seconds(20), -1);
  const RawConsumer raw = raw_consumer(shm(), *producer_);
  for (int i = 0; i < 20; ++i) expect_all_is_well(*reader);
  EXPECT_EQ(producer_->hub().consumers(), 3U);
}

TEST_F(StreamHostile, OneThatSaysOfEachFrameThatItSleepsIsWokenAndNothingElse) {
  start();
  const auto reader = attached();
  const RawConsumer raw = raw_consumer(shm(), *producer_);
  for (const std::uint64_t waits :
       {std::uint64_t{1}, ~std::uint64_t{0}, std::uint64_t{0}, std::uint64_t{7}}) {
    say(raw, offsetof(ConsumerPage, waits), waits);
    expect_all_is_well(*reader);
  }
}

TEST_F(StreamHostile, WithoutBackPressureNobodyAsksWhereItHasRead) {
  start();
  const auto reader = attached();
  const RawConsumer raw = raw_consumer(shm(), *producer_);
  for (const std::uint64_t position : {~std::uint64_t{0}, std::uint64_t{1}}) {
    say(raw, offsetof(ConsumerPage, position), position);
    expect_all_is_well(*reader);
  }
}

TEST_F(StreamHostile, WithBackPressureOneThatHasReadWhatIsNotThereIsLetGo) {
  start({.ring_bytes = 4096, .waits_for_consumers = true});
  const auto reader = attached();
  // Once around: only where the ring would be full is anybody asked how far it is.
  const auto go_around = [&] {
    StreamFrame frame;
    for (int i = 0; i < 40; ++i) {
      publish(producer_->hub().next_sequence(), 1);
      (void)reader->next(frame, 0, -1);
    }
  };
  for (const std::uint64_t lie : {~std::uint64_t{0}, std::uint64_t{1} << 20U}) {
    const RawConsumer raw = raw_consumer(shm(), *producer_);
    say(raw, offsetof(ConsumerPage, position), lie);
    go_around();
    ASSERT_TRUE(producer_->serve());
    EXPECT_EQ(producer_->hub().consumers(), 1U);
    expect_all_is_well(*reader);
  }
  // One that goes back.
  const RawConsumer raw = raw_consumer(shm(), *producer_);
  say(raw, offsetof(ConsumerPage, position), raw.reply.position + 64);
  go_around();
  EXPECT_EQ(producer_->hub().consumers(), 2U) << "it has read little, and is waited for";
  say(raw, offsetof(ConsumerPage, position), 1);
  go_around();
  ASSERT_TRUE(producer_->serve());
  EXPECT_EQ(producer_->hub().consumers(), 1U);
  expect_all_is_well(*reader);
}

/// A connection that can always be read would keep the producer from sleeping.
TEST_F(StreamHostile, OneThatTalksUnaskedIsLetGo) {
  start();
  const auto reader = attached();
  const std::byte junk[64] = {};
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, sizeof junk}) {
    const RawConsumer raw = raw_consumer(shm(), *producer_);
    EXPECT_EQ(producer_->hub().consumers(), 2U);
    EXPECT_TRUE(send_packet(raw.connection.get(), std::span(junk).first(size), {}));
    EXPECT_EQ(producer_->wait(in_seconds(20), -1), StreamProducer::Wait::kServed);
    EXPECT_EQ(producer_->hub().consumers(), 1U);
    EXPECT_EQ(producer_->wait(0, -1), StreamProducer::Wait::kTimedOut);
  }
  expect_all_is_well(*reader);
}

TEST_F(StreamHostile, WithBackPressureOneMayOnlySayThatItHasMadeRoom) {
  start({.ring_bytes = 4096, .waits_for_consumers = true});
  const RawConsumer raw = raw_consumer(shm(), *producer_);
  const std::byte junk[64] = {};
  while (send_packet(raw.connection.get(), std::span(junk).first(1), {})) {
  }
  ASSERT_TRUE(producer_->serve());
  EXPECT_EQ(producer_->hub().consumers(), 1U);
  while (producer_->wait(0, -1) != StreamProducer::Wait::kTimedOut) {
  }
  EXPECT_TRUE(send_packet(raw.connection.get(), junk, {}));
  ASSERT_TRUE(producer_->serve());
  EXPECT_EQ(producer_->hub().consumers(), 0U);
}

/// Closing the last descriptor of a socket that lingers takes as long as its owner likes.
TEST_F(StreamHostile, DescriptorsOfAConsumerAreNotTaken) {
  start();
  int passes = 1;
  constexpr int kPassRights = 83;  // SO_PASSRIGHTS
  const UniqueFd probe(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
  if (::setsockopt(probe.get(), SOL_SOCKET, kPassRights, &passes, sizeof passes) != 0)
    GTEST_SKIP() << "Linux before 6.16 lets nobody refuse descriptors";
  const UniqueFd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  const int descriptors[] = {null.get()};
  const std::byte junk[16] = {};
  const UniqueFd early = raw_connection(shm());
  EXPECT_FALSE(send_packet(early.get(), junk, descriptors));
  EXPECT_EQ(errno, EPERM);
  const RawConsumer raw = raw_consumer(shm(), *producer_);
  EXPECT_FALSE(send_packet(raw.connection.get(), junk, descriptors));
  EXPECT_EQ(errno, EPERM);
}

TEST_F(StreamHostile, ThoseWhoConnectAndAskNothingKeepNobodyAway) {
  start();
  std::vector<UniqueFd> silent;
  for (int i = 0; i < 40; ++i) silent.push_back(raw_connection(shm()));
  const auto reader = attached();
  expect_all_is_well(*reader);
  for (int i = 0; i < 40; ++i) silent.push_back(raw_connection(shm()));
  const auto second = attached();
  EXPECT_EQ(producer_->hub().consumers(), 2U);
  expect_all_is_well(*reader);
}

TEST_F(StreamHostile, WhoeverAsksForSomethingElseIsLetGo) {
  start();
  for (const std::size_t size : {0U, 1U, 15U, 16U, 17U, 127U, 128U, 5000U}) {
    const UniqueFd connection = raw_connection(shm());
    EXPECT_TRUE(send_packet(connection.get(), std::vector<std::byte>(size), {}));
    ASSERT_TRUE(producer_->serve());
    std::byte word[1];
    EXPECT_EQ(::recv(connection.get(), word, sizeof word, 0), 0) << size;
  }
  EXPECT_EQ(producer_->hub().consumers(), 0U);
}

TEST_F(StreamHostile, AnotherVersionIsAnsweredSo) {
  start();
  StreamRequest request = {};
  std::memcpy(request.magic, kStreamMagic, sizeof request.magic);
  request.version = 99;
  const UniqueFd connection = raw_connection(shm());
  EXPECT_TRUE(send_packet(connection.get(), std::as_bytes(std::span(&request, 1)), {}));
  ASSERT_TRUE(producer_->serve());
  StreamReply reply = {};
  EXPECT_TRUE(receive_packet(connection.get(), std::as_writable_bytes(std::span(&reply, 1))));
  EXPECT_EQ(reply.outcome, static_cast<std::uint32_t>(StreamOutcome::kOtherVersion));
}

TEST_F(StreamHostile, OneTooManyIsToldSo) {
  start({.ring_bytes = 4096, .max_consumers = 1});
  const auto reader = attached();
  const auto second = consumer();
  StreamFrame frame;
  EXPECT_EQ(second->next(frame, 0, -1).value(), Next::kTimedOut);
  ASSERT_TRUE(producer_->serve());
  const auto refused = second->next(frame, 0, -1);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("as many consumers as it takes"), std::string::npos)
      << refused.error().message;
  expect_all_is_well(*reader);
}

/// The bits of a word are fewer.
TEST_F(StreamHostile, MoreThanSixtyFourConsumersStopNobody) {
  start({.ring_bytes = 4096, .max_consumers = 100});
  std::vector<RawConsumer> all;
  while (all.size() < 80) all.push_back(raw_consumer(shm(), *producer_));
  EXPECT_EQ(producer_->wait(0, -1), StreamProducer::Wait::kTimedOut);
  for (RawConsumer& raw : all) raw.connection = UniqueFd();
  EXPECT_EQ(producer_->wait(in_seconds(20), -1), StreamProducer::Wait::kServed);
  EXPECT_EQ(producer_->hub().consumers(), 0U);
}

TEST_F(StreamHostile, WhoAsksForAllFramesGetsThoseThatAreThere) {
  start();
  const auto reader = attached();
  publish(0, 100);
  const UniqueFd connection = raw_connection(shm());
  raw_request(connection.get(), ~std::uint32_t{0});
  ASSERT_TRUE(producer_->serve());
  StreamReply reply = {};
  EXPECT_TRUE(receive_packet(connection.get(), std::as_writable_bytes(std::span(&reply, 1))));
  EXPECT_GT(reply.first_sequence, 50U);
  EXPECT_LT(reply.first_sequence, 100U);
}

}  // namespace
}  // namespace pitbridge
