// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/model_policy.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <toml++/toml.h>
#include <algorithm>
#include <array>
#include <sstream>
#include <system_error>

#include "base/path.h"
#include "base/small_file.h"
#include "models/files.h"

namespace latent::app {
namespace {

namespace fs = std::filesystem;
using models::MofClass;
using models::OsaidClass;
using models::Policy;

constexpr std::size_t kMaxPolicyBytes = std::size_t{1} << 20U;
constexpr const char* kHeader =
    "# SPDX-License-Identifier: CC0-1.0\n"
    "# Which models are accepted; see docs/models.md. Written by: latent models policy set\n";

template <class Value>
struct Word {
  const char* word;
  Value value;
};

constexpr std::array<Word<MofClass>, 4> kMof{{{"any", MofClass::NotStated},
                                              {"class-3", MofClass::III},
                                              {"class-2", MofClass::II},
                                              {"class-1", MofClass::I}}};
constexpr std::array<Word<OsaidClass>, 4> kOsaid{{{"any", OsaidClass::NotStated},
                                                  {"open-model", OsaidClass::OpenModel},
                                                  {"open-weights", OsaidClass::OpenWeights},
                                                  {"open-source-ai", OsaidClass::OpenSourceAi}}};
constexpr std::array<Word<bool>, 2> kData{{{"accept", false}, {"refuse", true}}};
constexpr std::array<Word<Policy::Action>, 2> kAction{
    {{"refuse", Policy::Action::Refuse}, {"hide", Policy::Action::Hide}}};

template <class Value, std::size_t N>
Status choose(const std::array<Word<Value>, N>& words, const std::string& key,
              const std::string& text, Value& value) {
  std::vector<std::string> all;
  for (const auto& candidate : words) {
    if (text == candidate.word) {
      value = candidate.value;
      return {};
    }
    all.emplace_back(candidate.word);
  }
  return fail(ErrorCode::Usage, fmt::format("{} must be one of {}, not '{}'", key,
                                            fmt::join(all, ", "), printable(text)));
}

template <class Value, std::size_t N>
std::string word_of(const std::array<Word<Value>, N>& words, Value value) {
  const auto found = std::ranges::find(words, value, &Word<Value>::value);
  return found == words.end() ? "any" : found->word;
}

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> words;
  std::stringstream stream(text);
  for (std::string word; std::getline(stream, word, ',');) {
    const auto begin = word.find_first_not_of(' ');
    if (begin == std::string::npos) continue;
    words.push_back(word.substr(begin, word.find_last_not_of(' ') - begin + 1));
  }
  return words;
}

/// A TOML value as the word of the command line; an array as words with commas.
Result<std::string> word_in(const std::string& key, const toml::node& node) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* array = node.as_array(); array != nullptr && key == "licences") {
    std::vector<std::string> words;
    for (const auto& entry : *array) {
      const auto* word = entry.as_string();
      if (word == nullptr || word->get().find(',') != std::string::npos) {
        return fail(ErrorCode::Usage, "licences must be \"any\" or an array of names");
      }
      words.push_back(word->get());
    }
    if (words.empty())
      return fail(ErrorCode::Usage, "licences accepts none, so no model would pass");
    return fmt::format("{}", fmt::join(words, ","));
  }
  return fail(ErrorCode::Usage, printable(key) + " must be a string");
}

Result<Policy> parse_policy(const std::string& text) {
  Policy policy;
  try {
    const toml::table table = toml::parse(text);
    for (const auto& [key, node] : table) {
      const std::string name(key.str());
      LATENT_TRY(const std::string word, word_in(name, node));
      LATENT_CHECK(set_policy(policy, name, word));
    }
  } catch (const toml::parse_error& error) {
    return fail(ErrorCode::Corrupt,
                fmt::format("it is not TOML at line {}", error.source().begin.line));
  }
  return policy;
}

