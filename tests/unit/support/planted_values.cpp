// SPDX-License-Identifier: MIT
#include "tests/unit/support/planted_values.hpp"

#include <algorithm>
#include <sstream>
#include <stdexcept>

#include "common/core/decode/snapshot.hpp"

namespace pitbridge {
namespace {

template <typename T>
Bytes as_bytes_of(T value) {
  Bytes bytes(sizeof value);
  put(bytes, 0, value);
  return bytes;
}

Bytes utf16_bytes(std::string_view text) {
  Bytes bytes;
  for (const char c : text) {
    bytes.push_back(static_cast<std::byte>(c));
    bytes.push_back(std::byte{0});
  }
  return bytes;
}

/// "3.4..3.5" ends with "3.5".
std::string_view last_of(std::string_view range) {
  const auto dots = range.find("..");
  return dots == std::string_view::npos ? range : range.substr(dots + 2);
}

std::string_view type_name(FieldType type) {
  switch (type) {
    case FieldType::kInt8:
      return "int8";
    case FieldType::kUint8:
    case FieldType::kBool8:
      return "uint8";
    case FieldType::kInt16:
      return "int16";
    case FieldType::kUint16:
      return "uint16";
    case FieldType::kUint32:
      return "uint32";
    case FieldType::kInt64:
    case FieldType::kUint64:
      return "int64";
    case FieldType::kFloat32:
      return "float32";
    case FieldType::kFloat64:
      return "float64";
    default:
      return "int32";
  }
}

}  // namespace

std::optional<KnownTitle> title_by_id(std::string_view id) {
  for (const Sim* sim : all_sims())
    if (const Title* title = sim->find_title(id)) return KnownTitle{sim, title};
  return std::nullopt;
}

Bytes raw_bytes(std::string_view type, std::string_view raw) {
  const std::string text(raw);
  if (type == "char") return bytes_of(raw);
  if (type == "utf16") return utf16_bytes(raw);
  if (type == "float32") return as_bytes_of(static_cast<float>(std::stod(text)));
  if (type == "float64") return as_bytes_of(std::stod(text));
  if (type == "uint64") return as_bytes_of(std::uint64_t{std::stoull(text)});
  const std::int64_t whole = std::stoll(text);
  if (type == "int8" || type == "uint8" || type == "bool8")
    return as_bytes_of(static_cast<std::uint8_t>(whole));
  if (type == "int16" || type == "uint16") return as_bytes_of(static_cast<std::uint16_t>(whole));
  if (type == "int32" || type == "uint32") return as_bytes_of(static_cast<std::uint32_t>(whole));
  if (type == "int64") return as_bytes_of(whole);
  throw std::invalid_argument("no such type: " + std::string(type));
}

PlantedMemory::PlantedMemory(const KnownTitle& known, std::string_view mapping, std::uint32_t size_bytes)
    : is_of_packets_(known.sim->packets != nullptr), version_(known.title) {
  for (const Title* each = known.title; each != nullptr; each = each->other_version) {
    const Layout* layout = each->find_layout(mapping);
    if (layout == nullptr || layout->size_bytes != size_bytes) continue;
    version_ = each;
    break;
  }
  for (const Layout& layout : version_->layouts)
    maps_[std::string(layout.mapping)] = Bytes(layout.size_bytes);
  maps_[std::string(mapping)] = Bytes(size_bytes);
  plant_marks(*known.sim, mapping, size_bytes);
  plant_version();
  plant_activity(mapping);
}

void PlantedMemory::plant(std::string_view mapping, std::uint32_t offset_bytes, const Bytes& bytes) {
  const auto it = maps_.find(mapping);
  if (it == maps_.end()) throw std::out_of_range("no such mapping: " + std::string(mapping));
  if (std::size_t{offset_bytes} + bytes.size() > it->second.size())
    throw std::out_of_range(std::string(mapping) + " ends before " + std::to_string(offset_bytes));
  std::copy(bytes.begin(), bytes.end(), it->second.begin() + offset_bytes);
}

void PlantedMemory::plant(std::string_view mapping, std::uint32_t offset_bytes, std::string_view type,
                          double value) {
  std::ostringstream text;
  text.precision(17);
  text << value;
  plant(mapping, offset_bytes, raw_bytes(type, text.str()));
}

Snapshot PlantedMemory::snapshot() const {
  Snapshot snapshot;
  for (const auto& [name, bytes] : maps_) {
    Bytes copy = bytes;
    if (!is_of_packets_ && !copy.empty() && all_zero(copy)) copy.back() = std::byte{1};
    snapshot.set(name, std::move(copy));
  }
  return snapshot;
}

void PlantedMemory::plant_marks(const Sim& sim, std::string_view mapping, std::uint32_t size_bytes) {
  if (sim.packets == nullptr) return;
  for (const PacketKind& kind : sim.packets->kinds) {
    if (kind.mapping != mapping || std::ranges::find(kind.sizes, size_bytes) == kind.sizes.end()) continue;
    for (const PacketMark& mark : kind.marks) {
      Bytes bytes = as_bytes_of(mark.value);
      bytes.resize(mark.width_bytes);
      plant(mapping, mark.offset_bytes, bytes);
    }
    return;
  }
}

void PlantedMemory::plant_number(std::string_view mapping, const Field& field, std::int64_t value) {
  plant(mapping, field.offset_bytes, type_name(field.type), static_cast<double>(value));
}

void PlantedMemory::plant_version() {
  const VersionWord& word = version_->version;
  const Layout* layout = version_->find_layout(word.mapping);
  if (word.fields.empty() || layout == nullptr) return;
  std::istringstream parts{std::string(last_of(word.known[word.known.size() - 1]))};
  for (const std::string_view name : word.fields) {
    const Field& field = *find_field(layout->fields, name);
    std::string part;
    if (is_text(field.type)) {
      plant(word.mapping, field.offset_bytes,
            raw_bytes(field.type == FieldType::kUtf16 ? "utf16" : "char", parts.str()));
    } else if (std::getline(parts, part, '.')) {
      plant_number(word.mapping, field, std::stoll(part));
    }
  }
}

void PlantedMemory::plant_activity(std::string_view mapping) {
  for (const ActivityRule& rule : version_->activity_rules) {
    if (rule.activity != Activity::kLive || version_->find_layout(rule.mapping) == nullptr) continue;
    if (is_of_packets_ && rule.mapping != mapping && rule.mapping != version_->version.mapping) continue;
    const Field* field = find_field(version_->find_layout(rule.mapping)->fields, rule.field);
    if (field == nullptr) continue;
    plant_number(rule.mapping, *field, rule.changes_within_ms != 0 ? 1 : rule.value);
    if (!is_of_packets_) return;
  }
}

}  // namespace pitbridge
