# FfiwheelVersion.cmake: ffiwheel_version(), a project's version in CMake and C++, from git.
#
#   ffiwheel_version(<PREFIX> [SOURCE_DIR <dir>] [TARGET <name>])
#
# docs/cmake.md has the arguments and the variables that it sets. This one file is all that is
# needed: find_package(ffiwheel) includes it, and a project may keep a copy. It works before
# project(), after it, and in scripts (cmake -P).
#
# In a build by ffiwheel the version is given. Otherwise ffiwheel is asked, where it is installed.
# Where it is not, the code below finds the same version by the same rule, with git alone; what it
# cannot do it refuses. Each part names the Python module that it has to agree with.

cmake_policy(VERSION 3.18...4.0)

function (ffiwheel_version prefix)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "SOURCE_DIR;TARGET" "")
  _ffiwheel_check_version_call()
  _ffiwheel_find_version()
  if (arg_TARGET)
    _ffiwheel_make_version_library("${arg_TARGET}")
  elseif (NOT CMAKE_SCRIPT_MODE_FILE)
    message(STATUS "Version of ${folder}: ${version_full} (${answer_source})")
  endif ()
  set(version_source "${answer_source}")
  set("${prefix}_VERSION" "${version_cmake}" PARENT_SCOPE)
  foreach (part IN ITEMS major minor patch full public number source)
    string(TOUPPER "${part}" suffix)
    set("${prefix}_VERSION_${suffix}" "${version_${part}}" PARENT_SCOPE)
  endforeach ()
endfunction ()

# Stop at what is wrong with the call; set `folder`. A macro: it reads the function's arg_*.
macro (_ffiwheel_check_version_call)
  if (arg_UNPARSED_ARGUMENTS OR arg_KEYWORDS_MISSING_VALUES)
    list(JOIN arg_UNPARSED_ARGUMENTS "', '" words)
    list(JOIN arg_KEYWORDS_MISSING_VALUES " and " words_alone)
    if (words_alone)
      set(fault "nothing follows ${words_alone}")
    else ()
      set(fault "unknown argument '${words}'")
    endif ()
    _ffiwheel_stop(
      "${fault}" "" "ffiwheel_version(<PREFIX> [SOURCE_DIR <dir>] [TARGET <name>])"
    )
  endif ()
  set(folder "${CMAKE_CURRENT_SOURCE_DIR}")
  if (arg_SOURCE_DIR)
    set(folder "${arg_SOURCE_DIR}")
  endif ()
  get_filename_component(folder "${folder}" REALPATH BASE_DIR "${CMAKE_CURRENT_SOURCE_DIR}")
  if (NOT IS_DIRECTORY "${folder}")
    _ffiwheel_stop("SOURCE_DIR is no folder" "${folder}" "Give the project's, with pyproject.toml.")
  endif ()
  if (NOT arg_SOURCE_DIR)
    _ffiwheel_check_folder("${folder}")
  endif ()
endmacro ()

# Refuse to guess: the project of a CMakeLists.txt in `src` may well be the folder above.
function (_ffiwheel_check_folder folder)
  set(above "${folder}")
  while (NOT EXISTS "${above}/pyproject.toml" AND NOT EXISTS "${above}/.git"
         AND NOT EXISTS "${above}/PKG-INFO")
    set(below "${above}")
    get_filename_component(above "${below}" DIRECTORY)
    if (above STREQUAL below)
      return()
    endif ()
  endwhile ()
  if (EXISTS "${above}/pyproject.toml" AND NOT above STREQUAL folder)
    _ffiwheel_stop(
      "there is no pyproject.toml beside CMakeLists.txt, but one in a folder above"
      "${above}/pyproject.toml"
      "Say where the project is: SOURCE_DIR \"${above}\"\nor SOURCE_DIR \"${folder}\""
    )
  endif ()
endfunction ()

function (_ffiwheel_stop message place hint)
  set(text "ffiwheel_version: ${message}.")
  if (NOT place STREQUAL "")
    string(APPEND text "\n  at:   ${place}")
  endif ()
  string(REPLACE "\n" "\n        " hint "${hint}")
  message(FATAL_ERROR "${text}\n  help: ${hint}")
endfunction ()

# Where the version comes from ------------------------------------------------------------------

# Set version_full and the other version_* to the version of the project in `folder`.
macro (_ffiwheel_find_version)
  _ffiwheel_take_given("${folder}")
  if (answer STREQUAL "")
    _ffiwheel_ask_ffiwheel("${folder}")
  endif ()
  if (answer STREQUAL "")
    _ffiwheel_resolve_version("${folder}")
  endif ()
  _ffiwheel_parse_version(version "${answer}")
  if (NOT version_valid)
    _ffiwheel_stop("'${answer}' is no version" "${answer_place}" "${answer_hint}")
  endif ()
  _ffiwheel_spell_version()
endmacro ()

# The three that are asked there set `answer`, a version, with answer_source, and for messages
# answer_place and answer_hint.

function (_ffiwheel_note_answer source text place hint)
  set(answer_source "${source}" PARENT_SCOPE)
  set(answer "${text}" PARENT_SCOPE)
  set(answer_place "${place}" PARENT_SCOPE)
  set(answer_hint "${hint}" PARENT_SCOPE)
endfunction ()

# The end of a function that has found these variables for its caller.
macro (_ffiwheel_return)
  foreach (name IN ITEMS ${ARGN})
    set("${name}" "${${name}}" PARENT_SCOPE)
  endforeach ()
  return()
endmacro ()

macro (_ffiwheel_answer)
  _ffiwheel_return(answer answer_source answer_place answer_hint)
endmacro ()

# A build by ffiwheel says what it builds; another project in the same build has another version.
function (_ffiwheel_take_given folder)
  set(answer "" PARENT_SCOPE)
  if (FFIWHEEL_PROJECT_VERSION AND FFIWHEEL_PROJECT_DIR)
    get_filename_component(given "${FFIWHEEL_PROJECT_DIR}" REALPATH)
    if (given STREQUAL folder)
      set(hint "Write `version` like 1.2.0, 1.2.0rc1, 1.2.0.post1 or 1.2.0.dev3.")
      _ffiwheel_note_answer(build "${FFIWHEEL_PROJECT_VERSION}" "FFIWHEEL_PROJECT_VERSION" "${hint}")
      _ffiwheel_answer()
    endif ()
  endif ()
endfunction ()

# FFIWHEEL_EXECUTABLE names the program; if it is OFF, nobody is asked.
function (_ffiwheel_ask_ffiwheel folder)
  set(program "${FFIWHEEL_EXECUTABLE}")
  if (NOT DEFINED FFIWHEEL_EXECUTABLE)
    _ffiwheel_find_program(program)
  endif ()
  if (NOT program)
    return()
  endif ()
  execute_process(
    COMMAND "${program}" version --json "${folder}"
    OUTPUT_VARIABLE said
    ERROR_VARIABLE complaint
    RESULT_VARIABLE status
    ERROR_STRIP_TRAILING_WHITESPACE ENCODING UTF-8
  )
  if (NOT status MATCHES "^[0-9]+$" AND NOT DEFINED FFIWHEEL_EXECUTABLE)
    return() # left behind by an environment that is gone
  endif ()
  # Two blanks at the beginning of a line: a value of the whole, not of a part.
  if (status STREQUAL "0" AND said MATCHES "\n  \"version\": \"([^\"]+)\"")
    set(version "${CMAKE_MATCH_1}")
    if (said MATCHES "\n  \"source\": \"([a-z]+)\"")
      set(hint "Write it like 1.2.0, 1.2.0rc1, 1.2.0.post1 or 1.2.0.dev3.")
      _ffiwheel_note_answer("${CMAKE_MATCH_1}" "${version}" "the version from ${CMAKE_MATCH_1}" "${hint}")
      _ffiwheel_answer()
    endif ()
  endif ()
  string(APPEND complaint "\nSet FFIWHEEL_EXECUTABLE to another program, or to OFF to use git alone.")
  string(STRIP "${complaint}" complaint)
  _ffiwheel_stop(
    "ffiwheel does not tell the version" "${program}, which ended with: ${status}" "${complaint}"
  )
endfunction ()

# On the search path, or beside the Python that this build uses. It is not kept in the cache: the
# environment of an isolated build is gone when the build folder is used again.
function (_ffiwheel_find_program result)
  set(folders "")
  foreach (python IN ITEMS "${Python_EXECUTABLE}" "${Python3_EXECUTABLE}")
    if (python)
      get_filename_component(beside "${python}" DIRECTORY)
      list(APPEND folders "${beside}")
    endif ()
  endforeach ()
  unset(_ffiwheel_program CACHE)
  find_program(_ffiwheel_program ffiwheel HINTS ${folders} NO_CMAKE_FIND_ROOT_PATH)
  set("${result}" "${_ffiwheel_program}" PARENT_SCOPE)
  unset(_ffiwheel_program CACHE)
