// SPDX-License-Identifier: MIT
#include "common/posix/session/vdf.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "common/core/sim/text.hpp"

namespace pitbridge {
namespace {

/// Bounds what a hostile file costs; libraryfolders.vdf needs three.
constexpr std::size_t kMaxDepth = 32;

enum class TokenKind { kText, kOpen, kClose, kEnd };

struct Token {
  TokenKind kind;
  std::string text = {};
};

class Tokens {
 public:
  explicit Tokens(std::string_view text) : text_(text) {}

  Token next() {
    skip();
    if (text_.empty()) return {TokenKind::kEnd};
    const char first = text_.front();
    if (first == '{' || first == '}') {
      text_.remove_prefix(1);
      return {first == '{' ? TokenKind::kOpen : TokenKind::kClose};
    }
    return {TokenKind::kText, first == '"' ? quoted() : bare()};
  }

 private:
  void skip() {
    while (!text_.empty()) {
      if (std::string_view(" \t\r\n").find(text_.front()) != std::string_view::npos) {
        text_.remove_prefix(1);
      } else if (text_.starts_with("//")) {
        text_.remove_prefix(std::min(text_.find('\n'), text_.size()));
      } else if (text_.front() == '[') {  // a condition, as in "key" "value" [$LINUX]
        const auto end = text_.find_first_of("]\n");
        text_.remove_prefix(end == std::string_view::npos ? text_.size() : end + 1);
      } else {
        return;
      }
    }
  }

  std::string quoted() {
    std::string out;
    text_.remove_prefix(1);
    while (!text_.empty() && text_.front() != '"') {
      if (text_.front() == '\\' && text_.size() > 1) {
        text_.remove_prefix(1);
        const char c = text_.front();
        out += c == 'n' ? '\n' : c == 't' ? '\t' : c;
      } else {
        out += text_.front();
      }
      text_.remove_prefix(1);
    }
    if (!text_.empty()) text_.remove_prefix(1);
    return out;
  }

  std::string bare() {
    const auto end = std::min(text_.find_first_of(" \t\r\n{}\""), text_.size());
    std::string out(text_.substr(0, end));
    text_.remove_prefix(end);
    return out;
  }

  std::string_view text_;
};

}  // namespace

const VdfNode* VdfNode::find(std::string_view name) const {
  for (const VdfNode& child : children)
    if (equals_ignoring_case(child.key, name)) return &child;
  return nullptr;
}

std::string VdfNode::value_of(std::string_view name) const {
  const VdfNode* child = find(name);
  return child != nullptr ? child->value : "";
}

VdfNode parse_vdf(std::string_view text) {
  Tokens tokens(text);
  VdfNode top;
  // Nodes that are open, outermost first. They are moved into their parents when they close, so that no
  // pointer into a growing vector is held; and nothing here recurses, whatever the text.
  std::vector<VdfNode> open;
  std::size_t left_out = 0;  // braces below kMaxDepth
  std::optional<std::string> key;
  const auto add = [&](VdfNode node) {
    (open.empty() ? top : open.back()).children.push_back(std::move(node));
  };
  for (Token token = tokens.next(); token.kind != TokenKind::kEnd; token = tokens.next()) {
    switch (token.kind) {
      case TokenKind::kText:
        if (left_out != 0) break;
        if (!key) {
          key = std::move(token.text);
        } else {
          add({std::move(*key), std::move(token.text), {}});
          key.reset();
        }
        break;
      case TokenKind::kOpen:
        if (left_out != 0 || open.size() == kMaxDepth) {
          ++left_out;
        } else {
          open.push_back({key.value_or(""), "", {}});
        }
        key.reset();
        break;
      case TokenKind::kClose:
        key.reset();
        if (left_out != 0) {
          --left_out;
        } else if (!open.empty()) {
          VdfNode node = std::move(open.back());
          open.pop_back();
          add(std::move(node));
        }
        break;
      case TokenKind::kEnd:
        break;
    }
  }
  while (!open.empty()) {
    VdfNode node = std::move(open.back());
    open.pop_back();
    add(std::move(node));
  }
  return top;
}

}  // namespace pitbridge
