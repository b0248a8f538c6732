// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "common/core/error.hpp"
#include "common/core/mirror/ports.hpp"
#include "common/core/shm/section_reply.hpp"
#include "common/posix/region/shm_directory.hpp"
#include "common/posix/stream/request_server.hpp"
#include "common/posix/stream/stream_protocol.hpp"
#include "common/posix/system/fd.hpp"

namespace pitbridge {

/// `pitbridge.<sim>.sock`: hands the descriptors of the game's sections to readers of the same user, which
/// works where /proc/PID/fd does not (another pid namespace, yama's ptrace_scope), and lets those in who want
/// every frame. Never waits for anybody.
class SectionServer {
 public:
  using Find = std::function<std::optional<OfferedSection>(std::string_view file_name)>;
  /// Gets who asks for the stream of frames; without one they are let go.
  using Admit = std::function<void(UniqueFd connection, const StreamRequest& request)>;

  /// Call with the status page's lock held: a socket that is there already is then a dead bridge's, and is
  /// replaced. Anything else at the path is refused. The socket goes with the server.
  static Expected<std::unique_ptr<SectionServer>> open(std::shared_ptr<ShmDirectory> directory,
                                                       std::string_view sim);

  /// Answers what was asked since the last call. Also listens anew when somebody removed the socket.
  void serve(
      const Find& find, const Admit& admit = [](UniqueFd, const StreamRequest&) {});

 private:
  explicit SectionServer(std::unique_ptr<RequestServer> requests) : requests_(std::move(requests)) {}

  std::unique_ptr<RequestServer> requests_;
};

/// Removes the socket that a killed bridge left. Call with the status page's lock held.
void remove_section_socket(const ShmDirectory& directory, std::string_view sim);

}  // namespace pitbridge
