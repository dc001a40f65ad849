// It sees the release, not the commit, so a new commit does not compile it again.
#include "emitted_files_version.h"

int EmittedFilesMajor() { return EMITTED_FILES_VERSION_MAJOR; }
