// SPDX-License-Identifier: MIT
#include "common/core/bridge_options.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <map>
#include <set>

#include "common/core/mapping_name.hpp"

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

constexpr const char* kShmbridgeFooter =
    "Exit status: 0 ok, 1 failure, 2 usage, 3 another bridge runs, 4 output refused.\n"
    "Example: wine shmbridge.exe.so --preset mumble MyGameTelemetry:4096\n"
    "See also: shmbridge(1), pitbridge(1)";

/// Octal; the owner must be able to read and write, and a file is never executable.
std::optional<std::uint32_t> parse_mode(const std::string& text) {
  if (text.empty() || text.size() > 4 || text.find_first_not_of("01234567") != std::string::npos) return {};
  const auto mode = static_cast<std::uint32_t>(std::stoul(text, nullptr, 8));
  if ((mode & 0600U) != 0600U || (mode & ~0666U) != 0) return {};
  return mode;
}

/// What the command line of every bridge fills in, before it is checked.
struct RawOptions {
  bool help = false;
  bool version = false;
  bool list = false;
  bool low_latency = false;
  bool low_power = false;
  std::string mode = "600";
  std::string level = "info";
};

void add_common_options(CLI::App& app, RawOptions& raw, BridgeOptions& options) {
  app.set_help_flag();
  app.add_flag("-h,--help", raw.help, "Show this help and exit");
  app.add_flag("-V,--version", raw.version, "Show the version, the compiler and the Wine, and exit");
  app.add_flag("--list", raw.list, "Show the mappings and exit");
  app.add_flag("--stay", options.stay, "Wait for the next game when one has gone, instead of leaving")
      ->envname("PITBRIDGE_STAY");
  CLI::Option* low_latency =
      app.add_flag("--low-latency", raw.low_latency, "Find updates sooner, for more CPU time")
          ->envname("PITBRIDGE_LOW_LATENCY");
  app.add_flag("--low-power", raw.low_power, "Use less CPU time; updates may be some milliseconds late")
      ->envname("PITBRIDGE_LOW_POWER")
      ->excludes(low_latency);
  app.add_option("--log-level", raw.level, "error, warning, info or debug")
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
  app.add_option("--mode", raw.mode, "Permissions of files that are created, octal, 600 to 666")
      ->envname("PITBRIDGE_MODE")
      ->check([](const std::string& text) {
        return parse_mode(text) ? std::string() : "must be an octal mode from 600 to 666 that keeps 600";
      })
      ->type_name("MODE")
      ->capture_default_str();
}

Expected<void> parse(CLI::App& app, std::span<const char* const> arguments, const RawOptions& raw,
                     BridgeOptions& options) {
  try {
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::ParseError& error) {
    return fail(ExitCode::kUsage, fmt::format("{}; see {} --help", error.what(), app.get_name()));
  }
  if (raw.help) {
    options.action = BridgeAction::kHelp;
  } else if (raw.version) {
    options.action = BridgeAction::kVersion;
  } else if (raw.list) {
    options.action = BridgeAction::kList;
  }
  options.log_level = kLogLevels.at(raw.level);
  if (raw.low_latency) options.pacing = kLowLatencyProfile;
  if (raw.low_power) options.pacing = kLowPowerProfile;
  options.file_mode = *parse_mode(raw.mode);
  if (options.shm_directory.empty()) options.shm_directory = "/dev/shm";
  options.help = app.help();
  return {};
}

