// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/raw/carried.h"

#include <gmock/gmock.h>

#include "metadata/dng_opcodes.h"
#include "metadata/tiff_fields.h"

namespace latent::tasks {
namespace {

using testing::HasSubstr;
namespace opcode = metadata::opcode;
namespace tag = metadata::tag;

constexpr std::uint16_t kMaskedAreas = 50830;
constexpr std::uint16_t kNoBody = 51125;  // the crop a user drew

CarriedTag tag_of(std::uint16_t number, std::vector<std::uint8_t> bytes = {1, 2}) {
  CarriedTag tag;
  tag.tag = number;
  tag.type = 7;
  tag.count = static_cast<std::uint32_t>(bytes.size());
  tag.bytes = std::move(bytes);
  return tag;
}

/// One bad site at row 3, column 2; no rectangle.
metadata::DngOpcode bad_site() {
  return {opcode::kFixBadPixelsList, 0x01030000, 1, {0, 0, 0, 0, 0, 0, 0, 1, 0, 0,
                                                     0, 0, 0, 0, 0, 3, 0, 0, 0, 2}};
}

CarriedMove move(bool whole) {
  CarriedMove move;
  move.buffer = {100, 80};
  move.frame = {4, 4, 92, 72};
  move.area = whole ? Rect{0, 0, 92, 72} : Rect{10, 10, 20, 20};
  move.whole = whole;
  return move;
}

std::vector<int> numbers(const CarriedTags& carried) {
  std::vector<int> numbers;
  for (const CarriedTag& tag : carried.tags) numbers.push_back(tag.tag);
  return numbers;
}

TEST(RawCarried, TagsOfTheWholePictureStayWithTheWhole) {
  const auto carried =
      carried_tags({tag_of(kMaskedAreas), tag_of(kNoBody), tag_of(50708)}, move(true));
  EXPECT_THAT(numbers(carried), testing::ElementsAre(kMaskedAreas, kNoBody, 50708));
  EXPECT_EQ(carried.notice, "");
}

TEST(RawCarried, TagsOfTheWholePictureAreLeftOutOfAPartAndNamed) {
  const auto carried = carried_tags({tag_of(kMaskedAreas), tag_of(50708)}, move(false));
  EXPECT_THAT(numbers(carried), testing::ElementsAre(50708));
  EXPECT_THAT(carried.notice, HasSubstr("goes without MaskedAreas of the source"));
}

TEST(RawCarried, TagsThatNobodyMissesAreLeftOutWithoutAWord) {
  const auto carried = carried_tags({tag_of(kNoBody)}, move(false));
  EXPECT_THAT(numbers(carried), testing::IsEmpty());
  EXPECT_EQ(carried.notice, "");
}

TEST(RawCarried, ListsOfBadSitesGoWhereTheSitesWereRepaired) {
  const CarriedTag list = tag_of(tag::kOpcodeList1, metadata::opcode_list({bad_site()}));
  const auto kept = carried_tags({list}, move(true));
  ASSERT_EQ(kept.tags.size(), 1U);
  EXPECT_EQ(kept.tags.front().bytes, list.bytes);
  CarriedMove mended = move(true);
  mended.mended = true;
  const auto gone = carried_tags({list}, mended);
  EXPECT_THAT(numbers(gone), testing::IsEmpty());
  EXPECT_EQ(gone.notice, "");
}

TEST(RawCarried, ListsThatAreCutShortAreLeftOutAndNamed) {
  auto bytes = metadata::opcode_list({bad_site()});
  bytes.pop_back();
  const auto carried = carried_tags({tag_of(tag::kOpcodeList2, bytes)}, move(true));
  EXPECT_THAT(numbers(carried), testing::IsEmpty());
  EXPECT_THAT(carried.notice, HasSubstr("OpcodeList2 (which is cut short)"));
}

}  // namespace
}  // namespace latent::tasks
