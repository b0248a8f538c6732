// SPDX-License-Identifier: MIT
#include "tests/bench/stream/channel.hpp"

#include <sys/mman.h>

#include <cerrno>
#include <system_error>

#include "tests/bench/stream/frame.hpp"

namespace pitbridge::bench {

const std::vector<ChannelKind>& channel_kinds() {
  static const std::vector<ChannelKind> kKinds = {
      {kStream, "pitshm: copied into the ring, and out of it", true},
      {kStreamInPlace, "pitshm: written and read where it stands", true},
      {kUnixStream, "socketpair, SOCK_STREAM, one a consumer"},
      {kUnixPacket, "socketpair, SOCK_SEQPACKET, the same"},
      {kPipe, "1 MiB, one a consumer"},
      {kMessageQueue, "POSIX, 10 messages of at most 8 KiB, one a consumer"},
      {kMirror, "a sequence lock that is looked at each millisecond", true, true},
      {kPeer, "the crate shmem-ipc 0.3.0: sealed memfd and eventfds, one ring a consumer", true},
      {kMemcpy, "memcpy through a ring, and both sides never sleep: what the memory of two cores allows",
       true},
      {kEventfd, "only the wake-up", false, false, true},
  };
  return kKinds;
}

std::unique_ptr<Channel> make_channel(const std::string& name, const Setup& setup) {
  auto channel = make_kernel_channel(name, setup);
  return channel ? std::move(channel) : make_shared_channel(name, setup);
}

void throw_system_error(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), "stream_bench: " + what);
}

SharedMemory::SharedMemory(std::size_t size_bytes) : size_bytes_(size_bytes) {
  void* at =
      ::mmap(nullptr, size_bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
  if (at == MAP_FAILED) throw_system_error("mmap");
  data_ = static_cast<std::byte*>(at);
}

SharedMemory::~SharedMemory() {
  ::munmap(data_, size_bytes_);
}

}  // namespace pitbridge::bench
