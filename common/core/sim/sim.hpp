// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "common/core/sim/few.hpp"
#include "common/core/sim/packets.hpp"
#include "common/core/sim/quantity.hpp"

/// What a sim is: plain constant tables, one file of `sims/` each. Nothing here allocates or can fail.
namespace pitbridge {

enum class FieldType : std::uint8_t {
  kInt8,
  kUint8,
  kBool8,
  kInt16,
  kUint16,
  kInt32,
  kUint32,
  kInt64,
  kUint64,
  kFloat32,
  kFloat64,
  kUtf16,  ///< UTF-16LE text, ends at the first NUL; count is in 2-byte units
  kText8,  ///< 8-bit text in whatever code (`utf8_from_8_bit`)
  kBytes,  ///< opaque: an embedded array of records; count is in bytes
};

/// Size in bytes of one element of `type`.
constexpr std::uint32_t element_size_bytes(FieldType type) {
  switch (type) {
    case FieldType::kInt8:
    case FieldType::kUint8:
    case FieldType::kBool8:
    case FieldType::kText8:
    case FieldType::kBytes:
      return 1;
    case FieldType::kInt16:
    case FieldType::kUint16:
    case FieldType::kUtf16:
      return 2;
    case FieldType::kInt32:
    case FieldType::kUint32:
    case FieldType::kFloat32:
      return 4;
    case FieldType::kInt64:
    case FieldType::kUint64:
    case FieldType::kFloat64:
      return 8;
  }
  return 1;
}
constexpr bool is_text(FieldType type) {
  return type == FieldType::kUtf16 || type == FieldType::kText8;
}
constexpr bool is_number(FieldType type) {
  return !is_text(type) && type != FieldType::kBytes;
}

/// One field of a mapping, by the sim's own name.
struct Field {
  std::string_view name;
  std::uint32_t offset_bytes;
  FieldType type;
  std::uint32_t count = 1;     ///< array elements, or the capacity of a text
  std::string_view unit = {};  ///< as the sim gives it, before normalisation

  constexpr std::uint32_t size_bytes() const { return count * element_size_bytes(type); }
};

/// How a mapping shows that it changed, and how a reader knows that what it copied is whole.
enum class Consistency : std::uint8_t {
  kNone,         ///< no sign at all: compare the bytes, read twice until both agree
  kCounter,      ///< a counter rises with each update, without a lock: counter first, then read twice
  kSequence,     ///< a counter that is odd while the sim writes
  kVersionPair,  ///< `begin` is raised before an update and `end` after it; equal when idle
  kRotating,     ///< several buffers, each with its own tick counter; the newest is whole
};

struct Detector {
  Consistency rule = Consistency::kNone;
  std::uint32_t offset_bytes = 0;  ///< counter, sequence, version begin, or the first tick counter
  std::uint32_t width_bytes = 4;
  std::uint32_t end_offset_bytes =
      0;  ///< version end (kVersionPair); where the length of a buffer stands (kRotating)
  std::uint32_t stride_bytes =
      0;  ///< distance of the tick counters, each followed by its buffer's offset (kRotating)
  std::uint32_t count = 1;      ///< how many there are (kRotating)
  double nominal_rate_hz = 60;  ///< what the pacer assumes before it has learnt better
};

/// A Win32 named file mapping, and the files it is mirrored to.
struct Mapping {
  std::string_view name;             ///< as the sim creates it, with its `Local\` if it has one
  std::uint32_t size_bytes = 0;      ///< largest layout known; 0 where only the section knows
  std::uint32_t min_file_bytes = 0;  ///< least file size that known readers need; 0: no file before the
                                     ///< mapping appears
  Detector detector = {};
  bool optional = false;      ///< may never appear
  bool may_be_owned = false;  ///< the game takes a section of min_file_bytes that is there before it (--own)
  Few<std::string_view, 2> extra_files = {};  ///< further file names for the same bytes
  std::string_view file = {};                 ///< file name where it is not the mapping's own
  bool by_user = false;                       ///< named by a user: whoever writes it need not be the game

