// SPDX-License-Identifier: GPL-3.0-or-later
#include <array>
#include <string>
#include <utility>

#include "base/path.h"
#include "infer/engine.h"

namespace latent::infer {
namespace {

constexpr std::array kEngines{std::pair{EngineKind::Auto, "auto"},
                              std::pair{EngineKind::OpenVino, "openvino"},
                              std::pair{EngineKind::OnnxRuntime, "onnxruntime"}};
constexpr std::array kPrecisions{
    std::pair{Precision::Auto, "auto"}, std::pair{Precision::Best, "best"},
    std::pair{Precision::F32, "f32"},   std::pair{Precision::Bf16, "bf16"},
    std::pair{Precision::Int8, "int8"}, std::pair{Precision::F16, "f16"}};

template <class Table, class Key>
const char* word_of(const Table& table, Key key) {
  for (const auto& [entry, word] : table) {
    if (entry == key) return word;
  }
  return "unknown";
}

template <class Key, class Table>
Result<Key> parse_word(const Table& table, std::string_view word, const char* what) {
  std::string known;
  for (const auto& [entry, name] : table) {
    if (word == name) return entry;
    known += known.empty() ? name : std::string(", ") + name;
  }
  return fail(ErrorCode::Usage, "'" + printable(word) + "' is no " + what + "; known are " + known);
}

}  // namespace

const char* engine_name(EngineKind engine) { return word_of(kEngines, engine); }
const char* precision_name(Precision precision) { return word_of(kPrecisions, precision); }

Result<EngineKind> parse_engine(std::string_view word) {
  return parse_word<EngineKind>(kEngines, word, "engine");
}
Result<Precision> parse_precision(std::string_view word) {
  return parse_word<Precision>(kPrecisions, word, "precision");
}

}  // namespace latent::infer
