// SPDX-License-Identifier: MIT
#include "common/posix/net/udp_socket.hpp"

#include <fmt/format.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "common/posix/net/port_owner.hpp"
#include "common/posix/system/system_error.hpp"

namespace pitbridge {
namespace {

/// Some tenths of a second of a game that sends everything it can.
constexpr int kReceiveBytes = 1 << 20;

void set_option(int fd, int option, int value) {
  (void)::setsockopt(fd, SOL_SOCKET, option, &value, sizeof value);
}

Error bind_error(const NetAddress& address, int error_number) {
  if (error_number != EADDRINUSE)
    return {ExitCode::kFailure,
            fmt::format("cannot listen on {}: {}; name an address of this machine with --listen",
                        address.text(), system_message(error_number))};
  return {ExitCode::kFailure,
          fmt::format(
              "cannot listen on {}: {} has the port. End it; or let it listen on another port and pass the "
              "packets on to it with --forward HOST:PORT",
              address.text(), describe_owner(owners_of_port(address.port())))};
}

}  // namespace

struct UdpSocket::Buffers {
  std::array<std::array<std::byte, kMostBytes>, kMostAtOnce> bytes;
  std::array<sockaddr_storage, kMostAtOnce> senders = {};
  std::array<std::array<char, CMSG_SPACE(sizeof(std::uint32_t))>, kMostAtOnce> control = {};
  std::array<iovec, kMostAtOnce> pieces = {};
  std::array<mmsghdr, kMostAtOnce> messages = {};
  std::array<Datagram, kMostAtOnce> datagrams = {};
};

Expected<UdpSocket> UdpSocket::open(const NetAddress& address) {
  UniqueFd fd(::socket(address.family(), SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd)
    return fail(ExitCode::kFailure,
                fmt::format("cannot make a socket for {}: {}", address.text(), system_message(errno)));
  set_option(fd.get(), SO_REUSEADDR, 1);
  set_option(fd.get(), SO_RXQ_OVFL, 1);
  set_option(fd.get(), SO_RCVBUF, kReceiveBytes);
  if (::bind(fd.get(), address.data(), address.size_bytes()) != 0)
    return tl::unexpected<Error>(bind_error(address, errno));
  return UdpSocket(std::move(fd), address);
}

UdpSocket::UdpSocket(UniqueFd fd, const NetAddress& address)
    // Their memory is not touched before it is used.
    : fd_(std::move(fd)), address_(address), buffers_(new Buffers) {}
UdpSocket::UdpSocket(UdpSocket&& other) noexcept = default;
UdpSocket& UdpSocket::operator=(UdpSocket&& other) noexcept = default;
UdpSocket::~UdpSocket() = default;

std::span<const Datagram> UdpSocket::receive() {
  Buffers& b = *buffers_;
  for (std::size_t i = 0; i < kMostAtOnce; ++i) {
    b.pieces[i] = {b.bytes[i].data(), kMostBytes};
    msghdr& header = b.messages[i].msg_hdr;
    header = {};
    header.msg_name = &b.senders[i];
    header.msg_namelen = sizeof b.senders[i];
    header.msg_iov = &b.pieces[i];
    header.msg_iovlen = 1;
    header.msg_control = b.control[i].data();
    header.msg_controllen = b.control[i].size();
  }
  const int n = ::recvmmsg(fd_.get(), b.messages.data(), kMostAtOnce, MSG_DONTWAIT, nullptr);
  const std::size_t count = n > 0 ? static_cast<std::size_t>(n) : 0;
  for (std::size_t i = 0; i < count; ++i) {
    msghdr& header = b.messages[i].msg_hdr;
    b.datagrams[i] = {
        std::span(b.bytes[i]).first(b.messages[i].msg_len),
        NetAddress(reinterpret_cast<const sockaddr*>(&b.senders[i]), header.msg_namelen).sender()};
    const cmsghdr* control = CMSG_FIRSTHDR(&header);
    if (control != nullptr && control->cmsg_level == SOL_SOCKET && control->cmsg_type == SO_RXQ_OVFL)
      std::memcpy(&dropped_, CMSG_DATA(control), sizeof dropped_);
  }
  return std::span(b.datagrams).first(count);
}

std::uint64_t UdpSocket::takes_dropped() {
  const std::uint32_t more = dropped_ - dropped_before_;
  dropped_before_ = dropped_;
  return more;
}

Forwarder::Forwarder(std::vector<NetAddress> targets) : targets_(std::move(targets)) {
  for (const NetAddress& target : targets_) {
    UniqueFd& fd = target.family() == AF_INET ? ipv4_ : ipv6_;
    if (!fd) fd = UniqueFd(::socket(target.family(), SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  }
}

void Forwarder::send(std::span<const Datagram> packets) const {
  std::array<iovec, UdpSocket::kMostAtOnce> pieces = {};
  std::array<mmsghdr, UdpSocket::kMostAtOnce> messages = {};
  const std::size_t count = std::min(packets.size(), messages.size());
  for (const NetAddress& target : targets_) {
    for (std::size_t i = 0; i < count; ++i) {
      pieces[i] = {const_cast<std::byte*>(packets[i].bytes.data()), packets[i].bytes.size()};
      msghdr& header = messages[i].msg_hdr;
      header = {};
      header.msg_name = const_cast<sockaddr*>(target.data());
      header.msg_namelen = target.size_bytes();
      header.msg_iov = &pieces[i];
      header.msg_iovlen = 1;
    }
    const int fd = (target.family() == AF_INET ? ipv4_ : ipv6_).get();
    // One that nobody listens to answers the next packet with an error, which takes that packet's place.
    for (std::size_t sent = 0; sent < count;) {
      const int n = ::sendmmsg(fd, messages.data() + sent, static_cast<unsigned>(count - sent), MSG_DONTWAIT);
      sent += n > 0 ? static_cast<std::size_t>(n) : 1;
    }
  }
}

bool leads_back(const NetAddress& target, const NetAddress& listener) {
  if (target.port() != listener.port()) return false;
  if (target.sender() == listener.sender()) return true;
  return target.is_any() || (listener.is_any() && target.is_local());
}

}  // namespace pitbridge
