// SPDX-License-Identifier: MIT
#include "common/core/settings/ascii_toml.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <optional>

#include "common/core/sim/text.hpp"

namespace pitbridge {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool is_ascii(char c) {
  return static_cast<unsigned char>(c) < 0x80;
}

/// The line of the first byte that is no text: no UTF-8, or a zero.
std::optional<std::size_t> line_without_text(std::string_view text) {
  std::size_t line = 1;
  for (std::size_t at = 0; at < text.size();) {
    const auto letter = next_character(text, at);
    if (!letter || *letter == 0) return line;
    if (*letter == '\n') ++line;
  }
  return std::nullopt;
}

class Translation {
 public:
  explicit Translation(std::string_view text) : text_(text) {}

  tl::expected<std::string, TomlFault> run() {
    while (at_ < text_.size() && !fault_) step();
    if (fault_) return tl::unexpected<TomlFault>(std::move(*fault_));
    return std::move(out_);
  }

 private:
  void step() {
    const char c = text_[at_];
    switch (c) {
      case '#':
        return comment();
      case '"':
      case '\'':
        return quoted(c);
      case '\n':
      case '=':
      case ',':
        parts_ = 1;
        break;
      case '[':
      case '{':
        parts_ = 1;
        if (++brackets_ > kMaxTomlDepth) return fail_with("brackets within brackets, too deep");
        break;
      case ']':
      case '}':
        if (brackets_ > 0) --brackets_;
        break;
      case '.':
        if (++parts_ > kMaxTomlDepth) return fail_with("a key of too many parts");
        break;
      default:
        if (!is_ascii(c))
          return fail_with("a letter beyond ASCII, which TOML takes in quotes and comments only");
    }
    copy(1);
  }

  void comment() {
    for (; at_ < text_.size() && text_[at_] != '\n'; ++at_)
      if (is_ascii(text_[at_])) out_ += text_[at_];
  }

  /// A text, on one line or on several. One that does not end is left to the parser.
  void quoted(char quote) {
    const bool is_long = text_.substr(at_, 3) == std::string(3, quote);
    const std::size_t begin = at_ + (is_long ? 3 : 1);
    const std::size_t end = end_of(begin, quote, is_long);
    const std::string_view content = text_.substr(begin, end - begin);
    const bool is_plain = std::all_of(content.begin(), content.end(), is_ascii);
    // Only "..." has escapes.
    const bool is_literal = quote == '\'';
    const std::string mark(is_long ? 3 : 1, is_literal && !is_plain ? '"' : quote);
    out_ += mark;
    at_ = begin;
    while (at_ < end) {
      const char c = text_[at_];
      if (!is_ascii(c)) {
        escape();
      } else if (is_literal) {
        if (!is_plain && (c == '"' || c == '\\')) out_ += '\\';
        copy(1);
      } else if (c == '\\' && at_ + 1 < end) {
        if (!is_ascii(text_[at_ + 1])) return fail_with("a backslash before a letter that needs none");
        copy(2);
      } else {
        copy(1);
      }
    }
    if (text_.substr(at_, mark.size()) != std::string(mark.size(), quote)) return;
    out_ += mark;
    at_ += mark.size();
  }

  /// Behind the last byte of the content.
  std::size_t end_of(std::size_t begin, char quote, bool is_long) const {
    for (std::size_t i = begin; i < text_.size(); ++i) {
      if (text_[i] == '\\' && quote == '"') {
        ++i;
      } else if (!is_long && text_[i] == '\n') {
        return i;
      } else if (text_[i] == quote && (!is_long || text_.substr(i, 3) == std::string(3, quote))) {
        // One or two quotes may stand right before the three that end a long text.
        std::size_t last = i;
        while (is_long && last + 3 < text_.size() && last < i + 2 && text_[last + 3] == quote) ++last;
        return last;
      }
    }
    return text_.size();
  }

  /// One letter, of which it is known that it is whole.
  void escape() {
    out_ += fmt::format("\\U{:08X}", static_cast<std::uint32_t>(next_character(text_, at_).value_or(0)));
  }

  void copy(std::size_t count) {
    out_ += text_.substr(at_, count);
    at_ += count;
  }

  void fail_with(std::string_view what) {
    const auto line = 1 + std::count(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(at_), '\n');
    fault_ = TomlFault{static_cast<std::size_t>(line), std::string(what)};
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string out_;
  std::size_t brackets_ = 0;
  std::size_t parts_ = 1;  ///< of the key that may stand here
  std::optional<TomlFault> fault_;
};

}  // namespace

tl::expected<std::string, TomlFault> ascii_toml(std::string_view text) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  if (const auto line = line_without_text(text))
    return tl::unexpected<TomlFault>({*line, "no UTF-8; have your editor write the file as UTF-8"});
  return Translation(text).run();
}

}  // namespace pitbridge
