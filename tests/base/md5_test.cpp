// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/md5.h"

#include <gtest/gtest.h>

#include <vector>

namespace latent {
namespace {

std::string md5_of(const std::string& text) {
  return md5_hex(std::vector<std::uint8_t>(text.begin(), text.end()));
}

// RFC 1321, appendix A.5.
TEST(Md5, AgreesWithTheExamplesOfTheRfc) {
  EXPECT_EQ(md5_of(""), "D41D8CD98F00B204E9800998ECF8427E");
  EXPECT_EQ(md5_of("a"), "0CC175B9C0F1B6A831C399E269772661");
  EXPECT_EQ(md5_of("abc"), "900150983CD24FB0D6963F7D28E17F72");
  EXPECT_EQ(md5_of("message digest"), "F96B697D7CB7938D525A2F31AAF161D0");
  EXPECT_EQ(md5_of("abcdefghijklmnopqrstuvwxyz"), "C3FCD3D76192E4007DFB496CCA67E13B");
  EXPECT_EQ(md5_of("12345678901234567890123456789012345678901234567890123456789012345678901234567"
                   "890"),
            "57EDF4A22BE3C955AC49DA2E2107B67A");
}

// By Python's hashlib: the lengths around the end of a block, where the padding needs another.
TEST(Md5, PadsEveryLengthRightly) {
  EXPECT_EQ(md5_of(std::string(55, 'x')), "04364420E25C512FD958A70738AA8F72");
  EXPECT_EQ(md5_of(std::string(56, 'x')), "668A72D5BA17F08E62DABCAFAD6DB14B");
  EXPECT_EQ(md5_of(std::string(64, 'x')), "C1BB4F81D892B2D57947682AEB252456");
  EXPECT_EQ(md5_of(std::string(1000, 'x')), "398533D48111E9F664B1F64CB10C4B63");
}

}  // namespace
}  // namespace latent
