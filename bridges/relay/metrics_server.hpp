// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <string>

#include "bridges/relay/output.hpp"
#include "common/posix/net/host_port.hpp"
#include "common/posix/system/fd.hpp"

namespace pitbridge {

/// Answers GET /metrics, and nothing else. A client that is slow, or says no whole request, is let go after
/// some seconds; more than a few at once have to wait.
class MetricsServer final : public Output {
 public:
  static constexpr std::size_t kMostClients = 8;

  /// `text` is asked for each answer. Fails where another program has the port.
  static Expected<std::unique_ptr<MetricsServer>> open(const NetAddress& address,
                                                       std::function<std::string()> text);

  std::string_view name() const override { return "prometheus"; }
  void add_to(Waits& waits) const override;
  Expected<void> work(std::int64_t now_ns) override;
  /// It has no values.
  void send(const Frame& /*frame*/, std::int64_t /*now_ns*/) override {}
  OutputCounts counts() const override { return counts_; }

 private:
  struct Client {
    UniqueFd fd;
    std::int64_t until_ns;
    std::string request = {}, answer = {};
    bool has_ended = false;
  };

  MetricsServer(UniqueFd listener, std::function<std::string()> text)
      : listener_(std::move(listener)), text_(std::move(text)) {}
  void read_from(Client& client);
  void write_to(Client& client);
  std::string answer_to(const std::string& request) const;

  UniqueFd listener_;
  std::function<std::string()> text_;
  std::list<Client> clients_;
  OutputCounts counts_;
};

}  // namespace pitbridge
