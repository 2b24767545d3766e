#include "association.h"

#include <openssl/err.h>
#include <sys/time.h>

#include <algorithm>

namespace {
/// RFC 8261 and all of WebRTC stay below what any path carries.
constexpr long maxDatagramBytes = 1200;
constexpr unsigned firstTimeoutMicroseconds = 200'000;
constexpr unsigned lastTimeoutMicroseconds = 3'000'000;
constexpr char exporterLabel[] = "EXTRACTOR-dtls_srtp";

/// Deviation: RFC 6347 §4.2.4.1 begins with one second. A call waits for the answer, and both sides know each other by ICE already.
unsigned nextTimeout(SSL*, unsigned microseconds) { return microseconds == 0 ? firstTimeoutMicroseconds : std::min(2 * microseconds, lastTimeoutMicroseconds); }
}  // namespace

Association::Association(const Identity& identity, const BIO_METHOD* method, bool isServer) : ssl_(SSL_new(identity.settings())) {
  BIO* const bio = makeDatagramBio(method, datagrams_).release();
  SSL_set_bio(ssl_.get(), bio, bio);
  SSL_set_mtu(ssl_.get(), maxDatagramBytes);
  DTLS_set_timer_cb(ssl_.get(), nextTimeout);
  if (isServer) SSL_set_accept_state(ssl_.get());
  else SSL_set_connect_state(ssl_.get());
}

void Association::feed(std::span<const uint8_t> datagram) {
  if (phase_ == Phase::closed || phase_ == Phase::failed) return;
  datagrams_.incoming = datagram;
  advance();
  datagrams_.incoming = {};
}

void Association::handleTimeout() {
  if (phase_ == Phase::closed || phase_ == Phase::failed) return;
  ERR_clear_error();
  if (DTLSv1_handle_timeout(ssl_.get()) < 0) fail(takeError());
}

void Association::close() {
  if (phase_ == Phase::closed || phase_ == Phase::failed) return;
  ERR_clear_error();
  SSL_shutdown(ssl_.get());
  ERR_clear_error();
  phase_ = Phase::closed;
}

void Association::advance() {
  ERR_clear_error();
  if (phase_ == Phase::handshaking) {
    const int result = SSL_do_handshake(ssl_.get());
    if (result != 1) return settle(result);
    onConnected();
  }
  if (phase_ == Phase::connected) drain();
}

void Association::onConnected() {
  phase_ = Phase::connected;
  if (SSL_get_selected_srtp_profile(ssl_.get()) != nullptr) return;
  close();
  fail("the peer has no SRTP profile in common (use_srtp)");
}

void Association::drain() {
  uint8_t ignored[2048];
  int result;
  do result = SSL_read(ssl_.get(), ignored, sizeof ignored);
  while (result > 0);
  settle(result);
}

void Association::settle(int result) {
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
      return;
    case SSL_ERROR_ZERO_RETURN:
      phase_ = Phase::closed;
      return;
    default:
      fail(takeError());
  }
}

void Association::fail(std::string because) {
  phase_ = Phase::failed;
  failure_ = std::move(because);
}

int32_t Association::timeoutMs() const {
  timeval left{};
  if (phase_ == Phase::closed || phase_ == Phase::failed || DTLSv1_get_timeout(ssl_.get(), &left) != 1) return -1;
  return static_cast<int32_t>(left.tv_sec * 1000 + (left.tv_usec + 999) / 1000);
}

int32_t Association::profile() const {
  const SRTP_PROTECTION_PROFILE* const selected = SSL_get_selected_srtp_profile(ssl_.get());
  return selected == nullptr ? 0 : static_cast<int32_t>(selected->id);
}

Fingerprint Association::peerFingerprint() const {
  const Certificate certificate(SSL_get1_peer_certificate(ssl_.get()));
  return certificate == nullptr ? Fingerprint{} : fingerprintOf(certificate.get());
}

bool Association::exportKeyingMaterial(std::span<uint8_t> material) const {
  return SSL_export_keying_material(ssl_.get(), material.data(), material.size(), exporterLabel, sizeof exporterLabel - 1, nullptr, 0, 0) == 1;
}
