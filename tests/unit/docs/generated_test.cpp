// SPDX-License-Identifier: MIT
// What documents and the header for readers say of the values is made from the tables, between two markers.
// With PITBRIDGE_REWRITE=1 (`make generated`) it is written anew, and else compared.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <cctype>
#include <fstream>
#include <functional>

#include "common/core/sim/sim.hpp"
#include "tests/unit/support/documents.hpp"

namespace pitbridge {
namespace {

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '_' || c == '*' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

std::string manual() {
  std::string text;
  for (const QuantityGroup& group : kQuantityGroups) {
    std::string title(group.name);
    title.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(title.front())));
    text += fmt::format("## {}\n\n[[ *Name*\n:[ *Unit*\n:[ *Numbers*\n:< *Meaning*\n", title);
    for (const QuantityInfo& info : quantities_of(group)) {
      std::string meaning = escaped(info.sense);
      if (!info.codes.empty())
        meaning += fmt::format("{}{}", meaning.empty() ? "" : ": ", fmt::join(info.codes, ", "));
      text += fmt::format("|  {}\n:  {}\n:  {}\n:  {}\n", escaped(info.name),
                          info.text ? "text" : escaped(info.unit), info.count,
                          meaning.empty() ? escaped(info.name) : meaning);
    }
    text += "\n";
  }
  return text;
}

std::string upper(std::string_view text) {
  std::string out;
  for (const char c : text)
    out += std::isalnum(static_cast<unsigned char>(c)) != 0
               ? static_cast<char>(std::toupper(static_cast<unsigned char>(c)))
               : '_';
  return out;
}

std::string header_words() {
  std::string text;
  for (const QuantityInfo& info : kQuantities) {
    if (info.codes.empty()) continue;
    text += fmt::format("/// Words of \"{}\".\nenum {{\n", info.name);
    for (std::size_t i = 0; i < info.codes.size(); ++i)
      text += fmt::format("  PITBRIDGE_{}_{} = {}{}\n", upper(info.name), upper(info.codes[i]), i,
                          i + 1 < info.codes.size() ? "," : "");
    text += "};\n\n";
  }
  text += "/// Bits of `pitbridge_car.present`.\nenum {\n";
  for (std::size_t i = 0; i < kCarQuantities.size(); ++i)
    text += fmt::format("  PITBRIDGE_CAR_HAS_{} = 1 << {}{}\n", upper(quantity_info(kCarQuantities[i]).name),
                        i, i + 1 < kCarQuantities.size() ? "," : "");
  return text + "};\n";
}

struct Block {
  const char* file;
  const char* begin;
  const char* end;
  std::function<std::string()> make;
};

class Generated : public testing::TestWithParam<Block> {};

TEST_P(Generated, StandsInTheFile) {
  const Block& block = GetParam();
  const auto path = source_dir() / block.file;
  const std::string text = text_of(path);
  const auto begin = text.find(block.begin);
  const auto end = text.find(block.end);
  ASSERT_TRUE(begin != std::string::npos && end != std::string::npos && begin < end) << block.begin;
  const auto from = text.find('\n', begin) + 1;
  const std::string whole = text.substr(0, from) + block.make() + text.substr(end);
  if (environment_or("PITBRIDGE_REWRITE", "") == "1") std::ofstream(path, std::ios::binary) << whole;
  EXPECT_TRUE(text_of(path) == whole) << block.file << " is not up to date: run `make generated`";
}

INSTANTIATE_TEST_SUITE_P(
    Documents, Generated,
    testing::Values(Block{"bridges/man/pitbridge-values.7.scd", "; values: begin", "; values: end", manual},
                    Block{"common/reader/pitbridge.h", "// words: begin", "// words: end", header_words}),
    [](const auto& block) {
      return std::string(block.param.file).starts_with("README") ? "Readme"
             : std::string(block.param.file).ends_with(".h")     ? "Header"
                                                                 : "Manual";
    });

}  // namespace
}  // namespace pitbridge
