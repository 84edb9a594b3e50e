// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/trust/trust.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <string_view>

#include "base/path.h"
#include "models/trust/licence_words.h"

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

constexpr std::string_view kLettersAndDigits = "abcdefghijklmnopqrstuvwxyz0123456789";

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

/// Splits at a word between spaces ("OR", "AND"), outside parentheses; whole where one closes that
/// was not opened.
std::vector<std::string_view> split_at(std::string_view text, std::string_view word) {
  const std::string spaced = fmt::format(" {} ", word);
  std::vector<std::string_view> parts;
  std::size_t begin = 0;
  int depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (depth == 0 && text.substr(i).starts_with(spaced)) {
      parts.push_back(text.substr(begin, i - begin));
      begin = i + spaced.size();
      i = begin - 1;
      continue;
    }
    if (text[i] == '(') ++depth;
    if (text[i] == ')' && --depth < 0) return {text};
  }
  parts.push_back(text.substr(begin));
  return parts;
}

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return "";
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

/// "MIT" of "(MIT)"; the text as it is where its first parenthesis does not close at its end.
std::string_view without_parentheses(std::string_view text) {
  if (!text.starts_with('(')) return text;
  int depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '(') ++depth;
    if (text[i] != ')' || --depth > 0) continue;
    return i + 1 == text.size() ? text.substr(1, i - 1) : text;
  }
  return text;
}

bool accepted(const std::vector<std::string>& licences, std::string_view expression, int depth) {
  if (depth > 8) return false;
  const std::string_view text = trimmed(expression);
  const auto passes = [&](std::string_view part) { return accepted(licences, part, depth + 1); };
  if (const auto inner = without_parentheses(text); inner != text) return passes(inner);
  if (const auto either = split_at(text, "OR"); either.size() > 1) {
    return std::ranges::any_of(either, passes);
  }
  if (const auto both = split_at(text, "AND"); both.size() > 1) {
    return std::ranges::all_of(both, passes);
  }
  return std::ranges::any_of(
      licences, [&](const std::string& licence) { return lowered(licence) == lowered(text); });
}

bool is_denied(const std::string& low) {
  return low.starts_with("not ") || low.starts_with("no ") || low == "no";
}

std::string in_words(const std::string& text) {
  return is_nothing(text) ? "not stated" : "'" + printable(text) + "'";
}

}  // namespace

MofClass mof_class(const std::string& words) {
  if (is_nothing(words)) return MofClass::NotStated;
  std::string text = lowered(words);
  if (is_denied(text)) return MofClass::None;
  if (const auto at = text.find("class "); at != std::string::npos) text = text.substr(at + 6);
  const std::string numeral = text.substr(0, text.find_first_not_of(kLettersAndDigits));
  if (numeral == "iii" || numeral == "3") return MofClass::III;
  if (numeral == "ii" || numeral == "2") return MofClass::II;
  if (numeral == "i" || numeral == "1") return MofClass::I;
  return MofClass::None;
}

OsaidClass osaid_class(const std::string& words) {
  if (is_nothing(words)) return OsaidClass::NotStated;
  const std::string text = lowered(words);
  if (is_denied(text)) return OsaidClass::No;
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

bool says_more_than_licence(const TrustFacts& facts) {
  return !facts.data.empty() || !facts.osaid.empty() || !facts.mof.empty();
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
    reasons.emplace_back("its training data is for research or non-commercial use only");
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
