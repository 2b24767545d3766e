#include "cipher.h"

#include "aead-cipher.h"
#include "counter-cipher.h"

namespace {
/// With its key, waiting for initialization vectors.
CipherContext makeCipherContext(const EVP_CIPHER* cipher, Bytes key, Direction direction) {
  CipherContext context(EVP_CIPHER_CTX_new());
  const int isEncrypting = direction == Direction::outbound ? 1 : 0;
  if (cipher == nullptr || context == nullptr || EVP_CipherInit_ex2(context.get(), cipher, key.data(), nullptr, isEncrypting, nullptr) != 1) return nullptr;
  return context;
}
}  // namespace

std::unique_ptr<Cipher> CipherSuite::make(Kind protocol, Direction direction, const SessionKeys& keys) {
  const bool isAead = keys.authenticationKey.empty();
  const size_t saltBytes = isAead ? AeadCipher::saltBytes : CounterCipher::saltBytes;
  const bool isLong = keys.cipherKey.size() == 32;
  const EVP_CIPHER* const cipher = isAead ? (isLong ? aes256Gcm_.get() : aes128Gcm_.get()) : (isLong ? aes256Ctr_.get() : aes128Ctr_.get());
  if (cipher == nullptr || keys.salt.size() != saltBytes || (isAead ? keys.tagBytes != AeadCipher::fullTagBytes : keys.tagBytes > CounterCipher::mostTagBytes) || keys.cipherKey.size() != static_cast<size_t>(EVP_CIPHER_get_key_length(cipher))) return nullptr;
  CipherContext context = makeCipherContext(cipher, keys.cipherKey, direction);
  if (context == nullptr) return nullptr;
  if (isAead) return std::make_unique<AeadCipher>(protocol, std::move(context), keys.salt);
  return std::make_unique<CounterCipher>(std::move(context), keys.salt, keys.authenticationKey, keys.tagBytes);
}
