// SPDX-License-Identifier: MIT
#include "common/posix/stream/local_socket.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "common/posix/system/system_error.hpp"

// Newer than the headers that we build with.
#ifndef SO_PASSRIGHTS
#define SO_PASSRIGHTS 83
#endif

namespace pitbridge {
namespace {

/// Enough for every tool of one user to start at once; more have to ask again.
constexpr int kBacklog = 64;
constexpr std::size_t kMaxDescriptors = 4;

Error failure(const ShmDirectory& directory, const std::string& name, const std::string& why) {
  return {ExitCode::kFailure, fmt::format("{}/{}: {}", directory.path(), name, why)};
}

/// A long path does not fit into an address, but by a descriptor every path is short.
sockaddr_un address_of(int fd, std::string_view name_below) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  const std::string path = fmt::format("/proc/self/fd/{}{}", fd, name_below);
  std::copy(path.begin(), path.end(), address.sun_path);
  return address;
}

/// What a socket is called before it can be connected to: short, whatever its name is, the same for every
/// process, so that the next one finds what a killed one has left, and with the dot in front that no name of
/// a region or a stream has.
std::string unready_name(std::string_view name) {
  std::uint64_t hash = 0xcbf29ce484222325U;  // FNV-1a
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  return fmt::format(".{:016x}", hash);
}

UniqueFd new_socket() {
  return UniqueFd(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
}

/// Whoever closes the last descriptor of some file may have to wait for it: for a TCP socket that lingers,
/// for a file system of the sender's own. So those who connect can send none. Before Linux 6.16 they can.
void refuse_descriptors(int listener) {
  const int passes = 0;
  (void)::setsockopt(listener, SOL_SOCKET, SO_PASSRIGHTS, &passes, sizeof passes);
}

bool is_same_user(int connection) {
  ucred peer = {};
  socklen_t size = sizeof peer;
  return ::getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.uid == ::geteuid();
}

}  // namespace

bool is_own_socket(const ShmDirectory& directory, const std::string& name) {
  struct stat found = {};
  return ::fstatat(directory.fd(), name.c_str(), &found, AT_SYMLINK_NOFOLLOW) == 0 &&
         S_ISSOCK(found.st_mode) && found.st_uid == ::geteuid();
}

void remove_own_socket(const ShmDirectory& directory, const std::string& name) {
  if (is_own_socket(directory, name)) ::unlinkat(directory.fd(), name.c_str(), 0);
}

Expected<std::unique_ptr<LocalListener>> LocalListener::open(std::shared_ptr<ShmDirectory> directory,
                                                             std::string name) {
  std::unique_ptr<LocalListener> listener(new LocalListener(std::move(directory), std::move(name)));
  if (auto listening = listener->listen(); !listening)
    return tl::unexpected<Error>(std::move(listening.error()));
  return listener;
}

LocalListener::~LocalListener() {
  if (owner_ == ::getpid() && is_at_path()) ::unlinkat(directory_->fd(), name_.c_str(), 0);
}

Expected<void> LocalListener::listen() {
  const auto refused = [this](const std::string& why) {
    return tl::unexpected<Error>(failure(*directory_, name_, why));
  };
  // It gets its name when it can be connected to: who waits for the name does not come too early.
  const std::string unready = unready_name(name_);
  const sockaddr_un address = address_of(directory_->fd(), "/" + unready);
  remove_own_socket(*directory_, unready);
  UniqueFd listener = new_socket();
  struct stat made = {};
  // The socket at the path gets the mode of the descriptor: so it is never wider, and no path is followed.
  if (!listener || ::fchmod(listener.get(), 0600) != 0)
    return refused("cannot make a socket: " + system_message(errno));
  refuse_descriptors(listener.get());
  if (::bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    return refused(fmt::format("cannot listen there: {}; check the directory's permissions, and remove {}",
                               system_message(errno), unready));
  const auto place = [&] {
    if (::listen(listener.get(), kBacklog) != 0 ||
        ::fstatat(directory_->fd(), unready.c_str(), &made, AT_SYMLINK_NOFOLLOW) != 0)
      return false;
    remove_own_socket(*directory_, name_);
    return ::renameat2(directory_->fd(), unready.c_str(), directory_->fd(), name_.c_str(),
                       RENAME_NOREPLACE) == 0;
  };
  if (!place()) {
    const int error = errno;
    remove_own_socket(*directory_, unready);
    return refused(
        fmt::format("cannot listen there: {}; move away what has the name", system_message(error)));
  }
  listener_ = std::move(listener);
  inode_ = made.st_ino;
  return {};
}

bool LocalListener::is_at_path() const {
  struct stat found = {};
  return ::fstatat(directory_->fd(), name_.c_str(), &found, AT_SYMLINK_NOFOLLOW) == 0 &&
         found.st_ino == inode_ && S_ISSOCK(found.st_mode);
}

void LocalListener::mend() {
  if (!is_at_path())
    (void)listen();  // what stands there instead was said at the start, or is not ours to touch
}

std::optional<UniqueFd> LocalListener::accept() {
  while (true) {
    UniqueFd connection(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!connection) return std::nullopt;
    if (is_same_user(connection.get())) return connection;
  }
}

Expected<UniqueFd> connect_local(const ShmDirectory& directory, const std::string& name) {
  const auto refused = [&](const std::string& why) {
    return tl::unexpected<Error>(failure(directory, name, why));
  };
  // Held, so that what is looked at and what is connected to are the same.
  const UniqueFd at_path(::openat(directory.fd(), name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
  if (!at_path && errno == ENOENT) return UniqueFd();
  struct stat found = {};
  if (!at_path || ::fstat(at_path.get(), &found) != 0)
    return refused("cannot open the socket: " + system_message(errno));
  if (!S_ISSOCK(found.st_mode)) return refused("is no socket; move it away");
  if (found.st_uid != ::geteuid())
    return refused(
        fmt::format("belongs to user {}, not to us ({}), and is not believed; ask that user to remove it",
                    found.st_uid, ::geteuid()));
  const sockaddr_un address = address_of(at_path.get(), "");
  UniqueFd connection = new_socket();
  if (!connection) return refused("cannot make a socket: " + system_message(errno));
  if (::connect(connection.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    return UniqueFd();
  // Asked again of whom we have reached: the name may have led to another one by then.
  if (!is_same_user(connection.get())) return refused("another user listens there, who is not believed");
  return connection;
}

bool send_packet(int connection, std::span<const std::byte> bytes, std::span<const int> descriptors) {
  iovec part = {const_cast<std::byte*>(bytes.data()), bytes.size()};
  alignas(cmsghdr) char control[CMSG_SPACE(kMaxDescriptors * sizeof(int))] = {};
  msghdr message = {};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  if (!descriptors.empty()) {
    message.msg_control = control;
    message.msg_controllen = CMSG_SPACE(descriptors.size_bytes());
    cmsghdr* rights = CMSG_FIRSTHDR(&message);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(descriptors.size_bytes());
    std::memcpy(CMSG_DATA(rights), descriptors.data(), descriptors.size_bytes());
  }
  return ::sendmsg(connection, &message, MSG_DONTWAIT | MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size());
}

std::optional<Packet> receive_packet(int connection, std::span<std::byte> bytes) {
  iovec part = {bytes.data(), bytes.size()};
  alignas(cmsghdr) char control[CMSG_SPACE(kMaxDescriptors * sizeof(int))] = {};
  msghdr message = {};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  const ssize_t n = ::recvmsg(connection, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return std::nullopt;
  Packet packet;
  packet.size_bytes = n < 0 ? 0 : static_cast<std::size_t>(n);
  for (cmsghdr* at = CMSG_FIRSTHDR(&message); n >= 0 && at != nullptr; at = CMSG_NXTHDR(&message, at)) {
    if (at->cmsg_level != SOL_SOCKET || at->cmsg_type != SCM_RIGHTS) continue;
    const std::size_t count = (at->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int fd = -1;
      std::memcpy(&fd, CMSG_DATA(at) + i * sizeof fd, sizeof fd);
      packet.descriptors.emplace_back(fd);
    }
  }
  return packet;
}

}  // namespace pitbridge
