// SPDX-License-Identifier: GPL-3.0-or-later
#include "infer/tensor_session.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>
#include <utility>

#include "base/limits.h"
#include "base/path.h"
#include "infer/half.h"
#include "infer/tensor_ports.h"

namespace latent::infer {
namespace {

static_assert(std::endian::native == std::endian::little, "tensors are read as they lie");

struct Half {
  std::uint16_t bits;
};
struct Brain {
  std::uint16_t bits;
};

std::uint16_t brain_of(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  if ((bits & 0x7FFF'FFFFU) > 0x7F80'0000U) return 0x7FC0U;
  return static_cast<std::uint16_t>((bits + 0x7FFFU + ((bits >> 16U) & 1U)) >> 16U);
}

/// Calls visit(T{}) with the type that the word names; false where none passes.
template <class Visit>
bool with_element(const std::string& type, Visit visit) {
  if (type == "f32") return visit(float{}), true;
  if (type == "f16") return visit(Half{}), true;
  if (type == "bf16") return visit(Brain{}), true;
  if (type == "f64") return visit(double{}), true;
  if (type == "i8") return visit(std::int8_t{}), true;
  if (type == "u8") return visit(std::uint8_t{}), true;
  if (type == "i16") return visit(std::int16_t{}), true;
  if (type == "u16") return visit(std::uint16_t{}), true;
  if (type == "i32") return visit(std::int32_t{}), true;
  if (type == "u32") return visit(std::uint32_t{}), true;
  if (type == "i64") return visit(std::int64_t{}), true;
  if (type == "u64") return visit(std::uint64_t{}), true;
  if (type == "bool") return visit(bool{}), true;
  return false;
}

template <class T>
bool to_element(float value, T& element) {
  if constexpr (std::is_same_v<T, Half>) {
    element.bits = half_of(value);
  } else if constexpr (std::is_same_v<T, Brain>) {
    element.bits = brain_of(value);
  } else if constexpr (std::is_same_v<T, bool>) {
    element = value != 0.0F;
  } else if constexpr (std::is_floating_point_v<T>) {
    element = static_cast<T>(value);
  } else {
    // The largest float32 below 2^63 lies well below it; at it the cast would be undefined.
    constexpr double kBeyond = 2.0 * static_cast<double>(std::numeric_limits<T>::max() / 2 + 1);
    const double wide = value;
    const bool held = std::trunc(wide) == wide && wide < kBeyond &&
                      wide >= static_cast<double>(std::numeric_limits<T>::lowest());
    if (!held) return false;
    element = static_cast<T>(wide);
  }
  return true;
}

template <class T>
float from_element(T element) {
  if constexpr (std::is_same_v<T, Half>) {
    return float_of_half(element.bits);
  } else if constexpr (std::is_same_v<T, Brain>) {
    return std::bit_cast<float>(static_cast<std::uint32_t>(element.bits) << 16U);
  } else {
    return static_cast<float>(element);
  }
}

Error mismatch(const std::string& what) { return fail(ErrorCode::ModelMismatch, what).value(); }

bool fits(const TensorPort& port, const std::vector<std::int64_t>& dims) {
  if (!port.ranked) return true;
  return std::ranges::equal(port.dims, dims, [](std::int64_t wanted, std::int64_t given) {
    return given >= 0 && (wanted < 0 || wanted == given);
  });
}

Result<std::size_t> count_of(const std::vector<std::int64_t>& dims) {
  std::size_t count = 1;
  for (const std::int64_t side : dims) {
    if (side < 0) return fail(ErrorCode::ModelMismatch, "a side below 0");
    LATENT_TRY(count, checked_multiply(count, static_cast<std::size_t>(side)));
  }
  return count;
}

}  // namespace

std::size_t element_bytes(const std::string& type) {
  std::size_t bytes = 0;
  with_element(type, [&](auto element) { bytes = sizeof(element); });
  return bytes;
}

void fix_sizes(GraphPorts& ports, const std::map<std::string, std::int64_t>& sizes) {
  for (auto* list : {&ports.inputs, &ports.outputs}) {
    for (TensorPort& port : *list) {
      for (std::size_t i = 0; i < port.dims.size(); ++i) {
        const auto found = sizes.find(port.symbols[i]);
        if (port.dims[i] >= 0 || port.symbols[i].empty() || found == sizes.end()) continue;
        port.dims[i] = found->second;
        port.symbols[i].clear();
      }
    }
  }
}

std::string written(const std::vector<std::int64_t>& dims) {
  std::string text = "[";
  for (const std::int64_t side : dims) {
    text += (text.size() > 1 ? ", " : "") + std::to_string(side);
  }
  return text + "]";
}

std::string written(const TensorPort& port) {
  if (!port.ranked) return "any shape";
  std::string text = "[";
  for (std::size_t i = 0; i < port.dims.size(); ++i) {
    if (i > 0) text += ", ";
    if (port.dims[i] >= 0) {
      text += std::to_string(port.dims[i]);
    } else {
      text += port.symbols[i].empty() ? "?" : printable(port.symbols[i]);
    }
  }
  return text + "]";
}

Result<std::vector<const NamedTensor*>> in_order_of(const std::vector<TensorPort>& ports,
                                                    const std::vector<NamedTensor>& tensors) {
  std::vector<const NamedTensor*> ordered(ports.size(), nullptr);
  for (const NamedTensor& tensor : tensors) {
    const auto port = std::ranges::find(ports, tensor.name, &TensorPort::name);
    if (port == ports.end()) {
      std::string known;
      for (const TensorPort& each : ports) known += (known.empty() ? "" : ", ") + each.name;
      return tl::make_unexpected(mismatch("the network has no input '" + printable(tensor.name) +
                                          "'; it has " + printable(known)));
    }
    auto& place = ordered[static_cast<std::size_t>(port - ports.begin())];
    const std::string name = "the input '" + printable(port->name) + "' ";
    if (place != nullptr) return tl::make_unexpected(mismatch(name + "is given twice"));
    if (!fits(*port, tensor.dims)) {
      return tl::make_unexpected(
          mismatch(name + "wants the shape " + written(*port) + ", not " + written(tensor.dims)));
    }
    const auto count = count_of(tensor.dims);
    if (!count || *count != tensor.values.size()) {
      return tl::make_unexpected(mismatch(name + "has " + std::to_string(tensor.values.size()) +
                                          " values, which is not what its shape " +
                                          written(tensor.dims) + " says"));
    }
    place = &tensor;
  }
  for (std::size_t i = 0; i < ports.size(); ++i) {
    if (ordered[i] == nullptr) {
      return tl::make_unexpected(mismatch("the input '" + printable(ports[i].name) +
                                          "' is missing; the network wants " + ports[i].type + " " +
                                          written(ports[i])));
    }
  }
  return ordered;
}

Result<std::vector<std::byte>> converted_to(const TensorPort& port, std::span<const float> values) {
  std::vector<std::byte> bytes(values.size() * element_bytes(port.type));
  bool held = true;
  const bool known = with_element(port.type, [&](auto element) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      held = to_element(values[i], element) && held;
      std::memcpy(bytes.data() + i * sizeof(element), &element, sizeof(element));
    }
  });
  if (!known) {
    return tl::make_unexpected(mismatch("the input '" + printable(port.name) + "' is of type " +
                                        port.type + ", which Latent cannot give"));
  }
  if (!held) {
    return tl::make_unexpected(mismatch("the input '" + printable(port.name) + "' wants " +
                                        port.type + ", which does not hold all the numbers given"));
  }
  return bytes;
}

Result<std::vector<float>> converted_from(const TensorPort& port,
                                          std::span<const std::byte> bytes) {
  std::vector<float> values;
  const bool known = with_element(port.type, [&](auto element) {
    values.resize(bytes.size() / sizeof(element));
    for (std::size_t i = 0; i < values.size(); ++i) {
      std::memcpy(&element, bytes.data() + i * sizeof(element), sizeof(element));
      values[i] = from_element(element);
    }
  });
  if (!known) {
    return tl::make_unexpected(mismatch("the output '" + printable(port.name) + "' is of type " +
                                        port.type + ", which Latent cannot take"));
  }
  return values;
}

}  // namespace latent::infer
