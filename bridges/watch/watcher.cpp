// SPDX-License-Identifier: MIT
#include "bridges/watch/watcher.hpp"

#include <fmt/format.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <nlohmann/json.hpp>

#include "bridges/output/json_text.hpp"
#include "common/core/settings/sim_names.hpp"
#include "common/posix/settings/config_file.hpp"
#include "common/posix/system/monotonic_clock.hpp"
#include "common/posix/system/system_error.hpp"

namespace pitbridge {
namespace {

using Json = nlohmann::ordered_json;

/// While a game runs, so that a bridge that died is soon started again; and while none does, since a game
/// takes seconds to start.
constexpr std::int64_t kBusyLookEveryNs = WatchPlan::kSecondNs;
constexpr std::int64_t kIdleLookEveryNs = 2 * WatchPlan::kSecondNs;
constexpr std::int64_t kCleanUpEveryNs = 15 * WatchPlan::kSecondNs;

/// Takes the signals that end or reload the watcher out of a queue. At its end they do nothing: one that came
/// while the watcher was ending asked for what is done.
class SignalQueue {
 public:
  SignalQueue() {
    sigset_t set;
    ::sigemptyset(&set);
    for (const int signal : kSignals) ::sigaddset(&set, signal);
    ::sigprocmask(SIG_BLOCK, &set, &before_);
    fd_ = UniqueFd(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
  }
  SignalQueue(const SignalQueue&) = delete;
  SignalQueue& operator=(const SignalQueue&) = delete;
  ~SignalQueue() {
    for (const int signal : kSignals) (void)::signal(signal, SIG_IGN);
    ::sigprocmask(SIG_SETMASK, &before_, nullptr);
  }

  int fd() const { return fd_.get(); }
  /// 0: none.
  int next() const {
    signalfd_siginfo info = {};
    return ::read(fd_.get(), &info, sizeof info) == static_cast<ssize_t>(sizeof info)
               ? static_cast<int>(info.ssi_signo)
               : 0;
  }

 private:
  static constexpr std::array kSignals = {SIGTERM, SIGINT, SIGHUP};

  sigset_t before_ = {};
  UniqueFd fd_;
};

}  // namespace

Watcher::Watcher(GameFilter filter, UserSettings user, WatchLock lock, Log& log)
    : lock_(std::move(lock)),
      log_(log),
      user_(std::move(user)),
      supervisor_(std::move(filter), user_, log),
      receiver_(log),
      notice_(ServiceNotice::from_environment()) {}

Expected<void> Watcher::run() {
  const SignalQueue signals;
  if (signals.fd() < 0)
    return fail(ExitCode::kFailure,
                fmt::format("cannot wait for signals: signalfd: {}", system_message(errno)));
  log_.write(LogLevel::kInfo, "watching for games");
  notice_.ready("watching for games");
  for (;;) {
    look();
    supervisor_.wait(std::array{signals.fd()}, wait_ns());
    const int signal = signals.next();
    if (signal == SIGHUP) {
      read_settings_again();
    } else if (signal != 0) {
      break;
    }
  }
  notice_.stopping();
  supervisor_.end_bridges();
  receiver_.end();
  log_.write(LogLevel::kInfo, "asked to stop; the bridges that were started are ended");
  return {};
}

void Watcher::run_once() {
  look(true);
}

void Watcher::look(bool at_once) {
  MonotonicClock clock;
  const std::int64_t now_ns = clock.now_ns();
  std::vector<BridgePlace> more;
  // Bridges that others have started for games that have gone may be killed, too.
  if (now_ns >= next_clean_up_ns_) {
    more.push_back({nullptr, shm_directory_of(user_)});
    next_clean_up_ns_ = now_ns + kCleanUpEveryNs;
  }
  // Whoever leaves at once leaves nobody behind that would have to be looked after.
  const bool is_wanted = !at_once && configured(setting("udp"), user_.config, {}).text() == "always";
  receiver_.look(is_wanted, now_ns);
  supervisor_.look(at_once, more);
  publish_state();
  notice_.alive();
}

std::int64_t Watcher::wait_ns() const {
  const bool is_idle = !supervisor_.has_bridges() && supervisor_.games().empty();
  const std::int64_t most_ns = is_idle ? kIdleLookEveryNs : kBusyLookEveryNs;
  return std::min(most_ns, notice_.watchdog_every_ns().value_or(most_ns));
}

void Watcher::read_settings_again() {
  notice_.reloading();
  user_.config = keeping_last_good(read_config(sim_names(), user_.environment), user_.config);
  supervisor_.start_anew();
  log_.write(LogLevel::kInfo, "read the configuration again");
  for (const ConfigFault& fault : user_.config.faults())
    log_.write(fault.warning ? LogLevel::kWarning : LogLevel::kError, fault.text());
  notice_.ready("watching for games");
  published_state_.clear();
}

void Watcher::publish_state() {
  Json games = Json::array();
  std::size_t served = 0;
  for (const WatchedGame& game : supervisor_.games()) {
    const auto bridge = supervisor_.bridge_of(game);
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
  std::string text = json_text(all) + "\n";
  if (text == published_state_) return;
  lock_.publish(text);
  published_state_ = std::move(text);
  notice_.status(games.empty() ? "watching for games"
                               : fmt::format("{} game{}, {} with a bridge", games.size(),
                                             games.size() == 1 ? "" : "s", served));
}

}  // namespace pitbridge
