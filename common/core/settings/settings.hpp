// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "common/core/error.hpp"
#include "common/core/mirror/pacer.hpp"
#include "common/core/mirror/ports.hpp"
#include "common/core/settings/environment.hpp"
#include "common/core/settings/map_spec.hpp"

/// The one table of what can be set: options, variables, the keys of config.toml, `pitbridge config` and the
/// man page come from it. To add a setting, add its line, and read it with `setting("its_key")`.
namespace pitbridge {

enum class SettingType : std::uint8_t {
  kFlag,
  kPath,  ///< absolute in a file; empty: the default
  kChoice,
  kMode,   ///< octal permissions, as text
  kCount,  ///< a number from 1 to kMostOfACount, kept as text
  kMaps,   ///< a list of NAME[:SIZE[:LINUX_NAME]]
  kSim,    ///< the name of a sim
  kTitle,  ///< a word for one of the sim's titles
  kText,   ///< that only its reader can judge
};

/// A table of config.toml; also a bit of `Setting::tables`.
enum class ConfigTable : std::uint8_t { kTop = 1, kSim = 2, kApp = 4, kShmbridge = 8 };
constexpr std::uint8_t operator|(ConfigTable a, ConfigTable b) {
  return static_cast<std::uint8_t>(static_cast<std::uint8_t>(a) | static_cast<std::uint8_t>(b));
}
constexpr std::uint8_t operator|(std::uint8_t a, ConfigTable b) {
  return static_cast<std::uint8_t>(a | static_cast<std::uint8_t>(b));
}

/// `[sim.NAME]` and `[app.ID]` are one table for each name, the others are a single one.
struct ConfigTableInfo {
  ConfigTable table;
  std::string_view name;
  std::string_view example;
  bool named;
};
inline constexpr std::array kConfigTables = {
    ConfigTableInfo{ConfigTable::kSim, "sim", "[sim.ac]", true},
    ConfigTableInfo{ConfigTable::kApp, "app", "[app.244210]", true},
    ConfigTableInfo{ConfigTable::kShmbridge, "shmbridge", "[shmbridge]", false},
};

/// More of anything that a setting counts is a typo.
inline constexpr std::uint32_t kMostOfACount = 4096;

inline constexpr std::array<std::string_view, 3> kUdpChoices = {"games", "always", "never"};
inline constexpr std::array<std::string_view, 3> kTwinChoices = {"auto", "always", "never"};

struct Setting {
  std::string_view key;  ///< in config.toml
  SettingType type;
  std::string_view option;         ///< of the bridges; empty: none
  std::string_view variable;       ///< empty: none
  std::string_view default_value;  ///< as it would stand in the environment
  std::string_view type_name;      ///< what --help calls the value
  std::string_view help;
  std::uint8_t tables;  ///< bits of ConfigTable: where the key may stand
  std::span<const std::string_view> choices = {};

