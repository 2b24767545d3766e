#include "tls-stream.h"

#include <fcntl.h>
#include <sys/socket.h>

#include <stdexcept>

namespace {
SSL_CTX* clientContext() {
  static const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
  return context.get();
}
}  // namespace

Tls startTls(int socket) {
  Tls tls(SSL_new(clientContext()), SSL_free);
  SSL_set_fd(tls.get(), socket);
  // A write that found no room is repeated with the same packet, which may be elsewhere then.
  SSL_set_mode(tls.get(), SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  if (SSL_connect(tls.get()) != 1) throw std::runtime_error("the TLS handshake failed");
  fcntl(socket, F_SETFL, fcntl(socket, F_GETFL) | O_NONBLOCK);
  return tls;
}

ssize_t sendOver(int socket, const Tls& tls, const void* bytes, size_t count) {
  return tls == nullptr ? send(socket, bytes, count, MSG_DONTWAIT) : SSL_write(tls.get(), bytes, static_cast<int>(count));
}

ssize_t receiveOver(int socket, const Tls& tls, void* bytes, size_t capacity) {
  return tls == nullptr ? recv(socket, bytes, capacity, MSG_DONTWAIT) : SSL_read(tls.get(), bytes, static_cast<int>(capacity));
}

bool hasDecrypted(const Tls& tls) { return tls != nullptr && SSL_pending(tls.get()) > 0; }