  /// A section that is larger is none that the game needs: with room for what a patch or a mod may add. 0:
  /// nothing is known of it.
  constexpr std::uint64_t most_section_bytes() const {
    constexpr std::uint64_t kRoomBytes = std::uint64_t{1} << 20U;
    const std::uint64_t known = std::max(size_bytes, min_file_bytes);
    if (known == 0 || by_user) return 0;
    return std::max(4 * known, known + kRoomBytes);
  }

  /// The name without `Local\` or `Global\`: the name of the file.
  constexpr std::string_view file_name() const {
    if (!file.empty()) return file;
    const auto slash = name.rfind('\\');
    return slash == std::string_view::npos ? name : name.substr(slash + 1);
  }
};

/// How one title lays out one mapping.
struct Layout {
  std::string_view mapping;  ///< file name of the mapping
  std::uint32_t size_bytes;  ///< of the structure; the section is page-rounded
  std::span<const Field> fields;
};

/// Records that stand one behind the other, and alike in two mappings.
struct RecordCopy {
  std::uint32_t from_bytes = 0;  ///< offset of the first in the mapping they are copied from
  std::uint32_t to_bytes = 0;    ///< offset of the first in the one that is made
  std::uint32_t record_bytes = 0;
};

/// A mapping that the bridge makes of another one's records, for readers that know no other. Only where no
/// program of the session makes it itself, and where the version of what it is made of is known.
struct DerivedMapping {
  std::string_view mapping;     ///< file name; the rule of its detector is a pair of versions
  std::string_view from;        ///< file name
  RecordCopy head = {};         ///< one record that is always there; without a size there is none
  RecordCopy cars;              ///< as many as `count` says
  std::uint32_t most_cars;      ///< that there is room for in both
  Field count;                  ///< of `from`
  std::uint32_t count_bytes;    ///< offset of the same number, of 32 bits, in the one that is made
  std::uint32_t written_bytes;  ///< offset of the 32 bits that say how many bytes, from there, are in use
};

/// What a channel does with its field before it scales.
enum class Combine : std::uint8_t {
  kNothing,
  kTimes,      ///< field * other field
  kMinus,      ///< field - other field
  kDividedBy,  ///< field / other field
  kMagnitude,  ///< length of the vector of three elements
  kAbsolute,   ///< the field without its sign
};

/// What a number of the sim's own means in the common words (`codes.hpp`).
struct Code {
  std::int64_t raw = 0;
  std::uint8_t word = 0;

