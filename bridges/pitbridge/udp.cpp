// SPDX-License-Identifier: MIT
// `pitbridge udp`: receives the packets of sims that send them, as bridges read the memory of others.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "bridges/pitbridge/command.hpp"
#include "bridges/udp/receiver.hpp"
#include "common/core/settings/sim_word.hpp"
#include "common/posix/system/fd_log.hpp"
#include "common/posix/system/stop_signals.hpp"

namespace pitbridge {
namespace {

std::vector<std::string> g_sims;
std::string g_listen;
std::uint16_t g_port = 0;
std::vector<std::string> g_forward;
bool g_leave = false;

Expected<const Sim*> sim_with_packets(const std::string& word) {
  const auto meant = title_of_word(word);
  if (!meant) return tl::unexpected<Error>(meant.error());
  if (meant->sim->packets != nullptr) return meant->sim;
  return fail(ExitCode::kUsage,
              fmt::format("{} sends no packets: its bridge reads its memory; see pitbridge run",
                          meant->sim->description));
}

Expected<ReceiverOptions> options() {
  ReceiverOptions options;
  options.stay = !g_leave;
  if (!g_listen.empty()) options.listen = g_listen;
  if (g_port != 0) options.port = g_port;
  for (const std::string& word : g_sims) {
    const auto sim = sim_with_packets(word);
    if (!sim) return tl::unexpected<Error>(sim.error());
    options.sims.push_back(*sim);
  }
  options.all_sims = options.sims.empty();
  if (options.all_sims)
    for (const Sim* sim : all_sims())
      if (sim->packets != nullptr) options.sims.push_back(sim);
  for (const std::string& text : g_forward) {
    const auto target = resolve_host_port(text);
    if (!target)
      return tl::unexpected<Error>(Error{target.error().code, "--forward: " + target.error().message});
    options.forward.push_back(*target);
  }
  return options;
}

Expected<void> run() {
  const auto wanted = options();
  if (!wanted) return tl::unexpected<Error>(wanted.error());
  install_stop_signals();
  FdLog log = FdLog::to_stderr("pitbridge udp", LogLevel::kInfo);
  auto receiver = Receiver::open(*wanted, user_settings(), log);
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
          app.add_flag("--leave", g_leave, "End when the game has gone");
        },
    .run = run,
};
const CommandRegistration kRegistration(kCommand);

}  // namespace
}  // namespace pitbridge