endfunction ()

# The same without ffiwheel (versioning/resolve.py): the first of these that there is.
function (_ffiwheel_resolve_version folder)
  _ffiwheel_read_pyproject("${folder}" "")
  if (project_name STREQUAL "")
    get_filename_component(project_name "${folder}" NAME)
  endif ()
  if (NOT project_version STREQUAL "")
    set(hint "Write it like 1.2.0, 1.2.0rc1, 1.2.0.post1 or 1.2.0.dev3.")
    _ffiwheel_note_answer(pyproject "${project_version}" "version in ${folder}/pyproject.toml" "${hint}")
    _ffiwheel_answer()
  endif ()
  _ffiwheel_take_override("${project_name}")
  if (variable)
    set(hint "Set a version by PEP 440, such as 1.2.3, or none.")
    _ffiwheel_note_answer(environment "$ENV{${variable}}" "the environment variable ${variable}" "${hint}")
    _ffiwheel_answer()
  endif ()

  _ffiwheel_read_stamp("${folder}" "${project_name}")
  _ffiwheel_ask_git_about("${folder}")
  if (stamp AND problem)
    set(git_state "not tracked") # an sdist does not depend on a repository around it
    set(problem "")
  endif ()
  if (problem)
    _ffiwheel_stop("${problem}" "${problem_place}" "${problem_hint}")
  endif ()
  if (git_state STREQUAL "read" AND NOT git_tag STREQUAL "")
    _ffiwheel_refuse_doubt()
    _ffiwheel_note_answer(git "${git_version}" "git" "")
    _ffiwheel_answer()
  endif ()
  if (stamp)
    _ffiwheel_note_answer(sdist "${stamp}" "${stamp_place}" "Unpack the sdist again.")
    _ffiwheel_answer()
  endif ()
  _ffiwheel_read_archive("${folder}")
  if (archived)
    _ffiwheel_note_answer(archive "${archived}" "${folder}/.ffiwheel-archive.txt" "")
    _ffiwheel_answer()
  endif ()
  if (git_state STREQUAL "not tracked")
    _ffiwheel_ask_git_about_new("${folder}")
  endif ()
  if (problem)
    _ffiwheel_stop("${problem}" "${problem_place}" "${problem_hint}")
  endif ()
  if (git_state STREQUAL "read")
    _ffiwheel_refuse_doubt()
    _ffiwheel_note_answer(git "${git_version}" "git" "")
    _ffiwheel_answer()
  endif ()
  if (NOT setting_fallback STREQUAL "")
    _ffiwheel_parse_version(fallback "${setting_fallback}")
    _ffiwheel_note_answer(fallback "${fallback_padded}.dev0" "fallback in pyproject.toml" "")
    _ffiwheel_answer()
  endif ()
  _ffiwheel_explain_absence("${folder}")
endfunction ()

macro (_ffiwheel_refuse_doubt)
  if (git_doubt)
    _ffiwheel_stop("${git_doubt}" "${folder}" "${git_doubt_hint}")
  endif ()
endmacro ()

# Set `variable` to the one that overrides the version, if it is set (system/environment.py).
function (_ffiwheel_take_override name)
  string(REGEX REPLACE "[-_.]+" "_" name "${name}")
  string(TOUPPER "${name}" name)
  set(variable "" PARENT_SCOPE)
  foreach (candidate IN ITEMS "FFIWHEEL_VERSION_FOR_${name}" FFIWHEEL_VERSION)
    if ("$ENV{${candidate}}" MATCHES "[^ \t\r\n]")
      set(variable "${candidate}" PARENT_SCOPE)
      return()
    endif ()
  endforeach ()
endfunction ()

function (_ffiwheel_explain_absence folder)
  set(message "the version is to come from git, but the project is not in a git repository")
  set(hint "Run `git init` in it, or set FFIWHEEL_VERSION in the environment.")
  if (git_state STREQUAL "no git")
    set(message "the version is to come from git, which is not installed")
    set(hint "Install git, or set FFIWHEEL_VERSION in the environment.")
  elseif (EXISTS "${folder}/.ffiwheel-archive.txt")
    set(message "the version is to come from git, but this is a plain copy of the project")
    set(hint "Work in a clone, or set FFIWHEEL_VERSION in the environment.\n\
`git archive` of a commit that a version tag precedes fills in .ffiwheel-archive.txt.")
  elseif (git_state STREQUAL "not tracked")
    set(message "the version is to come from git, but the repository around it does not track it")
    set(hint "Run `git add` on its files, or `git init` if it is a project of its own,\n\
or set FFIWHEEL_VERSION in the environment.")
  endif ()
  _ffiwheel_stop("${message}" "${folder}" "${hint}")
endfunction ()

# pyproject.toml --------------------------------------------------------------------------------

# Set project_name, project_version, setting_tag-prefix, setting_next and setting_fallback, to nothing
# what is not given. The file is split into its statements as TOML says; a statement that could
# change the version and that this reader does not know is refused.
#
# scope: what statements are looked at, as a regular expression.
function (_ffiwheel_read_pyproject folder scope)
  set(project_name "")
  set(project_version "")
  set("setting_tag-prefix" "v")
  set(setting_fallback "")
  set(setting_next "minor")
  set(file "${folder}/pyproject.toml")
  set(rest "")
  if (EXISTS "${file}")
    file(READ "${file}" rest)
  endif ()
  set(part "([A-Za-z0-9_-]+|\"([^\"\\\n]|\\\\.)*\"|'[^'\n]*')")
  set(dotted "${part}([ \t]*[.][ \t]*${part})*")
  set(table "")
  while (TRUE)
    _ffiwheel_skip_space()
    if (rest STREQUAL "")
      break()
    endif ()
    if (rest MATCHES "^\\[")
      _ffiwheel_read_table_name()
    else ()
      _ffiwheel_read_key()
      _ffiwheel_read_value()
      set(path "${table}${key}")
      if (path MATCHES "${scope}")
        _ffiwheel_use_setting()
      endif ()
    endif ()
  endwhile ()
  _ffiwheel_check_settings()
  _ffiwheel_return(project_name project_version setting_tag-prefix setting_next setting_fallback)
endfunction ()

# The macros that follow are steps of the function above; `rest` is what is still to be read,
# `dotted` what a key looks like. They take no text as arguments: CMake evaluates what is handed to a macro twice.

macro (_ffiwheel_drop variable)
  string(LENGTH "${${variable}}" length)
  string(SUBSTRING "${rest}" ${length} -1 rest)
endmacro ()

macro (_ffiwheel_skip_space)
  while (rest MATCHES "^([ \t\r\n]+|#[^\n]*)")
    _ffiwheel_drop(CMAKE_MATCH_0)
  endwhile ()
endmacro ()

macro (_ffiwheel_cannot_read)
  string(REGEX MATCH "^[^\n]*" line "${rest}")
  _ffiwheel_stop(
    "what follows cannot be read as TOML: ${line}" "${file}"
    "Correct it; if ffiwheel reads it, install that: pip install ffiwheel"
  )
endmacro ()

# Bare and quoted parts, joined by dots, become one dotted path.
macro (_ffiwheel_plain_key)
  string(REGEX REPLACE "[ \t]*[.][ \t]*" "." key "${name}")
  string(REGEX REPLACE "[\"']([A-Za-z0-9_-]+)[\"']" "\\1" key "${key}")
endmacro ()

macro (_ffiwheel_read_table_name)
  if (NOT rest MATCHES "^(\\[\\[?)[ \t]*(${dotted})[ \t]*\\]\\]?")
    _ffiwheel_cannot_read()
  endif ()
  set(bracket "${CMAKE_MATCH_1}")
  set(name "${CMAKE_MATCH_2}")
  _ffiwheel_drop(CMAKE_MATCH_0)
  _ffiwheel_plain_key()
  set(table "${key}.")
  if (bracket STREQUAL "[[")
    set(table "${key}[].")
  endif ()
endmacro ()

macro (_ffiwheel_read_key)
  if (NOT rest MATCHES "^(${dotted})[ \t]*=[ \t]*")
    _ffiwheel_cannot_read()
  endif ()
  set(name "${CMAKE_MATCH_1}")
  _ffiwheel_drop(CMAKE_MATCH_0)
  _ffiwheel_plain_key()
endmacro ()

