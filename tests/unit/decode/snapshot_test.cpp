// SPDX-License-Identifier: MIT
#include "common/core/decode/snapshot.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "tests/unit/support/fakes.hpp"

namespace pitbridge {
namespace {

using enum FieldType;

constexpr std::string_view kFile = "toy";

template <typename T>
Snapshot holding(T value, std::size_t offset = 8) {
  Bytes bytes(offset + sizeof value);
  put(bytes, offset, value);
  Snapshot snapshot;
  snapshot.set(kFile, std::move(bytes));
  return snapshot;
}

template <typename T>
void expect_integer(FieldType type) {
  for (const T value : {std::numeric_limits<T>::min(), T{0}, T{1}, std::numeric_limits<T>::max()}) {
    const Snapshot snapshot = holding(value);
    const Field field = {"f", 8, type};
    EXPECT_EQ(snapshot.integer(kFile, field), static_cast<std::int64_t>(value));
    EXPECT_EQ(snapshot.number(kFile, field), static_cast<double>(value));
    EXPECT_FALSE(snapshot.text(kFile, field));
  }
}

TEST(Snapshot, ReadsEveryIntegerType) {
  expect_integer<std::int8_t>(kInt8);
  expect_integer<std::uint8_t>(kUint8);
  expect_integer<std::uint8_t>(kBool8);
  expect_integer<std::int16_t>(kInt16);
  expect_integer<std::uint16_t>(kUint16);
  expect_integer<std::int32_t>(kInt32);
  expect_integer<std::uint32_t>(kUint32);
  expect_integer<std::int64_t>(kInt64);
}

TEST(Snapshot, IntegersOf64BitsAreExact) {
  // 2^53 + 1 is the first that a double cannot hold.
  const auto signed_value = (std::int64_t{1} << 53) + 1;
  EXPECT_EQ(holding(signed_value).integer(kFile, {"f", 8, kInt64}), signed_value);
  EXPECT_EQ(holding(-signed_value).integer(kFile, {"f", 8, kInt64}), -signed_value);
  const auto large = std::numeric_limits<std::uint64_t>::max();
  EXPECT_EQ(static_cast<std::uint64_t>(*holding(large).integer(kFile, {"f", 8, kUint64})), large);
  EXPECT_EQ(holding(large).number(kFile, {"f", 8, kUint64}), 0x1p64);
}

TEST(Snapshot, ReadsFloatingPoint) {
  EXPECT_EQ(holding(1.5F).number(kFile, {"f", 8, kFloat32}), 1.5);
  EXPECT_EQ(holding(-0.1).number(kFile, {"f", 8, kFloat64}), -0.1);
  EXPECT_FALSE(holding(1.5F).integer(kFile, {"f", 8, kFloat32}));
  EXPECT_FALSE(holding(1.5).integer(kFile, {"f", 8, kFloat64}));
}

TEST(Snapshot, ReadsArraysByIndex) {
  Snapshot snapshot;
  Bytes bytes(12);
  for (std::uint16_t i = 0; i < 4; ++i)
    put<std::uint16_t>(bytes, 4 + i * 2U, static_cast<std::uint16_t>(i + 10));
  snapshot.set(kFile, bytes);
  const Field field = {"f", 4, kUint16, 4};
  for (std::uint32_t i = 0; i < 4; ++i) EXPECT_EQ(snapshot.integer(kFile, field, i), i + 10);
  EXPECT_FALSE(snapshot.integer(kFile, field, 4));
  EXPECT_FALSE(snapshot.integer(kFile, field, std::numeric_limits<std::uint32_t>::max()));
}

TEST(Snapshot, ReadsWhatIsNotAligned) {
  EXPECT_EQ(holding(1.25, 3).number(kFile, {"f", 3, kFloat64}), 1.25);
}

TEST(Snapshot, AppliesTheShift) {
  EXPECT_EQ(holding(std::int32_t{42}, 24).integer(kFile, {"f", 8, kInt32}, 1, 12), 42);
  EXPECT_EQ(holding(2.5F, 24).number(kFile, {"f", 8, kFloat32}, 1, 12), 2.5);
}

TEST(Snapshot, TextsAndRecordsAreNoNumbers) {
  for (const FieldType type : {kUtf16, kText8, kBytes}) {
    EXPECT_FALSE(holding(std::uint64_t{1}).number(kFile, {"f", 8, type}));
    EXPECT_FALSE(holding(std::uint64_t{1}).integer(kFile, {"f", 8, type}));
  }
  EXPECT_FALSE(holding(std::uint64_t{1}).text(kFile, {"f", 8, kBytes, 4}));
}

TEST(Snapshot, ReadsTexts) {
  Snapshot snapshot;
  snapshot.set(kFile, bytes_of(std::string_view("....S\0p\0a\0\0\0\xFC\0\xC3\xBC\0", 17)));
  EXPECT_EQ(snapshot.text(kFile, {"f", 4, kUtf16, 4}), "Spa");
  EXPECT_EQ(snapshot.text(kFile, {"f", 4, kUtf16, 2}), "Sp");
  EXPECT_EQ(snapshot.text(kFile, {"f", 12, kText8, 2}), "\xC3\xBC");
  EXPECT_EQ(snapshot.text(kFile, {"f", 14, kText8, 3}), "\xC3\xBC");
  EXPECT_EQ(snapshot.text(kFile, {"f", 4, kText8, 3}, 10), "\xC3\xBC");
}

TEST(Snapshot, NothingLiesOutsideTheBytes) {
  const Snapshot snapshot = holding(std::uint64_t{1});  // 16 bytes
  for (const FieldType type : {kInt8, kUint8, kBool8, kInt16, kUint16, kInt32, kUint32, kInt64, kUint64}) {
    const std::uint32_t size = element_size_bytes(type);
    EXPECT_TRUE(snapshot.integer(kFile, {"f", 16 - size, type}));
    EXPECT_FALSE(snapshot.integer(kFile, {"f", 16 - size + 1, type}));
    EXPECT_FALSE(snapshot.number(kFile, {"f", 16, type}));
    EXPECT_FALSE(snapshot.integer(kFile, {"f", std::numeric_limits<std::uint32_t>::max(), type}));
  }
  for (const FieldType type : {kFloat32, kFloat64}) {
    EXPECT_TRUE(snapshot.number(kFile, {"f", 16 - element_size_bytes(type), type}));
    EXPECT_FALSE(snapshot.number(kFile, {"f", 16 - element_size_bytes(type) + 1, type}));
  }
  EXPECT_TRUE(snapshot.text(kFile, {"f", 12, kText8, 4}));
  EXPECT_FALSE(snapshot.text(kFile, {"f", 12, kText8, 5}));
  EXPECT_FALSE(snapshot.text(kFile, {"f", 12, kUtf16, 3}));
}

TEST(Snapshot, AHugeShiftLeadsNowhere) {
  const Snapshot snapshot = holding(std::uint64_t{1});
  for (const std::uint64_t shift :
       {std::uint64_t{1} << 32U, std::uint64_t{1} << 63U, std::numeric_limits<std::uint64_t>::max() - 8}) {
    EXPECT_FALSE(snapshot.integer(kFile, {"f", 0, kInt32}, 0, shift)) << shift;
    EXPECT_FALSE(snapshot.number(kFile, {"f", 0, kFloat64}, 0, shift)) << shift;
    EXPECT_FALSE(snapshot.text(kFile, {"f", 0, kText8, 4}, shift)) << shift;
  }
}

TEST(Snapshot, AShiftThatWrapsAroundLeadsNowhere) {
  const Snapshot snapshot = holding(std::uint64_t{1});
  const std::uint64_t back_to_zero = std::uint64_t{0} - 8;
  EXPECT_FALSE(snapshot.integer(kFile, {"f", 8, kInt32}, 0, back_to_zero));
  EXPECT_FALSE(snapshot.number(kFile, {"f", 8, kFloat64}, 0, back_to_zero));
  EXPECT_FALSE(snapshot.text(kFile, {"f", 8, kText8, 4}, back_to_zero));
}

TEST(Snapshot, ShowsBytesWhereTheyAre) {
  auto bytes = bytes_of("1234");
  Snapshot snapshot;
  snapshot.set("a", bytes_of("5678"));
  snapshot.show("a", bytes);
  const Snapshot moved = std::move(snapshot);
  bytes[0] = std::byte{'9'};
  EXPECT_EQ(moved.text("a", {"f", 0, kText8, 4}), "9234");
}

TEST(Snapshot, HoldsSeveralMappings) {
  Snapshot snapshot;
  snapshot.set("a", bytes_of("1"));
  snapshot.set("b", bytes_of("2"));
  snapshot.set("a", bytes_of("3"));
  ASSERT_NE(snapshot.bytes("a"), nullptr);
  EXPECT_TRUE(std::ranges::equal(*snapshot.bytes("a"), bytes_of("3")));
  EXPECT_TRUE(std::ranges::equal(*snapshot.bytes("b"), bytes_of("2")));
  EXPECT_EQ(snapshot.bytes("c"), nullptr);
  EXPECT_FALSE(snapshot.integer("c", {"f", 0, kInt8}));
  EXPECT_FALSE(snapshot.text("c", {"f", 0, kText8, 1}));
}

TEST(Snapshot, AnEmptyMappingHasNoFields) {
  Snapshot snapshot;
  snapshot.set(kFile, {});
  EXPECT_FALSE(snapshot.integer(kFile, {"f", 0, kInt8}));
}

}  // namespace
}  // namespace pitbridge
