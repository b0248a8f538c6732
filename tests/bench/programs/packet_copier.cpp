// SPDX-License-Identifier: MIT
// What stands beside `pitbridge udp` in the benchmark: waits in recvfrom, and copies each packet into one
// file. It looks at nothing, and tells nobody. Usage: packet_copier PORT DIRECTORY
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

int main(int argc, char** argv) {
  constexpr std::size_t kFileBytes = 4096;
  if (argc != 3) return 2;
  const int file = ::open((std::string(argv[2]) + "/packet").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0 || ::ftruncate(file, kFileBytes) != 0) return 1;
  void* mapped = ::mmap(nullptr, kFileBytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (mapped == MAP_FAILED) return 1;
  auto* bytes = static_cast<char*>(mapped);
  const int receiver = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(std::atoi(argv[1])));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::bind(receiver, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return 1;
  std::puts("ready");
  std::fflush(stdout);
  char packet[2048];
  for (std::uint32_t count = 1;; ++count) {
    const ssize_t n = ::recvfrom(receiver, packet, sizeof packet, 0, nullptr, nullptr);
    if (n < 0) return 1;
    std::memcpy(bytes, packet, static_cast<std::size_t>(n));
    __atomic_store_n(reinterpret_cast<std::uint32_t*>(bytes + kFileBytes - sizeof count), count,
                     __ATOMIC_RELEASE);
  }
}