  constexpr bool may_stand_in(ConfigTable table) const {
    return (tables & static_cast<std::uint8_t>(table)) != 0;
  }
  /// It decides which files are written. Not taken from a file that others may change: with it they could
  /// make us clear or fill any file of this user's.
  constexpr bool names_files() const { return type == SettingType::kPath || type == SettingType::kMaps; }
};

inline constexpr std::uint8_t kGames = ConfigTable::kSim | ConfigTable::kApp;
inline constexpr std::uint8_t kEverywhere = kGames | ConfigTable::kTop | ConfigTable::kShmbridge;

inline constexpr std::array kSettings = {
    Setting{"shm_dir", SettingType::kPath, "--shm-dir", "PITBRIDGE_SHM_DIR", "/dev/shm", "PATH",
            "Directory of the mirrored files", kEverywhere},
    Setting{"mode", SettingType::kMode, "--mode", "PITBRIDGE_MODE", "600", "MODE",
            "Permissions of files that are created, octal, 600 to 666", kEverywhere},
    Setting{"profile", SettingType::kChoice, "--profile", "PITBRIDGE_PROFILE", "default", "NAME",
            "How hard to look for updates: default, low-latency or low-power", kEverywhere, kProfileNames},
    Setting{"stay", SettingType::kFlag, "--stay", "PITBRIDGE_STAY", "false", "",
            "Wait for the next game when one has gone, instead of leaving", kEverywhere},
    Setting{"own", SettingType::kFlag, "--own", "PITBRIDGE_OWN", "false", "",
            "Let the game write into the files themselves, without a copy; risk: whoever cuts a file kills "
            "the game",
            kEverywhere},
    Setting{"max_mib", SettingType::kCount, "--max-mib", "PITBRIDGE_MAX_MIB", "64", "MIB",
            "Most MiB of sections that are mirrored together", kEverywhere},
    Setting{"log_level", SettingType::kChoice, "--log-level", "PITBRIDGE_LOG_LEVEL", "info", "LEVEL",
            "error, warning, info or debug", kEverywhere, kLogLevelNames},
    Setting{"log_file", SettingType::kPath, "--log-file", "PITBRIDGE_LOG_FILE", "", "PATH",
            "Append the log to this file instead of stderr", kEverywhere},
    Setting{"title", SettingType::kTitle, "--title", "PITBRIDGE_TITLE", "", "TITLE",
            "Which of the sim's games it is, where neither its exe nor its data tell", kGames},
    Setting{"extra_maps", SettingType::kMaps, "", "", "", "",
            "Further mappings, which the sim's bridge mirrors beside its own", kGames},
    Setting{"enabled", SettingType::kFlag, "", "", "true", "",
            "Whether pitbridge starts a bridge for it by itself", kGames},
    Setting{
        "twin", SettingType::kChoice, "", "PITBRIDGE_TWIN", "auto", "",
        "Whether a Windows program serves it instead of the bridge of Winelib: auto (where its Wine loads "
        "none), always or never",
        kGames | ConfigTable::kTop, kTwinChoices},
    Setting{"sim", SettingType::kSim, "", "", "", "", "The sim whose bridge the game gets",
            static_cast<std::uint8_t>(ConfigTable::kApp)},
    Setting{"udp", SettingType::kChoice, "", "", "games", "",
            "When pitbridge watch receives packets: while their game runs (games), always or never",
            static_cast<std::uint8_t>(ConfigTable::kTop), kUdpChoices},
    Setting{"udp_listen", SettingType::kText, "", "", "127.0.0.1", "", "Address that packets are received on",
            static_cast<std::uint8_t>(ConfigTable::kTop)},
    Setting{"udp_forward", SettingType::kText, "", "", "", "",
            "Where packets are sent on to: HOST:PORT, several between blanks",
            static_cast<std::uint8_t>(ConfigTable::kTop)},
    Setting{"maps", SettingType::kMaps, "", "PITBRIDGE_MAP", "", "", "The mappings of shmbridge",
            static_cast<std::uint8_t>(ConfigTable::kShmbridge)},
};

/// A flag that stands for a value of another setting.
struct Shorthand {
  std::string_view option;
  std::string_view variable;
  std::string_view key;
  std::string_view value;
  std::string_view help;
};
inline constexpr std::array kShorthands = {
    Shorthand{"--low-latency", "PITBRIDGE_LOW_LATENCY", "profile", "low-latency",
              "Find updates sooner, for more CPU time"},
    Shorthand{"--low-power", "PITBRIDGE_LOW_POWER", "profile", "low-power",
              "Use less CPU time; updates may be some milliseconds late"},
};

/// Null when there is none.
constexpr const Setting* find_setting(std::string_view key) {
  for (const Setting& setting : kSettings)
    if (setting.key == key) return &setting;
  return nullptr;
}

/// A key that is not in the table does not compile.
consteval const Setting& setting(std::string_view key) {
  return *find_setting(key);
}

/// A checked value: of a flag, of mappings, or the text of anything else.
using SettingValue = std::variant<bool, std::string, std::vector<MapSpec>>;

/// The value as it stands on the command line or in the environment. The message begins with the value.
Expected<SettingValue> parse_setting(const Setting& setting, std::string_view text);
/// The message about a text that is none of the setting's; nothing when it is good.
std::optional<std::string> text_fault(const Setting& setting, std::string_view text);
SettingValue default_value(const Setting& setting);
/// The value as TOML.
std::string toml_text(const SettingValue& value);
std::string toml_quoted(std::string_view text);

std::optional<bool> parse_flag(std::string_view text);
/// Octal; the owner must be able to read and write, and a file is never executable.
std::optional<std::uint32_t> parse_mode(std::string_view text);
std::optional<std::uint32_t> parse_count(std::string_view text);

/// The environment's value of a setting, from its variable or a shorthand's.
struct FromEnvironment {
  SettingValue value;
  std::string_view variable;
};
/// Nothing where the variable is unset or empty; an error that names it where its value is wrong.
Expected<std::optional<FromEnvironment>> from_environment(const Setting& setting,
                                                          const Environment& environment);

}  // namespace pitbridge