  constexpr Code() = default;
  template <typename Word>
  constexpr Code(std::int64_t raw_number, Word meaning)
      : raw(raw_number), word(static_cast<std::uint8_t>(meaning)) {}
};

class Snapshot;

/// One normalised quantity, and the raw field that it comes from: normalised = raw * scale + offset.
/// A table of `sims/` names the mapping once, with `channels_in`. Of several channels of one quantity the
/// first counts that has a value.
struct Channel {
  Quantity quantity;
  std::string_view field = {};  ///< empty: `fields`, `compute`, or by the title's `find_text`
  double scale = 1;
  double offset = 0;
  Few<double, 3> no_value = {};  ///< what the field holds while the sim has no value for it
  bool of_player = false;        ///< the field is in record 0 of an array: add the player's record offset
  Combine combine = Combine::kNothing;
  std::string_view other_field = {};
  std::uint32_t first_index = 0;   ///< element of the field that is meant
  std::uint32_t stride_bytes = 0;  ///< distance of the wheels where they are not adjacent (wheels in records)
  Few<std::string_view, 4> fields = {};  ///< one field an element, instead of `field`
  /// Which element of the sim's is which of the quantity's: counted from 1, and below 0 with the opposite
  /// sign. `{3, -1, 2}` makes forward, left, up of right, up, forward. Empty: as they are.
  Few<int, 4> order = {};
  std::uint64_t mask = 0;  ///< not 0: only these bits of a whole number count; without `codes`, 1 or 0
  /// A number that is not in the list has no common word, and the quantity no value.
  std::span<const Code> codes = {};
  /// For what no field holds as a number. `shift_bytes` leads from record 0 to the record that is meant.
  std::optional<double> (*compute)(const Snapshot&, std::uint64_t shift_bytes,
                                   std::uint32_t element) = nullptr;
  std::uint32_t record_bytes = 0;  ///< in a `CarTable`: distance from one car's record to the next
  std::string_view mapping = {};   ///< file name
};

/// Where all cars of the session are, the player's too. Nothing is read beyond `most_cars`, and only cars
/// that are there are shown.
struct CarTable {
  std::uint32_t most_cars = 0;             ///< records that there is room for
  std::span<const Channel> channels = {};  ///< of the first record, with `record_bytes`
  std::uint32_t (*count)(const Snapshot&) = nullptr;
  /// Which car is the player's own.
  std::optional<std::uint32_t> (*player)(const Snapshot&) = nullptr;
  /// Whether record `car` holds one; null: the first `count` do.
  bool (*is_there)(const Snapshot&, std::uint32_t car) = nullptr;
  /// The record of `car` in a mapping that has its own order; null: the same number in all.
  std::optional<std::uint32_t> (*record_in)(const Snapshot&, std::string_view mapping,
                                            std::uint32_t car) = nullptr;
  /// For texts that stand in no field of their own.
  std::optional<std::string> (*find_text)(const Snapshot&, Quantity, std::uint32_t car) = nullptr;
};

/// What the game is doing. Only kLive means that a car is being driven.
enum class Activity : std::uint8_t { kUnknown, kOff, kMenu, kReplay, kPaused, kLive };
std::string_view activity_name(Activity activity);

/// "When this field has this value, the game does that". The first rule of a title that holds decides.
/// A table of `sims/` names the mapping once, with `rules_in`.
struct ActivityRule {
  Activity activity;
  std::string_view field;
  std::int64_t value = 0;
  /// Not 0: the rule looks for movement and not for `value`, where a sim has no word that says what it does.
  /// The game does `activity` while the field has changed within so many milliseconds, is paused while it
  /// stands still, and is off while the field is 0. Such a rule always decides, so it stands last. A title
  /// may have one for each of several mappings: the first whose mapping is filled counts.
  std::uint32_t changes_within_ms = 0;
  std::string_view mapping = {};  ///< file name
};

/// Where a game's memory states the version of its layout. See `version_of`.
struct VersionWord {
  std::string_view mapping = {};         ///< file name
  Few<std::string_view, 2> fields = {};  ///< major and minor number, or one text as in "3.7.15.1"
  Few<std::string_view, 8> known = {};   ///< what the title's layouts are made for: "14", or "3.4..3.5"
  /// What the number counts, where it is not the game's own version: "plugin".
  std::string_view what = "version";
  /// The memory may hold values and not state its version yet.
  bool may_be_unstated = false;
};

/// One game (or one generation of it) within a family.
struct Title {
  std::string_view id;    ///< key, also in tests/data/layouts.csv
  std::string_view name;  ///< for people
  Few<std::string_view, 4> exe_names;
  /// Exe names of programs that start the game: its own launcher, or one of others. They write no telemetry.
  Few<std::string_view, 4> launchers = {};
  Few<std::uint32_t, 4> app_ids;  ///< Steam
  std::span<const Layout> layouts;
  std::span<const Channel> channels;
  std::span<const ActivityRule> activity_rules;
  VersionWord version = {};  ///< without fields: the memory does not state it
  /// The same game as other versions of it lay out its memory, or as a plugin does in mappings of its own.
  /// Where the version word of a title states nothing, that of the next one is asked. Of it only version,
  /// layouts, channels, rules and what these need count.
  const Title* other_version = nullptr;
  std::span<const DerivedMapping> derived = {};
  /// Where there is a game for Linux as well: the name of its program, and the file below /dev/shm that its
  /// plugin writes itself. It needs no bridge.
  std::string_view native_exe = {};
  std::string_view native_file = {};
  /// What a plugin must be installed as, below the game's directory, where the game does not publish by
  /// itself.
  std::string_view plugin = {};
  std::string_view to_switch_on = {};  ///< what the player must enable in the game
  std::string_view evidence = {};      ///< how sure the layout is
  /// Byte offset of the player's record in the array that `channel` reads; null where channels are absolute.
  std::optional<std::uint32_t> (*player_offset_bytes)(const Snapshot&, const Channel& channel) = nullptr;
  /// For a map that describes itself: a field that no layout holds, absolute in the bytes and within them.
  std::optional<Field> (*find_variable)(const Snapshot&, std::string_view mapping,
                                        std::string_view name) = nullptr;
  /// For texts, and numbers in texts, that stand in no field of their own.
  std::optional<std::string> (*find_text)(const Snapshot&, Quantity) = nullptr;
  const CarTable* cars = nullptr;  ///< null: the game tells of no other car
  /// Whether the data themselves say that this title wrote them. Null: only the exe can tell.
  bool (*recognises)(const Snapshot&) = nullptr;

