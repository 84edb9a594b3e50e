// SPDX-License-Identifier: GPL-3.0-or-later
#include "metadata/provenance.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

#include "file_bytes.h"

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
  ASSERT_TRUE(xmp) << xmp.error().sentence;
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
  const auto first = xmp_with_provenance(test::packet("xmp:Rating=\"4\""), "", denoised());
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

TEST(Provenance, KeepsTheNameOfAProgramInAnyEncoding) {
  for (const auto& [software, said] :
       {std::pair("Caf\xe9 2.0", "\"Café 2.0\""), std::pair("Καφές 2.0", "\"Καφές 2.0\""),
        std::pair("type=Camera 2.0", "type=Camera 2.0\""), std::pair("type=Seq", "type=Seq\"")}) {
    const auto xmp = xmp_with_provenance("", software, denoised());
    ASSERT_TRUE(xmp) << software << ": " << xmp.error().sentence;
    // And again, as a writer sets it right for its picture.
    const auto again = xmp_for_picture(*xmp, 6, true);
    ASSERT_TRUE(again) << software << ": " << again.error().sentence;
    EXPECT_THAT(*again, HasSubstr(said));
  }
}

TEST(Provenance, ABrokenPacketIsReplaced) {
  const auto xmp = xmp_with_provenance("<x:xmpmeta <<<", "", denoised());
  ASSERT_TRUE(xmp);
  EXPECT_THAT(*xmp, HasSubstr("latent:ModelId"));
}

TEST(Provenance, SettingsOfFinishedPicturesAreWrittenWhereTheyAreGiven) {
  Provenance finished = denoised();
  const auto bare = xmp_with_provenance("", "", finished);
  ASSERT_TRUE(bare);
  for (const char* name : {"LumaStrength", "ChromaStrength", "Scale=", "Level", "SourceProfile"}) {
    EXPECT_THAT(*bare, Not(HasSubstr(std::string("latent:") + name)));
  }
  finished.task = "upscale";
  finished.luma_percent = 40;
  finished.chroma_percent = 0;
  finished.scale = 4;
  finished.level = 0.0125;
  finished.source_profile = "Adobe RGB (1998) & more";
  const auto xmp = xmp_with_provenance(*bare, "", finished);
  ASSERT_TRUE(xmp) << xmp.error().sentence;
  EXPECT_THAT(*xmp, HasSubstr("latent:Task=\"upscale\""));
  EXPECT_THAT(*xmp, HasSubstr("latent:LumaStrength=\"40\""));
  EXPECT_THAT(*xmp, HasSubstr("latent:ChromaStrength=\"0\""));
  EXPECT_THAT(*xmp, HasSubstr("latent:Scale=\"4\""));
  EXPECT_THAT(*xmp, HasSubstr("latent:Level=\"0.0125\""));
  EXPECT_THAT(*xmp, HasSubstr("latent:SourceProfile=\"Adobe RGB (1998) &amp; more\""));
}

TEST(Provenance, NamesADenoiseThatWentBefore) {
  Provenance enlarged;
  enlarged.task = "upscale";
  enlarged.scale = 2;
  enlarged.denoise = DenoiseBefore{"latent-denoise", "2.1", std::string(64, '9'), 60, 0.025};
  const auto xmp = xmp_with_provenance("", "", enlarged);
  ASSERT_TRUE(xmp) << xmp.error().sentence;
  EXPECT_THAT(*xmp, HasSubstr("latent:DenoiseModelId=\"latent-denoise\""));
  EXPECT_THAT(*xmp, HasSubstr("latent:DenoiseModelVersion=\"2.1\""));
  EXPECT_THAT(*xmp, HasSubstr("latent:DenoiseModelSha256=\"" + std::string(64, '9')));
  EXPECT_THAT(*xmp, HasSubstr("latent:DenoiseStrength=\"60\""));
  EXPECT_THAT(*xmp, HasSubstr("latent:DenoiseLevel=\"0.025\""));
  enlarged.denoise.reset();
  const auto again = xmp_with_provenance(*xmp, "", enlarged);
  ASSERT_TRUE(again);
  EXPECT_THAT(*again, Not(HasSubstr("latent:Denoise")));
}

TEST(Provenance, XmpOfAPictureFollowsItsOrientationAndColours) {
  const std::string packet = test::packet(
      "xmlns:exif=\"http://ns.adobe.com/exif/1.0/\" tiff:Orientation=\"6\" "
      "exif:ColorSpace=\"1\"");
  const auto upright = xmp_for_picture(packet, 1, false);
  ASSERT_TRUE(upright) << upright.error().sentence;
  EXPECT_THAT(*upright, HasSubstr("tiff:Orientation=\"1\""));
  EXPECT_THAT(*upright, HasSubstr("exif:ColorSpace=\"65535\""));
  EXPECT_EQ(xmp_for_picture("", 1, true).value(), "");
  EXPECT_THAT(xmp_for_picture("", 8, true).value(), HasSubstr("tiff:Orientation=\"8\""));
  EXPECT_EQ(xmp_for_picture("<x:xmpmeta <<<", 3, true).value(), "<x:xmpmeta <<<");
}

}  // namespace
}  // namespace latent::metadata
