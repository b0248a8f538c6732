// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "common/core/settings/app_id.hpp"
#include "common/core/settings/settings.hpp"
#include "common/core/sim/sim.hpp"

/// What config.toml says, understood by the table of settings. No file is read here.
namespace pitbridge {

/// Something wrong in a file. The rest of the file holds all the same.
struct ConfigFault {
  std::string path;
  std::size_t line = 0;  ///< 0: of the whole file
  std::string message;   ///< with the remedy
  bool warning = false;  ///< nothing is wrong in the file itself

  std::string text() const;  ///< PATH:LINE: MESSAGE
};

/// One key of one table.
struct ConfigEntry {
  ConfigTable table;
  std::string name;  ///< of the sim, or the app id; empty for tables without a name
  const Setting* setting;
  SettingValue value;
  std::size_t line;

  std::string table_name() const;  ///< as in [sim.ac], without the brackets; empty at the top
};

/// One file of the search path, and what came of it.
struct ConfigFile {
  std::string path;
  bool exists = false;
  bool is_understood = true;  ///< else nothing of it could be taken, and the faults say why
  std::vector<ConfigEntry> entries;
  std::vector<ConfigFault> faults;  ///< by line
};

struct Config {
  std::vector<ConfigFile> files;  ///< what stands in an earlier one goes before the later ones

  std::vector<ConfigFault> faults() const;
};

/// A text of a list; none: the element is of another type.
struct ParsedText {
  std::optional<std::string> text;
  std::size_t line;
};
struct ParsedTable {};
struct ParsedOther {};
/// A key as TOML has it: the names of its tables, then its own. A table is a key, too.
struct ParsedKey {
  std::vector<std::string> path;
  std::size_t line;
  std::variant<ParsedTable, ParsedOther, bool, std::int64_t, std::string, std::vector<ParsedText>> value;
};

/// More keys and tables of a file are left out, so that nobody waits for a file that some program has filled.
inline constexpr std::size_t kMaxConfigKeys = 1000;

/// Judges the keys of one file, parents before their children. Without `known_sims` any name of a sim passes.
/// Of a file that is not `trusted` (others may write it), settings that name files are refused.
ConfigFile understand_config(std::string path, const std::vector<ParsedKey>& keys,
                             std::span<const std::string_view> known_sims, bool trusted);

/// For a program that reads its files again: what a file said in `before` holds on where it is there and
/// cannot be understood now, and a fault says so.
Config keeping_last_good(Config now, const Config& before);

/// For whom a setting is looked up.
struct ConfigTarget {
  std::string sim;                      ///< empty: none
  std::optional<std::uint32_t> app_id;  ///< the Steam app that runs, if one does
  bool shmbridge = false;
};

/// The value of one setting, and where it is from.
struct Resolved {
  enum class Source : std::uint8_t { kDefault, kFile, kVariable, kOption };

  SettingValue value;
  Source source = Source::kDefault;
  std::string_view variable = {};      ///< kVariable
  const ConfigFile* file = nullptr;    ///< kFile; of the Config
  const ConfigEntry* entry = nullptr;  ///< kFile

  std::string origin(const Setting& setting) const;  ///< for people
  const std::string& text() const { return std::get<std::string>(value); }
  bool flag() const { return std::get<bool>(value); }
  const std::vector<MapSpec>& maps() const { return std::get<std::vector<MapSpec>>(value); }
};

/// File > default. In a file [app.ID] goes before [sim.NAME], and that before the top; [shmbridge] before the
/// top. `config` must outlive the answer.
Resolved configured(const Setting& setting, const Config& config, const ConfigTarget& target);

/// Which sim's bridge an app id gets: as a file says, else by the titles that are linked in; empty: nobody
/// knows.
std::string sim_of_app(std::uint32_t app_id, const Config& config);

}  // namespace pitbridge
