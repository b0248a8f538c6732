// SPDX-License-Identifier: MIT
#include "bridges/watch/supervisor.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/wait.h>

#include <algorithm>
#include <csignal>

#include "bridges/watch/receiver_start.hpp"
#include "build_info.hpp"
#include "common/core/settings/app_id.hpp"
#include "common/core/sim/describe.hpp"
#include "common/posix/launch/bridge_files.hpp"
#include "common/posix/session/wine_traits.hpp"
#include "common/posix/shm/abandoned.hpp"
#include "common/posix/shm/status_list.hpp"
#include "common/posix/system/monotonic_clock.hpp"
#include "common/posix/system/paths.hpp"

namespace pitbridge {
namespace {

constexpr std::int64_t kNsPerMs = 1'000'000;

std::int64_t now_ns() {
  MonotonicClock clock;
  return clock.now_ns();
}

std::string log_path(const Sim& sim) {
  return sim.packets != nullptr ? receiver_log()
                                : fmt::format("{}/{}.log", state_directory(), bridge_program(sim));
}

/// The page of a twin names its native half, which is no child of ours.
bool is_page_of(const StatusHeader& page, const WatchPlan::Bridge& bridge) {
  if (!bridge.is_twin) return page.bridge_pid == bridge.pid;
  return page.bridge_start_ns >= static_cast<std::uint64_t>(bridge.started_ns) &&
         is_same_prefix(fixed_text(page.prefix), bridge.prefix);
}

/// The state in the bridge's own status page; nothing: it never had the page.
std::optional<BridgeState> last_state_of(const WatchPlan::Bridge& bridge) {
  for (const StatusEntry& entry : status_entries(bridge.place.shm_directory))
    if (entry.sim == bridge.place.sim->name && is_page_of(entry.status.header, bridge))
      return static_cast<BridgeState>(entry.status.header.state);
  return std::nullopt;
}

BridgeEnd end_of(int wait_status) {
  BridgeEnd end;
  if (WIFEXITED(wait_status)) {
    end.exit_code = WEXITSTATUS(wait_status);
  } else {
    end.signal = WTERMSIG(wait_status);
  }
  return end;
}

}  // namespace

Supervisor::Supervisor(GameFilter filter, const UserSettings& user, Log& log)
    : log_(log), user_(user), games_(std::move(filter), user) {}

void Supervisor::look(bool at_once, const std::vector<BridgePlace>& more) {
  reap_bridges();
  const std::int64_t now = now_ns();
  std::vector<BridgePlace> places = own_places();
  places.insert(places.end(), more.begin(), more.end());
  facts_.games = games_.look(now, at_once);
  facts_.pages = games_.pages(places);
  clear_after_killed_bridges();
  carry_out(plan_.decide(facts_, now));
}

void Supervisor::carry_out(const WatchOrders& orders) {
  for (const WatchLine& line : orders.lines) log_.write(line.level, line.text);
  for (const BridgeSignal& to : orders.signals)
    for (const StartedBridge& child : children_)
      if (child.id.pid == to.bridge)
        (void)child.watch.send_signal(to.farewell == Farewell::kAsk ? SIGTERM : SIGKILL);
  for (const ProcessId& game : orders.starts) start_bridge_for(game);
}

void Supervisor::start_bridge_for(const ProcessId& id) {
  const WatchedGame* game = games_.find(id);
  if (game == nullptr) return;
  const bool has_program = game->place.sim->packets == nullptr;
  const Choice choice = has_program ? choose_bridge_for(*game) : Choice();
  auto started = has_program ? join(*game, choice.bridge.kind)
                             : start_receiver(game->place.sim, game->place.shm_directory);
  if (!started) return carry_out(plan_.start_failed(*game, started.error().message));
  std::string why;
  if (choice.bridge.is_twin())
    why = fmt::format(" (the {}: {})", kind_name(choice.bridge.kind), choice.bridge.reason);
  log_.write(LogLevel::kInfo,
             fmt::format("{} (pid {}){} serves {} (pid {}{}); its log is {}",
                         bridge_program(*game->place.sim), started->id.pid, why, game->exe_name, id.pid,
                         game->prefix.empty() ? "" : ", prefix " + game->prefix, log_path(*game->place.sim)));
  plan_.bridge_started(*game, started->id.pid, now_ns(), choice.bridge.is_twin(), choice.has_twin);
  children_.push_back(std::move(*started));
}

Supervisor::Choice Supervisor::choose_bridge_for(const WatchedGame& game) {
  const WineSession* session = games_.session_of(game.id);
  if (session == nullptr) return {};
  const UserSettings settings = {.environment = session->environment, .config = user_.config};
  const ConfigTarget target = {.sim = std::string(game.place.sim->name),
                               .app_id = app_id_from(session->environment)};
  const std::string wish = settings.find_or_configured(setting("twin"), target).text();
  Choice choice = {choose_bridge(wish, wine_traits(*session)), wish != "never"};
  if (choice.has_twin && !choice.bridge.is_twin() && plan_.wants_twin(game.id))
    choice.bridge = {BridgeKind::kTwin, "the bridge of Winelib did not start"};
  choice.has_twin = choice.has_twin && !choice.bridge.is_twin() &&
                    installed_bridge(bridge_program(*game.place.sim), BridgeKind::kTwin).has_value();
  return choice;
}

Expected<StartedBridge> Supervisor::join(const WatchedGame& game, BridgeKind kind) const {
  const WineSession* session = games_.session_of(game.id);
  if (session == nullptr) return fail(ExitCode::kFailure, "its session has gone");
  const std::string program = bridge_program(*game.place.sim);
  // Wine has its server open the file, and a server in Steam's container sees the home but not /usr.
  const auto bridge =
      session->shares_mounts ? installed_bridge(program, kind) : stage_bridge(program, kVersion, kind);
  if (!bridge) return tl::unexpected<Error>(bridge.error());
  // The process may have become another since its session was looked up.
  const auto loader = loader_for_joining(game.id);
  if (!loader) return tl::unexpected<Error>(loader.error());
  BridgeStart how = {.loader = *loader, .bridge = *bridge, .arguments = {"--launched"}};
  how.environment = environment_block(games_.variables_for(game.id));
  how.output_path = log_path(*game.place.sim);
  auto started = start_bridge(how);
  if (!started)
    started.error().message += "; or start it inside the session: pitbridge %command% in the launch options";
  return started;
}

void Supervisor::reap_bridges() {
  for (std::size_t i = 0; i < children_.size();) {
    const pid_t pid = children_[i].id.pid;
    int status = 0;
    if (::waitpid(pid, &status, WNOHANG) != pid) {
      ++i;
      continue;
    }
    children_.erase(children_.begin() + static_cast<std::ptrdiff_t>(i));
    const auto& all = plan_.bridges();
    const auto bridge = std::find_if(all.begin(), all.end(), [&](const auto& b) { return b.pid == pid; });
    if (bridge == all.end()) continue;
    BridgeEnd end = end_of(status);
    end.last_state = last_state_of(*bridge);
    carry_out(plan_.bridge_ended(pid, end, now_ns()));
  }
}

void Supervisor::wait(std::span<const int> fds, std::int64_t timeout_ns) const {
  std::vector<pollfd> all;
  for (const int fd : fds) all.push_back({fd, POLLIN, 0});
  for (const StartedBridge& child : children_)
    if (child.watch.fd() >= 0) all.push_back({child.watch.fd(), POLLIN, 0});
  for (const WatchedGame& game : facts_.games)
    if (const ExitWatch* exit = games_.exit_of(game.id)) all.push_back({exit->fd(), POLLIN, 0});
  (void)::poll(all.data(), static_cast<nfds_t>(all.size()), static_cast<int>(timeout_ns / kNsPerMs) + 1);
}

void Supervisor::end_bridges() {
  for (const StartedBridge& child : children_) (void)child.watch.send_signal(SIGTERM);
  const std::int64_t deadline_ns = now_ns() + WatchPlan::kFarewellNs;
  for (const StartedBridge& child : children_) {
    if (::waitpid(child.id.pid, nullptr, WNOHANG) == child.id.pid) continue;
    const std::int64_t rest_ms = (deadline_ns - now_ns()) / kNsPerMs;
    if (!child.watch.wait_ms(static_cast<int>(std::max<std::int64_t>(rest_ms, 0)))) {
      log_.write(LogLevel::kWarning, fmt::format("bridge {} does not stop; killed", child.id.pid));
      (void)child.watch.send_signal(SIGKILL);
    }
    (void)::waitpid(child.id.pid, nullptr, 0);
  }
  children_.clear();
  facts_.pages = games_.pages(own_places());
  clear_after_killed_bridges();
}

void Supervisor::start_anew() {
  games_.start_anew();
  plan_.forget_refusals();
}

std::optional<std::int32_t> Supervisor::bridge_of(const WatchedGame& game) const {
  for (const WatchPlan::Bridge& own : plan_.bridges())
    if (own.place == game.place && own.prefix == game.prefix) return own.pid;
  for (const WatchedPage& page : facts_.pages)
    if (page.place == game.place && page.is_locked && is_same_prefix(page.prefix, game.prefix))
      return page.bridge_pid;
  return std::nullopt;
}

void Supervisor::clear_after_killed_bridges() {
  for (const WatchedPage& page : facts_.pages) {
    if (!page.is_abandoned) continue;
    const Sim& sim = *page.place.sim;
    if (clean_up_after_killed_bridge(page.place.shm_directory, sim.name, file_names_of(user_, sim)))
      log_.write(LogLevel::kWarning,
                 fmt::format("{} (pid {}) was killed; its files in {} are cleared", bridge_program(sim),
                             page.bridge_pid, page.place.shm_directory));
  }
}

std::vector<BridgePlace> Supervisor::own_places() const {
  std::vector<BridgePlace> places;
  for (const WatchPlan::Bridge& bridge : plan_.bridges()) places.push_back(bridge.place);
  return places;
}

}  // namespace pitbridge
