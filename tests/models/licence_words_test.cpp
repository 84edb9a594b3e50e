// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/trust/licence_words.h"

#include <gmock/gmock.h>

namespace latent::models {
namespace {

TEST(LicenceWords, KnowsOpenLicencesHoweverTheyAreWritten) {
  for (const char* words : {
           "CC0-1.0, CC-BY, CC-BY-SA, GPL/LGPL, public domain; row by row in provenance.csv",
           "CC BY 4.0 or CC0, picture by picture on Wikimedia Commons",
           "MIT, as the data set's site states it",
           "MIT (SIDD, as its site states)",
           "cc0",
           "CC0 1.0 Universal",
           "CC-Zero",
           "CC0, No Rights Reserved",
           "CC-BY-SA-4.0",
           "cc_by_4.0",
           "CCBY4.0",
           "Creative Commons Attribution 4.0 International",
           "https://creativecommons.org/publicdomain/zero/1.0/",
           "Public Domain",
           "GPLv3",
           "GPLv2+",
           "GPL-3.0-or-later",
           "GNU General Public License",
           "LGPL-2.1-only",
           "AGPL-3.0",
           "MIT",
           "MIT License",
           "the mit licence.",
           "Apache-2.0",
           "Apache License, Version 2.0",
           "apache v2",
           "BSD-3-Clause",
           "3-clause BSD",
           "ISC",
           "zlib/libpng",
           "The Unlicense",
           "MPL 2.0",
           "ODC-BY 1.0",
           "ODbL-1.0",
           "PDDL",
           "Etalab 2.0",
           "WTFPL",
       }) {
    EXPECT_TRUE(says_open_licence(words)) << words;
    EXPECT_FALSE(says_research_only(words)) << words;
    EXPECT_FALSE(says_undisclosed(words)) << words;
  }
}

TEST(LicenceWords, PartsOfWordsNameNoLicence) {
  for (const char* words :
       {"permitted", "limited use", "submitted by users", "admitted", "emits", "miscellaneous",
        "disclosed elsewhere", "gzlib", "unlicensed", "BSD68", "odbled", "accc0x", "MPL 1.1",
        "Apache 1.1", "CC", "creative commons"}) {
    EXPECT_FALSE(says_open_licence(words)) << words;
  }
}

TEST(LicenceWords, WhatTakesALicenceBackIsHeard) {
  for (const char* words : {
           "All rights reserved, redistribution not permitted",
           "MIT for the code; photographs: all rights reserved",
           "CC BY 4.0, no redistribution",
           "CC BY 4.0, not redistributable",
           "CC-BY-ND-4.0",
           "CC BY-ND",
           "CC BY (Attribution-NoDerivatives 4.0)",
           "Creative Commons Attribution No Derivatives",
           "Creative Commons Attribution-NoDerivs 2.0",
           "MIT, but modification is not allowed",
           "GPL tools; the pictures may not be shared",
           "CC BY, redistribution prohibited",
           "not MIT",
           "not under the MIT licence",
           "MIT-like",
           "BSD style",
           "GPL-incompatible",
           "MIT CSAIL",
           "MIT-Adobe FiveK",
           "Adobe-MIT FiveK",
           "CC BY 4.0 (annotations), each photograph under its own terms",
           "CC BY 4.0; the rest not stated",
           "CC BY 4.0 with written permission",
           "CC0 for personal use",
       }) {
    EXPECT_FALSE(says_open_licence(words)) << words;
  }
}

TEST(LicenceWords, HearsWhatIsForResearchOnly) {
  for (const char* words :
       {"CC BY-NC 4.0", "CC-BY-NC-SA-4.0", "CC BYNC", "CC BY\xE2\x80\x91NC 4.0", "NonCommercial",
        "Creative Commons Attribution-NonCommercial", "non-commercial use", "no commercial use",
        "not for commercial use", "research only", "some for research only", "academic use",
        "SA-1B Dataset Research License", "Meta's research licence", "research purposes",
        "https://creativecommons.org/licenses/by-nc/4.0/"}) {
    EXPECT_TRUE(says_research_only(words)) << words;
  }
  EXPECT_FALSE(says_research_only("photographs of Charlotte, NC; CC0"));
}

TEST(LicenceWords, HearsWhatNobodyTells) {
  for (const char* words : {"undisclosed", "Not disclosed.", "unknown", "proprietary", "private",
                            "not public", "unclear (several sites)"}) {
    EXPECT_TRUE(says_undisclosed(words)) << words;
  }
}

}  // namespace
}  // namespace latent::models