/// Arguments and presets, else the environment, else the configuration file.
Expected<std::vector<MapSpec>> chosen_maps(std::vector<std::string> maps,
                                           const std::vector<std::string>& presets,
                                           const std::vector<std::string>& configured_maps) {
  std::vector<MapSpec> chosen;
  for (const std::string& preset : presets) {
    auto spec = preset_map_spec(preset);
    if (!spec) return tl::unexpected<Error>(std::move(spec.error()));
    chosen.push_back(std::move(*spec));
  }
  if (maps.empty() && presets.empty()) {
    const char* variable = std::getenv("PITBRIDGE_MAP");
    if (variable != nullptr && *variable != '\0') return parse_map_specs(variable);
    maps = configured_maps;
  }
  for (const std::string& map : maps) {
    auto spec = parse_map_spec(map);
    if (!spec) return tl::unexpected<Error>(std::move(spec.error()));
    chosen.push_back(std::move(*spec));
  }
  return chosen;
}

/// Two mappings in one file would overwrite each other, and one in a status page would destroy it.
Expected<void> check_files_differ(const std::vector<MapSpec>& maps) {
  std::set<std::string_view> names;
  for (const MapSpec& map : maps) {
    if (map.file_name.starts_with("pitbridge."))
      return fail(ExitCode::kUsage,
                  fmt::format("\"{}\" is the name of a status page; give another LINUX_NAME, as "
                              "in NAME:SIZE:LINUX_NAME",
                              map.file_name));
    if (!names.insert(map.file_name).second)
      return fail(ExitCode::kUsage,
                  fmt::format("two mappings go to the file \"{}\"; give one of them another "
                              "LINUX_NAME, as in NAME:SIZE:LINUX_NAME",
                              map.file_name));
  }
  return {};
}

}  // namespace

Expected<BridgeOptions> parse_bridge_options(std::string_view program,
                                             std::span<const char* const> arguments) {
  BridgeOptions options;
  RawOptions raw;
  CLI::App app(
      fmt::format("{}: mirrors a Windows sim's shared memory to files for native programs", program));
  app.name(std::string(program));
  app.footer(fmt::format(kFooter, program));
  add_common_options(app, raw, options);
  if (auto parsed = parse(app, arguments, raw, options); !parsed)
    return tl::unexpected<Error>(std::move(parsed.error()));
  return options;
}

Expected<BridgeOptions> parse_shmbridge_options(std::span<const char* const> arguments,
                                                const std::vector<std::string>& configured_maps) {
  BridgeOptions options;
  RawOptions raw;
  std::vector<std::string> maps;
  std::vector<std::string> presets;
  CLI::App app(
      "shmbridge: mirrors any Windows program's named mappings to files, or files to named mappings");
  app.name("shmbridge");
  app.footer(kShmbridgeFooter);
  app.add_option("map", maps,
                 "A mapping, NAME[:SIZE[:LINUX_NAME]]; else PITBRIDGE_MAP, else the config file");
  app.add_option("--preset", presets, fmt::format("A known mapping: {}", fmt::join(preset_names(), ", ")))
      ->type_name("NAME")
      ->take_all();
  app.add_flag("--to-wine", options.to_wine,
               "The other way: native files become named mappings in this prefix, page for page");
  app.add_option("--name", options.status_name, "Name of the status page, so that several can run")
      ->type_name("WORD")
      ->capture_default_str();
  add_common_options(app, raw, options);
  if (auto parsed = parse(app, arguments, raw, options); !parsed)
    return tl::unexpected<Error>(std::move(parsed.error()));
  auto chosen = chosen_maps(std::move(maps), presets, configured_maps);
  if (!chosen) return tl::unexpected<Error>(std::move(chosen.error()));
  options.maps = std::move(*chosen);
  if (auto differ = check_files_differ(options.maps); !differ)
    return tl::unexpected<Error>(std::move(differ.error()));
  if (!check_file_name(options.status_name) || options.status_name.find('/') != std::string::npos)
    return fail(ExitCode::kUsage,
                fmt::format("--name \"{}\": give one word, as in --name hwinfo", options.status_name));
  if (options.action == BridgeAction::kRun && options.maps.empty())
    return fail(ExitCode::kUsage,
                "no mapping is named; give NAME, --preset NAME, or set PITBRIDGE_MAP; see shmbridge --help");
  return options;
}

}  // namespace pitbridge
