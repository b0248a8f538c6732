// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

/// The ways by which one process hands frames to others, behind one interface.
namespace pitbridge::bench {

/// What each frame begins with. Its last eight bytes are the number again.
struct Stamp {
  std::uint64_t number = 0;
  std::int64_t sent_ns = 0;
  std::uint64_t is_last = 0;
};

struct Setup {
  std::size_t size_bytes = 64;
  std::size_t consumers = 1;
  std::string directory;  ///< of this run, on tmpfs
  std::string peer;       ///< the library of the public peer; empty: none
  std::size_t ring_bytes = 0;
  std::size_t socket_bytes = 0;  ///< of a socket's buffer; 0: what the system gives
  bool lossless = true;          ///< of streams: back-pressure
};

/// Made by the parent before it forks its consumers, and then used as the producer's end. Throws where the
/// system refuses.
class Channel {
 public:
  Channel() = default;
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;
  virtual ~Channel() = default;

  /// Returns when a frame that is sent now reaches every consumer.
  virtual void be_producer() {}
  virtual void be_consumer(std::size_t number) = 0;

  /// A frame with this stamp, made or copied from a buffer of the channel's, to every consumer.
  virtual void send(const Stamp& stamp) = 0;
  /// The next frame, when all its bytes are in this process, or have been looked at where they stand.
  virtual Stamp receive() = 0;
};

struct ChannelKind {
  std::string name;
  std::string what;
  bool is_shared_memory = false;
  bool loses_frames = false;  ///< so its throughput is that of what was seen
  bool only_wakes = false;    ///< moves no bytes: the floor of latency
};
const std::vector<ChannelKind>& channel_kinds();

inline constexpr char kStream[] = "stream";
inline constexpr char kStreamInPlace[] = "stream in place";
inline constexpr char kUnixStream[] = "unix stream";
inline constexpr char kUnixPacket[] = "unix seqpacket";
inline constexpr char kPipe[] = "pipe";
inline constexpr char kMessageQueue[] = "mqueue";
inline constexpr char kMirror[] = "mirror, 1 ms";
inline constexpr char kMemcpy[] = "memcpy";
inline constexpr char kEventfd[] = "eventfd";
inline constexpr char kPeer[] = "shmem-ipc";

/// Null: this way does not take frames of this size, or the peer was not built.
std::unique_ptr<Channel> make_channel(const std::string& name, const Setup& setup);

// What the parts of make_channel are.
std::unique_ptr<Channel> make_kernel_channel(const std::string& name, const Setup& setup);
std::unique_ptr<Channel> make_shared_channel(const std::string& name, const Setup& setup);

}  // namespace pitbridge::bench
