// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/path_list.h"

#include <gmock/gmock.h>

namespace latent {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(PathList, StandsBetweenColons) {
  EXPECT_THAT(path_list("/a/b.so:c.so"), ElementsAre("/a/b.so", "c.so"));
  EXPECT_THAT(path_list("/a b/c.so"), ElementsAre("/a b/c.so"));
}

TEST(PathList, PassesOverWhatIsEmpty) {
  EXPECT_THAT(path_list(""), IsEmpty());
  EXPECT_THAT(path_list("::"), IsEmpty());
  EXPECT_THAT(path_list(": /a : :b:"), ElementsAre("/a", "b"));
}

}  // namespace
}  // namespace latent
