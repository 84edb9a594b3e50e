// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/trust/licence_words.h"

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <vector>

namespace latent::models {
namespace {

using Phrases = std::span<const std::string_view>;

/// Where a sentence or a part of it ends: no phrase goes across.
constexpr std::string_view kBreak = "|";

// What restricts is found from the beginning of a word on, so that "noderiv" is every form of it; a
// space at the end asks for the whole word.
constexpr std::array<std::string_view, 15> kResearch{"research only",
                                                     "only for research",
                                                     "research use",
                                                     "research licen",
                                                     "research purpose",
                                                     "non commercial",
                                                     "noncommercial",
                                                     "no commercial",
                                                     "not for commercial",
                                                     "academi",
                                                     "by nc ",
                                                     "bync",
                                                     "nc sa ",
                                                     "nc nd ",
                                                     "cc nc "};
constexpr std::array<std::string_view, 10> kUndisclosed{
    "undisclosed", "not disclosed", "unknown",   "proprietary", "private",
    "unclear",     "unspecified",   "not known", "not public",  "confidential"};
constexpr std::array<std::string_view, 45> kRestricting{"all rights reserved",
                                                        "not permit",
                                                        "not allow",
                                                        "not grant",
                                                        "not licens",
                                                        "not free",
                                                        "not open",
                                                        "not stated",
                                                        "not redistribut",
                                                        "not for redistribut",
                                                        "not for distribut",
                                                        "non redistribut",
                                                        "non free",
                                                        "nonfree",
                                                        "no redistribut",
                                                        "no distribut",
                                                        "no reuse",
                                                        "no re use",
                                                        "no deriv",
                                                        "noderiv",
                                                        "non deriv",
                                                        "by nd ",
                                                        "bynd",
                                                        "cc nd ",
                                                        "no modif",
                                                        "no adapt",
                                                        "may not",
                                                        "must not",
                                                        "can not",
                                                        "cannot",
                                                        "do not",
                                                        "prohibit",
                                                        "forbid",
                                                        "restricted",
                                                        "personal use",
                                                        "internal use",
                                                        "educational use",
                                                        "education only",
                                                        "evaluation only",
                                                        "permission",
                                                        "own terms",
                                                        "terms of use",
                                                        "terms of service",
                                                        "fair use",
                                                        "unlicensed"};

// Names of licences: whole words, the last with or without a version ("gplv3", "by 4.0").
constexpr std::array<std::string_view, 40> kOpen{"cc0",
                                                 "cc 0",
                                                 "cc zero",
                                                 "cc by",
                                                 "cc bysa",
                                                 "ccby",
                                                 "ccbysa",
                                                 "creative commons zero",
                                                 "creative commons 0",
                                                 "creative commons by",
                                                 "creative commons attribution",
                                                 "public domain",
                                                 "publicdomain",
                                                 "gpl",
                                                 "lgpl",
                                                 "agpl",
                                                 "general public license",
                                                 "general public licence",
                                                 "mit",
                                                 "expat",
                                                 "apache 2",
                                                 "apache2",
                                                 "apache license 2",
                                                 "apache licence 2",
                                                 "apache version 2",
                                                 "apache license version 2",
                                                 "apache licence version 2",
                                                 "bsd",
                                                 "0bsd",
                                                 "isc",
                                                 "zlib",
                                                 "unlicense",
                                                 "mpl 2",
                                                 "mpl2",
                                                 "mozilla public license 2",
                                                 "odc by",
                                                 "odbl",
                                                 "pddl",
                                                 "etalab",
                                                 "wtfpl"};

/// Words before a name that take it back, up to kReach of them away; Adobe's and MIT's data set is
/// no licence.
constexpr std::array<std::string_view, 6> kBefore{"not", "never", "without", "nor", "non", "adobe"};
constexpr std::size_t kReach = 3;
/// Words right after a name that make something else of it: "MIT-like", "MIT CSAIL".
constexpr std::array<std::string_view, 7> kAfter{"like",  "style", "compatible", "incompatible",
                                                 "csail", "adobe", "places"};

bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }

bool is_letter(char letter) { return letter >= 'a' && letter <= 'z'; }

char lowered(char letter) {
  return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

/// The words in small letters, each between spaces; a point stays inside a number, what ends a part
/// of a sentence becomes kBreak, and "v2.0" becomes "2.0".
std::string spaced_words(std::string_view text) {
  constexpr std::string_view kEnds = ";:()[]/|";
  std::string out = " ";
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char letter = lowered(text[i]);
    const char next = i + 1 < text.size() ? lowered(text[i + 1]) : ' ';
    if (letter == 'v' && out.back() == ' ' && is_digit(next)) continue;
    const bool in_number = letter == '.' && is_digit(out.back()) && is_digit(next);
    if (is_letter(letter) || is_digit(letter) || in_number) {
      out += letter;
    } else {
      if (out.back() != ' ') out += ' ';
      if (letter == '.' || kEnds.find(letter) != std::string_view::npos) out += "| ";
    }
  }
  if (out.back() != ' ') out += ' ';
  return out;
}

bool holds_any(std::string_view text, Phrases phrases) {
  const std::string words = spaced_words(text);
  return std::ranges::any_of(phrases, [&](std::string_view phrase) {
    return words.find(" " + std::string(phrase)) != std::string::npos;
  });
}

std::vector<std::string_view> split(std::string_view spaced) {
  std::vector<std::string_view> words;
  for (std::size_t at = 0; at < spaced.size();) {
    const std::size_t end = std::min(spaced.find(' ', at), spaced.size());
    if (end > at) words.push_back(spaced.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

/// Whether a word is that name, with nothing or a version after it: "gpl", "gpl3", "gplv2.1". A
/// number has only more of itself: "2", "2.0".
bool is_named(std::string_view word, std::string_view name) {
  if (!word.starts_with(name)) return false;
  word.remove_prefix(name.size());
  if (is_digit(name.back())) return word.empty() || word.front() == '.';
  if (word.size() > 1 && word.front() == 'v') word.remove_prefix(1);
  if (word.empty()) return true;
  return is_digit(word.front()) && (word.size() == 1 || word[1] == '.');
}

bool stands_at(const std::vector<std::string_view>& words, std::size_t at,
               const std::vector<std::string_view>& name) {
  if (at + name.size() > words.size()) return false;
  for (std::size_t i = 0; i + 1 < name.size(); ++i) {
    if (words[at + i] != name[i]) return false;
  }
  return is_named(words[at + name.size() - 1], name.back());
}

bool holds(Phrases phrases, std::string_view word) {
  return std::ranges::find(phrases, word) != phrases.end();
}

/// Whether the words around a name from `at` to before `end` let it stand.
bool is_meant(const std::vector<std::string_view>& words, std::size_t at, std::size_t end) {
  if (end < words.size() && holds(kAfter, words[end])) return false;
  for (std::size_t back = 1; back <= std::min(kReach, at); ++back) {
    if (words[at - back] == kBreak) return true;
    if (holds(kBefore, words[at - back])) return false;
  }
  return true;
}

bool names_licence(const std::vector<std::string_view>& words, std::string_view licence) {
  const auto name = split(licence);
  for (std::size_t at = 0; at < words.size(); ++at) {
    if (stands_at(words, at, name) && is_meant(words, at, at + name.size())) return true;
  }
  return false;
}

}  // namespace

bool says_research_only(std::string_view text) { return holds_any(text, kResearch); }

bool says_undisclosed(std::string_view text) { return holds_any(text, kUndisclosed); }

bool says_open_licence(std::string_view text) {
  if (holds_any(text, kRestricting)) return false;
  const std::string spaced = spaced_words(text);
  const auto words = split(spaced);
  return std::ranges::any_of(
      kOpen, [&](std::string_view licence) { return names_licence(words, licence); });
}

}  // namespace latent::models
