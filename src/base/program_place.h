// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

namespace latent {

/// The file of the shared library that this code is part of; empty where it is part of the program.
[[nodiscard]] std::filesystem::path own_library();

/// The folder of the running program; empty where the system does not say.
[[nodiscard]] std::filesystem::path program_folder();

/// The folder of what is installed for Latent alone: the engines' libraries and the reader program.
/// <prefix>/<libdir>/latent, seen from the program or from the library, whichever this code is in.
/// In a build folder the same place. Empty where the system does not say where we are.
[[nodiscard]] std::filesystem::path private_folder();

/// A program that is installed for Latent alone, or the one that the environment's `variable` names;
/// empty where there is none.
[[nodiscard]] std::filesystem::path private_program(const char* name, const char* variable);

}  // namespace latent
