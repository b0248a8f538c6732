// SPDX-License-Identifier: MIT
#include "common/core/settings/config.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "common/core/settings/nearest_word.hpp"
#include "common/core/settings/sim_word.hpp"

namespace pitbridge {
namespace {

const ConfigTableInfo* find_table(std::string_view name) {
  for (const ConfigTableInfo& info : kConfigTables)
    if (info.name == name) return &info;
  return nullptr;
}

std::string table_text(ConfigTable table, std::string_view name) {
  for (const ConfigTableInfo& info : kConfigTables)
    if (info.table == table)
      return info.named ? fmt::format("{}.{}", info.name, name) : std::string(info.name);
  return {};
}

/// Where a key may stand, as in "[sim.ac], [app.244210]".
std::string places_of(const Setting& setting) {
  std::vector<std::string_view> places;
  if (setting.may_stand_in(ConfigTable::kTop)) places.push_back("the top of the file");
  for (const ConfigTableInfo& info : kConfigTables)
    if (setting.may_stand_in(info.table)) places.push_back(info.example);
  return fmt::format("{}", fmt::join(places, ", "));
}

/// Reads the keys of one file in their order; a fault leaves out one key and no more.
class Reading {
 public:
  Reading(std::string path, std::span<const std::string_view> known_sims, bool trusted)
      : known_sims_(known_sims), trusted_(trusted) {
    file_.path = std::move(path);
    file_.exists = true;
  }

  void take(const ParsedKey& key) {
    const ConfigTableInfo* info = find_table(key.path.front());
    if (info == nullptr) {
      // An unknown table is one fault; the keys in it are no faults of their own.
      if (key.path.size() == 1) take_setting(ConfigTable::kTop, {}, key);
    } else if (key.path.size() == 1) {
      if (!is_table(key))
        fault(key.line, fmt::format("{} must be a table, as in {}", info->name, info->example));
    } else if (!info->named) {
      if (key.path.size() == 2) take_setting(info->table, {}, key);
    } else if (key.path.size() == 2) {
      check_name(*info, key);
    } else if (key.path.size() == 3 && name_fault(*info, key.path[1]).empty()) {
      take_setting(info->table, key.path[1], key);
    }
  }

  void end_at(std::size_t line) {
    fault(line, fmt::format("more than {} keys and tables; from here on they are left out", kMaxConfigKeys));
  }

  ConfigFile finish() {
    std::stable_sort(file_.faults.begin(), file_.faults.end(),
                     [](const ConfigFault& a, const ConfigFault& b) { return a.line < b.line; });
    return std::move(file_);
  }

 private:
  static bool is_table(const ParsedKey& key) { return std::holds_alternative<ParsedTable>(key.value); }

  void fault(std::size_t line, std::string message) {
    file_.faults.push_back({.path = file_.path, .line = line, .message = std::move(message)});
  }

  std::string name_fault(const ConfigTableInfo& info, std::string_view name) const {
    if (info.table == ConfigTable::kApp && !parse_app_id(name))
      return fmt::format("\"{}\" is no Steam app id; write its number, as in {}", name, info.example);
    return info.table == ConfigTable::kSim ? sim_fault(name) : "";
  }
  bool is_known(std::string_view sim) const {
    return std::find(known_sims_.begin(), known_sims_.end(), sim) != known_sims_.end();
  }
  std::string sim_fault(std::string_view name) const {
    if (known_sims_.empty() || is_known(name)) return {};
    return fmt::format("no sim is called \"{}\"; did you mean \"{}\"? There are: {}", name,
                       nearest_word(name, known_sims_), fmt::join(known_sims_, ", "));
  }

  void check_name(const ConfigTableInfo& info, const ParsedKey& key) {
    if (!is_table(key)) {
      fault(key.line,
            fmt::format("\"{}\" must stand in a table with a name, as in {}", key.path[1], info.example));
    } else if (auto wrong = name_fault(info, key.path[1]); !wrong.empty()) {
      fault(key.line, std::move(wrong));
    }
  }

