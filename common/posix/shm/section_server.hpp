// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/error.hpp"
#include "common/core/mirror/ports.hpp"
#include "common/posix/shm/shm_directory.hpp"
#include "common/posix/system/fd.hpp"

namespace pitbridge {

/// What goes back to a reader who asked for a section; the descriptor rides along where `outcome` is kGiven.
/// The layout is a promise to readers: pitbridge-shm(7), "WITHOUT A COPY".
struct SectionReply {
  std::uint32_t version;
  std::uint32_t outcome;  ///< SectionOutcome
  std::uint64_t size_bytes;
  std::uint64_t device;
  std::uint64_t inode;
};
static_assert(sizeof(SectionReply) == 32);
inline constexpr std::uint32_t kSectionReplyVersion = 1;
enum class SectionOutcome : std::uint32_t { kGiven = 0, kNoSuchSection = 1, kRefused = 2 };

/// `pitbridge.<sim>.sock`: hands the descriptors of the game's sections to readers of the same user, which
/// works where /proc/PID/fd does not (another pid namespace, yama's ptrace_scope). Never waits for anybody.
class SectionServer {
 public:
  using Find = std::function<std::optional<OfferedSection>(std::string_view file_name)>;

  /// Call with the status page's lock held: a socket that is there already is then a dead bridge's, and is
  /// replaced. Anything else at the path is refused.
  static Expected<std::unique_ptr<SectionServer>> open(std::shared_ptr<ShmDirectory> directory,
                                                       std::string_view sim);
  SectionServer(const SectionServer&) = delete;
  SectionServer& operator=(const SectionServer&) = delete;
  /// Takes the socket away again.
  ~SectionServer();

  /// Answers what was asked since the last call. Also binds anew when somebody removed the socket.
  void serve(const Find& find);

 private:
  struct Client {
    UniqueFd connection;
    int calls_waited = 0;
  };

  SectionServer(std::shared_ptr<ShmDirectory> directory, std::string_view sim);
  Expected<void> listen();
  bool is_at_path() const;
  void accept_clients();
  static bool answer(Client& client, const Find& find);

  std::shared_ptr<ShmDirectory> directory_;
  std::string name_;
  UniqueFd listener_;
  std::uint64_t inode_ = 0;
  std::vector<Client> clients_;
};

/// Removes the socket that a killed bridge left. Call with the status page's lock held.
void remove_section_socket(const ShmDirectory& directory, std::string_view sim);

}  // namespace pitbridge
