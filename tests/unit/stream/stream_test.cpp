// SPDX-License-Identifier: MIT
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>

#include "tests/unit/stream/stream_fixture.hpp"

namespace pitbridge {
namespace {

TEST_F(StreamTest, EveryFrameComesInOrderWithItsTimeAndTag) {
  start();
  const auto reader = attached();
  for (std::uint64_t i = 0; i < 500; ++i) {
    publish(i, 1, i % 300);
    StreamFrame frame;
    ASSERT_EQ(reader->next(frame, 0, -1).value(), Next::kFrame);
    EXPECT_EQ(frame.sequence, i);
    EXPECT_EQ(frame.lost, 0U);
    EXPECT_EQ(frame.tag, i);
    EXPECT_EQ(frame.time_ns, static_cast<std::int64_t>(1000 + i));
    EXPECT_TRUE(is_frame(frame, i, i % 300)) << i;
  }
}

TEST_F(StreamTest, WithNobodyThereAFrameIsOnlyCounted) {
  start();
  EXPECT_EQ(producer_->publish(0, 0, frame_of(0)), Put::kNobody);
  const auto reader = attached();
  publish(1, 1);
  StreamFrame frame;
  ASSERT_EQ(reader->next(frame, 0, -1).value(), Next::kFrame);
  EXPECT_EQ(frame.sequence, 1U);
  EXPECT_EQ(frame.lost, 0U);
}

TEST_F(StreamTest, WhoIsTooSlowLearnsHowManyFramesItHasLost) {
  start();
  const auto slow = attached();
  const auto fast = attached();
  std::uint64_t seen = 0;
  StreamFrame frame;
  for (std::uint64_t i = 0; i < 300; ++i) {
    publish(i, 1);
    ASSERT_EQ(fast->next(frame, 0, -1).value(), Next::kFrame);
    EXPECT_EQ(frame.lost, 0U);
  }
  std::uint64_t lost = 0;
  while (slow->next(frame, 0, -1).value() == Next::kFrame) {
    EXPECT_TRUE(is_frame(frame, frame.sequence));
    lost += frame.lost;
    ++seen;
  }
  EXPECT_EQ(seen + lost, 300U);
  EXPECT_GT(lost, 0U);
  EXPECT_GT(seen, 5U);
}

TEST_F(StreamTest, WhoComesLateMayHaveTheLastFrames) {
  start({.ring_bytes = 64 * 1024, .keeps_frames = true});
  publish(0, 50);
  const auto reader = consumer(10);
  StreamFrame frame;
  EXPECT_EQ(reader->next(frame, 0, -1).value(), Next::kTimedOut);
  ASSERT_TRUE(producer_->serve());
  for (std::uint64_t i = 40; i < 50; ++i) {
    ASSERT_EQ(reader->next(frame, 0, -1).value(), Next::kFrame);
    EXPECT_EQ(frame.sequence, i);
    EXPECT_EQ(frame.lost, 0U);
  }
  EXPECT_EQ(reader->next(frame, 0, -1).value(), Next::kTimedOut);
}

TEST_F(StreamTest, FramesAreReadWhereTheyStand) {
  start();
  const auto reader = attached();
  publish(0, 1);
  StreamFrame frame;
  ASSERT_EQ(reader->next_in_place(frame, 0, -1).value(), Next::kFrame);
  EXPECT_TRUE(is_frame(frame, 0));
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(frame.bytes.data()) % 64, 0U);
  EXPECT_TRUE(reader->is_whole());
  publish(1, 1);
  ASSERT_EQ(reader->next_in_place(frame, 0, -1).value(), Next::kFrame);
  publish(2, 100);
  EXPECT_FALSE(reader->is_whole());
}

TEST_F(StreamTest, AFrameIsWrittenWhereItWillStand) {
  start();
  const auto reader = attached();
  Put why = Put::kDone;
  const auto place = producer_->reserve(200, why);
  ASSERT_TRUE(place);
  EXPECT_EQ(place->size(), 200U);
  const auto bytes = frame_of(7, 150);
  std::memcpy(place->data(), bytes.data(), bytes.size());
  producer_->commit(3, 5, bytes.size());
  StreamFrame frame;
  ASSERT_EQ(reader->next(frame, 0, -1).value(), Next::kFrame);
  EXPECT_TRUE(is_frame(frame, 7, 150));
}

TEST_F(StreamTest, AFrameThatNoRingHoldsIsRefused) {
  start();
  const auto reader = attached();
  EXPECT_EQ(producer_->publish(0, 0, frame_of(0, producer_->hub().max_frame_bytes() + 1)), Put::kTooLarge);
  EXPECT_EQ(producer_->publish(0, 0, frame_of(0, producer_->hub().max_frame_bytes())), Put::kDone);
  StreamFrame frame;
  EXPECT_EQ(reader->next(frame, 0, -1).value(), Next::kFrame);
}

TEST_F(StreamTest, ASecondProducerOfTheNameIsRefused) {
  start();
  const auto second = StreamProducer::open(*ShmDirectory::open(directory_.path()), "toy", kSmall);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ExitCode::kAlreadyRunning);
}