# Set `value` as it is written, up to the end of the line outside of all brackets.
macro (_ffiwheel_read_value)
  set(value "")
  set(depth 0)
  while (NOT rest STREQUAL "" AND NOT (depth EQUAL 0 AND rest MATCHES "^[\r\n]"))
    if (rest MATCHES "^(\"\"\"|''')")
      _ffiwheel_read_long_text()
    elseif (rest MATCHES "^(\"[^\"\\\n]*(\\\\[^\n][^\"\\\n]*)*\"|'[^'\n]*')")
      set(token "${CMAKE_MATCH_0}")
    elseif (rest MATCHES "^[[{]")
      set(token "${CMAKE_MATCH_0}")
      math(EXPR depth "${depth} + 1")
    elseif (rest MATCHES "^[]}]")
      set(token "${CMAKE_MATCH_0}")
      math(EXPR depth "${depth} - 1")
    elseif (rest MATCHES "^(#[^\n]*|[^]['\"{}#\r\n]+|[\r\n]+)")
      set(token "${CMAKE_MATCH_0}")
    else ()
      _ffiwheel_cannot_read()
    endif ()
    _ffiwheel_drop(token)
    if (NOT token MATCHES "^(#|[ \t\r\n]+$)")
      string(APPEND value "${token}")
    endif ()
  endwhile ()
  if (NOT depth EQUAL 0)
    _ffiwheel_cannot_read()
  endif ()
endmacro ()

# Set `token` to a text in three quotes, which may hold one or two of them, even at its end.
macro (_ffiwheel_read_long_text)
  string(SUBSTRING "${rest}" 0 1 quote)
  set(token "${quote}${quote}${quote}")
  string(SUBSTRING "${rest}" 3 -1 inside)
  while (NOT inside MATCHES "^${quote}${quote}${quote}(${quote}?${quote}?)")
    if (quote STREQUAL "'")
      string(REGEX MATCH "^([^']+|')" some "${inside}")
    else ()
      string(REGEX MATCH "^([^\"\\]+|\\\\.|\")" some "${inside}")
    endif ()
    if (some STREQUAL "")
      _ffiwheel_cannot_read()
    endif ()
    string(APPEND token "${some}")
    string(LENGTH "${some}" length)
    string(SUBSTRING "${inside}" ${length} -1 inside)
  endwhile ()
  string(APPEND token "${CMAKE_MATCH_0}")
endmacro ()

# Take what says something about the version.
macro (_ffiwheel_use_setting)
  if (path MATCHES "^(project|tool|tool[.]ffiwheel|tool[.]ffiwheel[.]version)$")
    _ffiwheel_stop(
      "without ffiwheel, this has to be a table of its own" "${path} in ${file}"
      "Write [${path}] on a line before its keys, or install ffiwheel: pip install ffiwheel"
    )
  elseif (path STREQUAL "project.name")
    _ffiwheel_read_text(project_name)
  elseif (path STREQUAL "project.version")
    _ffiwheel_read_text(project_version)
  elseif (path MATCHES "^tool[.]ffiwheel[.]version[.](tag-prefix|next|fallback)$")
    _ffiwheel_read_text("setting_${CMAKE_MATCH_1}")
  elseif (path MATCHES "^tool[.]ffiwheel[.]version[.]([^[.]+)")
    # These say what is done with the version, not which it is, or are the defaults.
    set(harmless "(emit|write|changelog) |provider [\"']git[\"']$|paths \\[ *\\]$")
    if (NOT "${CMAKE_MATCH_1} ${value}" MATCHES "^(${harmless})")
      _ffiwheel_stop(
        "only ffiwheel knows what this key says of the version" "${path} in ${file}"
        "Install it: pip install ffiwheel"
      )
    endif ()
  endif ()
endmacro ()

macro (_ffiwheel_read_text variable)
  if (NOT value MATCHES "^(\"([^\"\\]*)\"|'([^']*)')$")
    _ffiwheel_stop(
      "without ffiwheel, this has to be a text in quotes, without escapes" "${path} in ${file}"
      "Correct it, or install ffiwheel: pip install ffiwheel"
    )
  endif ()
  set("${variable}" "${CMAKE_MATCH_2}${CMAKE_MATCH_3}")
endmacro ()

macro (_ffiwheel_check_settings)
  set(place "tool.ffiwheel.version")
  if (NOT setting_next MATCHES "^(minor|patch)$")
    _ffiwheel_stop(
      "'${setting_next}' is no part of a version" "${place}.next in ${file}" "Write minor or patch."
    )
  endif ()
  # Two characters more than ffiwheel refuses: CMake's lists cannot hold them.
  if ("${setting_tag-prefix}" MATCHES "[] \t\r\n~^:?*[\\;]|[.][.]|@{|//|^[-/.]")
    _ffiwheel_stop(
      "no git tag can begin with '${setting_tag-prefix}'" "${place}.tag-prefix in ${file}"
      "Give the text before the number, such as v or hello-v; patterns are not known."
    )
  endif ()
  if (NOT setting_fallback STREQUAL ""
      AND NOT setting_fallback MATCHES "^([0-9]+!)?[0-9]+([.][0-9]+)+$")
    _ffiwheel_stop(
      "'${setting_fallback}' is no release" "${place}.fallback in ${file}" "Write it like 0.1.0."
    )
  endif ()
endmacro ()

# An unpacked sdist, an unpacked archive --------------------------------------------------------

# Set `stamp` to the version of the sdist that was unpacked here, else to nothing, and
# `stamp_place` (versioning/stamp.py).
function (_ffiwheel_read_stamp folder name)
  set(stated "")
  if (EXISTS "${folder}/PKG-INFO")
    file(READ "${folder}/PKG-INFO" text)
    string(REPLACE "\r\n" "\n" text "\n${text}\n\n")
    string(FIND "${text}" "\n\n" end)
    string(SUBSTRING "${text}" 0 ${end} headers)
    set(headers "${headers}\n")
    foreach (field IN ITEMS Name Version)
      string(REGEX MATCH "\n${field}:[ \t]*([^\n]*)\n" found "${headers}")
      string(STRIP "${CMAKE_MATCH_1}" "stated_${field}")
    endforeach ()
    foreach (one IN ITEMS name stated_Name)
      string(REGEX REPLACE "[-_.]+" "-" plain "${${one}}")
      string(TOLOWER "${plain}" "plain_${one}")
    endforeach ()
    if (plain_name STREQUAL plain_stated_Name)
      set(stated "${stated_Version}")
    endif ()
  endif ()
  set(stamp "${stated}")
  set(stamp_place "${folder}/PKG-INFO")
  set(file "${folder}/.ffiwheel-version.json")
  if (EXISTS "${file}")
    file(READ "${file}" text)
    foreach (key IN ITEMS version node dirty)
      if (NOT text MATCHES "\n  \"${key}\": \"?([^\"\n,]*)")
        _ffiwheel_stop("the sdist's version cannot be read" "${file}" "Unpack the sdist again.")
      endif ()
      set("stamp_${key}" "${CMAKE_MATCH_1}")
    endforeach ()
    # A wheel's version does not name the commit, unless the tree was edited.
    set(carried "${stamp_version}")
    if (NOT stamp_node STREQUAL "" AND stamp_dirty STREQUAL "false")
      string(REGEX REPLACE "[+].*" "" carried "${stamp_version}")
    endif ()
    if (stated STREQUAL "" OR stated STREQUAL carried)
      set(stamp "${stamp_version}")
      set(stamp_place "${file}")
    endif ()
  endif ()
  set(stamp "${stamp}" PARENT_SCOPE)
  set(stamp_place "${stamp_place}" PARENT_SCOPE)
endfunction ()

# Set `archived` to the version of the `git archive` that was unpacked here, else to nothing
# (versioning/archive.py).
function (_ffiwheel_read_archive folder)
  set(archived "" PARENT_SCOPE)
  set(file "${folder}/.ffiwheel-archive.txt")
  if (NOT EXISTS "${file}")
    return()
  endif ()
  file(READ "${file}" text)
  if (text MATCHES "[$]Format:")
    return()
  endif ()
  string(REPLACE "\r" "" text "\n${text}\n")
  set(node "")
  if (text MATCHES "\n([0-9a-f]+)( +([^\n]*))? *\n")
    set(node "${CMAKE_MATCH_1}")
    string(STRIP "${CMAKE_MATCH_3}" described)
  endif ()
  string(LENGTH "${node}" digits)
  if (digits LESS 40 OR digits GREATER 64 OR described MATCHES "%[(]")
    _ffiwheel_stop(
      "git left a placeholder in the archive unfilled" "${file}"
      "It fills in one `%(describe)` per archive, and none before git 2.35.\n\
Archive again, or set FFIWHEEL_VERSION in the environment."
    )
  endif ()
  if (described STREQUAL "")
    return()
  endif ()
  set(distance 0)
  if (described MATCHES "^(.+)-([0-9]+)-g([0-9a-f]+)$")
    set(parts "${CMAKE_MATCH_1}" "${CMAKE_MATCH_2}")
    string(FIND "${node}" "${CMAKE_MATCH_3}" place)
    if (place EQUAL 0)
      list(GET parts 0 described)
      list(GET parts 1 distance)
    endif ()
  endif ()
  _ffiwheel_parse_tag(tag "${described}")
  if (NOT tag_valid)
    _ffiwheel_stop(
      "the archive was counted from '${described}', which is no version tag" "${file}"
      "Say `match=${setting_tag-prefix}[0-9]*` there and archive again,\n\
or set FFIWHEEL_VERSION in the environment."
    )
  endif ()
  _ffiwheel_count_on(tag ${distance} "${node}" "" archived)
  set(archived "${archived}" PARENT_SCOPE)
