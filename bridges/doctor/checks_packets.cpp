// SPDX-License-Identifier: MIT
// Sims that send packets: no Wine session has to be joined, but a port has to be had, and something must
// come.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "bridges/doctor/checks.hpp"
#include "bridges/doctor/remedies.hpp"
#include "common/core/mirror/packet_counts.hpp"

namespace pitbridge::doctor {
namespace {

/// The links that are of a Wine session, of a bridge's program in it, or of the memory of a game.
constexpr std::array<std::string_view, 21> kOfSections = {
    "prefix",           "proton",        "wine-loader", "wineserver",      "wineserver-alone",
    "sync-mode",        "namespaces",    "flatpak-shm", "flatpak-install", "join",
    "bridge-file",      "bridge-staged", "glibc",       "glibc-inside",    "winelib",
    "bridge-session",   "bridge-alone",  "bridge-dir",  "bridge-version",  "section-size",
    "files-same-inside"};

std::uint64_t junk_of(const StatusPackets& packets, JunkReason reason) {
  return packets.junk[static_cast<std::size_t>(reason)];
}

/// What has come between the two readings.
std::uint64_t taken_meanwhile(const Facts& facts) {
  const auto& before = facts.page.first->packets;
  const std::uint64_t then = before ? before->taken : 0;
  return facts.page.second->packets->taken - std::min(then, facts.page.second->packets->taken);
}

Remedy start_receiver(const Facts& facts) {
  return {"start a receiver, or pitbridge watch, which starts one with the game",
          {pitbridge_command(facts, fmt::format("udp {}", facts.sim->name))}};
}

std::optional<Finding> receiver(const Facts& facts) {
  if (facts.page.is_locked) return std::nullopt;
  return broken(fmt::format("no receiver has the files in {}", facts.shm.directory), start_receiver(facts));
}

}  // namespace

std::optional<Finding> finding_of_sender(const Facts& facts, std::string_view id) {
  if (facts.sim->packets == nullptr) return std::nullopt;
  if (id == "bridge") return receiver(facts);
  if (std::find(kOfSections.begin(), kOfSections.end(), id) == kOfSections.end()) return std::nullopt;
  return unknown("the sim sends packets: nothing in its Wine session matters to us");
}

namespace judge {

Finding packets(const Facts& facts) {
  if (facts.sim->packets == nullptr) return ok("the sim has shared memory, and sends none");
  if (!facts.page.is_locked || !facts.page.first || !facts.page.second || !facts.page.second->packets)
    return unknown("no receiver runs, or it has only just started");
  const StatusPackets& now = *facts.page.second->packets;
  const std::string_view message = fixed_text(facts.page.second->header.message);
  if (message.find("cannot listen on ") != std::string_view::npos)
    return broken(std::string(message), "let the other program listen elsewhere; see pitbridge(1), udp");
  if (const std::uint64_t taken = taken_meanwhile(facts); taken != 0)
    return ok(fmt::format("{:.0f} a second on port {}, from {}",
                          static_cast<double>(taken) / facts.page.passed_s, now.port,
                          fixed_text(now.sender)));
  if (now.taken == 0 && junk_of(now, JunkReason::kOtherFormat) != 0)
    return broken(
        fmt::format("packets come to port {}, and are of another format", now.port),
        "choose in the game, where its telemetry is switched on, the format of a year that pitbridge "
        "list names");
  if (!facts.game) return unknown("no game runs out here, and a console or another PC sends nothing");
  if (now.taken != 0) return unknown("the game sends nothing now: a menu or a pause");
  return broken(fmt::format("the game runs, and nothing of it has come to port {}", now.port),
                switch_on(facts, *facts.game->game.known.title));
}

}  // namespace judge
}  // namespace pitbridge::doctor
