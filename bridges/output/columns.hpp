// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// Text that fits into so many columns, whatever the length of the paths in it.
namespace pitbridge {

/// As many of the letters as fit into so many columns. Of wide ones, as of Chinese, each needs two.
std::string fitted(std::string_view text, std::size_t columns);
std::size_t columns_of(std::string_view text);

/// One line of text as lines that end in '\n', broken between words, and inside of one that is longer than a
/// line. `first` goes before the first line, as many blanks before each other one.
std::string wrapped(std::string_view text, std::string_view first, std::size_t columns);

/// A command for a shell as lines that end in '\n', of which a shell makes the same command again when they
/// are copied: each but the last ends in a backslash, and inside of a word the next begins at the margin.
std::string wrapped_command(std::string_view command, std::size_t indent, std::size_t columns);

}  // namespace pitbridge
