#include "datagram-bio.h"

#include <algorithm>
#include <utility>

namespace {
Datagrams& datagramsOf(BIO* bio) { return *static_cast<Datagrams*>(BIO_get_data(bio)); }

/// As from a socket: what does not fit is cut off.
int readDatagram(BIO* bio, char* bytes, int capacity) {
  BIO_clear_retry_flags(bio);
  const auto datagram = std::exchange(datagramsOf(bio).incoming, {});
  if (datagram.empty()) {
    BIO_set_retry_read(bio);
    return -1;
  }
  const auto length = std::min<size_t>(datagram.size(), static_cast<size_t>(capacity));
  std::copy_n(datagram.begin(), length, reinterpret_cast<uint8_t*>(bytes));
  return static_cast<int>(length);
}

int writeDatagram(BIO* bio, const char* bytes, int length) {
  BIO_clear_retry_flags(bio);
  const auto* const first = reinterpret_cast<const uint8_t*>(bytes);
  datagramsOf(bio).outgoing.emplace_back(first, first + length);
  return length;
}

long control(BIO* bio, int command, long, void*) {
  switch (command) {
    case BIO_CTRL_FLUSH:
      return 1;
    case BIO_CTRL_PENDING:
      return static_cast<long>(datagramsOf(bio).incoming.size());
    default:
      return 0;
  }
}
}  // namespace

BioMethod makeDatagramMethod() {
  BioMethod method(BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "datagrams"));
  BIO_meth_set_read(method.get(), readDatagram);
  BIO_meth_set_write(method.get(), writeDatagram);
  BIO_meth_set_ctrl(method.get(), control);
  return method;
}

Bio makeDatagramBio(const BIO_METHOD* method, Datagrams& datagrams) {
  Bio bio(BIO_new(method));
  BIO_set_data(bio.get(), &datagrams);
  BIO_set_init(bio.get(), 1);
  return bio;
}
