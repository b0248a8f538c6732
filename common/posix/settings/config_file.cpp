// SPDX-License-Identifier: MIT
#include "common/posix/settings/config_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
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

#include "common/core/settings/ascii_toml.hpp"
#include "common/posix/system/fd.hpp"
#include "common/posix/system/paths.hpp"
#include "common/posix/system/system_error.hpp"

namespace pitbridge {
namespace {

constexpr const char* kChosenFile = "PITBRIDGE_CONFIG_FILE";
/// A configuration is far smaller; somebody named another file, or a device without an end.
constexpr std::size_t kMaxFileBytes = std::size_t{1} << 20U;

struct FileText {
  std::string text;
  std::string others;  ///< why other users may change it; empty: they may not
};

/// A group of one: many distributions give each user one, and files that it may write.
bool is_own_group(gid_t gid) {
  const passwd* user = ::getpwuid(::geteuid());
  if (user == nullptr || user->pw_name == nullptr) return false;
  const std::string name = user->pw_name;
  const group* found = ::getgrgid(gid);
  if (found == nullptr || found->gr_name == nullptr || found->gr_name != name) return false;
  for (char** member = found->gr_mem; member != nullptr && *member != nullptr; ++member)
    if (*member != name) return false;
  return true;
}

std::string who_else_may_write(int fd) {
  struct stat file = {};
  if (::fstat(fd, &file) != 0 || !S_ISREG(file.st_mode)) return {};
  if (file.st_uid != ::geteuid() && file.st_uid != 0)
    return fmt::format("it belongs to user {}, and not to you or root", file.st_uid);
  if ((file.st_mode & S_IWOTH) != 0) return "everybody may write it";
  if ((file.st_mode & S_IWGRP) != 0 && file.st_gid != 0 && !is_own_group(file.st_gid))
    return fmt::format("group {} may write it", file.st_gid);
  return {};
}

/// Nothing when there is no such file; the number of the system's error when it cannot be read.
tl::expected<std::optional<FileText>, int> read_file(const std::string& path) {
  // A FIFO in its place must not hold up the game.
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!fd && (errno == ENOENT || errno == ENOTDIR)) return std::nullopt;
  if (!fd) return tl::unexpected<int>(errno);
  FileText file;
  char buffer[4096];
  ssize_t n = 0;
  while ((n = ::read(fd.get(), buffer, sizeof buffer)) > 0) {
    file.text.append(buffer, static_cast<std::size_t>(n));
    if (file.text.size() > kMaxFileBytes) return tl::unexpected<int>(EFBIG);
  }
  if (n < 0) return tl::unexpected<int>(errno);
  file.others = who_else_may_write(fd.get());
  return file;
}

ParsedKey parsed(std::vector<std::string> path, const toml::key& key, const toml::node& node) {
  const auto line_of = [](const toml::source_region& place) { return std::size_t{place.begin.line}; };
  const std::size_t line = line_of(key.source()) != 0 ? line_of(key.source()) : line_of(node.source());
  ParsedKey out = {std::move(path), line, ParsedOther()};
  if (node.is_table()) {
    out.value = ParsedTable();
  } else if (const auto* flag = node.as_boolean()) {
    out.value = flag->get();
  } else if (const auto* number = node.as_integer()) {
    out.value = number->get();
  } else if (const auto* text = node.as_string()) {
    out.value = text->get();
  } else if (const toml::array* list = node.as_array()) {
    std::vector<ParsedText> texts;
    for (const toml::node& item : *list)
      texts.push_back(
          {item.is_string() ? std::optional(item.as_string()->get()) : std::nullopt, line_of(item.source())});
    out.value = std::move(texts);
  }
  return out;
}

/// No table that means something lies deeper.
constexpr std::size_t kDeepestKey = 3;

void collect(const toml::table& table, const std::vector<std::string>& path, std::vector<ParsedKey>& out) {
  for (const auto& [key, node] : table) {
    std::vector<std::string> own = path;
    own.emplace_back(key.str());
    out.push_back(parsed(own, key, node));
    if (const toml::table* inner = node.as_table(); inner != nullptr && own.size() < kDeepestKey)
      collect(*inner, own, out);
  }
}

ConfigFile failed(const std::string& path, ConfigFault fault) {
  return {.path = path, .exists = true, .is_understood = false, .entries = {}, .faults = {std::move(fault)}};
}

}  // namespace

ConfigFile parse_config(const std::string& text, const std::string& path,
                        std::span<const std::string_view> known_sims, bool trusted) {
  constexpr std::string_view kLeftOut = "Until then the whole file is left out";
  const auto ascii = ascii_toml(text);
  if (!ascii)
    return failed(path, {.path = path,
                         .line = ascii.error().line,
                         .message = fmt::format("{}. {}", ascii.error().message, kLeftOut)});
  std::vector<ParsedKey> keys;
  try {
    collect(toml::parse(*ascii, path), {}, keys);
  } catch (const toml::parse_error& error) {
    return failed(path, {.path = path,
                         .line = error.source().begin.line,
                         .message = fmt::format("{}. {}", error.description(), kLeftOut)});
  } catch (const std::logic_error&) {
    return failed(path, {.path = path,
                         .message = fmt::format("a key or a table's name is malformed; write it as in "
                                                "[shmbridge] and maps = []. {}",
                                                kLeftOut)});
  }
  // toml++ has them by name; which ones are too many shall not hang on that.
  std::stable_sort(keys.begin(), keys.end(),
                   [](const ParsedKey& a, const ParsedKey& b) { return a.line < b.line; });
  return understand_config(path, keys, known_sims, trusted);
}

ConfigFile read_config_file(const std::string& path, std::span<const std::string_view> known_sims) {
  const auto file = read_file(path);
  if (!file)
    return failed(path,
                  {.path = path,
                   .message = fmt::format("cannot be read, and so is left out: {}; make it a small file "
                                          "that you may read, or take it away",
                                          system_message(file.error())),
                   .warning = true});
  if (!*file) return {.path = path, .exists = false, .entries = {}, .faults = {}};
  const std::string& others = (*file)->others;
  ConfigFile config = parse_config((*file)->text, path, known_sims, others.empty());
  if (!others.empty())
    config.faults.insert(config.faults.begin(),
                         {.path = path,
                          .message = fmt::format("{}, so that keys which name files are not taken from it; "
                                                 "make it your own: chown it, and chmod go-w",
                                                 others),
                          .warning = true});
  return config;
}

std::vector<std::string> config_paths(const Environment& environment) {
  if (std::string chosen = value_or_empty(environment, kChosenFile); !chosen.empty())
    return {std::move(chosen)};
  std::vector<std::string> paths;
  std::string user = value_or_empty(environment, "XDG_CONFIG_HOME");
  // The XDG rules: a relative path counts as unset.
  if (!user.starts_with('/')) {
    const std::string home = home_directory(value_or_empty(environment, "HOME"));
    if (!home.empty()) user = home + "/.config";
  }
  if (!user.empty() && user.front() == '/') paths.push_back(user + "/pitbridge/config.toml");
  paths.emplace_back("/etc/pitbridge/config.toml");
  return paths;
}

Config read_config(std::span<const std::string_view> known_sims, const Environment& environment) {
  Config config;
  for (const std::string& path : config_paths(environment))
    config.files.push_back(read_config_file(path, known_sims));
  ConfigFile& first = config.files.front();
  if (!value_or_empty(environment, kChosenFile).empty() && !first.exists)
    first.faults.push_back(
        {.path = first.path,
         .message = fmt::format("no such file; {} names it: correct or unset it", kChosenFile)});
  return config;
}

}  // namespace pitbridge
