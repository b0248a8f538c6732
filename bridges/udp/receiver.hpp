// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bridges/udp/sim_receiver.hpp"
#include "common/core/settings/user_settings.hpp"
#include "common/posix/net/udp_socket.hpp"
#include "common/posix/session/native_games.hpp"
#include "common/posix/shm/janitor.hpp"
#include "common/posix/system/monotonic_clock.hpp"

namespace pitbridge {

struct ReceiverOptions {
  std::vector<const Sim*> sims;
  bool all_sims = false;  ///< nobody has named them: one that others receive is no fault
  std::string listen = "127.0.0.1";
  std::optional<std::uint16_t> port = {};  ///< instead of the sims' own
  std::vector<NetAddress> forward = {};
  bool stay = true;
};

/// `pitbridge udp`: the bridges of all sims that send packets, in one process and one thread. It sleeps until
/// a packet comes, or a bridge has something to do.
class Receiver {
 public:
  /// `user` and `log` must outlive it.
  static Expected<std::unique_ptr<Receiver>> open(const ReceiverOptions& options, const UserSettings& user,
                                                  Log& log);

  /// Until the games have gone, where it does not stay, or a signal comes.
  void run();
  /// What a loop of somebody else's calls, in turn: takes what has come and does what is due, and then waits
  /// for more, but not beyond `until_ns`.
  void pass();
  void wait(std::int64_t until_ns);
  bool finished() const;
  /// Whether what is sent there comes in here again.
  bool receives_from(const NetAddress& target) const;

 private:
  /// A port, and the sims whose packets may come there.
  struct Port {
    NetAddress address;
    std::optional<UdpSocket> socket = {};
    std::vector<SimReceiver*> sims = {};
    std::vector<PacketSections*> sections = {};
    std::string complaint = {};  ///< why it cannot be had
  };

  Receiver(const UserSettings& user, Log& log) : user_(user), log_(log) {}
  Expected<void> take_places(const ReceiverOptions& options);
  Expected<void> open_ports(const ReceiverOptions& options);
  void try_ports(std::int64_t now_ns);
  void receive(Port& port);

  const UserSettings& user_;
  Log& log_;
  MonotonicClock clock_;
  NativeGames games_{clock_};
  std::optional<Janitor> janitor_;
  std::vector<std::unique_ptr<SimReceiver>> sims_;
  std::vector<Port> ports_;
  std::optional<Forwarder> forwarder_;
  /// Whatever is sent here, and by whomever: it takes so many wake-ups, each for a bounded number of packets.
  WakeUpBudget budget_{kDefaultProfile};
  bool has_more_ = false;  ///< the last time more had come than could be taken at once
  std::int64_t next_try_ns_ = 0;
};

}  // namespace pitbridge
