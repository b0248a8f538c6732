// SPDX-License-Identifier: MIT
#include "common/posix/shm/section_server.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "common/core/sim/sim_place.hpp"
#include "common/posix/system/system_error.hpp"

namespace pitbridge {
namespace {

/// Enough for every tool of one user to start at once; more have to ask again.
constexpr int kBacklog = 8;
constexpr std::size_t kMaxClients = 8;
/// Of `serve`: who has not asked by then never will.
constexpr int kPatienceCalls = 20;
constexpr std::size_t kMaxNameBytes = 127;

Error refusal(const std::string& path, const std::string& why) {
  return {ExitCode::kFailure, fmt::format("{}: {}; readers get no zero copy by it", path, why)};
}

bool is_our_socket(const ShmDirectory& directory, const std::string& name) {
  struct stat found = {};
  return ::fstatat(directory.fd(), name.c_str(), &found, AT_SYMLINK_NOFOLLOW) == 0 &&
         S_ISSOCK(found.st_mode) && found.st_uid == ::geteuid();
}

bool is_same_user(int connection) {
  ucred peer = {};
  socklen_t size = sizeof peer;
  return ::getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.uid == ::geteuid();
}

/// False when the packet could not be sent at once; nobody waits for a reader.
bool send_reply(int connection, SectionReply reply, int descriptor) {
  iovec part = {&reply, sizeof reply};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof descriptor)] = {};
  msghdr message = {};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  if (descriptor >= 0) {
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    cmsghdr* rights = CMSG_FIRSTHDR(&message);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(sizeof descriptor);
    std::memcpy(CMSG_DATA(rights), &descriptor, sizeof descriptor);
  }
  return ::sendmsg(connection, &message, MSG_DONTWAIT | MSG_NOSIGNAL) == static_cast<ssize_t>(sizeof reply);
}

}  // namespace

void remove_section_socket(const ShmDirectory& directory, std::string_view sim) {
  const std::string name = section_socket_name(sim);
  if (is_our_socket(directory, name)) ::unlinkat(directory.fd(), name.c_str(), 0);
}

SectionServer::SectionServer(std::shared_ptr<ShmDirectory> directory, std::string_view sim)
    : directory_(std::move(directory)), name_(section_socket_name(sim)) {}

Expected<std::unique_ptr<SectionServer>> SectionServer::open(std::shared_ptr<ShmDirectory> directory,
                                                             std::string_view sim) {
  std::unique_ptr<SectionServer> server(new SectionServer(std::move(directory), sim));
  if (auto listening = server->listen(); !listening)
    return tl::unexpected<Error>(std::move(listening.error()));
  return server;
}

SectionServer::~SectionServer() {
  if (is_at_path()) ::unlinkat(directory_->fd(), name_.c_str(), 0);
}

Expected<void> SectionServer::listen() {
  const auto refused = [this](const std::string& why) {
    return tl::unexpected<Error>(refusal(directory_->path() + "/" + name_, why));
  };
  if (is_our_socket(*directory_, name_)) ::unlinkat(directory_->fd(), name_.c_str(), 0);
  // A long path does not fit into an address; by its directory's descriptor it does.
  const std::string short_path = fmt::format("/proc/self/fd/{}/{}", directory_->fd(), name_);
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  if (short_path.size() >= sizeof address.sun_path)
    return refused("the name is too long for a socket; shorten it");
  std::copy(short_path.begin(), short_path.end(), address.sun_path);

  UniqueFd listener(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  struct stat made = {};
  // The socket at the path gets the mode of the descriptor: so it is never wider, and no path is followed.
  if (!listener || ::fchmod(listener.get(), 0600) != 0 ||
      ::bind(listener.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(listener.get(), kBacklog) != 0 ||
      ::fstatat(directory_->fd(), name_.c_str(), &made, AT_SYMLINK_NOFOLLOW) != 0)
    return refused(
        fmt::format("cannot listen there: {}; move away what has the name", system_message(errno)));
  listener_ = std::move(listener);
  inode_ = made.st_ino;
  return {};
}

bool SectionServer::is_at_path() const {
  struct stat found = {};
  return ::fstatat(directory_->fd(), name_.c_str(), &found, AT_SYMLINK_NOFOLLOW) == 0 &&
         found.st_ino == inode_ && S_ISSOCK(found.st_mode);
}

void SectionServer::serve(const Find& find) {
  if (!is_at_path()) (void)listen();  // said once, at the start; a reader can still go by /proc
  accept_clients();
  std::erase_if(clients_, [&](Client& client) { return answer(client, find); });
}

void SectionServer::accept_clients() {
  while (clients_.size() < kMaxClients) {
    UniqueFd connection(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!connection) return;
    clients_.push_back({std::move(connection)});
  }
}

/// True when the client is done with.
bool SectionServer::answer(Client& client, const Find& find) {
  char name[kMaxNameBytes + 1];
  const ssize_t n = ::recv(client.connection.get(), name, sizeof name, MSG_DONTWAIT);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return ++client.calls_waited >= kPatienceCalls;
  if (n <= 0) return true;
  SectionReply reply = {kSectionReplyVersion, static_cast<std::uint32_t>(SectionOutcome::kRefused), 0, 0, 0};
  int descriptor = -1;
  if (is_same_user(client.connection.get()) && n <= static_cast<ssize_t>(kMaxNameBytes)) {
    const auto section = find({name, static_cast<std::size_t>(n)});
    reply.outcome =
        static_cast<std::uint32_t>(section ? SectionOutcome::kGiven : SectionOutcome::kNoSuchSection);
    if (section) {
      reply.size_bytes = section->size_bytes;
      reply.device = section->id.device;
      reply.inode = section->id.inode;
      descriptor = section->descriptor;
    }
  }
  (void)send_reply(client.connection.get(), reply, descriptor);
  return true;
}

}  // namespace pitbridge
