#include "map-file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>

namespace {
MappedFile map(int fd, size_t length) {
  // A hole in the file would be filled when its memory is written: on a full disk that is SIGBUS.
  if (const int code = posix_fallocate(fd, 0, static_cast<off_t>(length)); code != 0) return {nullptr, code};
  if (ftruncate(fd, static_cast<off_t>(length)) != 0) return {nullptr, errno};
  void* const data = mmap(nullptr, length, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  return data == MAP_FAILED ? MappedFile{nullptr, errno} : MappedFile{data, 0};
}
}  // namespace

MappedFile mapFile(const char* path, size_t length) {
  const int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return {nullptr, errno};
  const MappedFile mapped = map(fd, length);
  close(fd);
  return mapped;
}
