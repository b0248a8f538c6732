// SPDX-License-Identifier: MIT
#include "bridges/serve/qr_code.hpp"

#include <dlfcn.h>
#include <qrencode.h>

#include <cstddef>

namespace pitbridge::serve {

std::optional<QrCode> qr_code_of(const std::string& text) {
  void* library = ::dlopen("libqrencode.so.4", RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return std::nullopt;
  const auto encode =
      reinterpret_cast<decltype(&QRcode_encodeString8bit)>(::dlsym(library, "QRcode_encodeString8bit"));
  const auto release = reinterpret_cast<decltype(&QRcode_free)>(::dlsym(library, "QRcode_free"));
  if (encode == nullptr || release == nullptr) return std::nullopt;
  QRcode* made = encode(text.c_str(), 0, QR_ECLEVEL_L);
  if (made == nullptr) return std::nullopt;
  const auto width = static_cast<std::size_t>(made->width);
  QrCode code(width, std::vector<bool>(width));
  for (std::size_t i = 0; i < width * width; ++i) code[i / width][i % width] = (made->data[i] & 1U) != 0;
  release(made);
  return code;
}

std::string qr_text(const QrCode& code) {
  constexpr std::ptrdiff_t kBorder = 2;
  const auto size = static_cast<std::ptrdiff_t>(code.size());
  const auto is_light = [&](std::ptrdiff_t row, std::ptrdiff_t column) {
    const bool is_inside = row >= 0 && row < size && column >= 0 && column < size;
    return !is_inside || !code[static_cast<std::size_t>(row)][static_cast<std::size_t>(column)];
  };
  std::string out;
  for (std::ptrdiff_t row = -kBorder; row < size + kBorder; row += 2) {
    for (std::ptrdiff_t column = -kBorder; column < size + kBorder; ++column) {
      const bool upper = is_light(row, column), lower = is_light(row + 1, column);
      out += upper && lower ? "\u2588" : upper ? "\u2580" : lower ? "\u2584" : " ";
    }
    out += '\n';
  }
  return out;
}

}  // namespace pitbridge::serve
