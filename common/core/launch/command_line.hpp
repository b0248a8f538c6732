// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pitbridge {

/// A command line of `pitbridge`, in which a game's command may stand: `pitbridge %command%`.
struct CommandLine {
  std::vector<std::string> own;      ///< for the option parser; "run" is put in where it was left out
  std::vector<std::string> command;  ///< the game's, word for word
};

/// Tells our words from the game's. `in_path` says whether the shell would find a program of that name.
/// The first word that is neither an option nor one of `subcommands` begins the game's command, if it looks
/// like one: it has a slash, or is in PATH and has arguments, or "--" stands somewhere behind it. Behind
/// `run` everything from the first word that is no option of ours, or from "--", is the game's. Nothing of
/// the game's is ever parsed.
CommandLine split_command_line(std::span<const std::string> arguments,
                               std::span<const std::string_view> subcommands,
                               bool (*in_path)(const std::string& program));

/// The word in the place of a subcommand, where it is none of them; nothing where there is no word.
std::optional<std::string> unknown_subcommand(const CommandLine& line,
                                              std::span<const std::string_view> subcommands);

/// The word as POSIX shells, and Python's shlex, read it back.
std::string shell_quoted(std::string_view word);
/// As it is where a shell reads it back so, else quoted.
std::string quoted_where_needed(std::string_view word);

/// Whether this word of a command line is the program by which Steam enters its container.
bool is_container_entry(std::string_view word);

/// The part behind the last slash or backslash: of "Z:\games\acs.exe" and "/games/acs.exe" it is "acs.exe".
std::string_view base_name(std::string_view path);

}  // namespace pitbridge
