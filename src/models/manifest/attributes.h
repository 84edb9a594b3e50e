// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <initializer_list>
#include <optional>
#include <string>
#include <utility>

#include "base/result.h"
#include "models/manifest/manifest.h"

namespace latent::models {

/// Reads the attributes of a package made for darktable. What is missing keeps its default; what is
/// there and of another kind is a fault, of which the first is kept for sound().
class Attributes {
 public:
  /// `use`: what the package is wanted for, to stand after "cannot be used for": "masks".
  Attributes(const Manifest& manifest, std::string use);

  template <class T>
  void word(const char* key, std::initializer_list<std::pair<const char*, T>> words, T& value) {
    std::string known;
    for (const auto& [word, meaning] : words)
      known += (known.empty() ? "" : ", ") + std::string(word);
    const auto given = text(key, known);
    for (const auto& [word, meaning] : words) {
      if (given == word) {
        value = meaning;
        return;
      }
    }
    if (given) wrong(key, "is none of " + known);
  }

  [[nodiscard]] std::optional<bool> flag(const char* key);
  [[nodiscard]] std::optional<double> number(const char* key);
  /// Three numbers; those above 4 count in 255 steps, as darktable's examples have them.
  void colours(const char* key, std::array<float, 3>& value);
  /// The largest of input_sizes, which must be within these bounds.
  void side(int least, int most, int& value);

  /// Errors   ModelMismatch  an attribute is of another kind than it must be.
  [[nodiscard]] Status sound() const;
  /// "the package 'id' cannot be used for masks: <why>".
  [[nodiscard]] tl::unexpected<Error> refuse(const std::string& why) const;

 private:
  [[nodiscard]] const Json* find(const char* key) const;
  [[nodiscard]] std::optional<std::string> text(const char* key, const std::string& known);
  void wrong(const char* key, const std::string& problem);

  std::string id_;
  std::string use_;
  const Json::Object& all_;
  std::string fault_;
};

}  // namespace latent::models
