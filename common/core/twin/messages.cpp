// SPDX-License-Identifier: MIT
#include "common/core/twin/messages.hpp"

#include <charconv>

namespace pitbridge::twin {
namespace {

constexpr std::size_t kLengthBytes = 4;

std::uint32_t length_in(std::string_view bytes) {
  std::uint32_t length = 0;
  for (std::size_t i = kLengthBytes; i-- > 0;) length = length << 8U | static_cast<unsigned char>(bytes[i]);
  return length;
}

}  // namespace

std::string packed(const Message& message) {
  std::string words;
  for (const std::string& word : message) words += word + '\0';
  std::string out;
  for (std::size_t i = 0; i < kLengthBytes; ++i)
    out += static_cast<char>(static_cast<unsigned char>(words.size() >> (8 * i)));
  return out + words;
}

std::optional<Message> MessageReader::next() {
  if (is_broken_ || bytes_.size() < kLengthBytes) return std::nullopt;
  const std::uint32_t length = length_in(bytes_);
  is_broken_ = length == 0 || length > kMostMessageBytes;
  if (is_broken_ || bytes_.size() - kLengthBytes < length) return std::nullopt;
  std::string_view words = std::string_view(bytes_).substr(kLengthBytes, length);
  is_broken_ = words.back() != '\0';
  if (is_broken_) return std::nullopt;
  Message message;
  for (std::size_t end = 0; !words.empty(); words.remove_prefix(end + 1)) {
    end = words.find('\0');
    message.emplace_back(words.substr(0, end));
  }
  bytes_.erase(0, kLengthBytes + length);
  return message;
}

std::optional<std::uint64_t> number_in(const Message& message, std::size_t at) {
  if (at >= message.size()) return std::nullopt;
  const std::string& text = message[at];
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace pitbridge::twin
