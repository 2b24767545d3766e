// A certificate with its key, and the settings of every association that is opened with it.
#pragma once
#include <array>
#include <string>

#include "openssl-pointer.h"

using Fingerprint = std::array<uint8_t, 32>;

class Identity {
 public:
  /// @return What is wrong with certificate or key, as OpenSSL says it; empty where nothing is.
  std::string load(const std::string& certificatePem, const std::string& privateKeyPem);
  const Fingerprint& fingerprint() const { return fingerprint_; }
  SSL_CTX* settings() const { return settings_.get(); }

 private:
  SslContext settings_;
  Fingerprint fingerprint_{};
};

/// SHA-256 over a certificate (RFC 8122 §5).
Fingerprint fingerprintOf(const X509* certificate);

/// Takes the oldest error of this thread and forgets the others.
std::string takeError();