  const Layout* find_layout(std::string_view mapping) const;
  /// By one of its versions.
  bool gives(Quantity quantity) const;
  bool tells_of_cars() const;
};

/// A family of titles that share mapping names: one file of `sims/`, one bridge program `<name>bridge`.
struct Sim {
  std::string_view name;
  std::string_view description;
  std::span<const Mapping> mappings;  ///< in the order in which readers need them published
  std::span<const Title> titles;
  std::string_view start_rule = {};
  const PacketSource* packets = nullptr;  ///< the sim sends packets, and has no section

  const Mapping* find_mapping(std::string_view file_name) const;
  const Title* find_title(std::string_view id) const;
  const Title* title_of_exe(std::string_view exe_name) const;  ///< case-insensitive
  /// Whether data in this mapping shows that a game runs. False for a mapping that the user has added:
  /// another program may write it while no game runs. Without titles nothing but the users' mappings tells of
  /// a game.
  bool tells_of_game(const Mapping& mapping) const { return !mapping.by_user || titles.empty(); }
  /// Whether `running` never makes this mapping, and others of the sim do.
  bool is_of_another_title(const Mapping& mapping, const Title& running) const;
};

constexpr const Field* find_field(std::span<const Field> fields, std::string_view name) {
  for (const Field& field : fields)
    if (field.name == name) return &field;
  return nullptr;
}

/// The sims linked into this program, by name: a bridge has one, the `pitbridge` command has all. A sim joins
/// by a `SimRegistration` in its file (`sim_table.hpp`); no list exists anywhere.
std::span<const Sim* const> all_sims();
const Sim* find_sim(std::string_view name);

/// A sim and one of its titles.
struct KnownTitle {
  const Sim* sim = nullptr;
  const Title* title = nullptr;

  friend bool operator==(const KnownTitle&, const KnownTitle&) = default;
};
/// By the exe's name, case-insensitive, or by Steam's number of the game.
std::optional<KnownTitle> title_of_exe_name(std::string_view exe_name);
/// Of a sim that sends packets: its program for Linux is a game like any.
std::optional<KnownTitle> title_of_native_exe(std::string_view exe_name);
/// The title that this program starts, by its exe's name.
std::optional<KnownTitle> title_of_launcher(std::string_view exe_name);
std::optional<KnownTitle> title_of_app(std::uint32_t app_id);

}  // namespace pitbridge
