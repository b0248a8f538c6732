// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "common/core/sim/sim.hpp"
#include "common/core/sim/text.hpp"

/// What can be wrong in a table of `sims/` does not compile. Each check calls a function that exists in name
/// only; a compiler that gets there must refuse, and its message holds the name, which is the sentence.
namespace pitbridge::table_checks {

void a_mapping_name_is_given_twice();
void a_detector_word_lies_beyond_the_end_of_its_mapping();
void a_detector_word_is_not_aligned_to_its_own_width();
void the_begin_and_end_version_of_a_detector_overlap();
void a_title_id_is_given_twice();
void a_steam_app_id_is_given_twice();
void an_exe_name_is_given_twice();
void a_title_has_no_exe_name();
void a_layout_is_of_a_mapping_that_the_sim_does_not_have();
void a_layout_is_larger_than_its_mapping();
void a_title_has_two_layouts_of_one_mapping();
void a_field_name_is_given_twice_in_one_layout();
void a_field_has_a_count_of_0();
void a_field_ends_beyond_its_structure();
void two_fields_overlap_without_one_holding_the_other();
void a_channel_names_a_mapping_that_has_no_layout();
void a_channel_names_a_field_that_does_not_exist();
void a_channel_names_more_or_fewer_fields_than_its_quantity_has_elements();
void the_order_of_a_channel_is_no_order();
void a_code_of_a_channel_is_no_word_of_its_quantity();
void a_channel_of_words_has_no_codes();
void a_car_table_has_a_quantity_that_is_not_told_of_cars();
void a_car_table_has_no_distance_of_its_records();
void a_car_table_has_no_count();
void a_channel_reads_a_text_as_a_number_or_a_number_as_a_text();
void a_channel_is_of_the_player_but_the_title_has_no_player_offset_bytes();
void the_title_has_no_rule_for_live();
void the_version_stands_in_a_field_that_does_not_exist();
void the_version_stands_in_no_whole_number_and_no_text();
void a_title_states_its_version_but_no_version_is_known();
void an_activity_rule_names_a_field_that_does_not_exist();
void an_activity_rule_compares_a_field_that_is_no_integer();
void an_activity_rule_watches_a_field_that_is_no_number();
void a_rule_that_watches_for_changes_always_decides_so_it_must_stand_last();
void a_derived_mapping_is_made_of_or_into_a_mapping_that_the_sim_does_not_have();
void a_derived_mapping_has_no_pair_of_versions();
void a_record_of_a_derived_mapping_lies_beyond_the_end_of_its_mapping();

constexpr void check_detector(const Detector& detector, std::uint32_t size_bytes) {
  if (detector.rule == Consistency::kNone) return;
  const std::uint64_t width = detector.width_bytes;
  const bool has_end = detector.rule == Consistency::kVersionPair;
  if (detector.offset_bytes % width != 0 || (has_end && detector.end_offset_bytes % width != 0))
    a_detector_word_is_not_aligned_to_its_own_width();
  const std::uint64_t begin = detector.offset_bytes;
  const std::uint64_t end = detector.end_offset_bytes;
  if (has_end && begin < end + width && end < begin + width)
    the_begin_and_end_version_of_a_detector_overlap();
  if (size_bytes == 0) return;  // only the section knows
  const std::uint64_t last = begin + std::uint64_t{detector.count - 1} * detector.stride_bytes;
  if (last + width > size_bytes || (has_end && end + width > size_bytes))
    a_detector_word_lies_beyond_the_end_of_its_mapping();
}

constexpr const Mapping* find_mapping(const Sim& sim, std::string_view file_name) {
  for (const Mapping& mapping : sim.mappings)
    if (mapping.file_name() == file_name) return &mapping;
  return nullptr;
}
constexpr const Layout* find_layout(const Title& title, std::string_view mapping) {
  for (const Layout& layout : title.layouts)
    if (layout.mapping == mapping) return &layout;
  return nullptr;
}

/// Records hold their fields, and a text may be the first of several; a field half in another is a slip.
constexpr bool one_holds_the_other(const Field& a, const Field& b) {
  const auto holds = [](const Field& outer, const Field& inner) {
    return (outer.type == FieldType::kBytes || is_text(outer.type)) &&
           outer.offset_bytes <= inner.offset_bytes &&
           inner.offset_bytes + inner.size_bytes() <= outer.offset_bytes + outer.size_bytes();
  };
  return holds(a, b) || holds(b, a);
}
constexpr bool overlap(const Field& a, const Field& b) {
  return a.offset_bytes < b.offset_bytes + b.size_bytes() && b.offset_bytes < a.offset_bytes + a.size_bytes();
}

constexpr void check_fields(const Layout& layout) {
  for (std::size_t i = 0; i < layout.fields.size(); ++i) {
    const Field& field = layout.fields[i];
    if (field.count == 0) a_field_has_a_count_of_0();
    if (std::uint64_t{field.offset_bytes} + field.size_bytes() > layout.size_bytes)
      a_field_ends_beyond_its_structure();
    for (std::size_t k = 0; k < i; ++k) {
      const Field& other = layout.fields[k];
      if (field.name == other.name) a_field_name_is_given_twice_in_one_layout();
      if (overlap(field, other) && !one_holds_the_other(field, other))
        two_fields_overlap_without_one_holding_the_other();
    }
  }
}

constexpr void check_layouts(const Sim& sim, const Title& title) {
  for (const Layout& layout : title.layouts) {
    const Mapping* mapping = find_mapping(sim, layout.mapping);
    if (mapping == nullptr) a_layout_is_of_a_mapping_that_the_sim_does_not_have();
    if (mapping->size_bytes != 0 && layout.size_bytes > mapping->size_bytes)
      a_layout_is_larger_than_its_mapping();
    if (find_layout(title, layout.mapping) != &layout) a_title_has_two_layouts_of_one_mapping();
    check_fields(layout);
  }
}

/// The field of a channel or a rule. Null: a variable of a map that describes itself, which only a game
/// names.
constexpr const Field* field_of(const Title& title, std::string_view mapping, std::string_view name) {
  const Layout* layout = find_layout(title, mapping);
  return layout != nullptr ? find_field(layout->fields, name) : nullptr;
}

constexpr void check_words(const Channel& channel) {
  const QuantityInfo& info = quantity_info(channel.quantity);
  for (const Code& code : channel.codes)
    if (static_cast<double>(code.word) > info.most) a_code_of_a_channel_is_no_word_of_its_quantity();
  if (!info.codes.empty() && channel.codes.empty() && channel.compute == nullptr)
    a_channel_of_words_has_no_codes();
}

constexpr void check_order(const Channel& channel) {
  if (channel.order.empty()) return;
  const std::size_t count = quantity_info(channel.quantity).count;
  std::uint32_t seen = 0;
  for (const int from : channel.order) {
    const auto place = static_cast<std::uint32_t>(from < 0 ? -from : from);
    if (place == 0 || place > count) return the_order_of_a_channel_is_no_order();
    seen |= 1U << (place - 1);
  }
  if (channel.order.size() != count || seen != (1U << count) - 1) the_order_of_a_channel_is_no_order();
}

constexpr void check_channel(const Title& title, const Channel& channel, bool has_found_texts) {
  const QuantityInfo& info = quantity_info(channel.quantity);
  const bool describes_itself = title.find_variable != nullptr;
  if (find_layout(title, channel.mapping) == nullptr) a_channel_names_a_mapping_that_has_no_layout();
  if (channel.of_player && title.player_offset_bytes == nullptr)
    a_channel_is_of_the_player_but_the_title_has_no_player_offset_bytes();
  if (!channel.fields.empty() && channel.fields.size() != info.count)
    a_channel_names_more_or_fewer_fields_than_its_quantity_has_elements();
  const auto check_name = [&](std::string_view name) {
    const Field* field = field_of(title, channel.mapping, name);
    if (field == nullptr && !describes_itself) a_channel_names_a_field_that_does_not_exist();
    if (field != nullptr && (is_text(field->type) != info.text || field->type == FieldType::kBytes))
      a_channel_reads_a_text_as_a_number_or_a_number_as_a_text();
  };
  check_words(channel);
  check_order(channel);
  const bool is_found = channel.compute != nullptr || (channel.field.empty() && has_found_texts);
  if (channel.fields.empty() && !is_found) check_name(channel.field);
  for (const std::string_view name : channel.fields) check_name(name);
  if (!channel.other_field.empty()) check_name(channel.other_field);
}

constexpr void check_cars(const Title& title) {
  if (title.cars == nullptr) return;
  if (title.cars->count == nullptr) a_car_table_has_no_count();
  for (const Channel& channel : title.cars->channels) {
    if (std::ranges::find(kCarQuantities, channel.quantity) == kCarQuantities.end())
      a_car_table_has_a_quantity_that_is_not_told_of_cars();
    const bool has_own_text = channel.field.empty() && title.cars->find_text != nullptr;
    check_channel(title, channel, has_own_text);
    if (channel.record_bytes == 0 && !has_own_text) a_car_table_has_no_distance_of_its_records();
  }
}

constexpr void check_rules(const Title& title) {
  bool has_live = false;
  for (std::size_t i = 0; i < title.activity_rules.size(); ++i) {
    const ActivityRule& rule = title.activity_rules[i];
    const bool watches = rule.changes_within_ms != 0;
    has_live |= rule.activity == Activity::kLive;
    const bool is_last = i + 1 == title.activity_rules.size();
    const ActivityRule& next = title.activity_rules[is_last ? i : i + 1];
    if (watches && !is_last && (next.changes_within_ms == 0 || next.mapping == rule.mapping))
      a_rule_that_watches_for_changes_always_decides_so_it_must_stand_last();
    const Field* field = field_of(title, rule.mapping, rule.field);
    if (field == nullptr) {
      if (title.find_variable == nullptr) an_activity_rule_names_a_field_that_does_not_exist();
      continue;
    }
    const bool is_real = field->type == FieldType::kFloat32 || field->type == FieldType::kFloat64;
    if (watches && !is_number(field->type)) an_activity_rule_watches_a_field_that_is_no_number();
    if (!watches && (is_real || !is_number(field->type)))
      an_activity_rule_compares_a_field_that_is_no_integer();
  }
  if (!has_live) the_title_has_no_rule_for_live();
}

constexpr void check_version(const Title& title) {
  const VersionWord& word = title.version;
  if (word.fields.empty() != word.known.empty()) a_title_states_its_version_but_no_version_is_known();
  for (const std::string_view name : word.fields) {
    const Field* field = field_of(title, word.mapping, name);
    if (field == nullptr) the_version_stands_in_a_field_that_does_not_exist();
    const bool is_real = field->type == FieldType::kFloat32 || field->type == FieldType::kFloat64;
    if (is_real || field->type == FieldType::kBytes) the_version_stands_in_no_whole_number_and_no_text();
  }
}

constexpr void check_derived(const Sim& sim, const DerivedMapping& derived) {
  const Mapping* from = find_mapping(sim, derived.from);
  const Mapping* to = find_mapping(sim, derived.mapping);
  if (from == nullptr || to == nullptr)
    a_derived_mapping_is_made_of_or_into_a_mapping_that_the_sim_does_not_have();
  if (to->detector.rule != Consistency::kVersionPair) a_derived_mapping_has_no_pair_of_versions();
  const auto check_end = [](const Mapping& mapping, std::uint64_t offset_bytes, std::uint64_t size_bytes) {
    if (offset_bytes + size_bytes > mapping.size_bytes)
      a_record_of_a_derived_mapping_lies_beyond_the_end_of_its_mapping();
  };
  const std::uint64_t cars_bytes = std::uint64_t{derived.most_cars} * derived.cars.record_bytes;
  check_end(*from, derived.head.from_bytes, derived.head.record_bytes);
  check_end(*from, derived.cars.from_bytes, cars_bytes);
  check_end(*from, derived.count.offset_bytes, derived.count.size_bytes());
  check_end(*to, derived.head.to_bytes, derived.head.record_bytes);
  check_end(*to, derived.cars.to_bytes, cars_bytes);
  check_end(*to, derived.count_bytes, sizeof(std::uint32_t));
  check_end(*to, derived.written_bytes, sizeof(std::uint32_t));
}

constexpr void check_names(const Sim& sim) {
  for (std::size_t i = 0; i < sim.mappings.size(); ++i)
    for (std::size_t k = 0; k < i; ++k)
      if (sim.mappings[i].file_name() == sim.mappings[k].file_name()) a_mapping_name_is_given_twice();
  for (std::size_t i = 0; i < sim.titles.size(); ++i) {
    const Title& title = sim.titles[i];
    if (title.exe_names.empty()) a_title_has_no_exe_name();
    // Each against those before it: in the titles before, and in its own list.
    for (std::size_t k = 0; k <= i; ++k) {
      const Title& other = sim.titles[k];
      if (k != i && title.id == other.id) a_title_id_is_given_twice();
      for (std::size_t a = 0; a < title.app_ids.size(); ++a)
        for (std::size_t b = 0; b < (k == i ? a : other.app_ids.size()); ++b)
          if (title.app_ids[a] == other.app_ids[b]) a_steam_app_id_is_given_twice();
      for (std::size_t a = 0; a < title.exe_names.size(); ++a)
        for (std::size_t b = 0; b < (k == i ? a : other.exe_names.size()); ++b)
          if (equals_ignoring_case(title.exe_names[a], other.exe_names[b])) an_exe_name_is_given_twice();
    }
  }
}

constexpr void check_sim(const Sim& sim) {
  for (const Mapping& mapping : sim.mappings) check_detector(mapping.detector, mapping.size_bytes);
  check_names(sim);
  for (const Title& title : sim.titles) {
    for (const DerivedMapping& derived : title.derived) check_derived(sim, derived);
    for (const Title* version = &title; version != nullptr; version = version->other_version) {
      check_layouts(sim, *version);
      for (const Channel& channel : version->channels)
        check_channel(*version, channel, version->find_text != nullptr);
      check_cars(*version);
      check_rules(*version);
      check_version(*version);
    }
  }
}

}  // namespace pitbridge::table_checks
