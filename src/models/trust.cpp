// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/trust.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <string_view>

#include "base/path.h"
#include "models/licence_words.h"

namespace latent::models {
namespace {

std::string lowered(std::string_view text) {
  std::string out;
  for (const char letter : text) {
    const auto code = static_cast<unsigned char>(letter);
    out += letter == '-' || letter == '_' ? ' ' : static_cast<char>(std::tolower(code));
  }
  return out;
}

bool is_nothing(const std::string& text) {
  const std::string low = lowered(text);
  return low.find_first_not_of(" \t\r\n") == std::string::npos || low == "not stated" ||
         low == "n/a";
}

std::string card(const Manifest& manifest, std::string_view key) {
  const auto found = manifest.model_card.find(key);
  return found == manifest.model_card.end() ? "" : found->second;
}

std::string first_stated(std::string one, std::string other) {
  return is_nothing(one) ? std::move(other) : std::move(one);
}

/// Splits at a word between spaces ("OR", "AND"), outside parentheses.
std::vector<std::string> split_at(const std::string& text, std::string_view word) {
  std::vector<std::string> parts{""};
  int depth = 0;
  for (std::size_t i = 0; i < text.size();) {
    const std::string spaced = " " + std::string(word) + " ";
    if (depth == 0 && text.compare(i, spaced.size(), spaced) == 0) {
      parts.emplace_back();
      i += spaced.size();
      continue;
    }
    if (text[i] == '(') ++depth;
    if (text[i] == ')') --depth;
    parts.back() += text[i++];
  }
  return parts;
}

std::string trimmed(std::string text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string::npos) return "";
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

bool accepted(const std::vector<std::string>& licences, const std::string& expression, int depth) {
  std::string text = trimmed(expression);
  if (depth > 8) return false;
  if (text.size() > 1 && text.front() == '(' && text.back() == ')') {
    text = text.substr(1, text.size() - 2);
  }
  const auto either = split_at(text, "OR");
  if (either.size() > 1) {
    return std::ranges::any_of(
        either, [&](const std::string& part) { return accepted(licences, part, depth + 1); });
  }
  const auto both = split_at(text, "AND");
  if (both.size() > 1) {
    return std::ranges::all_of(
        both, [&](const std::string& part) { return accepted(licences, part, depth + 1); });
  }
  return std::ranges::any_of(
      licences, [&](const std::string& licence) { return lowered(licence) == lowered(text); });
}

std::string in_words(const std::string& text) {
  return is_nothing(text) ? "not stated" : "'" + printable(text) + "'";
}

}  // namespace

MofClass mof_class(const std::string& words) {
  if (is_nothing(words)) return MofClass::NotStated;
  std::string text = lowered(words);
  if (const auto at = text.find("class "); at != std::string::npos) text = text.substr(at + 6);
  const std::string numeral = text.substr(0, text.find_first_not_of("i"));
  if (numeral == "iii" || text.starts_with("3")) return MofClass::III;
  if (numeral == "ii" || text.starts_with("2")) return MofClass::II;
  if (numeral == "i" || text.starts_with("1")) return MofClass::I;
  return MofClass::None;
}

OsaidClass osaid_class(const std::string& words) {
  if (is_nothing(words)) return OsaidClass::NotStated;
  const std::string text = lowered(words);
  if (text.starts_with("not ") || text.starts_with("no ") || text == "no") return OsaidClass::No;
  if (text.starts_with("open source ai") || text == "yes") return OsaidClass::OpenSourceAi;
  if (text.starts_with("open weight")) return OsaidClass::OpenWeights;
  if (text.starts_with("open model")) return OsaidClass::OpenModel;
  return OsaidClass::No;
}

DataClass data_class(const TrustFacts& facts) {
  if (says_research_only(facts.data) || says_research_only(facts.data_licence)) {
    return DataClass::ResearchOnly;
  }
  if (says_undisclosed(facts.data) || says_undisclosed(facts.data_licence)) {
    return DataClass::Undisclosed;
  }
  if (is_nothing(facts.data)) return DataClass::NotStated;
  if (is_nothing(facts.data_licence)) return DataClass::Stated;
  return says_open_licence(facts.data_licence) ? DataClass::Open : DataClass::Stated;
}

TrustFacts trust_of(const Manifest& manifest) {
  TrustFacts facts;
  if (manifest.latent) {
    facts.weights_licence = manifest.latent->licence.weights;
    facts.data_licence = manifest.latent->licence.data;
    facts.osaid = manifest.latent->openness.osaid;
    facts.mof = manifest.latent->openness.mof;
  }
  facts.weights_licence = first_stated(facts.weights_licence, card(manifest, "license"));
  facts.data_licence = first_stated(facts.data_licence, card(manifest, "training_data_license"));
  // The card's words are for people; the block's may be the name of a file.
  facts.data = first_stated(card(manifest, "training_data"),
                            manifest.latent ? manifest.latent->provenance.data : "");
  for (std::string* text :
       {&facts.weights_licence, &facts.data_licence, &facts.data, &facts.osaid, &facts.mof}) {
    if (is_nothing(*text)) text->clear();
  }
  return facts;
}

std::vector<std::string> objections(const Policy& policy, const TrustFacts& facts) {
  std::vector<std::string> reasons;
  if (!policy.licences.empty() && !accepted(policy.licences, facts.weights_licence, 0)) {
    reasons.push_back("the licence of its weights is " + in_words(facts.weights_licence) +
                      ", which is not among those accepted");
  }
  if (mof_class(facts.mof) < policy.least_mof) {
    reasons.push_back("its Model Openness Framework class is " + in_words(facts.mof) + ", below " +
                      mof_name(policy.least_mof));
  }
  if (osaid_class(facts.osaid) < policy.least_osaid) {
    reasons.push_back("its Open Source AI class is " + in_words(facts.osaid) + ", below " +
                      osaid_name(policy.least_osaid));
  }
  const DataClass data = data_class(facts);
  if (policy.refuse_undisclosed_data &&
      (data == DataClass::Undisclosed || data == DataClass::NotStated)) {
    reasons.push_back(std::string("its training data is ") + data_name(data));
  }
  if (policy.refuse_research_only_data && data == DataClass::ResearchOnly) {
    reasons.push_back("its training data is for research or non-commercial use only");
  }
  return reasons;
}

const char* mof_name(MofClass mof) {
  switch (mof) {
    case MofClass::NotStated:
      return "not stated";
    case MofClass::None:
      return "no class";
    case MofClass::III:
      return "class III";
    case MofClass::II:
      return "class II";
    case MofClass::I:
      return "class I";
  }
  return "not stated";
}

const char* osaid_name(OsaidClass osaid) {
  switch (osaid) {
    case OsaidClass::NotStated:
      return "not stated";
    case OsaidClass::No:
      return "none";
    case OsaidClass::OpenModel:
      return "open model";
    case OsaidClass::OpenWeights:
      return "open weights";
    case OsaidClass::OpenSourceAi:
      return "open source AI";
  }
  return "not stated";
}

const char* data_name(DataClass data) {
  switch (data) {
    case DataClass::NotStated:
      return "not stated";
    case DataClass::Undisclosed:
      return "undisclosed";
    case DataClass::ResearchOnly:
      return "research only";
    case DataClass::Stated:
      return "stated";
    case DataClass::Open:
      return "open";
  }
  return "not stated";
}

}  // namespace latent::models
