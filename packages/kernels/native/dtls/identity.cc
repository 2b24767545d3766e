#include "identity.h"

#include <openssl/err.h>
#include <openssl/pem.h>

namespace {
/// What WebRTC uses (RFC 8827 §6.5): ephemeral keys and authenticated ciphers, with the one that every old implementation has.
constexpr char cipherSuites[] =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES128-SHA:ECDHE-RSA-AES128-SHA";
constexpr char groups[] = "X25519:P-256:P-384";
constexpr char srtpProfiles[] = "SRTP_AEAD_AES_256_GCM:SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80";
/// Bounds every handshake message; certificates of WebRTC have a few hundred bytes.
constexpr long maxCertificateBytes = 16 * 1024;

/// Anybody's certificate will do: the fingerprint that signaling carries says whose it is (RFC 8827 §5).
int acceptCertificate(X509_STORE_CTX*, void*) { return 1; }

void configure(SSL_CTX* settings) {
  SSL_CTX_set_min_proto_version(settings, DTLS1_2_VERSION);
  SSL_CTX_set_max_proto_version(settings, DTLS1_2_VERSION);
  SSL_CTX_set_options(settings, SSL_OP_NO_QUERY_MTU | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_mode(settings, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_session_cache_mode(settings, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_max_cert_list(settings, maxCertificateBytes);
  SSL_CTX_set_cipher_list(settings, cipherSuites);
  SSL_CTX_set1_groups_list(settings, groups);
  SSL_CTX_set_tlsext_use_srtp(settings, srtpProfiles);
  SSL_CTX_set_verify(settings, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  SSL_CTX_set_cert_verify_callback(settings, acceptCertificate, nullptr);
}

Bio readerOf(const std::string& text) { return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))); }
}  // namespace

std::string Identity::load(const std::string& certificatePem, const std::string& privateKeyPem) {
  ERR_clear_error();
  // With a passphrase given, if an empty one, OpenSSL asks nobody at the terminal.
  char noPassphrase[] = "";
  const Certificate certificate(PEM_read_bio_X509(readerOf(certificatePem).get(), nullptr, nullptr, noPassphrase));
  if (certificate == nullptr) return "certificate: " + takeError();
  const PrivateKey key(PEM_read_bio_PrivateKey(readerOf(privateKeyPem).get(), nullptr, nullptr, noPassphrase));
  if (key == nullptr) return "private key: " + takeError();
  settings_.reset(SSL_CTX_new(DTLS_method()));
  if (settings_ == nullptr) return takeError();
  configure(settings_.get());
  if (SSL_CTX_use_certificate(settings_.get(), certificate.get()) != 1 || SSL_CTX_use_PrivateKey(settings_.get(), key.get()) != 1) return takeError();
  fingerprint_ = fingerprintOf(certificate.get());
  return {};
}

Fingerprint fingerprintOf(const X509* certificate) {
  Fingerprint fingerprint{};
  X509_digest(certificate, EVP_sha256(), fingerprint.data(), nullptr);
  return fingerprint;
}

std::string takeError() {
  const char* const reason = ERR_reason_error_string(ERR_get_error());
  ERR_clear_error();
  return reason == nullptr ? "unknown error" : reason;
}