endfunction ()

# git -------------------------------------------------------------------------------------------

# What these functions set in the caller: `problem` with `problem_hint` where git does not answer;
# else git_state, which is "read", "no repository", "not tracked" or "no git"; if it is "read",
# git_version, git_tag (nothing without one), and where it must not be used git_doubt and
# git_doubt_hint. (versioning/repository.py, git.py, lines.py, edits.py)

function (_ffiwheel_ask_git_about folder)
  foreach (name IN ITEMS problem problem_place problem_hint git_version git_tag git_doubt git_doubt_hint)
    set("${name}" "")
  endforeach ()
  set(is_own FALSE)
  if (EXISTS "${folder}/.git" OR IS_SYMLINK "${folder}/.git")
    set(is_own TRUE)
    set(git_state "read")
  else ()
    set(git_state "no repository")
    set(above "${folder}")
    while (git_state STREQUAL "no repository")
      set(below "${above}")
      get_filename_component(above "${below}" DIRECTORY)
      if (above STREQUAL below)
        break()
      elseif (EXISTS "${above}/.git")
        set(git_state "above")
      endif ()
    endwhile ()
  endif ()
  if (NOT git_state STREQUAL "no repository")
    _ffiwheel_enter_git_environment()
    if (git_state STREQUAL "above")
      _ffiwheel_ask_whether_tracked("${folder}")
    endif ()
    if (git_state STREQUAL "read")
      _ffiwheel_read_git("${folder}")
    endif ()
    _ffiwheel_leave_git_environment()
  endif ()
  _ffiwheel_return_git_facts()
endfunction ()

# A new project in a repository that does not ignore it is about to be added.
function (_ffiwheel_ask_git_about_new folder)
  set(is_own FALSE)
  _ffiwheel_enter_git_environment()
  _ffiwheel_run_git("${folder}" check-ignore --quiet pyproject.toml)
  if (git_status STREQUAL "1")
    _ffiwheel_read_git("${folder}")
  endif ()
  _ffiwheel_leave_git_environment()
  _ffiwheel_return_git_facts()
endfunction ()

macro (_ffiwheel_return_git_facts)
  _ffiwheel_return(problem problem_place problem_hint git_state git_version git_tag git_doubt git_doubt_hint)
endmacro ()

# Nothing that people or hooks have set changes the answer, and git changes nothing: as
# git_environment() in system/environment.py. execute_process() knows no environment of its own.
macro (_ffiwheel_enter_git_environment)
  execute_process(COMMAND "${CMAKE_COMMAND}" -E environment OUTPUT_VARIABLE environment)
  string(REGEX MATCHALL "\nGIT_[A-Za-z0-9_]+=" changed "\n${environment}")
  list(TRANSFORM changed REPLACE "^\n(.*)=$" "\\1")
  list(
    FILTER changed EXCLUDE
    REGEX "^GIT_(CONFIG_(COUNT|GLOBAL|KEY_|NOSYSTEM|SYSTEM|VALUE_)|EXEC_PATH)"
  )
  set(quiet GIT_GRAFT_FILE GIT_NO_LAZY_FETCH GIT_NO_REPLACE_OBJECTS GIT_OPTIONAL_LOCKS)
  list(APPEND changed LC_ALL GIT_CEILING_DIRECTORIES ${quiet})
  list(REMOVE_DUPLICATES changed)
  foreach (name IN LISTS changed)
    unset("kept_${name}")
    if (DEFINED "ENV{${name}}")
      set("kept_${name}" "$ENV{${name}}")
    endif ()
    unset("ENV{${name}}")
  endforeach ()
  set(ENV{LC_ALL} C)
  set(ENV{GIT_GRAFT_FILE} /dev/null)
  if (CMAKE_HOST_WIN32)
    set(ENV{GIT_GRAFT_FILE} nul)
  endif ()
  set(ENV{GIT_NO_LAZY_FETCH} 1)
  set(ENV{GIT_NO_REPLACE_OBJECTS} 1)
  set(ENV{GIT_OPTIONAL_LOCKS} 0)
  if (is_own)
    get_filename_component(ceiling "${folder}" DIRECTORY)
    set(ENV{GIT_CEILING_DIRECTORIES} "${ceiling}")
  endif ()
endmacro ()

macro (_ffiwheel_leave_git_environment)
  foreach (name IN LISTS changed)
    if (DEFINED "kept_${name}")
      set("ENV{${name}}" "${kept_${name}}")
    else ()
      unset("ENV{${name}}")
    endif ()
  endforeach ()
endmacro ()

# Set git_answer, git_complaint and git_status, which is no number where git did not end by itself.
function (_ffiwheel_run_git folder)
  execute_process(
    COMMAND git -c core.fsmonitor= -c core.quotePath=false ${ARGN}
    WORKING_DIRECTORY "${folder}"
    OUTPUT_VARIABLE git_answer
    ERROR_VARIABLE git_complaint
    RESULT_VARIABLE git_status
    OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_STRIP_TRAILING_WHITESPACE
  )
  set(git_answer "${git_answer}" PARENT_SCOPE)
  set(git_complaint "${git_complaint}" PARENT_SCOPE)
  set(git_status "${git_status}" PARENT_SCOPE)
endfunction ()

# The same, in `folder`; where git does not answer, this ends the calling function, with `problem`
# set for its caller.
macro (_ffiwheel_git)
  _ffiwheel_run_git("${folder}" ${ARGN})
  _ffiwheel_check_git("${ARGV0}")
endmacro ()

# Past a broken tag git goes on, with a lower one.
macro (_ffiwheel_check_git command)
  if (NOT git_status STREQUAL "0" OR git_complaint MATCHES "ignoring broken ref")
    _ffiwheel_explain_refusal("${folder}" "git ${command}")
    _ffiwheel_return(problem problem_place problem_hint git_state)
  endif ()
endmacro ()

# What containers meet every day has words of ours; all else is said as git says it.
function (_ffiwheel_explain_refusal folder command)
  if (git_status MATCHES "[Nn]o such file|cannot find the file")
    set(git_state "no git" PARENT_SCOPE)
    return()
  endif ()
  string(REPLACE "\n\t" " " said "${git_complaint}")
  set(place "${command} in ${folder}")
  set(hint "`git status` there may say more; or set FFIWHEEL_VERSION in the environment.")
  if (said MATCHES "git config [^\n]+ safe[.]directory [^\n]+")
    set(message "git does not trust this repository: it belongs to another user")
    set(place "${folder}")
    set(hint "${CMAKE_MATCH_0}")
  elseif (said MATCHES "(^|.*\n)fatal: ([^\n]+)")
    set(message "git failed: ${CMAKE_MATCH_2}")
  elseif (said MATCHES "([^\n]+)$")
    set(message "git failed: ${CMAKE_MATCH_1}")
  else ()
    set(message "git failed: ${git_status}")
  endif ()
  set(problem "${message}" PARENT_SCOPE)
  set(problem_place "${place}" PARENT_SCOPE)
  set(problem_hint "${hint}" PARENT_SCOPE)
endfunction ()

# A repository above the project counts only if it tracks the project. An empty `.git` is none.
function (_ffiwheel_ask_whether_tracked folder)
  set(asked .)
  foreach (name IN ITEMS setup.py CMakeLists.txt pyproject.toml)
    if (EXISTS "${folder}/${name}")
      set(asked "${name}")
    endif ()
  endforeach ()
  _ffiwheel_run_git("${folder}" ls-files -- "${asked}")
  if (git_complaint MATCHES "not a git repository [(]or any")
    set(git_state "no repository" PARENT_SCOPE)
    return()
  endif ()
  _ffiwheel_check_git(ls-files)
  set(git_state "not tracked" PARENT_SCOPE)
  if (NOT git_answer STREQUAL "")
    set(git_state "read" PARENT_SCOPE)
  endif ()
