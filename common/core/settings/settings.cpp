// SPDX-License-Identifier: MIT
#include "common/core/settings/settings.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "common/core/settings/nearest_word.hpp"
#include "common/core/sim/number_text.hpp"

namespace pitbridge {
namespace {

constexpr std::string_view kYes[] = {"1", "true", "yes", "on"};
constexpr std::string_view kNo[] = {"0", "false", "no", "off"};

bool is_one_of(std::string_view text, std::span<const std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

tl::unexpected<Error> usage(std::string_view variable, std::string_view what) {
  return fail(ExitCode::kUsage, fmt::format("{}: {}; unset it or give a good value", variable, what));
}

}  // namespace

std::optional<bool> parse_flag(std::string_view text) {
  if (is_one_of(text, kYes)) return true;
  if (is_one_of(text, kNo)) return false;
  return std::nullopt;
}

std::optional<std::uint32_t> parse_mode(std::string_view text) {
  if (text.empty() || text.size() > 4 || text.find_first_not_of("01234567") != std::string_view::npos)
    return {};
  std::uint32_t mode = 0;
  for (const char digit : text) mode = mode * 8 + static_cast<std::uint32_t>(digit - '0');
  if ((mode & 0600U) != 0600U || (mode & ~0666U) != 0) return {};
  return mode;
}

std::optional<std::uint32_t> parse_count(std::string_view text) {
  const auto count = number_from<std::uint32_t>(text);
  return count && *count >= 1 && *count <= kMostOfACount ? count : std::nullopt;
}

std::optional<std::string> text_fault(const Setting& setting, std::string_view text) {
  const auto refuse = [&](std::string_view must) { return fmt::format("\"{}\" {}", text, must); };
  switch (setting.type) {
    case SettingType::kFlag:
      if (!parse_flag(text)) return refuse("must be true or false");
      break;
    case SettingType::kPath:
      if (text.find('\0') != std::string_view::npos) return refuse("holds a zero, which no path can");
      break;
    case SettingType::kMode:
      if (!parse_mode(text)) return refuse("must be an octal mode from 600 to 666 that keeps 600");
      break;
    case SettingType::kCount:
      if (!parse_count(text)) return refuse(fmt::format("must be a number from 1 to {}", kMostOfACount));
      break;
    case SettingType::kChoice:
      if (!is_one_of(text, setting.choices))
        return refuse(fmt::format("must be one of {}; did you mean \"{}\"?", fmt::join(setting.choices, ", "),
                                  nearest_word(text, setting.choices)));
      break;
    case SettingType::kMaps:
      if (const auto specs = parse_map_specs(text); !specs) return specs.error().message;
      break;
    case SettingType::kSim:
    case SettingType::kTitle:
    case SettingType::kText:
      break;  // what is right, only the program knows
  }
  return std::nullopt;
}

Expected<SettingValue> parse_setting(const Setting& setting, std::string_view text) {
  if (auto fault = text_fault(setting, text)) return fail(ExitCode::kUsage, std::move(*fault));
  switch (setting.type) {
    case SettingType::kFlag:
      return SettingValue(*parse_flag(text));
    case SettingType::kMaps:
      return SettingValue(*parse_map_specs(text));
    case SettingType::kPath:
      return SettingValue(std::string(text.empty() ? setting.default_value : text));
    case SettingType::kMode:
    case SettingType::kCount:
    case SettingType::kChoice:
    case SettingType::kSim:
    case SettingType::kTitle:
    case SettingType::kText:
      break;
  }
  return SettingValue(std::string(text));
}

SettingValue default_value(const Setting& setting) {
  return *parse_setting(setting, setting.default_value);
}

std::string toml_quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += {'\\', c};
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      out += fmt::format("\\u{:04X}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string toml_text(const SettingValue& value) {
  if (const bool* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  if (const std::string* text = std::get_if<std::string>(&value)) return toml_quoted(*text);
  std::vector<std::string> maps;
  for (const MapSpec& map : std::get<std::vector<MapSpec>>(value))
    maps.push_back(toml_quoted(map_spec_text(map)));
  return fmt::format("[{}]", fmt::join(maps, ", "));
}

Expected<std::optional<FromEnvironment>> from_environment(const Setting& setting,
                                                          const Environment& environment) {
  if (const std::string text = value_or_empty(environment, setting.variable); !text.empty()) {
    auto value = parse_setting(setting, text);
    if (!value) return usage(setting.variable, value.error().message);
    return FromEnvironment{std::move(*value), setting.variable};
  }
  std::optional<FromEnvironment> found;
  for (const Shorthand& shorthand : kShorthands) {
    const std::string text = value_or_empty(environment, shorthand.variable);
    if (shorthand.key != setting.key || text.empty()) continue;
    const auto on = parse_flag(text);
    if (!on) return usage(shorthand.variable, fmt::format("\"{}\" must be 1 or 0", text));
    if (!*on) continue;
    if (found)
      return usage(shorthand.variable, fmt::format("it cannot be set together with {}", found->variable));
    found = FromEnvironment{std::string(shorthand.value), shorthand.variable};
  }
  return found;
}

}  // namespace pitbridge
