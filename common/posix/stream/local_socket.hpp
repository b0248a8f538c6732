// SPDX-License-Identifier: MIT
#pragma once

#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/error.hpp"
#include "common/posix/region/shm_directory.hpp"
#include "common/posix/system/fd.hpp"

/// Sockets of packets (SOCK_SEQPACKET) in a directory, by which descriptors change hands between processes of
/// one user. Nothing here ever waits.
namespace pitbridge {

/// Listens at a path, and removes the socket with itself.
class LocalListener {
 public:
  /// `name` holds no slash. A socket of our own that is there already is replaced, so the caller must know
  /// that its process is dead; anything else at the path is refused. Whoever sees the new socket can connect.
  static Expected<std::unique_ptr<LocalListener>> open(std::shared_ptr<ShmDirectory> directory,
                                                       std::string name);
  LocalListener(const LocalListener&) = delete;
  LocalListener& operator=(const LocalListener&) = delete;
  ~LocalListener();

  int fd() const { return listener_.get(); }
  /// The next connection of a process of our own user; others are turned away. Nothing: nobody has asked, or
  /// there is no descriptor for it, which errno tells.
  std::optional<UniqueFd> accept();
  /// Listens anew when somebody has removed the socket or has put something else there.
  void mend();

 private:
  LocalListener(std::shared_ptr<ShmDirectory> directory, std::string name)
      : directory_(std::move(directory)), name_(std::move(name)), owner_(::getpid()) {}
  Expected<void> listen();
  bool is_at_path() const;

  std::shared_ptr<ShmDirectory> directory_;
  std::string name_;
  pid_t owner_;  ///< a child that a fork has made does not remove the socket
  UniqueFd listener_;
  std::uint64_t inode_ = 0;
};

/// Whether this is a socket of our own user.
bool is_own_socket(const ShmDirectory& directory, const std::string& name);
/// Removes it if it is one. Call when its process is known to be dead.
void remove_own_socket(const ShmDirectory& directory, const std::string& name);

/// A connection to the process that listens there, which is of our own user. Null: nobody listens, or not
/// yet (with a full queue, and EAGAIN in errno). Fails where what has the name is not ours.
Expected<UniqueFd> connect_local(const ShmDirectory& directory, const std::string& name);

/// False: the packet could not be sent at once.
bool send_packet(int connection, std::span<const std::byte> bytes, std::span<const int> descriptors);

struct Packet {
  std::size_t size_bytes = 0;  ///< 0: the other side has closed the connection
  std::vector<UniqueFd> descriptors;
};
/// Nothing: none has come yet. What is longer than `bytes`, or brings more than 4 descriptors, is cut.
std::optional<Packet> receive_packet(int connection, std::span<std::byte> bytes);

}  // namespace pitbridge