  void take_setting(ConfigTable table, const std::string& name, const ParsedKey& key) {
    const Setting* setting = find_setting(key.path.back());
    if (setting == nullptr) return unknown(table, key);
    if (!setting->may_stand_in(table))
      return fault(key.line,
                   fmt::format("{} has no meaning here; its place is {}", setting->key, places_of(*setting)));
    auto value = value_of(*setting, key);
    if (!value) return;
    if (!trusted_ && setting->names_files())
      return fault(key.line,
                   fmt::format("{} is not taken from a file that other users may change, for it names files "
                               "that we write; see the warning about this file",
                               setting->key));
    file_.entries.push_back({table, name, setting, std::move(*value), key.line});
  }

  void unknown(ConfigTable table, const ParsedKey& key) {
    std::vector<std::string_view> known;
    for (const Setting& setting : kSettings)
      if (setting.may_stand_in(table)) known.push_back(setting.key);
    if (table == ConfigTable::kTop)
      for (const ConfigTableInfo& info : kConfigTables) known.push_back(info.name);
    fault(key.line, fmt::format("unknown key \"{}\"; did you mean \"{}\"?", key.path.back(),
                                nearest_word(key.path.back(), known)));
  }

  /// Nothing after a fault.
  std::optional<SettingValue> value_of(const Setting& setting, const ParsedKey& key) {
    const auto refuse = [&](std::string_view must) {
      fault(key.line, fmt::format("{} {}", setting.key, must));
      return std::nullopt;
    };
    if (setting.type == SettingType::kFlag) {
      const bool* flag = std::get_if<bool>(&key.value);
      return flag != nullptr ? std::optional<SettingValue>(*flag) : refuse("must be true or false");
    }
    if (setting.type == SettingType::kMaps) {
      const auto* list = std::get_if<std::vector<ParsedText>>(&key.value);
      if (list == nullptr) return refuse("must be a list, as in [\"NAME:SIZE\"]");
      return maps_of(setting, *list);
    }
    if (setting.type == SettingType::kCount) {
      const std::int64_t* number = std::get_if<std::int64_t>(&key.value);
      const std::string* digits = std::get_if<std::string>(&key.value);
      const std::string count = number != nullptr   ? std::to_string(*number)
                                : digits != nullptr ? *digits
                                                    : "";
      if (!parse_count(count)) return refuse(fmt::format("must be a number from 1 to {}", kMostOfACount));
      return SettingValue(count);
    }
    if (setting.type == SettingType::kSim) return sim_of(setting, key);
    const std::string* text = std::get_if<std::string>(&key.value);
    if (text == nullptr)
      return refuse(setting.type == SettingType::kMode ? "must be a text, as in \"640\""
                                                       : "must be a text between quotes");
    if (auto wrong = text_fault(setting, *text)) return refuse(*wrong);
    // A bridge runs in the game's directory, or in any other.
    if (setting.type == SettingType::kPath && !text->empty() && text->front() != '/')
      return refuse(fmt::format("\"{}\" must be an absolute path, from / on; ~ is not expanded", *text));
    return *parse_setting(setting, *text);
  }

  /// The name of the sim that is meant by a title, an exe, an app id or that name itself; nothing after a
  /// fault.
  std::optional<SettingValue> sim_of(const Setting& setting, const ParsedKey& key) {
    const std::string* text = std::get_if<std::string>(&key.value);
    const std::int64_t* number = std::get_if<std::int64_t>(&key.value);
    if (text == nullptr && number == nullptr) {
      fault(key.line, fmt::format("{} must be a text between quotes, or a Steam app id", setting.key));
      return std::nullopt;
    }
    if (text != nullptr)
      if (auto wrong = text_fault(setting, *text)) {
        fault(key.line, fmt::format("{} {}", setting.key, *wrong));
        return std::nullopt;
      }
    const std::string word = text != nullptr ? *text : std::to_string(*number);
    if (word.empty() || known_sims_.empty() || is_known(word)) return SettingValue(word);
    const auto meant = title_of_word(word);
    if (meant) return SettingValue(std::string(meant->sim->name));
    // A bridge knows the titles of its own sim only, and does not ask for those of others.
    if (all_sims().size() < known_sims_.size()) return SettingValue(word);
    fault(key.line, fmt::format("{}: {}", setting.key, meant.error().message));
    return std::nullopt;
  }

