// SPDX-License-Identifier: GPL-3.0-or-later
#include "metadata/provenance.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace latent::metadata {
namespace {

using testing::HasSubstr;
using testing::Not;

Provenance denoised() {
  Provenance provenance;
  provenance.latent_version = "0.1.0";
  provenance.task = "raw-denoise";
  provenance.model_id = "latent-raw";
  provenance.model_version = "1.2";
  provenance.model_sha256 = std::string(64, '7');
  provenance.strength_percent = 87.5;
  provenance.noise =
      NoiseModel{{1.25e-4, 2e-4, 3e-4}, {1e-7, 2e-7, 3e-7}, NoiseModel::Origin::Estimated};
  provenance.noise_scale = 1.5;
  return provenance;
}

TEST(Provenance, SaysWhatDidItWithWhichModelHowStrongly) {
  const auto xmp = xmp_with_provenance("", "Camera firmware 1.0", denoised());
  ASSERT_TRUE(xmp) << xmp.error().message;
  EXPECT_THAT(*xmp, HasSubstr("xmlns:latent=\"http://ns.latent-photo.org/1.0/\""));
  EXPECT_THAT(*xmp, HasSubstr("latent:Version=\"0.1.0\""));
  EXPECT_THAT(*xmp, HasSubstr("latent:ModelId=\"latent-raw\""));
  EXPECT_THAT(*xmp, HasSubstr("latent:ModelVersion=\"1.2\""));
  EXPECT_THAT(*xmp, HasSubstr(std::string(64, '7')));
  EXPECT_THAT(*xmp, HasSubstr("latent:Strength=\"87.5\""));
  EXPECT_THAT(*xmp, HasSubstr("latent:NoiseScale=\"1.5\""));
  EXPECT_THAT(*xmp, HasSubstr("latent:NoiseOrigin=\"estimated\""));
  EXPECT_THAT(*xmp, HasSubstr("<rdf:li>0.000125</rdf:li>"));
  EXPECT_THAT(*xmp, HasSubstr("latent:SourceSoftware=\"Camera firmware 1.0\""));
  EXPECT_THAT(*xmp, HasSubstr("digitalsourcetype/algorithmicallyEnhanced"));
}

TEST(Provenance, StrengthZeroIsStillWhatTheCameraTook) {
  Provenance untouched = denoised();
  untouched.strength_percent = 0;
  const auto xmp = xmp_with_provenance("", "", untouched);
  ASSERT_TRUE(xmp);
  EXPECT_THAT(*xmp, Not(HasSubstr("algorithmicallyEnhanced")));
  EXPECT_THAT(*xmp, HasSubstr("latent:Strength=\"0\""));
}

TEST(Provenance, KeepsWhatTheSourceSaysAndReplacesAnEarlierRun) {
  const auto first = xmp_with_provenance(
      "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF "
      "xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"><rdf:Description rdf:about=\"\" "
      "xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\" xmp:Rating=\"4\"/></rdf:RDF></x:xmpmeta>",
      "", denoised());
  ASSERT_TRUE(first);
  Provenance again = denoised();
  again.model_id = "latent-raw-fast";
  again.noise.reset();
  const auto second = xmp_with_provenance(*first, "", again);
  ASSERT_TRUE(second);
  EXPECT_THAT(*second, HasSubstr("xmp:Rating=\"4\""));
  EXPECT_THAT(*second, HasSubstr("latent-raw-fast"));
  EXPECT_THAT(*second, Not(HasSubstr("\"latent-raw\"")));
  EXPECT_THAT(*second, Not(HasSubstr("NoiseA")));
}

TEST(Provenance, ABrokenPacketIsReplaced) {
  const auto xmp = xmp_with_provenance("<x:xmpmeta <<<", "", denoised());
  ASSERT_TRUE(xmp);
  EXPECT_THAT(*xmp, HasSubstr("latent:ModelId"));
}

}  // namespace
}  // namespace latent::metadata