endfunction ()

# Set `git_answer` to the status, in lines; its names do not matter, except those of submodules.
function (_ffiwheel_ask_status folder)
  _ffiwheel_git(
    status --porcelain=v2 --branch --untracked-files=no --no-renames --no-ahead-behind
    --ignore-submodules=untracked
  )
  set(git_answer "\n${git_answer}\n" PARENT_SCOPE)
endfunction ()

# A tag, the commits since and the edits, put together.
function (_ffiwheel_read_git folder)
  _ffiwheel_ask_status("${folder}")
  if (problem OR git_state STREQUAL "no git")
    _ffiwheel_return(problem problem_place problem_hint git_state)
  endif ()
  set(status "${git_answer}")
  string(REGEX MATCH "\n# branch[.]oid ([^\n]*)" oid "${status}")
  set(node "${CMAKE_MATCH_1}")
  if (node STREQUAL "(initial)")
    _ffiwheel_git(for-each-ref --count=1 refs/heads) # tells if HEAD's is broken
    _ffiwheel_count_on("" 0 "" "" git_version)
    set(git_tag "")
    _ffiwheel_return(git_version git_tag)
  endif ()
  set(is_edited FALSE)
  if (status MATCHES "\n[12u] ")
    set(is_edited TRUE)
  endif ()

  _ffiwheel_list_tags()
  _ffiwheel_take_tag_on_head()
  set(git_doubt "")
  if (best STREQUAL "" OR is_edited)
    _ffiwheel_git(rev-parse --is-shallow-repository)
    set(is_shallow "${git_answer}")
    _ffiwheel_count_commits()
    _ffiwheel_doubt_count()
  endif ()
  set(edits "")
  if (is_edited)
    _ffiwheel_hash_edits()
  endif ()
  set(git_tag "${${best}_name}")
  _ffiwheel_count_on("${best}" ${distance} "${node}" "${edits}" git_version)
  _ffiwheel_return(git_version git_tag git_doubt git_doubt_hint)
endfunction ()

# The macros that follow are steps of the function above. A tag is a name such as tag7, which its
# variables begin with: tag7_name, tag7_commit and what _ffiwheel_parse_version() sets.

# Set `tags` to those that name versions.
macro (_ffiwheel_list_tags)
  _ffiwheel_git(
    for-each-ref "refs/tags/${setting_tag-prefix}*"
    "--format=%(objecttype) %(objectname) %(*objecttype) %(*objectname) %(refname:lstrip=2)"
  )
  # A tag's name may hold what ends an element of a list; no version does.
  string(REGEX REPLACE "[];]" "~" lines "${git_answer}")
  string(REPLACE "\n" ";" lines "${lines}")
  set(tags "")
  foreach (line IN LISTS lines)
    string(REGEX MATCH "^([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) (.*)$" line "${line}")
    set(name "${CMAKE_MATCH_5}")
    set(commit "")
    if (CMAKE_MATCH_1 STREQUAL "commit")
      set(commit "${CMAKE_MATCH_2}")
    elseif (CMAKE_MATCH_3 STREQUAL "commit")
      set(commit "${CMAKE_MATCH_4}")
    elseif (CMAKE_MATCH_3 STREQUAL "tag")
      _ffiwheel_git(rev-parse "refs/tags/${name}^{}")
      set(commit "${git_answer}")
    endif ()
    list(LENGTH tags count)
    set(tag "tag${count}")
    _ffiwheel_parse_tag("${tag}" "${name}")
    if (${tag}_valid AND NOT commit STREQUAL "")
      list(APPEND tags "${tag}")
      set("${tag}_name" "${name}")
      set("${tag}_commit" "${commit}")
    endif ()
  endforeach ()
endmacro ()

# Set `best` to the highest of some tags, by the text that sorts them.
function (_ffiwheel_pick_highest key)
  set(best "")
  foreach (tag IN LISTS ARGN)
    if (best STREQUAL "" OR "${${tag}_${key}}" STRGREATER "${${best}_${key}}")
      set(best "${tag}")
    endif ()
  endforeach ()
  set(best "${best}" PARENT_SCOPE)
endfunction ()

# A tag on HEAD counts where nothing was edited. An edited tree is counted from the highest tag that
# HEAD contains, but a shallow clone knows no other than this.
macro (_ffiwheel_take_tag_on_head)
  set(here "")
  foreach (tag IN LISTS tags)
    if (${tag}_commit STREQUAL node)
      list(APPEND here "${tag}")
    endif ()
  endforeach ()
  _ffiwheel_pick_highest(release_key ${here})
  set(distance 0)
endmacro ()

# Set `best` and `distance`.
macro (_ffiwheel_count_commits)
  if (is_shallow STREQUAL "true" AND here)
    _ffiwheel_pick_highest(key ${here})
  else ()
    _ffiwheel_pick_highest(key ${tags})
    set(span HEAD)
    if (best)
      set(span "${${best}_commit}...HEAD")
    endif ()
    # Nothing on the left: HEAD contains the highest tag of all.
    _ffiwheel_run_git("${folder}" rev-list --left-right --count "${span}" --)
    if (git_status STREQUAL "0" AND git_answer MATCHES "^0[ \t]+([0-9]+)$")
      set(distance "${CMAKE_MATCH_1}")
    else ()
      _ffiwheel_count_from_merged()
    endif ()
    _ffiwheel_prefer_longer_line()
  endif ()
endmacro ()

macro (_ffiwheel_count_from_merged)
  _ffiwheel_keep_merged("${tags}")
  _ffiwheel_pick_highest(key ${merged})
  _ffiwheel_count_since()
endmacro ()

# Set `merged` to those of some tags that HEAD contains.
macro (_ffiwheel_keep_merged some_tags)
  _ffiwheel_git(
    for-each-ref --merged=HEAD "--format=%(refname:lstrip=2)" "refs/tags/${setting_tag-prefix}*"
  )
  string(REGEX REPLACE "[];]" "~" merged_names "${git_answer}")
  string(REPLACE "\n" ";" merged_names "${merged_names}")
  set(merged "")
  foreach (tag IN ITEMS ${some_tags})
    if (${tag}_name IN_LIST merged_names)
      list(APPEND merged "${tag}")
    endif ()
  endforeach ()
endmacro ()

macro (_ffiwheel_count_since)
  set(span HEAD)
  if (best)
    set(span "${${best}_commit}..HEAD")
  endif ()
  _ffiwheel_git(rev-list --count "${span}" --)
  set(distance "${git_answer}")
endmacro ()

# Of the lines of history that HEAD brings together, the one that leads furthest (versioning/lines.py).
macro (_ffiwheel_prefer_longer_line)
  _ffiwheel_find_rivals()
  set(merges "")
  if (rivals)
    _ffiwheel_git(rev-list --merges --max-count=1 "${${best}_commit}..HEAD")
    set(merges "${git_answer}")
  endif ()
  if (merges)
    _ffiwheel_keep_merged("${rivals}")
    set(rivals "${merged}")
  endif ()
  if (merges AND rivals)
    set(highest "${best}")
    set(longest "${distance}")
    _ffiwheel_find_seen()
    foreach (rival IN LISTS seen)
      set(best "${rival}")
      _ffiwheel_count_since()
      math(EXPR reach "${${rival}_start} + ${distance}")
      math(EXPR so_far "${${highest}_start} + ${longest}")
      if ("${${rival}_lead}" STRGREATER "${${highest}_lead}"
          OR ("${${rival}_lead}" STREQUAL "${${highest}_lead}" AND reach GREATER so_far))
        set(highest "${rival}")
        set(longest "${distance}")
      endif ()
    endforeach ()
    set(best "${highest}")
    set(distance "${longest}")
  endif ()
endmacro ()

# Set `rivals` to the lower tags whose next version is not lower than that of `best`. On a commit
# with several tags, only the highest has a say.
macro (_ffiwheel_find_rivals)
  set(rivals "")
  if (best)
    _ffiwheel_find_next("${best}")
    foreach (tag IN LISTS tags)
      # A release leads to the following minor version at most.
      math(EXPR near "${${tag}_minor} + 1")
      if ("${${tag}_epoch}" STREQUAL "${${best}_epoch}"
          AND "${${tag}_major}" EQUAL "${${best}_major}"
          AND NOT near LESS "${${best}_minor}"
          AND "${${tag}_key}" STRLESS "${${best}_key}")
        _ffiwheel_find_next("${tag}")
        set(is_outranked FALSE)
        foreach (other IN LISTS tags)
          if (${other}_commit STREQUAL ${tag}_commit AND ${other}_key STRGREATER ${tag}_key)
            set(is_outranked TRUE)
          endif ()
        endforeach ()
        if (NOT is_outranked AND NOT "${${tag}_lead}" STRLESS "${${best}_lead}")
          list(APPEND rivals "${tag}")
        endif ()
      endif ()
    endforeach ()
  endif ()