  SettingValue maps_of(const Setting& setting, const std::vector<ParsedText>& list) {
    std::vector<MapSpec> specs;
    for (const ParsedText& item : list) {
      if (!item.text) {
        fault(item.line, fmt::format("each of {} must be a text, as in \"NAME:SIZE\"", setting.key));
      } else if (auto spec = parse_map_spec(*item.text); !spec) {
        fault(item.line, fmt::format("{} {}", setting.key, spec.error().message));
      } else {
        specs.push_back(std::move(*spec));
      }
    }
    return specs;
  }

  ConfigFile file_;
  std::span<const std::string_view> known_sims_;
  bool trusted_;
};

bool is_for(const ConfigEntry& entry, ConfigTable table, const ConfigTarget& target) {
  if (entry.table != table) return false;
  if (table == ConfigTable::kSim) return entry.name == target.sim;
  if (table == ConfigTable::kApp) return target.app_id && parse_app_id(entry.name) == target.app_id;
  return table == ConfigTable::kTop || target.shmbridge;
}

}  // namespace

std::string ConfigFault::text() const {
  return line != 0 ? fmt::format("{}:{}: {}", path, line, message) : fmt::format("{}: {}", path, message);
}

std::string ConfigEntry::table_name() const {
  return table_text(table, name);
}

std::vector<ConfigFault> Config::faults() const {
  std::vector<ConfigFault> all;
  for (const ConfigFile& file : files) all.insert(all.end(), file.faults.begin(), file.faults.end());
  return all;
}

ConfigFile understand_config(std::string path, const std::vector<ParsedKey>& keys,
                             std::span<const std::string_view> known_sims, bool trusted) {
  Reading reading(std::move(path), known_sims, trusted);
  for (const ParsedKey& key : std::span(keys).first(std::min(keys.size(), kMaxConfigKeys))) reading.take(key);
  if (keys.size() > kMaxConfigKeys) reading.end_at(keys[kMaxConfigKeys].line);
  return reading.finish();
}

Config keeping_last_good(Config now, const Config& before) {
  for (ConfigFile& file : now.files) {
    const auto last = std::find_if(before.files.begin(), before.files.end(),
                                   [&](const ConfigFile& f) { return f.path == file.path; });
    if (file.is_understood || last == before.files.end() || last->entries.empty()) continue;
    file.entries = last->entries;
    file.faults.push_back({.path = file.path,
                           .message = "what it said before holds on, until it can be understood",
                           .warning = true});
  }
  return now;
}

std::string Resolved::origin(const Setting& setting) const {
  switch (source) {
    case Source::kDefault:
      return "default";
    case Source::kOption:
      return std::string(setting.option);
    case Source::kVariable:
      return std::string(variable);
    case Source::kFile:
      return fmt::format("{}:{}{}", file->path, entry->line,
                         entry->table == ConfigTable::kTop ? "" : fmt::format(" [{}]", entry->table_name()));
  }
  return {};
}

Resolved configured(const Setting& setting, const Config& config, const ConfigTarget& target) {
  for (const ConfigFile& file : config.files)
    for (const ConfigTable table :
         {ConfigTable::kApp, ConfigTable::kSim, ConfigTable::kShmbridge, ConfigTable::kTop})
      for (const ConfigEntry& entry : file.entries)
        if (entry.setting == &setting && is_for(entry, table, target))
          return {.value = entry.value, .source = Resolved::Source::kFile, .file = &file, .entry = &entry};
  return {.value = default_value(setting)};
}

std::string sim_of_app(std::uint32_t app_id, const Config& config) {
  const auto chosen = configured(setting("sim"), config, {.sim = {}, .app_id = app_id});
  if (!chosen.text().empty()) return chosen.text();
  const auto known = title_of_app(app_id);
  return known ? std::string(known->sim->name) : std::string();
}

}  // namespace pitbridge
