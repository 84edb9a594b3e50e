// SPDX-License-Identifier: GPL-3.0-or-later
#include "metadata/earlier_work.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "file_bytes.h"
#include "metadata/provenance.h"

namespace latent::metadata {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

Provenance done(const std::string& task, double strength = 100) {
  Provenance provenance;
  provenance.latent_version = "0.1.0";
  provenance.task = task;
  provenance.strength_percent = strength;
  return provenance;
}

std::string marked_by_darktable(const std::string& prefix) {
  return "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF "
         "xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"><rdf:Description "
         "rdf:about=\"\" xmlns:" +
         prefix + "=\"http://darktable.sf.net/\" " + prefix +
         ":neural_restore=\"raw-denoise\"/></rdf:RDF></x:xmpmeta>";
}

TEST(EarlierWork, WhatLatentDidIsKnownByItsProvenance) {
  for (const char* task : {"raw-denoise", "denoise", "upscale"}) {
    const auto packet = xmp_with_provenance("", "", done(task));
    ASSERT_TRUE(packet);
    EXPECT_THAT(earlier_work(*packet), ElementsAre(EarlierWork{task, "Latent 0.1.0"}));
  }
}

TEST(EarlierWork, WhatDarktableDidIsKnownByItsMarkerUnderAnyPrefix) {
  for (const char* prefix : {"darktable", "dt"}) {
    EXPECT_THAT(earlier_work(marked_by_darktable(prefix)),
                ElementsAre(EarlierWork{"raw-denoise", "darktable"}));
  }
}

TEST(EarlierWork, APictureMadeOfADenoisedRawTellsBoth) {
  const auto raw = xmp_with_provenance("", "", done("raw-denoise"));
  ASSERT_TRUE(raw);
  const auto packet = xmp_with_provenance(*raw, "", done("denoise"));
  ASSERT_TRUE(packet);
  EXPECT_THAT(earlier_work(*packet), ElementsAre(EarlierWork{"denoise", "Latent 0.1.0"},
                                                 EarlierWork{"raw-denoise", "darktable"}));
}

TEST(EarlierWork, OnlyARawFromWhichNoiseWasTakenHasDarktablesMarker) {
  const auto marked = xmp_with_provenance("", "", done("raw-denoise", 40));
  ASSERT_TRUE(marked);
  EXPECT_THAT(*marked, HasSubstr("xmlns:darktable=\"http://darktable.sf.net/\""));
  EXPECT_THAT(*marked, HasSubstr("darktable:neural_restore=\"raw-denoise\""));
  for (const auto& other : {done("raw-denoise", 0), done("denoise"), done("upscale")}) {
    const auto packet = xmp_with_provenance("", "", other);
    ASSERT_TRUE(packet);
    EXPECT_THAT(*packet, Not(HasSubstr("neural_restore")));
  }
}

TEST(EarlierWork, APacketWithoutMarksOrWithoutSenseTellsNothing) {
  EXPECT_THAT(earlier_work(""), IsEmpty());
  EXPECT_THAT(earlier_work("<x:xmpmeta"), IsEmpty());
  EXPECT_THAT(earlier_work(test::packet("xmp:Rating=\"4\"")), IsEmpty());
}

}  // namespace
}  // namespace latent::metadata