endmacro ()

# Set `seen` to the rivals that can be reached from HEAD without passing another tagged commit.
macro (_ffiwheel_find_seen)
  set(lowest "")
  foreach (rival IN LISTS rivals)
    if (lowest STREQUAL "" OR "${${rival}_key}" STRLESS "${${lowest}_key}")
      set(lowest "${rival}")
    endif ()
  endforeach ()
  foreach (tag IN LISTS tags)
    set("is_tagged_${${tag}_commit}" TRUE)
  endforeach ()
  _ffiwheel_git(rev-list --parents --topo-order HEAD --not "${${lowest}_commit}^@" --)
  string(REPLACE "\n" ";" rows "${git_answer}")
  set("is_reached_${node}" TRUE)
  # In this order, a commit comes before its parents.
  foreach (row IN LISTS rows)
    string(REPLACE " " ";" parents "${row}")
    list(POP_FRONT parents commit)
    if (is_reached_${commit} AND NOT is_tagged_${commit})
      foreach (parent IN LISTS parents)
        set("is_reached_${parent}" TRUE)
      endforeach ()
    endif ()
  endforeach ()
  set(seen "")
  foreach (rival IN LISTS rivals)
    if (is_reached_${${rival}_commit})
      list(APPEND seen "${rival}")
    endif ()
  endforeach ()
endmacro ()

# Set `git_doubt` where a full clone, or one with tags, could give another number.
macro (_ffiwheel_doubt_count)
  if (is_shallow STREQUAL "true")
    set(lacking "it holds no version tag")
    if (best AND distance GREATER 0)
      _ffiwheel_git(rev-list --merges --max-count=1 "${${best}_commit}..HEAD")
      set(lacking "")
      if (NOT git_answer STREQUAL "")
        set(lacking "there are merges since '${${best}_name}'")
      endif ()
    elseif (best)
      set(lacking "")
    endif ()
    if (lacking)
      set(git_doubt "commits cannot be counted: the clone is shallow, and ${lacking}")
      set(git_doubt_hint "git fetch --unshallow --tags  (in GitHub Actions: `fetch-depth: 0`)")
    endif ()
  elseif (NOT tags AND setting_fallback STREQUAL "")
    _ffiwheel_git(for-each-ref --count=1 refs/tags)
    if (git_answer STREQUAL "")
      _ffiwheel_git(remote)
      if (NOT git_answer STREQUAL "")
        set(git_doubt "the clone has no tag at all, so it may be that tags were not fetched")
        set(git_doubt_hint "git fetch --tags\n\
or, while the project has no release, say in pyproject.toml what work leads to:\n\
[tool.ffiwheel.version]\nfallback = \"0.1.0\"")
      endif ()
    endif ()
  endif ()
endmacro ()

# Set `edits` to the hash of what was edited (versioning/edits.py): of git's diff and, for each
# submodule that was edited, its path, a NUL and its own diff.
macro (_ffiwheel_hash_edits)
  _ffiwheel_make_scratch_folder()
  set(parts "")
  _ffiwheel_store_edits("${folder}" "${status}")
  execute_process(COMMAND "${CMAKE_COMMAND}" -E cat ${parts} OUTPUT_FILE "${scratch}/whole")
  file(SHA1 "${scratch}/whole" edits)
  file(REMOVE_RECURSE "${scratch}")
  if (problem)
    _ffiwheel_return(problem problem_place problem_hint)
  endif ()
endmacro ()

# A script has no build folder: there, CMAKE_BINARY_DIR is wherever it was started.
function (_ffiwheel_make_scratch_folder)
  set(places "${CMAKE_BINARY_DIR}/CMakeFiles")
  if (CMAKE_SCRIPT_MODE_FILE)
    set(places "$ENV{TMPDIR}" "$ENV{TEMP}" /tmp)
    list(REMOVE_ITEM places "")
  endif ()
  list(GET places 0 place)
  file(TO_CMAKE_PATH "${place}" place)
  string(RANDOM LENGTH 16 name)
  set(scratch "${place}/ffiwheel-${name}")
  file(MAKE_DIRECTORY "${scratch}")
  set(scratch "${scratch}" PARENT_SCOPE)
endfunction ()

# Append the files with the edits of a repository, and of the submodules in it, to `parts`.
function (_ffiwheel_store_edits folder status)
  _ffiwheel_store_answer(
    "${folder}" -c core.quotePath=true -c core.bigFileThreshold=512m
    -c diff.suppressBlankEmpty=false diff-index -p --full-index --unified=999999999
    --diff-algorithm=myers --indent-heuristic --src-prefix=a/ --dst-prefix=b/
    --ignore-submodules=dirty --submodule=short --no-color --no-ext-diff --no-textconv --no-renames
    HEAD --
  )
  _ffiwheel_check_git(diff-index)
  while (status MATCHES "\n([12u]) [^ ]+ S[C.]M[U.] ([^\n]*)(.*)$")
    set(kind "${CMAKE_MATCH_1}")
    set(fields "${CMAKE_MATCH_2}")
    set(status "${CMAKE_MATCH_3}")
    string(REGEX REPLACE "^[^ ]+ [^ ]+ [^ ]+ [^ ]+ [^ ]+ " "" path "${fields}")
    if (NOT kind STREQUAL "1" OR path MATCHES "[]\";]")
      set(problem "only ffiwheel can tell what was edited in this submodule")
      set(problem_place "${path} in ${folder}")
      set(problem_hint "Commit or undo it, or install ffiwheel: pip install ffiwheel")
      break()
    endif ()
    _ffiwheel_store_answer("${folder}" ls-files --full-name -z -- ":(top,literal)${path}")
    _ffiwheel_check_git(ls-files)
    _ffiwheel_git(rev-parse --show-toplevel)
    set(submodule "${git_answer}/${path}")
    _ffiwheel_ask_status("${submodule}")
    if (NOT problem)
      _ffiwheel_store_edits("${submodule}" "${git_answer}")
    endif ()
    if (problem)
      break()
    endif ()
  endwhile ()
  _ffiwheel_return(parts problem problem_place problem_hint)
endfunction ()

# Keep what git answers, whatever bytes it has, in the next file of `parts`. Not if it is nothing:
# `cmake -E cat` of CMake 3.18 ends at an empty file.
function (_ffiwheel_store_answer folder)
  list(LENGTH parts count)
  execute_process(
    COMMAND git -c core.fsmonitor= ${ARGN}
    WORKING_DIRECTORY "${folder}"
    OUTPUT_FILE "${scratch}/${count}"
    ERROR_VARIABLE git_complaint
    RESULT_VARIABLE git_status
    ERROR_STRIP_TRAILING_WHITESPACE
  )
  file(SIZE "${scratch}/${count}" size)
  if (size GREATER 0)
    list(APPEND parts "${scratch}/${count}")
  endif ()
  _ffiwheel_return(parts git_complaint git_status)
endfunction ()

# Versions --------------------------------------------------------------------------------------

# Set `result` to the version of a commit (versioning/scheme.py).
#
# tag: the name of the tag's variables, or nothing; edits: the hash of the edits, or nothing.
function (_ffiwheel_count_on tag distance node edits result)
  if (NOT tag STREQUAL "" AND distance EQUAL 0 AND edits STREQUAL "")
    set("${result}" "${${tag}_padded}" PARENT_SCOPE)
    return()
  endif ()
  set(base "0.1.0")
  set(start 0)
  if (NOT tag STREQUAL "")
    _ffiwheel_find_next("${tag}")
    set(base "${${tag}_base}")
    set(start "${${tag}_start}")
  elseif (NOT setting_fallback STREQUAL "")
    _ffiwheel_parse_version(fallback "${setting_fallback}")
    set(base "${fallback_padded}")
  endif ()
  math(EXPR count "${start} + ${distance}")
  set(version "${base}.dev${count}")
  if (NOT node STREQUAL "")
    string(SUBSTRING "${node}" 0 10 digits)
    string(APPEND version "+g${digits}")
  endif ()
  if (NOT edits STREQUAL "")
    string(SUBSTRING "${edits}" 0 8 digits)
    string(APPEND version ".d${digits}")
  endif ()
  set("${result}" "${version}" PARENT_SCOPE)
endfunction ()

