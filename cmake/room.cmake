# SPDX-License-Identifier: GPL-3.0-or-later
# The four verbs with which every room is declared.

set(LATENT_WARNINGS -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror)
# GCC 12 sees an overlap in any "text" + string + "text" at -O3 (its bug 105651).
# clang-tidy, which reads GCC's command lines, does not know that warning.
list(APPEND LATENT_WARNINGS $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
                            $<$<CXX_COMPILER_ID:GNU>:-Wno-unknown-warning-option>)
# GCC leaves casts of floats out of `undefined`, clang does not: both look for the same.
set(LATENT_SANITIZERS -fsanitize=address,undefined,float-cast-overflow
                      -fno-sanitize-recover=undefined,float-cast-overflow -fno-omit-frame-pointer)

# The rooms whose tests run under sanitizers by themselves, by `room-tests` (tools/sanitize.sh). They need
# no OpenVINO, which is not built for that.
set(LATENT_SANITIZED_ROOMS base image colour metadata models read raw rgb mask write)

add_library(latent_options INTERFACE)
target_compile_options(latent_options INTERFACE ${LATENT_WARNINGS})
# No fused multiply-add: the same numbers on every processor. No errno, no traps from sqrt: so that
# loops over pixels become vector code.
target_compile_options(latent_options INTERFACE -ffp-contract=off -fno-math-errno -fno-trapping-math)
target_include_directories(latent_options INTERFACE ${PROJECT_SOURCE_DIR}/src)
if(LATENT_SANITIZE)
  target_compile_options(latent_options INTERFACE ${LATENT_SANITIZERS})
  target_link_options(latent_options INTERFACE ${LATENT_SANITIZERS})
endif()
if(LATENT_HARDENING)
  latent_harden(latent_options)
endif()
# The same bytes wherever the tree lies: no path of this machine goes into an object, and nothing else
# of ours has a time or a number of its own (packaging/reproduce.sh builds twice and compares).
option(LATENT_REPRODUCIBLE "leave the path of the source tree out of what is compiled" OFF)
if(LATENT_REPRODUCIBLE)
  target_compile_options(latent_options INTERFACE -ffile-prefix-map=${PROJECT_SOURCE_DIR}=.
                                                  -ffile-prefix-map=${PROJECT_BINARY_DIR}=build)
endif()
# Tests are not steered by coverage, and are compiled for a third of the time without it.
if(LATENT_FUZZ)
  target_compile_options(latent_options INTERFACE
                         $<$<NOT:$<BOOL:$<TARGET_PROPERTY:LATENT_TEST>>>:-fsanitize=fuzzer-no-link>)
endif()
# Which lines of the rooms the tests run (tools/coverage.sh); the tests' own lines are not counted. Threads add to one
# counter, so it is atomic.
option(LATENT_COVERAGE "count the lines that run (GCC)" OFF)
if(LATENT_COVERAGE)
  foreach(flag --coverage -fprofile-update=atomic)
    target_compile_options(latent_options INTERFACE $<$<NOT:$<BOOL:$<TARGET_PROPERTY:LATENT_TEST>>>:${flag}>)
  endforeach()
  target_link_options(latent_options INTERFACE --coverage)
endif()
# Views, spans and vectors check their bounds while we write code and under sanitizers.
if(LATENT_SANITIZE OR CMAKE_BUILD_TYPE STREQUAL Debug)
  target_compile_definitions(latent_options INTERFACE LATENT_CHECK_INVARIANTS _GLIBCXX_ASSERTIONS)
endif()

# Of the tests' own code, in every build: to optimise it costs more than it saves.
if(LATENT_SANITIZE)
  set(LATENT_TEST_OPTIMISATION -O0)
else()
  set(LATENT_TEST_OPTIMISATION -O1)
endif()
include(${CMAKE_CURRENT_LIST_DIR}/shared_headers.cmake)

# latent_room(name SOURCES a.cpp ... [ROOMS base image ...] [LIBRARIES fmt::fmt ...])
# ROOMS are what the room may include (public); LIBRARIES are foreign and private to its .cpp files.
function(latent_room name)
  cmake_parse_arguments(ROOM "" "" "SOURCES;ROOMS;LIBRARIES" ${ARGN})
  add_library(latent_${name} STATIC ${ROOM_SOURCES})
  list(TRANSFORM ROOM_ROOMS PREPEND latent_)
  target_link_libraries(latent_${name} PUBLIC latent_options ${ROOM_ROOMS}
                        PRIVATE ${ROOM_LIBRARIES})
  latent_share_headers(latent_${name} latent_headers)
