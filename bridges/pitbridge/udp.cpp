// SPDX-License-Identifier: MIT
// `pitbridge udp`: receives the packets of sims that send them, as bridges read the memory of others.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <sstream>

#include "bridges/command/command.hpp"
#include "bridges/udp/emitter.hpp"
#include "bridges/udp/receiver.hpp"
#include "common/core/settings/sim_word.hpp"
#include "common/posix/system/fd_log.hpp"
#include "common/posix/system/stop_signals.hpp"

namespace pitbridge::udp_command {
namespace {

std::vector<std::string> g_sims;
std::string g_listen;
std::uint16_t g_port = 0;
std::vector<std::string> g_forward;
bool g_leave = false;
std::string g_emit;

/// The sims that are named, else all.
Expected<std::vector<const Sim*>> named_sims() {
  std::vector<const Sim*> sims;
  for (const std::string& word : g_sims) {
    const auto meant = title_of_word(word);
    if (!meant) return tl::unexpected<Error>(meant.error());
    sims.push_back(meant->sim);
  }
  if (sims.empty()) sims.assign(all_sims().begin(), all_sims().end());
  return sims;
}

Expected<std::vector<NetAddress>> forward_targets() {
  std::vector<std::string> words = g_forward;
  std::istringstream configured(user_settings().find_or_configured(setting("udp_forward")).text());
  if (words.empty())
    for (std::string word; configured >> word;) words.push_back(word);
  std::vector<NetAddress> targets;
  for (const std::string& word : words) {
    const auto target = resolve_host_port(word);
    if (!target) return fail(target.error().code, "--forward: " + target.error().message);
    targets.push_back(*target);
  }
  return targets;
}

Expected<ReceiverOptions> receiver_options(const std::vector<const Sim*>& sims) {
  ReceiverOptions options;
  options.stay = !g_leave;
  options.all_sims = g_sims.empty();
  options.listen =
      g_listen.empty() ? user_settings().find_or_configured(setting("udp_listen")).text() : g_listen;
  if (g_port != 0) options.port = g_port;
  for (const Sim* sim : sims) {
    if (sim->packets != nullptr) {
      options.sims.push_back(sim);
    } else if (!options.all_sims && g_emit.empty()) {
      return fail(ExitCode::kUsage,
                  fmt::format("{} sends no packets: its bridge reads its memory; see pitbridge run",
                              sim->description));
    }
  }
  auto targets = forward_targets();
  if (!targets) return tl::unexpected<Error>(std::move(targets.error()));
  options.forward = std::move(*targets);
  return options;
}

Expected<NetAddress> emit_target() {
  constexpr std::string_view kPrefix = "outgauge=";
  if (!g_emit.starts_with(kPrefix))
    return fail(ExitCode::kUsage, fmt::format("--emit: \"{}\" must be outgauge=HOST:PORT", g_emit));
  auto target = resolve_host_port(g_emit.substr(kPrefix.size()));
  if (!target) target.error().message = "--emit: " + target.error().message;
  return target;
}

/// Receives what nobody else does, and sends what anybody receives.
Expected<void> emit(const std::vector<const Sim*>& sims, const ReceiverOptions& options, Log& log) {
  const auto target = emit_target();
  if (!target) return tl::unexpected<Error>(target.error());
  std::unique_ptr<Receiver> receiver;
  if (!options.sims.empty()) {
    auto opened = Receiver::open(options, user_settings(), log);
    if (opened) {
      receiver = std::move(*opened);
    } else if (opened.error().code == ExitCode::kAlreadyRunning) {
      log.write(LogLevel::kInfo, opened.error().message + "; only sending its values on");
    } else {
      return tl::unexpected<Error>(std::move(opened.error()));
    }
  }
  if (receiver && receiver->receives_from(*target))
    return fail(ExitCode::kUsage,
                fmt::format("--emit {} leads back to where packets are received; name the port "
                            "of another program",
                            target->text()));
  OutgaugeEmitter emitter(g_sims.empty() ? std::vector<const Sim*>() : sims, *target, user_settings());
  log.write(LogLevel::kInfo, "sending OutGauge to " + target->text() + " while a car is driven");
  MonotonicClock clock;
  while (stop_signal() == 0 && !(receiver && receiver->finished())) {
    if (receiver) receiver->pass();
    emitter.step(clock.now_ns());
    if (receiver) {
      receiver->wait(emitter.next_ns());
    } else {
      clock.sleep_until(emitter.next_ns());
    }
  }
  return {};
}

Expected<void> run() {
  const auto sims = named_sims();
  if (!sims) return tl::unexpected<Error>(sims.error());
  const auto options = receiver_options(*sims);
  if (!options) return tl::unexpected<Error>(options.error());
  install_stop_signals();
  FdLog log = FdLog::to_stderr("pitbridge udp", LogLevel::kInfo);
  if (!g_emit.empty()) return emit(*sims, *options, log);
  auto receiver = Receiver::open(*options, user_settings(), log);
  if (!receiver) return tl::unexpected<Error>(std::move(receiver.error()));
  (*receiver)->run();
  return {};
}

constexpr Command kCommand = {
    .name = "udp",
    .description = "Receive the packets of sims that send UDP, and publish them as bridges publish memory",
    .add_options =
        [](CLI::App& app) {
          app.add_option("sim", g_sims, "Sims, by name, title, exe or Steam app id [all that send packets]")
              ->type_name("SIM");
          app.add_option("--listen", g_listen,
                         "Address to listen on; 0.0.0.0 for a console or another PC [127.0.0.1]")
              ->type_name("ADDRESS");
          app.add_option("--port", g_port, "Port to listen on [that of the sim]")
              ->check(CLI::Range(1, 65'535))
              ->type_name("PORT");
          app.add_option("--forward", g_forward, "Send each packet on to there, too; may be repeated")
              ->type_name("HOST:PORT");
          app.add_option("--emit", g_emit, "Send the values of a live sim on as OutGauge, 60 times a second")
              ->type_name("outgauge=HOST:PORT");
          app.add_flag("--leave", g_leave, "End when the game has gone");
        },
    .run = run,
};
const CommandRegistration kRegistration(kCommand);

}  // namespace
}  // namespace pitbridge::udp_command
