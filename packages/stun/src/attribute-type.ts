/** Attribute types of RFC 8489 §18.3, and of RFC 5780 §7 as far as a server with a second port uses them. */
export const stunAttribute = {
  mappedAddress: 0x0001,
  changeRequest: 0x0003,
  username: 0x0006,
  messageIntegrity: 0x0008,
  errorCode: 0x0009,
  unknownAttributes: 0x000a,
  realm: 0x0014,
  nonce: 0x0015,
  messageIntegritySha256: 0x001c,
  passwordAlgorithm: 0x001d,
  userhash: 0x001e,
  xorMappedAddress: 0x0020,
  passwordAlgorithms: 0x8002,
  alternateDomain: 0x8003,
  software: 0x8022,
  alternateServer: 0x8023,
  fingerprint: 0x8028,
  responseOrigin: 0x802b,
  otherAddress: 0x802c,
} as const;

/** Comprehension-required attributes that every agent of this package understands; extensions add theirs to a set of their own. */
export const stunKnownAttributes: ReadonlySet<number> = new Set(
  Object.values(stunAttribute).filter((type) => type < 0x8000 && type !== stunAttribute.changeRequest),
);
