// SPDX-License-Identifier: MIT
#include "bridges/watch/watcher.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <nlohmann/json.hpp>

#include "bridges/pitbridge/command.hpp"
#include "build_info.hpp"
#include "common/core/sim/describe.hpp"
#include "common/posix/launch/bridge_files.hpp"
#include "common/posix/shm/abandoned.hpp"
#include "common/posix/shm/status_list.hpp"
#include "common/posix/system/monotonic_clock.hpp"
#include "common/posix/system/paths.hpp"
#include "common/posix/system/system_error.hpp"

namespace pitbridge {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::int64_t kSecondNs = WatchPlan::kSecondNs;
/// With a game, for its bridge; and without one, when a game takes seconds to start anyway.
constexpr std::int64_t kLookEveryNs = kSecondNs;
constexpr std::int64_t kIdleLookEveryNs = 2 * kSecondNs;
/// A bridge clears its files within one second.
constexpr std::int64_t kFarewellNs = 5 * kSecondNs;
constexpr std::int64_t kCleanUpEveryNs = 15 * kSecondNs;

std::int64_t now_ns() {
  MonotonicClock clock;
  return clock.now_ns();
}

/// The signals as they were before, at the end.
class SignalQueue {
 public:
  SignalQueue() {
    sigset_t set;
    ::sigemptyset(&set);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP}) ::sigaddset(&set, signal);
    ::sigprocmask(SIG_BLOCK, &set, &before_);
    fd_ = UniqueFd(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
  }
  SignalQueue(const SignalQueue&) = delete;
  SignalQueue& operator=(const SignalQueue&) = delete;
  ~SignalQueue() { ::sigprocmask(SIG_SETMASK, &before_, nullptr); }

  int fd() const { return fd_.get(); }
  /// 0: none.
  int next() const {
    signalfd_siginfo info = {};
    return ::read(fd_.get(), &info, sizeof info) == static_cast<ssize_t>(sizeof info)
               ? static_cast<int>(info.ssi_signo)
               : 0;
  }

 private:
  sigset_t before_ = {};
  UniqueFd fd_;
};

std::string log_path(const Sim& sim) {
  return fmt::format("{}/{}.log", state_directory(), bridge_program(sim));
}

/// The page of a bridge's own, if it ever had it.
std::optional<BridgeState> last_state_of(pid_t bridge, const BridgePlace& place) {
  for (const StatusEntry& entry : status_entries(place.shm_directory))
    if (entry.sim == place.sim->name && entry.status.header.bridge_pid == bridge)
      return static_cast<BridgeState>(entry.status.header.state);
  return std::nullopt;
}

}  // namespace

Watcher::Watcher(WatchSettings settings, WatchLock lock, Log& log)
    : lock_(std::move(lock)),
      log_(log),
      games_(std::move(settings)),
      notice_(ServiceNotice::from_environment()) {}

Expected<void> Watcher::run() {
  const SignalQueue signals;
  if (signals.fd() < 0)
    return fail(ExitCode::kFailure,
                fmt::format("cannot wait for signals: signalfd: {}", system_message(errno)));
  say(LogLevel::kInfo, "watching for games");
  notice_.ready("watching for games");
  for (;;) {
    reap();
    look();
    wait(signals.fd());
    const int signal = signals.next();
    if (signal == SIGHUP) {
      notice_.reloading();
      read_config_again();
      games_.start_anew();
      plan_.forget_refusals();
      say(LogLevel::kInfo, "read the configuration again");
      for (const ConfigFault& fault : config().faults())
        say(fault.warning ? LogLevel::kWarning : LogLevel::kError, fault.text());
      notice_.ready("watching for games");
      told_.clear();
    } else if (signal != 0) {
      break;
    }
  }
  notice_.stopping();
  end_bridges();
  say(LogLevel::kInfo, "asked to stop; the bridges that were started are ended");
  return {};
}

void Watcher::run_once() {
  look(true);
}

void Watcher::look(bool at_once) {
  const std::int64_t now = now_ns();
  std::vector<BridgePlace> own;
  for (const WatchPlan::Bridge& bridge : plan_.bridges()) own.push_back(bridge.place);
  // Bridges that others have started for games that have gone may be killed, too.
  if (now >= next_clean_up_ns_) own.push_back({nullptr, shm_directory()});
  facts_.games = games_.look(now, at_once);
  facts_.pages = games_.pages(own);
  if (now >= next_clean_up_ns_) next_clean_up_ns_ = now + kCleanUpEveryNs;
  clean_up();
  act(plan_.decide(facts_, now));
  tell();
  notice_.alive();
}

void Watcher::act(const WatchOrders& orders) {
  for (const WatchLine& line : orders.lines) say(line.level, line.text);
  for (const BridgeSignal& to : orders.signals)
    for (const StartedBridge& child : children_)
      if (child.id.pid == to.bridge)
        (void)child.watch.send_signal(to.farewell == Farewell::kAsk ? SIGTERM : SIGKILL);
  for (const ProcessId& game : orders.starts) start(game);
}

