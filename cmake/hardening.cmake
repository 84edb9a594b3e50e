# SPDX-License-Identifier: GPL-3.0-or-later
# What compiler and linker do against faults that got past the tests (docs/security.md has the table;
# tests/binaries reads it from what was built). A toolchain that lacks one of these goes without it;
# -DLATENT_HARDENING=OFF leaves all of them out.
include(CheckCXXCompilerFlag)
include(CheckLinkerFlag)
include(CheckPIESupported)

# latent_harden(target): the flags, for `target` and what links with it.
function(latent_harden target)
  foreach(flag -fstack-protector-strong -fstack-clash-protection -fcf-protection=full)
    string(MAKE_C_IDENTIFIER "latent_has${flag}" known)
    check_cxx_compiler_flag("-Werror ${flag}" ${known})
    if(${known})
      target_compile_options(${target} INTERFACE ${flag})
    endif()
  endforeach()
  # It needs an optimiser, and the sanitizers replace the functions that it checks.
  if(NOT LATENT_SANITIZE)
    target_compile_options(${target} INTERFACE
                           $<$<NOT:$<CONFIG:Debug>>:-U_FORTIFY_SOURCE>
                           $<$<NOT:$<CONFIG:Debug>>:-D_FORTIFY_SOURCE=3>)
  endif()
  foreach(flag -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack)
    string(MAKE_C_IDENTIFIER "latent_has${flag}" known)
    check_linker_flag(CXX ${flag} ${known})
    if(${known})
      target_link_options(${target} INTERFACE ${flag})
    endif()
  endforeach()
endfunction()

# CMAKE_POSITION_INDEPENDENT_CODE compiles for it; only this lets CMake link for it too.
if(LATENT_HARDENING)
  check_pie_supported(LANGUAGES CXX)
endif()

# latent_installed(target program|library): the program or library keeps one RUNPATH, in the build tree
# and where it is installed. CMake would pad the one of the build tree with ':' to overwrite it later, and
# to the loader an empty entry is the current folder: the photographs', where anybody may have put a library.
#
# OpenVINO of a Python wheel is found in <libdir>/latent beside us: a link in the build tree, its own files
# where we are installed, so that nothing of the checkout is needed then. One of the system is found as is.
file(RELATIVE_PATH LATENT_PRIVATE_FROM_PROGRAM /${CMAKE_INSTALL_BINDIR} /${CMAKE_INSTALL_LIBDIR}/latent)
function(latent_installed target kind)
  set_target_properties(${target} PROPERTIES BUILD_WITH_INSTALL_RPATH ON)
  if(NOT LATENT_OPENVINO_LIBRARIES)
    return()
  endif()
  if(kind STREQUAL program)
    set(path "$ORIGIN/${LATENT_PRIVATE_FROM_PROGRAM}")
  else()
    set(path "$ORIGIN/latent")
  endif()
  set_target_properties(${target} PROPERTIES INSTALL_RPATH "${path}")
endfunction()
