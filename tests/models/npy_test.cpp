// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/npy.h"

#include <gmock/gmock.h>

#include "sample_package.h"

namespace latent::models {
namespace {

Result<Tensor> parse(const std::string& text) {
  return parse_npy({reinterpret_cast<const std::byte*>(text.data()), text.size()}, "file");
}

TEST(Npy, ReadsFourDimensionsInOrder) {
  const auto tensor = parse(npy("(1, 2, 1, 3)", {1, 2, 3, 4, 5, 6}));
  ASSERT_TRUE(tensor) << tensor.error().sentence;
  EXPECT_EQ(tensor->shape(), (TensorShape{1, 2, 1, 3}));
  EXPECT_THAT(tensor->view().plane(1), testing::ElementsAre(4, 5, 6));
}

TEST(Npy, RefusesOtherTypesOrdersAndDimensions) {
  const std::vector<float> six(6);
  for (const std::string& bytes :
       {npy("(1, 2, 1, 3)", six, "<f8"), npy("(1, 2, 1, 3)", six, ">f4"),
        npy("(1, 2, 1, 3)", six, "<f4", "True"), npy("(2, 3)", six), npy("(1, 1, 1, 2, 3)", six),
        npy("(1, 2, 1, 99999999999)", six), npy("(1, 2, 0, 3)", {}), npy("6", six),
        npy("(1, -2, 1, 3)", six)}) {
    const auto tensor = parse(bytes);
    ASSERT_FALSE(tensor);
    EXPECT_EQ(tensor.error().code, ErrorCode::Unsupported);
  }
}

TEST(Npy, RefusesMissingAndLeftOverBytes) {
  const std::string good = npy("(1, 2, 1, 3)", std::vector<float>(6));
  for (const std::string& bytes :
       {good.substr(0, good.size() - 1), good + "x", good.substr(0, 20), std::string(),
        std::string("\x93NUMPY"), std::string(64, '\0')}) {
    const auto tensor = parse(bytes);
    ASSERT_FALSE(tensor);
    EXPECT_EQ(tensor.error().code, ErrorCode::Corrupt);
  }
}

TEST(Npy, AHugeShapeIsRefusedBeforeAnythingIsAllocated) {
  EXPECT_FALSE(parse(npy("(65536, 65536, 65536, 65536)", {1.0F})));
}

}  // namespace
}  // namespace latent::models