TEST_F(StreamTest, AProducersEndIsToldAndTheNextOneIsFound) {
  start();
  const auto reader = attached();
  publish(0, 3);
  producer_.reset();
  StreamFrame frame;
  for (std::uint64_t i = 0; i < 3; ++i)
    ASSERT_EQ(reader->next(frame, in_seconds(5), -1).value(), Next::kFrame);
  EXPECT_EQ(reader->next(frame, in_seconds(5), -1).value(), Next::kLeft);
  EXPECT_EQ(reader->next(frame, 0, -1).value(), Next::kTimedOut);
  const std::uint64_t first = frame.stream_id;
  start();
  EXPECT_EQ(reader->next(frame, 0, -1).value(), Next::kTimedOut);
  ASSERT_TRUE(producer_->serve());
  EXPECT_EQ(reader->next(frame, 0, -1).value(), Next::kTimedOut);
  publish(0, 1);
  ASSERT_EQ(reader->next(frame, 0, -1).value(), Next::kFrame);
  EXPECT_NE(frame.stream_id, first);
  EXPECT_EQ(frame.sequence, 0U);
}

TEST_F(StreamTest, AKilledProducerIsNoticedAndReplaced) {
  const auto reader = consumer();
  Forked child([&] {
    start();
    while (producer_->hub().consumers() == 0) producer_->wait(in_seconds(10), -1);
    publish(0, 2);
    ::pause();
  });
  StreamFrame frame;
  ASSERT_EQ(reader->next(frame, in_seconds(10), -1).value(), Next::kFrame);
  ASSERT_EQ(reader->next(frame, in_seconds(10), -1).value(), Next::kFrame);
  child.kill();
  EXPECT_EQ(reader->next(frame, in_seconds(10), -1).value(), Next::kLeft);
  start();
  EXPECT_EQ(reader->next(frame, 0, -1).value(), Next::kTimedOut);
  ASSERT_TRUE(producer_->serve());
  EXPECT_EQ(reader->next(frame, 0, -1).value(), Next::kTimedOut);
  EXPECT_TRUE(reader->is_attached());
}

TEST_F(StreamTest, BackPressureLosesNothing) {
  start({.ring_bytes = 4096, .waits_for_consumers = true});
  const auto reader = attached();
  std::uint64_t written = 0;
  while (producer_->publish(0, 0, frame_of(written)) == Put::kDone) ++written;
  EXPECT_GT(written, 10U);
  EXPECT_FALSE(producer_->wait_for_room(100, 0, -1));
  StreamFrame frame;
  ASSERT_EQ(reader->next(frame, 0, -1).value(), Next::kFrame);
  EXPECT_TRUE(producer_->wait_for_room(100, in_seconds(5), -1));
  EXPECT_EQ(producer_->publish(0, 0, frame_of(written)), Put::kDone);
  for (std::uint64_t i = 1; i <= written; ++i) {
    ASSERT_EQ(reader->next(frame, 0, -1).value(), Next::kFrame);
    EXPECT_EQ(frame.lost, 0U);
    EXPECT_TRUE(is_frame(frame, i));
  }
}

