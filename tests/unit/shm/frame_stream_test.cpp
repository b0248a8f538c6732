// SPDX-License-Identifier: MIT
#include "common/posix/shm/frame_stream.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "common/core/sim/sim_place.hpp"
#include "common/posix/shm/section_server.hpp"
#include "common/posix/stream/stream_consumer.hpp"
#include "tests/unit/support/temp_directory.hpp"

namespace pitbridge {
namespace {

using Next = StreamConsumer::Next;

class FrameStreamTest : public testing::Test {
 protected:
  void SetUp() override {
    server_ = std::move(*SectionServer::open(*ShmDirectory::open(directory_.path()), "toy"));
    consumer_ = std::move(
        *StreamConsumer::open(*ShmDirectory::open(directory_.path()), section_socket_name("toy"), 0));
    attach();
  }
  void attach() {
    StreamFrame frame;
    EXPECT_EQ(consumer_->next(frame, 0, -1).value(), Next::kTimedOut);
    server_->serve([](std::string_view) { return std::nullopt; },
                   [this](UniqueFd connection, const StreamRequest& request) {
                     EXPECT_TRUE(frames_.admit(std::move(connection), request, section_bytes_));
                   });
    EXPECT_EQ(consumer_->next(frame, 0, -1).value(), Next::kTimedOut);
    EXPECT_TRUE(consumer_->is_attached());
  }
  void publish(std::size_t size_bytes, bool is_torn = false, bool is_repeated = false) {
    const std::vector<std::byte> bytes(size_bytes, std::byte{7});
    frames_.publish(
        {.mapping = 3, .time_ns = 42, .bytes = bytes, .is_torn = is_torn, .is_repeated = is_repeated});
  }

  TempDirectory directory_;
  std::uint64_t section_bytes_ = 4096;
  FrameStream frames_;
  std::unique_ptr<SectionServer> server_;
  std::unique_ptr<StreamConsumer> consumer_;
};

TEST_F(FrameStreamTest, ItsTagSaysWhichMappingAndWhatOfIt) {
  publish(64);
  publish(64, true);
  publish(64, false, true);
  publish(0);
  StreamFrame frame;
  for (const std::uint32_t more : {0U, kFrameIsTorn, kFrameIsRepeated, 0U}) {
    ASSERT_EQ(consumer_->next(frame, 0, -1).value(), Next::kFrame);
    EXPECT_EQ(frame.tag, 3 | more);
    EXPECT_EQ(frame.time_ns, 42);
  }
  EXPECT_TRUE(frame.bytes.empty());
}

TEST_F(FrameStreamTest, WhoIsLetInIsANewcomerOnce) {
  EXPECT_TRUE(frames_.takes_newcomers());
  EXPECT_FALSE(frames_.takes_newcomers());
}

TEST_F(FrameStreamTest, AFrameThatOutgrowsTheRingBeginsAnotherStream) {
  constexpr std::size_t kLarge = std::size_t{3} << 20U;
  publish(64);
  publish(kLarge);
  StreamFrame frame;
  ASSERT_EQ(consumer_->next(frame, 0, -1).value(), Next::kFrame);
  const std::uint64_t first = frame.stream_id;
  EXPECT_EQ(consumer_->next(frame, 0, -1).value(), Next::kLeft);
  section_bytes_ = kLarge;
  attach();
  publish(kLarge);
  ASSERT_EQ(consumer_->next(frame, 0, -1).value(), Next::kFrame);
  EXPECT_EQ(frame.bytes.size(), kLarge);
  EXPECT_NE(frame.stream_id, first);
}

TEST_F(FrameStreamTest, WhoCameBeforeASectionThatNobodyKnewMayBeAsFarBehindAsLaterOnes) {
  constexpr std::size_t kLarge = std::size_t{1} << 20U;
  publish(kLarge);
  StreamFrame frame;
  ASSERT_EQ(consumer_->next(frame, 0, -1).value(), Next::kLeft) << "the ring has room for three of them";
  section_bytes_ = kLarge;
  attach();
  constexpr int kFrames = 48;
  for (int i = 0; i < kFrames; ++i) publish(kLarge);
  for (int i = 0; i < kFrames; ++i) {
    ASSERT_EQ(consumer_->next(frame, 0, -1).value(), Next::kFrame) << i;
    EXPECT_EQ(frame.lost, 0U);
  }
}

TEST_F(FrameStreamTest, WithNobodyThereNothingIsKept) {
  EXPECT_TRUE(frames_.wants_frames());
  consumer_.reset();
  frames_.tend();
  EXPECT_FALSE(frames_.wants_frames());
}

}  // namespace
}  // namespace pitbridge
