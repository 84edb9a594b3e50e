// SPDX-License-Identifier: GPL-3.0-or-later
#include "infer/hosted/wire.h"

#include <array>
#include <cstring>
#include <utility>

#include "base/limits.h"
#include "base/path.h"

namespace latent::infer {

using models::Json;

namespace {

tl::unexpected<Error> wrong() {
  return fail(ErrorCode::Internal, "latent-engine and Latent do not understand each other");
}

Result<NamedTensor> announced(const Json& words) {
  const auto* object = words.as_object();
  if (object == nullptr || !object->contains("dims")) return wrong();
  const auto* dims = object->at("dims").as_array();
  if (dims == nullptr) return wrong();
  NamedTensor tensor;
  tensor.name = models::text_at(*object, "name");
  std::size_t count = 1;
  for (const Json& side : *dims) {
    const auto* number = side.as_integer();
    if (number == nullptr || *number < 0) return wrong();
    tensor.dims.push_back(*number);
    LATENT_TRY(count, checked_multiply(count, static_cast<std::size_t>(*number)));
  }
  if (count > kMostPart / sizeof(float)) return wrong();
  return tensor;
}

std::size_t count_of(const NamedTensor& tensor) {
  std::size_t count = 1;
  for (const std::int64_t side : tensor.dims) count *= static_cast<std::size_t>(side);
  return count;
}

}  // namespace

Result<Json::Object> words_of(const Frame& frame) {
  const std::string_view text(reinterpret_cast<const char*>(frame.bytes.data()),
                              frame.bytes.size());
  auto json = models::parse_json(text, "a message", kMostWords);
  if (!json || json->as_object() == nullptr) return wrong();
  return *std::move(*json).as_object();
}

Status send_tensors(int socket, std::uint8_t kind, std::uint8_t part,
                    const std::vector<const NamedTensor*>& tensors) {
  Json::Array list;
  for (const NamedTensor* tensor : tensors) {
    Json::Array dims;
    for (const std::int64_t side : tensor->dims) dims.emplace_back(side);
    list.emplace_back(Json::Object{{"name", Json(tensor->name)}, {"dims", Json(std::move(dims))}});
  }
  LATENT_CHECK(send_words(socket, kind, Json::Object{{"tensors", Json(std::move(list))}}));
  for (const NamedTensor* tensor : tensors) {
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(tensor->values.data());
    LATENT_CHECK(send_frame(socket, part, {bytes, tensor->values.size() * sizeof(float)}));
  }
  return {};
}

Result<std::vector<NamedTensor>> receive_tensors(int socket, const Json::Object& words,
                                                 std::uint8_t part, const FrameWait& wait) {
  const auto found = words.find("tensors");
  const auto* list = found == words.end() ? nullptr : found->second.as_array();
  if (list == nullptr) return wrong();
  std::vector<NamedTensor> tensors;
  for (const Json& entry : *list) {
    LATENT_TRY(NamedTensor tensor, announced(entry));
    const std::size_t bytes = count_of(tensor) * sizeof(float);
    LATENT_TRY(const Frame frame, receive_frame(socket, bytes, wait));
    if (frame.kind != part || frame.bytes.size() != bytes) return wrong();
    tensor.values.resize(bytes / sizeof(float));
    if (bytes > 0) std::memcpy(tensor.values.data(), frame.bytes.data(), bytes);
    tensors.push_back(std::move(tensor));
  }
  return tensors;
}

Json words_of_error(const Error& error) {
  return Json::Object{{"code", Json(error_code_name(error.code))},
                      {"sentence", Json(error.sentence)}};
}

Error error_of_words(const Json::Object& words) {
  constexpr std::array kCodes{ErrorCode::Cancelled,     ErrorCode::Usage,   ErrorCode::NotFound,
                              ErrorCode::Unsupported,   ErrorCode::Corrupt, ErrorCode::TooLarge,
                              ErrorCode::ModelMismatch, ErrorCode::Device,  ErrorCode::Io,
                              ErrorCode::Internal};
  const std::string code = models::text_at(words, "code");
  Error error = fail(ErrorCode::Device, printable(models::text_at(words, "sentence"))).value();
  for (const ErrorCode known : kCodes) {
    if (code == error_code_name(known)) error.code = known;
  }
  return error;
}

}  // namespace latent::infer