endfunction()

# latent_test(room unit [LIBRARIES ...]): tests/<room>/<unit>_test.cpp, run by ctest as <room>.<unit>.
# Those of LATENT_SANITIZED_ROOMS are built by `room-tests` and have that label too.
function(latent_test room unit)
  cmake_parse_arguments(TEST "" "" "LIBRARIES" ${ARGN})
  set(target ${room}_${unit}_test)
  add_executable(${target} ${unit}_test.cpp)
  target_link_libraries(${target} PRIVATE latent_${room} GTest::gmock GTest::gtest_main
                        ${TEST_LIBRARIES})
  target_compile_definitions(${target} PRIVATE LATENT_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
                             LATENT_BINARY_DIR="${PROJECT_BINARY_DIR}")
  add_test(NAME ${room}.${unit} COMMAND ${target})
  # A test that needs ../shared/data skips, saying so, where it is absent.
  set_tests_properties(${room}.${unit} PROPERTIES LABELS ${room} TIMEOUT 300)
  target_compile_options(${target} PRIVATE ${LATENT_TEST_OPTIMISATION})
  latent_share_headers(${target} latent_test_headers)
  set_target_properties(${target} PROPERTIES LATENT_TEST ON)
  if(LATENT_SANITIZE)
    # Memory that is refused is a case of ours, no fault. The last one: else oneTBB, below OpenVINO,
    # loads libraries in a way that address sanitizer forbids.
    set_property(TEST ${room}.${unit} APPEND PROPERTY ENVIRONMENT
                 ASAN_OPTIONS=allocator_may_return_null=1 UBSAN_OPTIONS=print_stacktrace=1
                 TBB_ENABLE_SANITIZERS=1)
  endif()
  if(room IN_LIST LATENT_SANITIZED_ROOMS)
    add_dependencies(room-tests ${target})
    set_property(TEST ${room}.${unit} APPEND PROPERTY LABELS room-tests)
  endif()
endfunction()

# latent_bench(room unit [LIBRARIES ...] [FILTER regex]): bench/<room>/<unit>_bench.cpp; ctest runs
# each once, or what FILTER names of it, so that none can rot.
function(latent_bench room unit)
  cmake_parse_arguments(BENCH "" "FILTER" "LIBRARIES" ${ARGN})
  set(target ${room}_${unit}_bench)
  add_executable(${target} ${unit}_bench.cpp)
  target_link_libraries(${target} PRIVATE latent_${room} benchmark::benchmark_main
                        ${BENCH_LIBRARIES})
  if(LATENT_TESTS)
    add_test(NAME bench.${room}.${unit} COMMAND ${target} --benchmark_min_time=0.001
             "--benchmark_filter=${BENCH_FILTER}")
    set_tests_properties(bench.${room}.${unit} PROPERTIES LABELS bench TIMEOUT 300)
  endif()
endfunction()

# latent_fuzzer(room unit [SOURCES ...] [ROOMS ...] [LIBRARIES ...]): fuzz/<room>/<unit>_fuzz.cpp
# (clang, libFuzzer). ROOMS instead of the room itself, with SOURCES of it, where the room as a whole
# would bring an engine along.
function(latent_fuzzer room unit)
  cmake_parse_arguments(FUZZ "" "" "SOURCES;ROOMS;LIBRARIES" ${ARGN})
  set(target ${room}_${unit}_fuzz)
  if(NOT FUZZ_ROOMS)
    set(FUZZ_ROOMS ${room})
  endif()
  list(TRANSFORM FUZZ_ROOMS PREPEND latent_)
  list(TRANSFORM FUZZ_SOURCES PREPEND ${PROJECT_SOURCE_DIR}/src/)
  add_executable(${target} ${unit}_fuzz.cpp ${FUZZ_SOURCES})
  target_link_libraries(${target} PRIVATE ${FUZZ_ROOMS} ${FUZZ_LIBRARIES})
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/fuzz)
  target_link_options(${target} PRIVATE -fsanitize=fuzzer)
  set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/fuzzers)
  add_dependencies(fuzzers ${target})
  set_property(GLOBAL APPEND PROPERTY LATENT_FUZZERS ${room}_${unit})
endfunction()
