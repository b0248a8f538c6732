// SPDX-License-Identifier: MIT
#include "common/posix/config_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <stdexcept>
#include <string_view>

namespace {
constexpr void throw_unless(bool holds) {
  if (!holds) throw std::logic_error("toml++ met what it takes for impossible");
}
}  // namespace
// toml++ 3.3.0 asserts that a table's name begins like a key, and so ends the program at "[=". A fault in a
// file of the user's must be an error like any other. With NDEBUG it would be undefined behaviour.
#undef NDEBUG
#define TOML_ASSERT(condition) throw_unless(static_cast<bool>(condition))
#include <toml++/toml.h>

#include "common/core/nearest_word.hpp"
#include "common/posix/fd.hpp"
#include "common/posix/paths.hpp"
#include "common/posix/system_error.hpp"

namespace pitbridge {
namespace {

constexpr std::array<std::string_view, 1> kTables = {"shmbridge"};
constexpr std::array<std::string_view, 1> kShmbridgeKeys = {"maps"};

/// Nothing when there is no such file.
Expected<std::optional<std::string>> read_file(const std::string& path) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd && (errno == ENOENT || errno == ENOTDIR)) return std::nullopt;
  std::string text;
  char buffer[4096];
  ssize_t n = fd ? 1 : -1;
  while (n > 0 && (n = ::read(fd.get(), buffer, sizeof buffer)) > 0)
    text.append(buffer, static_cast<std::size_t>(n));
  if (n < 0) return fail(ExitCode::kUsage, fmt::format("{}: {}", path, system_message(errno)));
  return text;
}

tl::unexpected<Error> fault(const std::string& path, const toml::node& node, const std::string& what) {
  return fail(ExitCode::kUsage, fmt::format("{}, line {}: {}", path, node.source().begin.line, what));
}

/// toml++ 3.3.0 runs into __builtin_unreachable on letters beyond ASCII in places that no reader of the file
/// would think of, so the whole file is ASCII: texts can say "\u00E9".
Expected<void> check_ascii(const std::string& text, const std::string& path) {
  const auto foreign =
      std::find_if(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
  if (foreign == text.end()) return {};
  return fail(
      ExitCode::kUsage,
      fmt::format("{}, line {}: a letter beyond ASCII; write it as in \"\\u00E9\", and comments without",
                  path, std::count(text.begin(), foreign, '\n') + 1));
}

Expected<void> check_keys(const toml::table& table, std::span<const std::string_view> known,
                          const std::string& path) {
  for (const auto& [key, node] : table)
    if (std::find(known.begin(), known.end(), key.str()) == known.end())
      return fault(
          path, node,
          fmt::format("unknown key \"{}\"; did you mean \"{}\"?", key.str(), nearest_word(key.str(), known)));
  return {};
}

}  // namespace

Expected<Config> parse_config(const std::string& text, const std::string& path) {
  if (auto ascii = check_ascii(text, path); !ascii) return tl::unexpected<Error>(std::move(ascii.error()));
  Config config;
  try {
    const toml::table root = toml::parse(text, path);
    if (auto good = check_keys(root, kTables, path); !good)
      return tl::unexpected<Error>(std::move(good.error()));
    const toml::node* node = root.get("shmbridge");
    if (node == nullptr) return config;
    const toml::table* shmbridge = node->as_table();
    if (shmbridge == nullptr) return fault(path, *node, "shmbridge must be a table, as in [shmbridge]");
    if (auto good = check_keys(*shmbridge, kShmbridgeKeys, path); !good)
      return tl::unexpected<Error>(std::move(good.error()));
    const toml::node* maps = shmbridge->get("maps");
    if (maps == nullptr) return config;
    const toml::array* list = maps->as_array();
    if (list == nullptr) return fault(path, *maps, "maps must be a list, as in maps = [\"NAME:SIZE\"]");
    for (const toml::node& map : *list) {
      if (!map.is_string()) return fault(path, map, "each of maps must be a text, as in \"NAME:SIZE\"");
      config.shmbridge_maps.push_back(map.as_string()->get());
    }
  } catch (const toml::parse_error& error) {
    return fail(ExitCode::kUsage,
                fmt::format("{}, line {}: {}", path, error.source().begin.line, error.description()));
  } catch (const std::logic_error&) {
    return fail(ExitCode::kUsage,
                path + ": a key or a table's name is malformed; write it as in [shmbridge] and maps = []");
  }
  return config;
}

Expected<Config> read_config() {
  const std::string chosen = environment_or("PITBRIDGE_CONFIG_FILE", "");
  const std::string home = home_directory();
  const std::string user =
      environment_or("XDG_CONFIG_HOME", home.empty() ? "" : home + "/.config") + "/pitbridge/config.toml";
  const std::vector<std::string> paths = chosen.empty()
                                             ? std::vector<std::string>{user, "/etc/pitbridge/config.toml"}
                                             : std::vector<std::string>{chosen};
  for (const std::string& path : paths) {
    auto text = read_file(path);
    if (!text) return tl::unexpected<Error>(std::move(text.error()));
    if (*text) return parse_config(**text, path);
  }
  if (!chosen.empty()) return fail(ExitCode::kUsage, chosen + ": no such file (PITBRIDGE_CONFIG_FILE)");
  return Config{};
}

}  // namespace pitbridge