# Set <name>_base to the version that commits after a tag lead to, <name>_start to where their count
# starts, and <name>_lead to the key of the first one.
function (_ffiwheel_find_next name)
  set(epoch "")
  if (NOT ${name}_epoch STREQUAL "0")
    set(epoch "${${name}_epoch}!")
  endif ()
  set(start 0)
  if (NOT "${${name}_dev}" STREQUAL "")
    set(start "${${name}_dev}")
    string(REGEX REPLACE "[.]dev[0-9]+$" "" base "${${name}_padded}")
  elseif (NOT "${${name}_post}" STREQUAL "")
    math(EXPR post "${${name}_post} + 1")
    string(REGEX REPLACE "[.]post[0-9]+$" ".post${post}" base "${${name}_padded}")
  elseif (NOT "${${name}_pre}" STREQUAL "")
    math(EXPR serial "${${name}_serial} + 1")
    string(REGEX REPLACE "[0-9]+$" "${serial}" base "${${name}_padded}")
  elseif (setting_next STREQUAL "minor")
    math(EXPR minor "${${name}_minor} + 1")
    set(base "${epoch}${${name}_major}.${minor}.0")
  else ()
    math(EXPR patch "${${name}_patch} + 1")
    set(base "${epoch}${${name}_major}.${${name}_minor}.${patch}")
  endif ()
  _ffiwheel_parse_version(next "${base}.dev0")
  set("${name}_base" "${base}" PARENT_SCOPE)
  set("${name}_start" "${start}" PARENT_SCOPE)
  set("${name}_lead" "${next_key}" PARENT_SCOPE)
endfunction ()

# The same as below for a tag: the prefix, then two numbers or more, no local part (versioning/tag.py).
function (_ffiwheel_parse_tag name text)
  set("${name}_valid" FALSE PARENT_SCOPE)
  string(LENGTH "${setting_tag-prefix}" length)
  string(FIND "${text}" "${setting_tag-prefix}" place)
  if (NOT place EQUAL 0)
    return()
  endif ()
  string(SUBSTRING "${text}" ${length} -1 text)
  if (NOT text MATCHES "^[0-9]+(![0-9]+)?[.][0-9]" OR text MATCHES "[+]")
    return()
  endif ()
  _ffiwheel_parse_version("${name}" "${text}")
  _ffiwheel_return_version("${name}_")
endfunction ()

# The end of a function that has taken a version apart.
macro (_ffiwheel_return_version prefix)
  foreach (part IN ITEMS valid epoch release major minor patch pre serial post dev local public
                         padded full key release_key)
    set("${name}_${part}" "${${prefix}${part}}" PARENT_SCOPE)
  endforeach ()
  return()
endmacro ()

# Take a version by PEP 440 apart, in any of its spellings: set <name>_valid, and if it is one
#   _epoch, _release, _major, _minor, _patch   numbers; _release is all of them, such as 1.2
#   _pre, _serial, _post, _dev                 a, b or rc and the number; nothing where there is none
#   _full, _public, _local, _padded            the normal form; _padded has three numbers, no local part
#   _key, _release_key                         texts that sort in the order of versions without local
#                                              part; by the second a .dev version is below all others
function (_ffiwheel_parse_version name text)
  set("${name}_valid" FALSE PARENT_SCOPE)
  string(STRIP "${text}" rest)
  string(TOLOWER "${rest}" rest)
  if (NOT rest MATCHES "^v?(([0-9]+)!)?([0-9]+([.][0-9]+)*)(.*)$")
    return()
  endif ()
  set(epoch "0${CMAKE_MATCH_2}")
  set(numbers "${CMAKE_MATCH_3}")
  set(rest "${CMAKE_MATCH_5}")
  foreach (part IN ITEMS pre serial post dev local)
    set("${part}" "")
  endforeach ()
  if (rest MATCHES "^[-_.]?(alpha|a|beta|b|preview|pre|rc|c)[-_.]?([0-9]*)(.*)$")
    set(pre "${CMAKE_MATCH_1}")
    set(serial "0${CMAKE_MATCH_2}")
    set(rest "${CMAKE_MATCH_3}")
    string(REGEX REPLACE "^(c|pre|preview)$" "rc" pre "${pre}")
    string(REGEX REPLACE "^(a|b)[a-z]+$" "\\1" pre "${pre}")
  endif ()
  if (rest MATCHES "^-([0-9]+)(.*)$")
    set(post "${CMAKE_MATCH_1}")
    set(rest "${CMAKE_MATCH_2}")
  elseif (rest MATCHES "^[-_.]?(post|rev|r)[-_.]?([0-9]*)(.*)$")
    set(post "0${CMAKE_MATCH_2}")
    set(rest "${CMAKE_MATCH_3}")
  endif ()
  if (rest MATCHES "^[-_.]?dev[-_.]?([0-9]*)(.*)$")
    set(dev "0${CMAKE_MATCH_1}")
    set(rest "${CMAKE_MATCH_2}")
  endif ()
  if (rest MATCHES "^[+]([a-z0-9]+([-_.][a-z0-9]+)*)$")
    string(REGEX REPLACE "[-_.]" "." local "${CMAKE_MATCH_1}")
  elseif (NOT rest STREQUAL "")
    return()
  endif ()
  _ffiwheel_normalize_version()
  _ffiwheel_sort_version()
  set(valid TRUE)
  _ffiwheel_return_version("")
endfunction ()

# The macros that follow are steps of the function above.

macro (_ffiwheel_drop_zeros variable)
  string(REGEX REPLACE "^0*([0-9]+)$" "\\1" "${variable}" "${${variable}}")
endmacro ()

macro (_ffiwheel_normalize_version)
  foreach (part IN ITEMS epoch serial post dev)
    _ffiwheel_drop_zeros("${part}")
  endforeach ()
  foreach (list IN ITEMS numbers local)
    string(REPLACE "." ";" words "${${list}}")
    set("${list}" "")
    foreach (word IN LISTS words)
      _ffiwheel_drop_zeros(word)
      list(APPEND "${list}" "${word}")
    endforeach ()
  endforeach ()
  list(JOIN local "." local)
  list(JOIN numbers "." release)
  set(three ${numbers} 0 0)
  list(GET three 0 major)
  list(GET three 1 minor)
  list(GET three 2 patch)

  set(tail "${pre}${serial}")
  if (NOT post STREQUAL "")
    string(APPEND tail ".post${post}")
  endif ()
  if (NOT dev STREQUAL "")
    string(APPEND tail ".dev${dev}")
  endif ()
  set(head "")
  if (NOT epoch STREQUAL "0")
    set(head "${epoch}!")
  endif ()
  set(public "${head}${release}${tail}")
  set(full "${public}")
  if (NOT local STREQUAL "")
    string(APPEND full "+${local}")
  endif ()
  set(padded "${public}")
  if (NOT release MATCHES "[.].*[.]")
    set(padded "${head}${major}.${minor}.${patch}${tail}")
  endif ()
endmacro ()

# Two digits that say how long it is make a number sort among texts as among numbers.
macro (_ffiwheel_append_number variable)
  string(LENGTH "${${variable}}" length)
  if (length LESS 10)
    set(length "0${length}")
  endif ()
  string(APPEND key "${length}${${variable}}")
endmacro ()

# 1.0.dev1 < 1.0a1.dev1 < 1.0a1 < 1.0 < 1.0.post1.dev1 < 1.0.post1, and 1.0 = 1.0.0
macro (_ffiwheel_sort_version)
  set(key "")
  _ffiwheel_append_number(epoch)
  string(REGEX REPLACE "([.]0)+$" "" significant "${release}")
  string(REPLACE "." ";" significant "${significant}")
  foreach (number IN LISTS significant)
    string(APPEND key "1")
    _ffiwheel_append_number(number)
  endforeach ()
  string(APPEND key "0")
  if (NOT pre STREQUAL "")
    string(APPEND key "1${pre}")
    _ffiwheel_append_number(serial)
  elseif (post STREQUAL "" AND NOT dev STREQUAL "")
    string(APPEND key "0")
  else ()
    string(APPEND key "2")
  endif ()
  if (post STREQUAL "")
    string(APPEND key "0")
  else ()
    string(APPEND key "1")
    _ffiwheel_append_number(post)
  endif ()
  if (dev STREQUAL "")
    string(APPEND key "1")
    set(release_key "1${key}")
  else ()
    string(APPEND key "0")
    _ffiwheel_append_number(dev)
    set(release_key "0${key}")
  endif ()
endmacro ()

