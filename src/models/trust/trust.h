// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/manifest/manifest.h"

namespace latent::models {

/// Classes of the Model Openness Framework; III is the least open that has a class.
enum class MofClass : std::uint8_t { NotStated, None, III, II, I };

/// How a model stands to the Open Source AI Definition, as the model repositories use the words.
enum class OsaidClass : std::uint8_t { NotStated, No, OpenModel, OpenWeights, OpenSourceAi };

/// What is known about the training data.
enum class DataClass : std::uint8_t {
  NotStated,     ///< nobody says anything
  Undisclosed,   ///< said to be unknown, private or unclear
  ResearchOnly,  ///< not for every use: research only, non-commercial
  Stated,        ///< named, under terms that we do not know to be open
  Open           ///< named, under open licences
};

/// What a model is made of, in the maker's words and in classes. What nobody states is "not
/// stated", never taken for good.
struct TrustFacts {
  std::string weights_licence = {};  ///< "" where it is not stated, as in all of these
  std::string data_licence = {};
  std::string data = {};  ///< what it was trained with
  std::string osaid = {};
  std::string mof = {};
  friend bool operator==(const TrustFacts&, const TrustFacts&) = default;
};

[[nodiscard]] MofClass mof_class(const std::string& words);
[[nodiscard]] OsaidClass osaid_class(const std::string& words);
[[nodiscard]] DataClass data_class(const TrustFacts& facts);

/// Whether anything but licences is stated. The indexes of darktable's repositories say no more
/// than the licence of the weights.
[[nodiscard]] bool says_more_than_licence(const TrustFacts& facts);

/// From our block where there is one, else from darktable's model card.
[[nodiscard]] TrustFacts trust_of(const Manifest& manifest);

/// What this user accepts. The defaults accept everything: the choice is theirs.
struct Policy {
  enum class Action : std::uint8_t { Refuse, Hide };
  std::vector<std::string> licences;  ///< SPDX names of weights' licences; empty: any
  MofClass least_mof = MofClass::NotStated;
  OsaidClass least_osaid = OsaidClass::NotStated;
  bool refuse_undisclosed_data = false;  ///< also data of which nothing is stated
  bool refuse_research_only_data = false;
  Action action = Action::Refuse;
  friend bool operator==(const Policy&, const Policy&) = default;
};

/// Why the policy does not accept a model: one half sentence for each reason, none where it does.
/// A licence expression passes where one side of every OR does, and both of every AND.
[[nodiscard]] std::vector<std::string> objections(const Policy& policy, const TrustFacts& facts);

/// "class II", "not stated"; "open weights"; "research only".
[[nodiscard]] const char* mof_name(MofClass mof);
[[nodiscard]] const char* osaid_name(OsaidClass osaid);
[[nodiscard]] const char* data_name(DataClass data);

}  // namespace latent::models
