// SPDX-License-Identifier: MIT
#include "bridges/udp/receiver.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>

#include "common/core/sim/describe.hpp"
#include "common/posix/net/port_owner.hpp"
#include "common/posix/shm/abandoned.hpp"
#include "common/posix/shm/bridge_directory.hpp"
#include "common/posix/system/stop_signals.hpp"
#include "common/posix/system/wait_readable.hpp"

namespace pitbridge {
namespace {

constexpr std::int64_t kTryPortsEveryNs = 5'000'000'000;

/// Id of the title that the user says this sim is; empty: none.
std::string title_of(const UserSettings& user, const Sim& sim) {
  const auto word =
      user.find_or_configured(setting("title"), {.sim = std::string(sim.name), .app_id = {}}).text();
  const Title* title = sim.find_title(word);
  return title != nullptr ? std::string(title->id) : "";
}

/// Others may be told the same port, with the option that lets several have it.
std::string others_on(const NetAddress& address) {
  const auto owners = owners_of_port(address.port());
  return owners.empty() ? "" : describe_owner(owners);
}

}  // namespace

Expected<std::unique_ptr<Receiver>> Receiver::open(const ReceiverOptions& options, const UserSettings& user,
                                                   Log& log) {
  std::unique_ptr<Receiver> receiver(new Receiver(user, log));
  if (auto taken = receiver->take_places(options); !taken)
    return tl::unexpected<Error>(std::move(taken.error()));
  if (auto opened = receiver->open_ports(options); !opened)
    return tl::unexpected<Error>(std::move(opened.error()));
  return receiver;
}

Expected<void> Receiver::take_places(const ReceiverOptions& options) {
  std::vector<JanitorDuty> duties;
  for (const Sim* sim : options.sims) {
    auto directory = open_bridge_directory(place_of(user_, *sim).directory);
    if (!directory) return tl::unexpected<Error>(std::move(directory.error()));
    duties.push_back({std::move(*directory), std::string(sim->name), all_file_names(*sim)});
  }
  // Before the status pages: the child would inherit their maps, and with them their locks.
  janitor_.emplace(duties);
  for (std::size_t i = 0; i < duties.size(); ++i) {
    const Sim& sim = *options.sims[i];
    if (const auto pid = clean_up_after_killed_bridge(duties[i].directory, sim.name, duties[i].file_names))
      log_.write(LogLevel::kWarning,
                 fmt::format("{}: receiver {} was killed; its files are cleared", sim.name, *pid));
    auto opened = SimReceiver::open(
        sim, {.place = place_of(user_, sim), .stay = options.stay, .title = title_of(user_, sim)},
        duties[i].directory, games_, clock_, log_);
    if (opened) {
      sims_.push_back(std::move(*opened));
    } else if (options.all_sims && opened.error().code == ExitCode::kAlreadyRunning) {
      log_.write(LogLevel::kInfo, opened.error().message);
    } else {
      return tl::unexpected<Error>(std::move(opened.error()));
    }
  }
  if (!sims_.empty()) return {};
  return fail(ExitCode::kAlreadyRunning, "other receivers have the files of all sims; see pitbridge status");
}

Expected<void> Receiver::open_ports(const ReceiverOptions& options) {
  for (const auto& sim : sims_) {
    const std::uint16_t number = options.port.value_or(sim->sim().packets->port);
    auto address = resolve(options.listen, number);
    if (!address) return tl::unexpected<Error>(std::move(address.error()));
    auto port =
        std::find_if(ports_.begin(), ports_.end(), [&](const Port& p) { return p.address.port() == number; });
    if (port == ports_.end()) port = ports_.insert(ports_.end(), {.address = *address});
    port->sims.push_back(sim.get());
    port->sections.push_back(&sim->sections());
    sim->set_port(number);
    for (const NetAddress& target : options.forward)
      if (leads_back(target, *address))
        return fail(ExitCode::kUsage,
                    fmt::format("--forward {} leads back to where packets are received; name "
                                "the port of another program",
                                target.text()));
  }
  if (!options.forward.empty()) forwarder_.emplace(options.forward);
  try_ports(clock_.now_ns());
  const auto is_open = [](const Port& port) { return port.socket.has_value(); };
  if (std::any_of(ports_.begin(), ports_.end(), is_open)) return {};
  return fail(ExitCode::kFailure, ports_.front().complaint);
}

void Receiver::try_ports(std::int64_t now_ns) {
  next_try_ns_ = now_ns + kTryPortsEveryNs;
  for (Port& port : ports_) {
    if (port.socket) continue;
    const std::string others = others_on(port.address);
    auto opened = UdpSocket::open(port.address);
    std::string message;
    LogLevel level = LogLevel::kWarning;
    if (!opened) {
      message = opened.error().message;
    } else if (!others.empty()) {
      message = fmt::format(
          "{} has {} open, too: the system gives each packet to one of the two. Let that one "
          "listen on another port, and pass the packets on to it with --forward HOST:PORT",
          others, port.address.text());
    } else {
      level = LogLevel::kInfo;
      message = fmt::format(
          "waiting for packets on {}{}", port.address.text(),
          port.address.is_any() ? "" : "; for those of a console or another PC: --listen 0.0.0.0");
    }
    if (opened) port.socket.emplace(std::move(*opened));
    if (message == port.complaint) continue;
    port.complaint = message;
    for (SimReceiver* sim : port.sims) sim->bridge().say(level, message);
  }
}

bool Receiver::finished() const {
  return std::all_of(sims_.begin(), sims_.end(), [](const auto& sim) { return sim->bridge().finished(); });
}

bool Receiver::receives_from(const NetAddress& target) const {
  return std::any_of(ports_.begin(), ports_.end(),
                     [&](const Port& port) { return leads_back(target, port.address); });
}

void Receiver::run() {
  while (!finished() && stop_signal() == 0) {
    pass();
    wait(std::numeric_limits<std::int64_t>::max());
  }
  if (stop_signal() != 0) log_.write(LogLevel::kInfo, "asked to stop; the files are cleared");
}

void Receiver::pass() {
  has_more_ = false;
  for (Port& port : ports_) receive(port);
  const std::int64_t now_ns = clock_.now_ns();
  for (const auto& sim : sims_)
    if (!sim->bridge().finished() && sim->bridge().is_due(now_ns)) sim->step();
  if (now_ns >= next_try_ns_) try_ports(now_ns);
}

void Receiver::receive(Port& port) {
  if (!port.socket) return;
  const auto packets = port.socket->receive();
  has_more_ |= packets.size() == UdpSocket::kMostAtOnce;
  for (const Datagram& packet : packets) deliver(port.sections, packet.bytes, packet.sender);
  if (forwarder_) forwarder_->send(packets);
  if (const std::uint64_t dropped = port.socket->takes_dropped(); dropped != 0)
    for (PacketSections* sections : port.sections) sections->counts().add(JunkReason::kShed, dropped);
}

void Receiver::wait(std::int64_t until_ns) {
  if (finished()) return;  // nothing will ever be due
  const std::int64_t now_ns = clock_.now_ns();
  // The one that is woken up most often pays: whoever floods a port is looked at together.
  if (const std::int64_t earliest_ns = budget_.next_after(now_ns); earliest_ns > now_ns)
    return clock_.sleep_until(earliest_ns);
  if (has_more_) return;
  std::vector<int> fds;
  for (const Port& port : ports_) {
    if (port.socket) fds.push_back(port.socket->fd());
    if (!port.socket) until_ns = std::min(until_ns, next_try_ns_);
  }
  for (const auto& sim : sims_)
    if (!sim->bridge().finished()) until_ns = std::min(until_ns, sim->bridge().next_ns());
  (void)wait_readable(fds, until_ns);
}

}  // namespace pitbridge
