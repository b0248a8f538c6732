// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "common/posix/stream/local_socket.hpp"

namespace pitbridge {

/// A socket at which processes of our own user ask one thing each, in one packet. Never waits for anybody.
class RequestServer {
 public:
  /// Gets the connection too, and may keep it. A request longer than kMaxRequestBytes is cut to one byte
  /// more.
  using Answer = std::function<void(UniqueFd connection, std::span<const std::byte> request)>;
  static constexpr std::size_t kMaxRequestBytes = 127;

  /// As LocalListener::open.
  static Expected<std::unique_ptr<RequestServer>> open(std::shared_ptr<ShmDirectory> directory,
                                                       std::string name);

  /// Answers what was asked since the last call, and lets those go who ask nothing for long, or when others
  /// come. Also listens anew when somebody removed the socket.
  void serve(const Answer& answer);
  /// What becomes readable when there is something to serve.
  std::vector<int> descriptors() const;
  /// Somebody wants to ask, and there is no descriptor for it; `descriptors` does not tell of this.
  bool is_starved() const { return is_starved_; }

 private:
  struct Client {
    UniqueFd connection;
    std::int64_t patience_ends_ns;
  };

  explicit RequestServer(std::unique_ptr<LocalListener> listener) : listener_(std::move(listener)) {}
  void accept_all(std::int64_t now_ns, const Answer& answer);
  static bool is_done_with(Client& client, std::int64_t now_ns, const Answer& answer);

  std::unique_ptr<LocalListener> listener_;
  std::vector<Client> clients_;  ///< who have asked nothing yet; the oldest first
  bool is_starved_ = false;
};

}  // namespace pitbridge
