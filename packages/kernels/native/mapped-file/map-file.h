// A file as shared memory.
#pragma once
#include <cstddef>

struct MappedFile {
  /// nullptr where it failed.
  void* data;
  /// errno, or 0.
  int code;
};

/// Opens or creates the file, makes it exactly `length` bytes long with all its blocks on the disk, and maps it.
MappedFile mapFile(const char* path, size_t length);
