// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/npy_file.h"

#include <gmock/gmock.h>

#include "sample_package.h"

namespace latent::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

class NpyFile : public testing::Test {
 protected:
  Result<infer::NamedTensor> read(const std::string& bytes) {
    models::put_bytes(folder_ / "a.npy", bytes);
    return read_npy_file(folder_ / "a.npy", "it");
  }
  Error refusal(const std::string& bytes) {
    const auto tensor = read(bytes);
    EXPECT_FALSE(tensor);
    if (tensor) return {};
    EXPECT_THAT(tensor.error().sentence, StartsWith("'" + (folder_ / "a.npy").string() + "' "));
    return tensor.error();
  }
  models::ScratchFolder folder_;
};

/// An array of one dimension whose elements lie in `bytes`.
std::string array_of(const std::string& type, int count, const std::string& bytes) {
  return models::npy("(" + std::to_string(count) + ",)", {}, type) + bytes;
}

TEST_F(NpyFile, ThatIsWrittenIsReadAgain) {
  const infer::NamedTensor tensor{"it", {2, 1, 3}, {0, -1.5F, 3e-40F, 1e30F, 5, 6}};
  ASSERT_TRUE(write_npy_file(folder_ / "a.npy", tensor));
  const auto again = read_npy_file(folder_ / "a.npy", "it");
  ASSERT_TRUE(again) << again.error().sentence;
  EXPECT_EQ(again->dims, tensor.dims);
  EXPECT_EQ(again->values, tensor.values);
  EXPECT_EQ(std::filesystem::file_size(folder_ / "a.npy") % 64, 24U);  // header padded to 64
}

TEST_F(NpyFile, OfWholeNumbersAndHalvesBecomesFloats) {
  using namespace std::string_literals;
  EXPECT_THAT(read(array_of("<i2", 2, "\xFF\xFF\x02\x00"s))->values, ElementsAre(-1.0F, 2.0F));
  EXPECT_THAT(read(array_of("|b1", 2, "\x00\x01"s))->values, ElementsAre(0.0F, 1.0F));
  EXPECT_THAT(read(array_of("<f2", 1, "\x00\x3E"s))->values, ElementsAre(1.5F));
  EXPECT_THAT(read(models::npy("()", {4}))->values, ElementsAre(4.0F));
  EXPECT_THAT(read(models::npy("(0, 3)", {}))->values, ElementsAre());
}

TEST_F(NpyFile, WithANumberThatFloatsDoNotHoldIsRefused) {
  using namespace std::string_literals;
  EXPECT_TRUE(read(array_of("<i4", 1, "\x00\x00\x00\x01"s)));  // 2^24
  const Error error = refusal(array_of("<i4", 1, "\x01\x00\x00\x01"s));
  EXPECT_EQ(error.code, ErrorCode::Unsupported);
  EXPECT_THAT(error.sentence, HasSubstr("integers beyond 2^24"));
}

TEST_F(NpyFile, OfAnotherTypeOrOrderIsRefusedWithTheTypeThatIsTaken) {
  EXPECT_THAT(refusal(array_of("<c8", 1, std::string(8, '\0'))).sentence,
              HasSubstr("holds '<c8'; save it as float32 or int64"));
  EXPECT_EQ(refusal(models::npy("(1, 1)", {1}, "<f4", "True")).code, ErrorCode::Unsupported);
}

TEST_F(NpyFile, WithMoreOrFewerBytesThanItsShapeIsRefused) {
  EXPECT_THAT(refusal(models::npy("(3,)", {1, 2})).sentence,
              HasSubstr("holds 8 bytes where its shape says 12"));
  EXPECT_EQ(refusal(models::npy("(1,)", {1, 2})).code, ErrorCode::Corrupt);
  EXPECT_EQ(refusal("no array").code, ErrorCode::Corrupt);
}

TEST_F(NpyFile, ThatIsMissingIsNotFound) {
  const auto missing = read_npy_file(folder_ / "none.npy", "it");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::NotFound);
}

}  // namespace
}  // namespace latent::app
