// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <string_view>
#include <type_traits>

#include "common/core/sim/sim.hpp"
#include "common/core/sim/table_checks.hpp"
#include "common/core/sim/units.hpp"

/// With what a file of `sims/` writes its tables and joins the sims of a program.
namespace pitbridge {

/// The number of rows of a table, from its type: a reference to a table is no constant in C++20.
template <typename Table>
inline constexpr std::size_t kLengthOf = 0;
template <typename Row, std::size_t kCount>
inline constexpr std::size_t kLengthOf<Row[kCount]> = kCount;
template <typename Row, std::size_t kCount>
inline constexpr std::size_t kLengthOf<std::array<Row, kCount>> = kCount;

/// A field of a table, looked up by the compiler.
template <const auto& kFields>
consteval Field field_in(std::string_view name) {
  return *find_field(kFields, name);
}

/// A table of channels whose fields are in one mapping (`mapping` is its file name).
template <std::size_t kCount>
constexpr std::array<Channel, kCount> channels_in(std::string_view mapping, const Channel (&rows)[kCount]) {
  auto table = std::to_array(rows);
  for (Channel& channel : table) channel.mapping = mapping;
  return table;
}

/// The same, for fields that stand in record 0 of an array of which the player has one record.
template <std::size_t kCount>
constexpr std::array<Channel, kCount> player_channels_in(std::string_view mapping,
                                                         const Channel (&rows)[kCount]) {
  auto table = channels_in(mapping, rows);
  for (Channel& channel : table) channel.of_player = true;
  return table;
}

/// A table of activity rules whose fields are in one mapping.
template <std::size_t kCount>
constexpr std::array<ActivityRule, kCount> rules_in(std::string_view mapping,
                                                    const ActivityRule (&rows)[kCount]) {
  auto table = std::to_array(rows);
  for (ActivityRule& rule : table) rule.mapping = mapping;
  return table;
}

/// Several tables as one.
template <typename Table, typename... Tables>
constexpr auto join(const Table& first, const Tables&... others) {
  using Row = std::remove_cvref_t<decltype(*std::begin(first))>;
  std::array<Row, (kLengthOf<Table> + ... + kLengthOf<Tables>)> all{};
  auto end = std::copy(std::begin(first), std::end(first), all.begin());
  ((end = std::copy(std::begin(others), std::end(others), end)), ...);
  return all;
}

/// A sim whose tables hold together, which the compiler has found out.
class CheckedSim {
 public:
  // Implicit, so that no sim can be registered unchecked.
  consteval CheckedSim(const Sim& sim) : sim_(sim) {  // NOLINT(google-explicit-constructor)
    if (is_the_compiler()) table_checks::check_sim(sim);
  }
  constexpr const Sim& sim() const { return sim_; }

 private:
  // Always true here; but clang 14 compiles a consteval constructor for the running program, too, where the
  // functions that exist in name only are missing. g++ warns of the plain question.
  static constexpr bool is_the_compiler() { return std::is_constant_evaluated(); }

  const Sim& sim_;
};

/// One constant of this type in a file of `sims/` makes its sim known to the program it is linked into.
class SimRegistration {
 public:
  explicit SimRegistration(CheckedSim sim);
};

}  // namespace pitbridge
