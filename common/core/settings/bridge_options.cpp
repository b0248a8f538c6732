// SPDX-License-Identifier: MIT
#include "common/core/settings/bridge_options.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <optional>

#include "common/core/sim/mapping_name.hpp"

namespace pitbridge {
namespace {

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

/// What was said on the command line, by setting.
using GivenOptions = std::map<const Setting*, std::string>;

/// What the command line of every bridge fills in, before it is checked.
struct RawOptions {
  bool help = false;
  bool version = false;
  bool list = false;
  GivenOptions given;
};

/// `help (VARIABLE) [default]`
std::string option_help(std::string_view help, std::string_view variable, std::string_view default_value) {
  return fmt::format("{} ({}){}", help, variable,
                     default_value.empty() ? "" : fmt::format(" [{}]", default_value));
}

void add_setting(CLI::App& app, const Setting& setting, GivenOptions& given) {
  const std::string name(setting.option);
  if (setting.type == SettingType::kFlag) {
    app.add_flag_function(
        name, [&](std::int64_t count) { given[&setting] = count > 0 ? "true" : "false"; },
        option_help(setting.help, setting.variable, ""));
    return;
  }
  app.add_option_function<std::string>(
         name, [&](const std::string& text) { given[&setting] = text; },
         option_help(setting.help, setting.variable, setting.default_value))
      ->type_name(std::string(setting.type_name))
      ->check([&](const std::string& text) { return text_fault(setting, text).value_or(""); });
}

/// `table`: where the settings of this program may stand.
void add_common_options(CLI::App& app, ConfigTable table, RawOptions& raw) {
  app.set_help_flag();
  app.add_flag("-h,--help", raw.help, "Show this help and exit");
  app.add_flag("-V,--version", raw.version, "Show the version, the compiler and the Wine, and exit");
  app.add_flag("--list", raw.list, "Show the mappings and exit");
  for (const Setting& setting : kSettings) {
    if (setting.option.empty() || !setting.may_stand_in(table)) continue;
    add_setting(app, setting, raw.given);
    CLI::Option* option = app.get_option(std::string(setting.option));
    std::vector<CLI::Option*> one_of = {option};
    for (const Shorthand& shorthand : kShorthands) {
      if (shorthand.key != setting.key) continue;
      CLI::Option* flag = app.add_flag_function(
          std::string(shorthand.option), [&](std::int64_t) { raw.given[&setting] = shorthand.value; },
          option_help(shorthand.help, shorthand.variable, ""));
      for (CLI::Option* other : one_of) flag->excludes(other);
      one_of.push_back(flag);
    }
  }
}

Expected<void> parse(CLI::App& app, std::span<const char* const> arguments, RawOptions& raw,
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
  options.help = app.help();
  return {};
}

LogLevel log_level_named(std::string_view name) {
  const auto it = std::find(kLogLevelNames.begin(), kLogLevelNames.end(), name);
  return static_cast<LogLevel>(it - kLogLevelNames.begin());
}

PacerProfile profile_named(std::string_view name) {
  const auto it = std::find(kProfileNames.begin(), kProfileNames.end(), name);
  return kProfiles[static_cast<std::size_t>(it - kProfileNames.begin())].profile;
}

/// The settings of one run.
class Lookup {
 public:
  /// The parser has checked what was given.
  Lookup(const GivenOptions& given, UserSettings user, const ConfigTarget& target)
      : user_(std::move(user)), target_(target) {
    for (const auto& [setting, text] : given) user_.options[setting] = *parse_setting(*setting, text);
  }

  /// After the first fault the default, and the fault is kept.
  Resolved operator()(const Setting& setting) {
    auto found = user_.find(setting, target_);
    if (found) return std::move(*found);
    if (!fault_) fault_ = std::move(found.error());
    return {.value = default_value(setting)};
  }
  const std::optional<Error>& fault() const { return fault_; }

