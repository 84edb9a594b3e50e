// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/trust/trust.h"

#include <gmock/gmock.h>

#include "sample_package.h"

namespace latent::models {
namespace {

TEST(Trust, ReadsTheClassesThatRepositoriesWrite) {
  EXPECT_EQ(mof_class("Class I (Open Science)"), MofClass::I);
  EXPECT_EQ(mof_class("Class II"), MofClass::II);
  EXPECT_EQ(mof_class("III"), MofClass::III);
  EXPECT_EQ(mof_class("2"), MofClass::II);
  EXPECT_EQ(mof_class("unqualified"), MofClass::None);
  EXPECT_EQ(mof_class("incomplete"), MofClass::None);
  EXPECT_EQ(mof_class("class information is missing"), MofClass::None);
  EXPECT_EQ(mof_class("not Class I"), MofClass::None);
  EXPECT_EQ(mof_class(" "), MofClass::NotStated);
  EXPECT_EQ(osaid_class("Open Source AI"), OsaidClass::OpenSourceAi);
  EXPECT_EQ(osaid_class("Open Weights"), OsaidClass::OpenWeights);
  EXPECT_EQ(osaid_class("Open Model"), OsaidClass::OpenModel);
  EXPECT_EQ(osaid_class("not Open Source AI"), OsaidClass::No);
  EXPECT_EQ(osaid_class(""), OsaidClass::NotStated);
}

TEST(Trust, NeverTakesForGoodWhatNobodyStates) {
  EXPECT_EQ(data_class({}), DataClass::NotStated);
  EXPECT_EQ(data_class({.data_licence = "CC0-1.0"}), DataClass::NotStated);
  EXPECT_EQ(data_class({.data = "our photographs"}), DataClass::Stated);
  EXPECT_EQ(data_class({.data_licence = "see the paper", .data = "DF2K"}), DataClass::Stated);
  EXPECT_EQ(data_class({.data_licence = "CC0-1.0", .data = "ours"}), DataClass::Open);
  EXPECT_EQ(data_class({.data_licence = "CC BY-NC 4.0", .data = "x"}), DataClass::ResearchOnly);
  EXPECT_EQ(data_class({.data = "SA-1B (research only)"}), DataClass::ResearchOnly);
  EXPECT_EQ(data_class({.data = "undisclosed"}), DataClass::Undisclosed);
}

TEST(Trust, AClosedLicenceIsNotOpenForTheLettersInIt) {
  const auto class_of = [](const char* licence) {
    return data_class({.data_licence = licence, .data = "photographs"});
  };
  EXPECT_EQ(class_of("All rights reserved, redistribution not permitted"), DataClass::Stated);
  EXPECT_EQ(class_of("limited to members"), DataClass::Stated);
  EXPECT_EQ(class_of("miscellaneous"), DataClass::Stated);
  EXPECT_EQ(class_of("Creative Commons Attribution-NoDerivatives"), DataClass::Stated);
  EXPECT_EQ(class_of("Creative Commons Attribution-NonCommercial"), DataClass::ResearchOnly);
  EXPECT_EQ(class_of("SA-V: CC BY 4.0; SA-1B: SA-1B Dataset Research License"),
            DataClass::ResearchOnly);
  EXPECT_EQ(class_of("CC0-1.0, CC-BY, CC-BY-SA, GPL/LGPL, public domain; row by row in "
                     "provenance.csv"),
            DataClass::Open);
}

TEST(Trust, TakesOurBlockFirstAndTheModelCardElse) {
  auto config = sample_config();
  const auto ours = parse_manifest(config.dump());
  ASSERT_TRUE(ours) << ours.error().sentence;
  EXPECT_EQ(trust_of(*ours).data_licence, "CC0-1.0");
  EXPECT_EQ(trust_of(*ours).mof, "I");
  config.erase("latent");
  config["model_card"] = {{"license", "MIT"}, {"training_data", "DF2K"}};
  const auto theirs = parse_manifest(config.dump());
  ASSERT_TRUE(theirs) << theirs.error().sentence;
  const TrustFacts facts = trust_of(*theirs);
  EXPECT_EQ(facts.weights_licence, "MIT");
  EXPECT_EQ(facts.data, "DF2K");
  EXPECT_EQ(facts.osaid, "");
}

TEST(Trust, AnExpressionOfLicencesPassesAsItSays) {
  const Policy policy{.licences = {"MIT", "Apache-2.0"}};
  const auto accepted = [&](const char* licence) {
    return objections(policy, {.weights_licence = licence}).empty();
  };
  EXPECT_TRUE(accepted("mit"));
  EXPECT_TRUE(accepted("GPL-3.0-only OR Apache-2.0"));
  EXPECT_TRUE(accepted("MIT AND Apache-2.0"));
  EXPECT_TRUE(accepted("(MIT)"));
  EXPECT_TRUE(accepted("(GPL-3.0-only OR MIT) AND Apache-2.0"));
  EXPECT_TRUE(accepted("(MIT) OR (GPL-3.0-only)"));
  EXPECT_TRUE(accepted("((MIT AND (Apache-2.0)))"));
  EXPECT_FALSE(accepted("MIT AND GPL-3.0-only"));
  EXPECT_FALSE(accepted("(GPL-3.0-only OR MIT) AND (GPL-3.0-only OR CC0-1.0)"));
  EXPECT_FALSE(accepted("GPL-3.0-only) AND (CC0-1.0 OR MIT"));
  EXPECT_FALSE(accepted(""));
  EXPECT_FALSE(accepted("MITx"));
  EXPECT_FALSE(accepted(std::string(100'000, '(').c_str()));
}

TEST(Trust, EachRuleOfThePolicyGivesItsReason) {
  const Policy strict{.licences = {"MIT"},
                      .least_mof = MofClass::II,
                      .least_osaid = OsaidClass::OpenWeights,
                      .refuse_undisclosed_data = true,
                      .refuse_research_only_data = true};
  EXPECT_EQ(objections(strict, {}).size(), 4U);
  EXPECT_TRUE(objections({}, {}).empty());
  const TrustFacts good{.weights_licence = "MIT",
                        .data_licence = "CC0-1.0",
                        .data = "ours",
                        .osaid = "Open Source AI",
                        .mof = "Class I"};
  EXPECT_TRUE(objections(strict, good).empty());
}

}  // namespace
}  // namespace latent::models