/// A basic string: quotation mark, backslash and control characters escaped.
std::string toml_string(const std::string& text) {
  std::string out = "\"";
  for (const char letter : text) {
    const auto code = static_cast<unsigned char>(letter);
    if (code < 0x20 || code == 0x7F || letter == '"' || letter == '\\') {
      out += fmt::format("\\u{:04X}", code);
    } else {
      out += letter;
    }
  }
  return out + "\"";
}

std::string toml_text(const Policy& policy) {
  std::string text = kHeader;
  for (const auto& [key, word] : policy_words(policy)) {
    if (key != "licences" || policy.licences.empty()) {
      text += fmt::format("{} = \"{}\"\n", key, word);
      continue;
    }
    std::vector<std::string> names;
    for (const std::string& licence : policy.licences) names.push_back(toml_string(licence));
    text += fmt::format("licences = [{}]\n", fmt::join(names, ", "));
  }
  return text;
}

}  // namespace

Result<Policy> read_policy(const fs::path& file) {
  const auto text = read_small_file(file, kMaxPolicyBytes);
  if (!text && text.error().code == ErrorCode::NotFound) return Policy{};
  if (!text) return tl::make_unexpected(text.error());
  auto policy = parse_policy(*text);
  if (!policy) {
    return fail(ErrorCode::Corrupt,
                "the policy " + quoted(file) + " cannot be used: " + policy.error().message);
  }
  return policy;
}

Status write_policy(const fs::path& file, const Policy& policy) {
  std::error_code code;
  fs::create_directories(file.parent_path(), code);
  if (code)
    return fail(ErrorCode::Io, quoted(file.parent_path()) + " cannot be made: " + code.message());
  return models::replace_text(file, toml_text(policy));
}

Status set_policy(Policy& policy, const std::string& key, const std::string& value) {
  if (key == "licences") {
    policy.licences = value == "any" ? std::vector<std::string>{} : split(value);
    if (value != "any" && policy.licences.empty()) {
      return fail(ErrorCode::Usage, "licences must be any, or names with commas between them");
    }
    return {};
  }
  if (key == "mof") return choose(kMof, key, value, policy.least_mof);
  if (key == "osaid") return choose(kOsaid, key, value, policy.least_osaid);
  if (key == "undisclosed-data") return choose(kData, key, value, policy.refuse_undisclosed_data);
  if (key == "research-only-data") {
    return choose(kData, key, value, policy.refuse_research_only_data);
  }
  if (key == "action") return choose(kAction, key, value, policy.action);
  return fail(ErrorCode::Usage, "a policy has no key '" + printable(key) +
                                    "'; there are licences, mof, osaid, undisclosed-data, "
                                    "research-only-data, action");
}

tl::unexpected<Error> refused_by_policy(const std::string& id,
                                        const std::vector<std::string>& objections) {
  const std::string more =
      objections.size() > 1 ? fmt::format(" (and {} more)", objections.size() - 1) : "";
  return fail(
      ErrorCode::Unsupported,
      fmt::format("the model '{}' is refused by your policy: {}{}; see latent models policy",
                  printable(id), objections.front(), more));
}

Status hold_to_policy(const Policy& policy, const std::string& id,
                      const models::TrustFacts& trust) {
  const auto reasons = models::objections(policy, trust);
  if (reasons.empty()) return {};
  return refused_by_policy(id, reasons);
}

std::vector<std::pair<std::string, std::string>> policy_words(const Policy& policy) {
  return {{"licences",
           policy.licences.empty() ? "any" : fmt::format("{}", fmt::join(policy.licences, ","))},
          {"mof", word_of(kMof, policy.least_mof)},
          {"osaid", word_of(kOsaid, policy.least_osaid)},
          {"undisclosed-data", word_of(kData, policy.refuse_undisclosed_data)},
          {"research-only-data", word_of(kData, policy.refuse_research_only_data)},
          {"action", word_of(kAction, policy.action)}};
}

}  // namespace latent::app