 private:
  UserSettings user_;
  ConfigTarget target_;
  std::optional<Error> fault_;
};

void look_up_common(Lookup& lookup, BridgeOptions& options) {
  options.stay = lookup(setting("stay")).flag();
  options.own = lookup(setting("own")).flag();
  options.log_level = log_level_named(lookup(setting("log_level")).text());
  options.pacing = profile_named(lookup(setting("profile")).text());
  options.log_file = lookup(setting("log_file")).text();
  options.shm_directory = lookup(setting("shm_dir")).text();
  options.file_mode = *parse_mode(lookup(setting("mode")).text());
  options.max_mib = *parse_count(lookup(setting("max_mib")).text());
}

Expected<void> fault_of(const Lookup& lookup, const CLI::App& app) {
  if (!lookup.fault()) return {};
  return fail(lookup.fault()->code,
              fmt::format("{}; see {} --help", lookup.fault()->message, app.get_name()));
}

/// Arguments and presets.
Expected<std::vector<MapSpec>> named_maps(const std::vector<std::string>& maps,
                                          const std::vector<std::string>& presets) {
  std::vector<MapSpec> chosen;
  const auto add = [&](Expected<MapSpec> spec) -> Expected<void> {
    if (!spec) return tl::unexpected<Error>(std::move(spec.error()));
    chosen.push_back(std::move(*spec));
    return {};
  };
  for (const std::string& preset : presets)
    if (auto added = add(preset_map_spec(preset)); !added)
      return tl::unexpected<Error>(std::move(added.error()));
  for (const std::string& map : maps)
    if (auto added = add(parse_map_spec(map)); !added) return tl::unexpected<Error>(std::move(added.error()));
  return chosen;
}

}  // namespace

Expected<BridgeOptions> parse_bridge_options(std::string_view program, std::span<const char* const> arguments,
                                             UserSettings user, const ConfigTarget& target) {
  BridgeOptions options;
  RawOptions raw;
  CLI::App app(
      fmt::format("{}: mirrors a Windows sim's shared memory to files for native programs", program));
  app.name(std::string(program));
  app.footer(fmt::format(kFooter, program));
  add_common_options(app, ConfigTable::kSim, raw);
  app.add_flag(
      "--launched", options.launched,
      "Run beside a game in its session, as pitbridge run starts it: --stay, never hold the session up, log "
      "to the state directory");
  std::vector<std::string> chained;
  app.add_option("command", chained, "With --launched: a Windows program that is to run as if in our place");
  if (auto parsed = parse(app, arguments, raw, options); !parsed)
    return tl::unexpected<Error>(std::move(parsed.error()));
  Lookup lookup(raw.given, std::move(user), target);
  look_up_common(lookup, options);
  options.maps = lookup(setting("extra_maps")).maps();
  options.title = lookup(setting("title")).text();
  if (auto good = fault_of(lookup, app); !good) return tl::unexpected<Error>(std::move(good.error()));
  if (options.launched) options.stay = true;
  options.chained = !chained.empty();
  if (options.chained && !options.launched)
    return fail(ExitCode::kUsage, fmt::format("{}: \"{}\" is only taken with --launched; see {} --help",
                                              program, chained.front(), program));
  return options;
}

Expected<BridgeOptions> parse_shmbridge_options(std::span<const char* const> arguments, UserSettings user) {
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
  CLI::Option* to_wine =
      app.add_flag("--to-wine", options.to_wine,
                   "The other way: native files become named mappings in this prefix, page for page");
  app.add_flag("--both", options.both,
               "Both ways: native and Windows programs write the same pages, whoever made the mapping first; "
               "NAME:SIZE is needed")
      ->excludes(to_wine);
  app.add_option("--name", options.status_name, "Name of the status page, so that several can run")
      ->type_name("WORD")
      ->capture_default_str();
  add_common_options(app, ConfigTable::kShmbridge, raw);
  if (auto parsed = parse(app, arguments, raw, options); !parsed)
    return tl::unexpected<Error>(std::move(parsed.error()));
  Lookup lookup(raw.given, std::move(user), {.sim = {}, .app_id = {}, .shmbridge = true});
  look_up_common(lookup, options);
  auto chosen = named_maps(maps, presets);
  if (!chosen) return tl::unexpected<Error>(std::move(chosen.error()));
  if (chosen->empty()) *chosen = lookup(setting("maps")).maps();
  if (auto good = fault_of(lookup, app); !good) return tl::unexpected<Error>(std::move(good.error()));
  AcceptedMaps accepted = accept_maps({}, std::move(*chosen));
  if (!accepted.faults.empty()) return fail(ExitCode::kUsage, std::move(accepted.faults.front()));
  options.maps = std::move(accepted.specs);
  if (!check_file_name(options.status_name) || options.status_name.find('/') != std::string::npos)
    return fail(ExitCode::kUsage,
                fmt::format("--name \"{}\": give one word, as in --name hwinfo", options.status_name));
  if (options.action == BridgeAction::kRun && options.maps.empty())
    return fail(ExitCode::kUsage,
                "no mapping is named; give NAME, --preset NAME, or set PITBRIDGE_MAP; see shmbridge --help");
  for (const MapSpec& spec : options.maps)
    if (options.both && spec.size_bytes == 0)
      return fail(ExitCode::kUsage,
                  fmt::format("--both: how large is \"{0}\"? Give its size, as in {0}:4096", spec.name));
  return options;
}

}  // namespace pitbridge
