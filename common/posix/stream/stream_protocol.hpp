// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>

/// How a consumer asks for a stream, and what it gets: pitshm(7), "STREAMS". Each is one packet.
namespace pitbridge {

inline constexpr std::uint32_t kStreamVersion = 1;
/// No name of a section begins so, which is asked for at the same socket.
inline constexpr char kStreamMagic[8] = {'\1', 's', 't', 'r', 'e', 'a', 'm', '\1'};

struct StreamRequest {
  char magic[8];
  std::uint32_t version;
  std::uint32_t last_frames;  ///< so many of those that are there already are wanted too
};
static_assert(sizeof(StreamRequest) == 16);

/// The request that these bytes are; nothing: they are none.
inline std::optional<StreamRequest> stream_request(std::span<const std::byte> bytes) {
  StreamRequest request;
  if (bytes.size() != sizeof request) return std::nullopt;
  std::memcpy(&request, bytes.data(), sizeof request);
  if (std::memcmp(request.magic, kStreamMagic, sizeof request.magic) != 0) return std::nullopt;
  return request;
}

enum class StreamOutcome : std::uint32_t {
  kGiven = 0,
  kTooMany = 1,  ///< the producer has all the consumers that it takes
  kNoMeans = 2,  ///< the producer's system gives no memory or no descriptor
  kOtherVersion = 3,
};

inline constexpr std::uint32_t kStreamWaitsForConsumers = 1;  ///< of `flags`: back-pressure

/// With kGiven come three descriptors: the ring (read-only), the consumer's page, and one that becomes
/// readable when a frame is there that the consumer has said it waits for.
struct StreamReply {
  std::uint32_t version;
  std::uint32_t outcome;  ///< StreamOutcome
  std::uint64_t stream_id;
  std::uint64_t position;        ///< where in the ring the consumer begins
  std::uint64_t first_sequence;  ///< of the frame there
  std::uint32_t flags;
  std::uint32_t reserved;
};
static_assert(sizeof(StreamReply) == 40);

/// The only memory that a consumer can write. The producer believes nothing in it: a number that cannot be
/// ends the connection.
struct ConsumerPage {
  /// Raised before the consumer goes to sleep. The producer wakes it once for each number.
  std::uint64_t waits;
  alignas(64) std::uint64_t position;  ///< up to where it has read, for back-pressure
};
inline constexpr std::size_t kConsumerPageBytes = 4096;
static_assert(sizeof(ConsumerPage) <= kConsumerPageBytes && offsetof(ConsumerPage, position) == 64);

}  // namespace pitbridge
