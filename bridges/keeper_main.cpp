// SPDX-License-Identifier: MIT
// The native half of every twin, which lives the life of the bridge: <sim>bridge.exe starts it, and answers
// what it asks about the session.
#include <csignal>
#include <cstdio>
#include <optional>

#include "bridges/session.hpp"
#include "bridges/sim_bridge.hpp"
#include "common/posix/twin/twin_source.hpp"

namespace pitbridge {
namespace {

/// The only one that this process ever has.
std::optional<TwinLink> g_link;

int keep(std::span<const char* const> arguments) {
  // A Windows half that was killed must not end us before the files are clear.
  std::signal(SIGPIPE, SIG_IGN);
  auto link = TwinLink::meet();
  const Sim* sim = arguments.empty() ? nullptr : find_sim(arguments.front());
  if (!link || sim == nullptr) {
    std::fprintf(stderr, "pitbridge-keeper: %s\n",
                 link ? "the Windows half names no sim that is known" : link.error().message.c_str());
    return static_cast<int>(link ? ExitCode::kUsage : link.error().code);
  }
  g_link = std::move(*link);
  const int status = run_sim_bridge(*sim, arguments.subspan(1));
  g_link->tell({std::string(twin::kExit), std::to_string(status)});
  return status;
}

}  // namespace

std::unique_ptr<Source> session_source() {
  return std::make_unique<TwinSource>(*g_link);
}

pid_t session_process() {
  return g_link->pid();
}

std::string session_version() {
  return g_link->wine_version();
}

}  // namespace pitbridge

int main(int argc, char** argv) {
  return pitbridge::keep({argv + 1, static_cast<std::size_t>(argc > 0 ? argc - 1 : 0)});
}