TEST_F(StreamTest, LargeFramesComeWhole) {
  start({.ring_bytes = 256 * 1024});
  const auto reader = attached();
  for (std::uint64_t i = 0; i < 40; ++i) {
    const std::size_t size_bytes = 4000 + i * 1000 + i;
    publish(i, 1, size_bytes);
    StreamFrame frame;
    ASSERT_EQ(reader->next(frame, 0, -1).value(), Next::kFrame);
    EXPECT_TRUE(is_frame(frame, i, size_bytes)) << i;
  }
}

/// Else both would do little but wake each other.
TEST_F(StreamTest, AProducerThatWaitsForRoomIsToldOnceHalfTheRingIsFree) {
  auto requests = std::move(*RequestServer::open(*ShmDirectory::open(directory_.path()), "toy.stream"));
  StreamHub hub({.ring_bytes = 4096, .waits_for_consumers = true});
  const auto reader = consumer();
  StreamFrame frame;
  EXPECT_EQ(reader->next(frame, 0, -1).value(), Next::kTimedOut);
  requests->serve([&](UniqueFd connection, std::span<const std::byte> bytes) {
    EXPECT_TRUE(hub.admit(std::move(connection), *stream_request(bytes)));
  });
  EXPECT_EQ(reader->next(frame, 0, -1).value(), Next::kTimedOut);
  ASSERT_EQ(hub.consumers(), 1U);
  int written = 0;
  while (hub.publish(0, 0, frame_of(0)) == Put::kDone) ++written;
  const auto count_told = [&] {
    std::byte word[8];
    int count = 0;
    while (::recv(hub.connections().front(), word, sizeof word, MSG_DONTWAIT) > 0) ++count;
    return count;
  };

  hub.ask_for_room(100);
  ASSERT_EQ(reader->next(frame, 0, -1).value(), Next::kFrame);
  EXPECT_TRUE(hub.has_room_for(100));
  EXPECT_FALSE(hub.has_ample_room_for(100));
  EXPECT_EQ(count_told(), 0);
  for (int i = 1; i < written; ++i) {
    ASSERT_EQ(reader->next(frame, 0, -1).value(), Next::kFrame);
    EXPECT_TRUE(i + 1 >= written / 2 || !hub.has_ample_room_for(100)) << i;
  }
  EXPECT_TRUE(hub.has_ample_room_for(100));
  EXPECT_EQ(count_told(), 1);
}

/// Between one consumer and the next.
TEST(StreamHubTest, AFrameThatNobodyGotIsNotAmongTheLastOnes) {
  StreamHub hub(kSmall);
  const auto admit = [&](std::uint32_t version) {
    int ends[2];
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
    EXPECT_TRUE(hub.admit(UniqueFd(ends[0]), {{}, version, 10}));
    return UniqueFd(ends[1]);
  };
  auto first = admit(kStreamVersion);
  for (std::uint64_t i = 0; i < 3; ++i) EXPECT_EQ(hub.publish(0, 1, frame_of(i)), Put::kDone);
  first = UniqueFd();
  (void)admit(99);
  EXPECT_EQ(hub.publish(0, 1, frame_of(3)), Put::kNobody);
  const auto second = admit(kStreamVersion);
  StreamReply reply = {};
  EXPECT_TRUE(receive_packet(second.get(), std::as_writable_bytes(std::span(&reply, 1))));
  EXPECT_EQ(reply.first_sequence, 4U);
}

}  // namespace
}  // namespace pitbridge