void Watcher::start(const ProcessId& id) {
  const WatchedGame* game = games_.find(id);
  const WineSession* session = games_.session_of(id);
  if (game == nullptr || session == nullptr) return;
  const std::string program = bridge_program(*game->place.sim);
  // Wine has its server open the file, and a server in Steam's container sees the home but not /usr.
  const auto bridge = session->shares_mounts ? installed_bridge(program) : stage_bridge(program, kVersion);
  if (!bridge) return act(plan_.start_failed(*game, bridge.error().message));
  BridgeStart how = {.loader = session->loader.path, .bridge = *bridge, .arguments = {"--launched"}};
  how.environment = environment_block(games_.variables_for(id));
  how.output_path = log_path(*game->place.sim);
  auto started = start_bridge(how);
  if (!started)
    return act(
        plan_.start_failed(*game, started.error().message +
                                      "; or start it inside the session: pitbridge %command% in the launch "
                                      "options"));
  say(LogLevel::kInfo, fmt::format("{} (pid {}) serves {} (pid {}, prefix {}); its log is {}", program,
                                   started->id.pid, game->exe_name, id.pid, game->prefix, how.output_path));
  plan_.bridge_started(*game, started->id.pid, now_ns());
  children_.push_back(std::move(*started));
}

void Watcher::reap() {
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
    BridgeEnd end;
    if (WIFEXITED(status)) {
      end.exit_code = WEXITSTATUS(status);
    } else {
      end.signal = WTERMSIG(status);
    }
    end.last_state = last_state_of(pid, bridge->place);
    act(plan_.bridge_ended(pid, end, now_ns()));
  }
}

void Watcher::wait(int signal_fd) const {
  std::vector<pollfd> fds = {{signal_fd, POLLIN, 0}};
  for (const StartedBridge& child : children_)
    if (child.watch.fd() >= 0) fds.push_back({child.watch.fd(), POLLIN, 0});
  for (const WatchedGame& game : facts_.games)
    if (const ExitWatch* exit = games_.exit_of(game.id)) fds.push_back({exit->fd(), POLLIN, 0});
  const bool is_idle = children_.empty() && facts_.games.empty();
  const std::int64_t most_ns = is_idle ? kIdleLookEveryNs : kLookEveryNs;
  const std::int64_t timeout_ns = std::min(most_ns, notice_.watchdog_every_ns().value_or(most_ns));
  (void)::poll(fds.data(), static_cast<nfds_t>(fds.size()),
               static_cast<int>(timeout_ns / (kSecondNs / 1000)) + 1);
}

void Watcher::end_bridges() {
  for (const StartedBridge& child : children_) (void)child.watch.send_signal(SIGTERM);
  const std::int64_t deadline_ns = now_ns() + kFarewellNs;
  for (const StartedBridge& child : children_) {
    if (::waitpid(child.id.pid, nullptr, WNOHANG) == child.id.pid) continue;
    const std::int64_t rest_ms = (deadline_ns - now_ns()) / (kSecondNs / 1000);
    if (!child.watch.wait_ms(static_cast<int>(std::max<std::int64_t>(rest_ms, 0)))) {
      say(LogLevel::kWarning, fmt::format("bridge {} does not stop; killed", child.id.pid));
      (void)child.watch.send_signal(SIGKILL);
    }
    (void)::waitpid(child.id.pid, nullptr, 0);
  }
  children_.clear();
  std::vector<BridgePlace> places;
  for (const WatchPlan::Bridge& bridge : plan_.bridges()) places.push_back(bridge.place);
  facts_.pages = games_.pages(places);
  clean_up();
}

void Watcher::clean_up() {
  for (const WatchedPage& page : facts_.pages) {
    if (!page.is_abandoned) continue;
    const Sim& sim = *page.place.sim;
    if (clean_up_after_killed_bridge(page.place.shm_directory, sim.name, extra_file_names(sim)))
      say(LogLevel::kWarning, fmt::format("{} (pid {}) was killed; its files in {} are cleared",
                                          bridge_program(sim), page.bridge_pid, page.place.shm_directory));
  }
}

void Watcher::tell() {
  Json games = Json::array();
  std::size_t served = 0;
  for (const WatchedGame& game : facts_.games) {
    std::optional<pid_t> bridge;
    for (const WatchedPage& page : facts_.pages)
      if (page.place == game.place && page.is_locked && is_same_prefix(page.prefix, game.prefix))
        bridge = page.bridge_pid;
    for (const WatchPlan::Bridge& own : plan_.bridges())
      if (own.place == game.place && own.prefix == game.prefix) bridge = own.pid;
    served += bridge ? 1 : 0;
    games.push_back({{"sim", game.place.sim->name},
                     {"exe", game.exe_name},
                     {"pid", game.id.pid},
                     {"prefix", game.prefix},
                     {"shm_dir", game.place.shm_directory},
                     {"bridge_pid", bridge ? Json(*bridge) : Json()},
                     {"refusal", game.refusal}});
  }
  const Json all = {{"pid", ::getpid()}, {"games", games}};
  std::string text = all.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
  if (text == told_) return;
  lock_.publish(text);
  told_ = std::move(text);
  notice_.status(games.empty() ? "watching for games"
                               : fmt::format("{} game{}, {} with a bridge", games.size(),
                                             games.size() == 1 ? "" : "s", served));
}

}  // namespace pitbridge
