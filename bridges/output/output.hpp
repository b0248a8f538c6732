// SPDX-License-Identifier: MIT
#pragma once

#include <fmt/format.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "common/core/error.hpp"

/// The stdout of a command. What could not be written is kept in mind until `flush_output` tells it.
namespace pitbridge {

/// One line, made printable: it may hold bytes of games, of other users, and of names of files.
void put_line(std::string_view text);

template <typename... Args>
void print_line(fmt::format_string<Args...> format, Args&&... args) {
  put_line(fmt::format(format, std::forward<Args>(args)...));
}

/// Those of the terminal; 80 where stdout is none.
std::size_t output_columns();

/// Several lines as they are: each was made printable before colours and indents were added.
void put_block(std::string_view text);

/// On a terminal the text takes the place of the last line, and is cut to its width, for a longer one would
/// stay and scroll; elsewhere it is a line.
void put_over_last_line(std::string_view text);

/// What this command says to stderr, as one printable line: "pitbridge NAME: TEXT".
void complain(std::string_view text, std::string_view command_name = {});

/// Writes what is still buffered. Fails from then on when something could not be written, or when nobody can
/// read it any more: who waits would not find that out by writing.
Expected<void> flush_output();

}  // namespace pitbridge
