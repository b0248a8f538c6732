// SPDX-License-Identifier: MIT
#include "common/core/launch/command_line.hpp"

#include <algorithm>
#include <array>

namespace pitbridge {
namespace {

constexpr std::string_view kRun = "run";

/// Options before a game's command that take the next word with them.
constexpr std::array<std::string_view, 2> kOptionsWithValue = {"--shm-dir", "--sim"};

template <typename List>
bool contains(const List& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

bool is_option(std::string_view word) {
  return word.size() > 1 && word.front() == '-' && word != "--";
}

/// How many of `words` are options, with their values.
std::size_t count_options(std::span<const std::string> words) {
  std::size_t n = 0;
  while (n < words.size() && is_option(words[n])) n += contains(kOptionsWithValue, words[n]) ? 2 : 1;
  return std::min(n, words.size());
}

bool looks_like_a_command(std::span<const std::string> words, bool (*in_path)(const std::string&)) {
  const std::string& program = words.front();
  return program.find('/') != std::string::npos || contains(words, "--") ||
         (words.size() > 1 && in_path(program));
}

}  // namespace

CommandLine split_command_line(std::span<const std::string> arguments,
                               std::span<const std::string_view> subcommands,
                               bool (*in_path)(const std::string& program)) {
  CommandLine line;
  const auto take = [&](std::size_t count) {
    line.own.insert(line.own.end(), arguments.begin(),
                    arguments.begin() + static_cast<std::ptrdiff_t>(count));
    arguments = arguments.subspan(count);
  };
  take(count_options(arguments));
  if (arguments.empty()) return line;
  if (arguments.front() == kRun) {
    take(1);
    take(count_options(arguments));
  } else if (contains(subcommands, arguments.front()) ||
             (arguments.front() != "--" && !looks_like_a_command(arguments, in_path))) {
    take(arguments.size());
    return line;
  } else {
    line.own.emplace_back(kRun);
  }
  if (!arguments.empty() && arguments.front() == "--") arguments = arguments.subspan(1);
  line.command.assign(arguments.begin(), arguments.end());
  return line;
}

std::optional<std::string> unknown_subcommand(const CommandLine& line,
                                              std::span<const std::string_view> subcommands) {
  const std::size_t options = count_options(line.own);
  if (options == line.own.size() || contains(subcommands, line.own[options])) return std::nullopt;
  return line.own[options];
}

std::string shell_quoted(std::string_view word) {
  std::string out = "'";
  for (const char c : word) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      out += c;
    }
  }
  return out + "'";
}

std::string quoted_where_needed(std::string_view word) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+:@%,=";
  return word.find_first_not_of(kPlain) == std::string_view::npos ? std::string(word) : shell_quoted(word);
}

bool is_container_entry(std::string_view word) {
  const std::string_view name = base_name(word);
  return name == "_v2-entry-point" || name.starts_with("pressure-vessel");
}

std::string_view base_name(std::string_view path) {
  const auto slash = path.find_last_of("/\\");
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

}  // namespace pitbridge
