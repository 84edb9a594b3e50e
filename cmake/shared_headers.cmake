# SPDX-License-Identifier: GPL-3.0-or-later
# Standard headers that nearly every file wants, read once for all that is compiled alike: it saves
# a third of the time of a build. Switched off where a compiler cache saves more (tools/configure.sh);
# such a build also sees which headers a file forgets.

option(LATENT_PRECOMPILE "precompile the headers that nearly every file includes" ${LATENT_SANITIZE})

set(LATENT_SHARED_HEADERS <algorithm> <array> <cstdint> <filesystem> <fstream> <functional> <memory>
                          <optional> <span> <sstream> <string> <vector> <tl/expected.hpp>)

# Clang only: no cache takes what was compiled with headers that have a time of their own.
function(latent_without_times target)
  if(CMAKE_CXX_COMPILER_ID STREQUAL Clang)
    target_compile_options(${target} PRIVATE "SHELL:-Xclang -fno-pch-timestamp")
  endif()
endfunction()

# latent_share_headers(target owner): `target` uses the headers of latent_headers (rooms) or
# latent_test_headers. Whatever links OpenEXR gets -pthread from it, and so is not compiled alike;
# OpenVINO defines a macro of the standard library, and what links it goes without.
function(latent_share_headers target owner)
  if(NOT LATENT_PRECOMPILE)
    return()
  endif()
  get_target_property(libraries ${target} LINK_LIBRARIES)
  if("openvino::runtime" IN_LIST libraries)
    return()
  endif()
  if("PkgConfig::OPENEXR" IN_LIST libraries)
    string(APPEND owner _pthread)
  endif()
  if(TARGET ${owner})
    latent_without_times(${target})
    target_precompile_headers(${target} REUSE_FROM ${owner})
  endif()
endfunction()

# GCC warns of code in system headers that it has read precompiled; a build without looks at ours.
if(LATENT_PRECOMPILE)
  foreach(warning stringop-overflow stringop-overread array-bounds maybe-uninitialized)
    target_compile_options(latent_options INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-${warning}>)
  endforeach()
endif()

# The owners have no code; that of the tests is a program, as tests are.
if(LATENT_PRECOMPILE)
  set(nothing ${PROJECT_BINARY_DIR}/nothing.cpp)
  if(NOT EXISTS ${nothing})
    file(WRITE ${nothing} "int main() { return 0; }\n")
  endif()
  add_library(latent_headers OBJECT ${nothing})
  add_library(latent_headers_pthread OBJECT ${nothing})
  target_compile_options(latent_headers_pthread PRIVATE -pthread)
  foreach(owner latent_headers latent_headers_pthread)
    target_link_libraries(${owner} PRIVATE latent_options)
    latent_without_times(${owner})
    target_precompile_headers(${owner} PRIVATE ${LATENT_SHARED_HEADERS})
  endforeach()
  if(LATENT_TESTS)
    find_package(GTest REQUIRED)
    add_executable(latent_test_headers EXCLUDE_FROM_ALL ${nothing})
    set_target_properties(latent_test_headers PROPERTIES LATENT_TEST ON)
    target_link_libraries(latent_test_headers PRIVATE latent_options GTest::gmock GTest::gtest_main)
    target_compile_options(latent_test_headers PRIVATE ${LATENT_TEST_OPTIMISATION})
    latent_without_times(latent_test_headers)
    target_precompile_headers(latent_test_headers PRIVATE ${LATENT_SHARED_HEADERS} <gmock/gmock.h>)
  endif()
endif()