# Set version_cmake, what project(VERSION) takes (versioning/forms/cmake.py), and version_number, one
# number that #if can compare (versioning/forms/c.py), or nothing and why in `no_number`.
macro (_ffiwheel_spell_version)
  set(hint "Tag releases without an epoch, with three numbers.")
  if (NOT version_epoch STREQUAL "0")
    _ffiwheel_stop("'${version_full}' has an epoch, which CMake cannot express" "${folder}" "${hint}")
  endif ()
  string(REGEX REPLACE "([.]0)+$" "" version_cmake "${version_release}")
  string(REGEX MATCHALL "[.]" dots "${version_cmake}")
  list(LENGTH dots dots)
  if (dots GREATER 3)
    _ffiwheel_stop("'${version_full}' has more than the four numbers of CMake" "${folder}" "${hint}")
  elseif (dots LESS 3)
    set(version_cmake "${version_major}.${version_minor}.${version_patch}")
  endif ()
  _ffiwheel_count_up_number()
endmacro ()

macro (_ffiwheel_count_up_number)
  set(version_number "")
  set(no_number "")
  set(stage 4)
  set(serial 0)
  if (NOT version_post STREQUAL "")
    set(stage 5)
    set(serial "${version_post}")
  elseif (NOT version_pre STREQUAL "")
    string(FIND ".abrc" "${version_pre}" stage)
    set(serial "${version_serial}")
  elseif (NOT version_dev STREQUAL "")
    set(stage 0)
  endif ()
  set(complete 1)
  if (NOT version_dev STREQUAL "")
    set(complete 0)
  endif ()
  if (dots EQUAL 3)
    set(no_number "it has four numbers")
  elseif (NOT version_pre STREQUAL "" AND NOT version_post STREQUAL "")
    set(no_number "it is a post-release of a pre-release")
  endif ()
  set(number 0)
  set(places version_major 11 version_minor 12 version_patch 12 stage 3 serial 8 complete 1
             version_dev 16)
  while (places)
    list(POP_FRONT places place width)
    set(digits "0${${place}}")
    string(LENGTH "${digits}" length)
    math(EXPR most "(1 << ${width}) - 1")
    if (length GREATER 9 OR digits GREATER most)
      set(no_number "one of its numbers is above ${most}")
      break()
    endif ()
    _ffiwheel_drop_zeros(digits)
    math(EXPR number "(${number} << ${width}) | ${digits}")
  endwhile ()
  if (no_number STREQUAL "")
    set(version_number "${number}")
  endif ()
endmacro ()

# A library with the version -------------------------------------------------------------------

# Write the library's files, those that are not so yet; release.txt is for CMake (see below).
#
# The texts are those of the emitted forms `c-header` and `c-source`. The header has nothing that
# changes from commit to commit, so a new commit compiles the source anew and nothing else.
function (_ffiwheel_write_version_files output name)
  if (version_number STREQUAL "")
    _ffiwheel_stop(
      "'${version_full}' has no number for C: ${no_number}" "${folder}"
      "Use three numbers in tags, and small ones; where it is the count of commits, tag a release\n\
or the next version's .dev0, from which they are counted anew."
    )
  endif ()
  string(TOUPPER "${name}_version" prefix)
  math(EXPR stable_number "(${version_number} >> 16) << 16")
  string(
    CONFIGURE
    [[
/* Generated by ffiwheel; do not edit. */
#ifndef @prefix@_H_
#define @prefix@_H_

#define @prefix@_MAJOR @version_major@
#define @prefix@_MINOR @version_minor@
#define @prefix@_PATCH @version_patch@

/* For comparisons in #if. It leaves out the count of commits, so that this file stays the same from
 * commit to commit. */
#define @prefix@_NUMBER @stable_number@

/* The number of a release: @prefix@_NUMBER >= @prefix@_ENCODE(1, 2, 0) holds in #if
 * from 1.2.0 on, and not for what leads to it, such as 1.2.0rc1. */
#define @prefix@_ENCODE(major, minor, patch) \
  ((major) * 4503599627370496LL + (minor) * 1099511627776LL + (patch) * 268435456LL + 134283264LL)

#ifdef __cplusplus
extern "C" {
#endif

/* The whole version by PEP 440, such as "0.7.0.dev912+g1f2e3d4c5b". */
const char* @name@_version(void);

/* @prefix@_NUMBER with the count of commits. */
long long @name@_version_number(void);

#ifdef __cplusplus
}
#endif

#endif /* @prefix@_H_ */
]]
    header @ONLY
  )
  string(
    CONFIGURE
    [[
/* Generated by ffiwheel; do not edit. */
#include "@name@_version.h"

const char* @name@_version(void) { return "@version_full@"; }

long long @name@_version_number(void) { return @version_number@; }
]]
    source @ONLY
  )
  _ffiwheel_write_if_changed("${output}/${name}_version.h" "${header}")
  _ffiwheel_write_if_changed("${output}/${name}_version.cc" "${source}")
  _ffiwheel_write_if_changed("${output}/release.txt" "${version_cmake}\n")
endfunction ()

# file(CONFIGURE) would do it, but in CMake 3.18 refuses text with a ">".
function (_ffiwheel_write_if_changed file text)
  set(old "")
  if (EXISTS "${file}")
    file(READ "${file}" old)
  endif ()
  if (NOT old STREQUAL text)
    file(WRITE "${file}" "${text}")
  endif ()
endfunction ()

# Make a library of the files, which every build brings up to date before it compiles anything.
function (_ffiwheel_make_version_library target)
  if (CMAKE_SCRIPT_MODE_FILE OR NOT PROJECT_NAME)
    _ffiwheel_stop(
      "TARGET ${target} needs a project" "" "Call ffiwheel_version() after project(), in CMakeLists.txt."
    )
  elseif (TARGET "${target}")
    get_target_property(place "${target}" SOURCE_DIR)
    _ffiwheel_stop(
      "there is already a target '${target}'" "${place}"
      "Give TARGET another name; ffiwheel_version() makes its library itself."
    )
  endif ()
  _ffiwheel_read_name("${folder}")
  set(output "${CMAKE_CURRENT_BINARY_DIR}/ffiwheel/${target}")
  _ffiwheel_write_version_files("${output}" "${name}")

  # Shared libraries link it, too. Two libraries of one program may link it: an archive's member is
  # taken once, objects would be taken twice.
  add_library("${target}" STATIC "${output}/${name}_version.cc")
  set_target_properties("${target}" PROPERTIES POSITION_INDEPENDENT_CODE ON)
  target_include_directories("${target}" PUBLIC "$<BUILD_INTERFACE:${output}>")
  get_property(languages GLOBAL PROPERTY ENABLED_LANGUAGES)
  if (NOT "CXX" IN_LIST languages)
    set_source_files_properties("${output}/${name}_version.cc" PROPERTIES LANGUAGE C)
  endif ()
  if (NOT answer_source STREQUAL "build")
    _ffiwheel_follow_version("${target}" "${output}" "${name}")
  endif ()
endfunction ()

# Set `name`, which the library's names begin with: the project's as a C identifier.
function (_ffiwheel_read_name folder)
  _ffiwheel_read_pyproject("${folder}" "^project([.]name)?$")
  if (project_name STREQUAL "")
    set(project_name "${PROJECT_NAME}")
  endif ()
  string(TOLOWER "${project_name}" name)
  string(MAKE_C_IDENTIFIER "${name}" name)
  set(name "${name}" PARENT_SCOPE)
endfunction ()

# Ask for the version in every build. Where the release is another one, the build after this one
# begins with CMake, for project(VERSION) and whatever was made of it.
function (_ffiwheel_follow_version target output name)
  set(definitions "-DFFIWHEEL_VERSION_FOLDER=${folder}" "-DFFIWHEEL_VERSION_OUTPUT=${output}"
                  "-DFFIWHEEL_VERSION_NAME=${name}"
  )
  foreach (variable IN ITEMS FFIWHEEL_EXECUTABLE Python_EXECUTABLE Python3_EXECUTABLE)
    if (DEFINED "${variable}")
      list(APPEND definitions "-D${variable}=${${variable}}")
    endif ()
  endforeach ()
  add_custom_target(
    "${target}_files"
    COMMAND "${CMAKE_COMMAND}" ${definitions} -P "${CMAKE_CURRENT_FUNCTION_LIST_FILE}"
    BYPRODUCTS "${output}/${name}_version.h" "${output}/${name}_version.cc"
    COMMENT "Version of ${name}"
    VERBATIM
  )
  add_dependencies("${target}" "${target}_files")
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${output}/release.txt")
endfunction ()

# cmake -P with this file: what the target above runs.
if (CMAKE_SCRIPT_MODE_FILE AND DEFINED FFIWHEEL_VERSION_OUTPUT)
  set(folder "${FFIWHEEL_VERSION_FOLDER}")
  _ffiwheel_find_version()
  _ffiwheel_write_version_files("${FFIWHEEL_VERSION_OUTPUT}" "${FFIWHEEL_VERSION_NAME}")
endif ()
