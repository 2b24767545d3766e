// One DTLS association: bytes in, bytes out.
#pragma once
#include <string>
#include <utility>

#include "datagram-bio.h"
#include "identity.h"

class Association {
 public:
  enum class Phase : int32_t { handshaking, connected, closed, failed };

  Association(const Identity& identity, const BIO_METHOD* method, bool isServer);

  void start() { advance(); }
  void feed(std::span<const uint8_t> datagram);
  void handleTimeout();
  void close();

  Phase phase() const { return phase_; }
  /// Until `handleTimeout` has work, rounded up; -1 is never.
  int32_t timeoutMs() const;
  /// Takes what is to be sent.
  std::vector<std::vector<uint8_t>> takeOutgoing() { return std::exchange(datagrams_.outgoing, {}); }

  /// Of what failed.
  const std::string& failure() const { return failure_; }
  /// Of what is connected: the number of the SRTP profile.
  int32_t profile() const;
  Fingerprint peerFingerprint() const;
  /// RFC 5764 §4.2. @return false where OpenSSL does not.
  bool exportKeyingMaterial(std::span<uint8_t> material) const;

 private:
  void advance();
  void onConnected();
  /// Reads what is left of a datagram and throws application data away.
  void drain();
  void settle(int result);
  void fail(std::string because);

  Datagrams datagrams_;
  const SslConnection ssl_;
  Phase phase_ = Phase::handshaking;
  std::string failure_;
};
