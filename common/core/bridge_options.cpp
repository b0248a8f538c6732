// SPDX-License-Identifier: MIT
#include "common/core/bridge_options.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <map>

namespace pitbridge {
namespace {

const std::map<std::string, LogLevel> kLogLevels = {{"error", LogLevel::kError},
                                                    {"warning", LogLevel::kWarning},
                                                    {"info", LogLevel::kInfo},
                                                    {"debug", LogLevel::kDebug}};

constexpr std::string_view kFooter =
    "Without options: waits for the game, mirrors its mappings to /dev/shm, and leaves when the game has "
    "gone.\n"
    "Exit status: 0 ok, 1 failure, 2 usage, 3 another bridge runs, 4 output refused.\n"
    "Paths with letters beyond ASCII: give them by the environment, which reaches us unchanged.\n"
    "Example: wine {0}.exe.so --stay --log-level debug\n"
    "See also: pitbridge-bridge(1), pitbridge(1)";

/// Octal; the owner must be able to read and write, and a file is never executable.
std::optional<std::uint32_t> parse_mode(const std::string& text) {
  if (text.empty() || text.size() > 4 || text.find_first_not_of("01234567") != std::string::npos) return {};
  const auto mode = static_cast<std::uint32_t>(std::stoul(text, nullptr, 8));
  if ((mode & 0600U) != 0600U || (mode & ~0666U) != 0) return {};
  return mode;
}

}  // namespace

Expected<BridgeOptions> parse_bridge_options(std::string_view program,
                                             std::span<const char* const> arguments) {
  BridgeOptions options;
  bool version = false;
  bool list = false;
  std::string mode = "600";
  std::string level = "info";
  CLI::App app(
      fmt::format("{}: mirrors a Windows sim's shared memory to files for native programs", program));
  app.name(std::string(program));
  app.footer(fmt::format(kFooter, program));
  app.set_help_flag();
  bool help = false;
  app.add_flag("-h,--help", help, "Show this help and exit");
  app.add_flag("-V,--version", version, "Show the version, the compiler and the Wine, and exit");
  app.add_flag("--list", list, "Show the mappings of this sim and exit");
  app.add_flag("--stay", options.stay, "Wait for the next game when one has gone, instead of leaving")
      ->envname("PITBRIDGE_STAY");
  app.add_option("--log-level", level, "error, warning, info or debug")
      ->envname("PITBRIDGE_LOG_LEVEL")
      ->check(CLI::IsMember(kLogLevels))
      ->type_name("LEVEL")
      ->capture_default_str();
  app.add_option("--log-file", options.log_file, "Append the log to this file instead of stderr")
      ->envname("PITBRIDGE_LOG_FILE")
      ->type_name("PATH");
  app.add_option("--shm-dir", options.shm_directory, "Directory of the mirrored files [/dev/shm]")
      ->envname("PITBRIDGE_SHM_DIR")
      ->type_name("PATH");
  app.add_option("--mode", mode, "Permissions of files that are created, octal, 600 to 666")
      ->envname("PITBRIDGE_MODE")
      ->check([](const std::string& text) {
        return parse_mode(text) ? std::string() : "must be an octal mode from 600 to 666 that keeps 600";
      })
      ->type_name("MODE")
      ->capture_default_str();
  try {
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::ParseError& error) {
    return fail(ExitCode::kUsage, fmt::format("{}; see {} --help", error.what(), program));
  }
  if (help) {
    options.action = BridgeAction::kHelp;
  } else if (version) {
    options.action = BridgeAction::kVersion;
  } else if (list) {
    options.action = BridgeAction::kList;
  }
  options.log_level = kLogLevels.at(level);
  options.file_mode = *parse_mode(mode);
  if (options.shm_directory.empty()) options.shm_directory = "/dev/shm";
  options.help = app.help();
  return options;
}

}  // namespace pitbridge
