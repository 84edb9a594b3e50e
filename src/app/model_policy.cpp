// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/model_policy.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <toml++/toml.h>
#include <algorithm>
#include <array>
#include <cstdint>
#include <sstream>
#include <string_view>

#include "base/file_access.h"
#include "base/path.h"
#include "base/safe_file.h"
#include "base/small_file.h"

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

/// Walks a TOML text as far as it takes to tell what is a comment.
///
/// toml++ 3.3 asks of any letter outside of a string, of one behind a digit and of one in a quoted
/// key whether it is white space, and that question has no answer for most letters beyond ASCII:
/// its table ends in "cannot be reached". So such letters may stand in comments only, of which it
/// asks nothing. Strings of several lines, in which comments are none, have no place in a policy.
Status refuse_what_toml_cannot_read(std::string_view text) {
  std::size_t line = 1;
  char quote = 0;  // that ends the string which is open
  bool comment = false;
  const auto problem = [&](const char* what) {
    return fail(ErrorCode::Corrupt, fmt::format("{} in line {}", what, line));
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char letter = text[i];
    if (letter == '\n') {
      ++line;
      quote = 0;
      comment = false;
    } else if (comment) {
      continue;
    } else if (static_cast<unsigned char>(letter) > 0x7F) {
      return problem(
          "letters beyond ASCII are allowed in comments only (write \\u00E9 in a string); there is "
          "one outside a comment");
    } else if (quote != 0) {
      if (letter == '\\' && quote == '"') {
        ++i;  // whatever is escaped does not end the string
        if (i < text.size() && text[i] == '\n') return problem("a string is not closed");
      } else if (letter == quote) {
        quote = 0;
      }
    } else if (letter == '"' || letter == '\'') {
      if (text.substr(i, 3) == std::string(3, letter)) {
        return problem("a policy may not have strings of several lines; one begins");
      }
      quote = letter;
    } else {
      comment = letter == '#';
    }
  }
  return {};
}

/// Behind the bracket with which a section begins toml++ 3.3 takes for granted that a key follows,
/// and is undefined where none does. A policy has no sections.
Status refuse_sections(std::string_view text) {
  for (std::size_t line = 1; !text.empty(); ++line) {
    const std::string_view one = text.substr(0, text.find('\n'));
    const std::size_t first = one.find_first_not_of(" \t");
    if (first != std::string_view::npos && one[first] == '[') {
      return fail(ErrorCode::Corrupt,
                  fmt::format("a policy may not have sections; one begins in line {}", line));
    }
    text.remove_prefix(std::min(one.size() + 1, text.size()));
  }
  return {};
}

/// The letter that begins there, and how many bytes of UTF-8 it has.
std::pair<std::uint32_t, std::size_t> letter_at(std::string_view text, std::size_t place) {
  const auto byte = [&](std::size_t i) {
    return std::uint32_t{static_cast<unsigned char>(text[place + i])};
  };
  const std::uint32_t first = byte(0);
  if (first < 0x80) return {first, 1};
  const std::size_t length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  std::uint32_t letter = first & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) letter = letter << 6U | (byte(i) & 0x3FU);
  return {letter, length};
}

/// A basic string of valid UTF-8: all but plain ASCII escaped.
std::string toml_string(const std::string& text) {
  std::string out = "\"";
  for (std::size_t i = 0; i < text.size();) {
    const auto [letter, length] = letter_at(text, i);
    const bool plain = letter >= 0x20 && letter < 0x7F && letter != '"' && letter != '\\';
    out += plain              ? std::string(1, text[i])
           : letter <= 0xFFFF ? fmt::format("\\u{:04X}", letter)
                              : fmt::format("\\U{:08X}", letter);
    i += length;
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

Result<Policy> parse_policy(std::string_view text) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  LATENT_CHECK(refuse_sections(text));
  LATENT_CHECK(refuse_what_toml_cannot_read(text));
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

Result<Policy> read_policy(const fs::path& file) {
  if (file.empty()) return Policy{};
  const auto text = read_small_file(file, kMaxPolicyBytes);
  if (!text && text.error().code == ErrorCode::NotFound) return Policy{};
  if (!text) return tl::make_unexpected(text.error());
  auto policy = parse_policy(*text);
  if (!policy) {
    return fail(ErrorCode::Corrupt, file,
                "the policy " + quoted(file) + " cannot be used: " + policy.error().sentence +
                    "; correct it, or remove it and set it anew (latent models policy set)");
  }
  return policy;
}

Status write_policy(const fs::path& file, const Policy& policy) {
  if (file.empty()) {
    return fail(ErrorCode::Usage, "there is no folder for a policy; set HOME or LATENT_CONFIG");
  }
  LATENT_CHECK(make_private_folders(file.parent_path()));
  return replace_file(file, {toml_text(policy)});
}

Status set_policy(Policy& policy, const std::string& key, const std::string& value) {
  if (key == "licences") {
    if (!is_utf8(value)) return fail(ErrorCode::Usage, "licences must be names in UTF-8");
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
