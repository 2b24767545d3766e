/** Where a request came from, as the transport has seen it. */
export interface SipSource {
  readonly transport: 'udp' | 'tcp' | 'tls';
  readonly address: string;
  readonly port: number;
  /** Of TLS, where the peer showed a certificate that a known authority has signed: its DNS names and addresses (RFC 5922 §7.1). */
  readonly tlsNames: readonly string[];
}

/** Hashes by which a digest response is verified (RFC 8760 §2.4): of `username:realm:password`, in hexadecimal digits. */
export interface DigestSecrets {
  readonly md5: string;
  readonly sha256: string;
}

/** Who may register and call with a SIP telephone. */
export interface SipDevice {
  /** `8:acs:…` of the user whose telephone it is. */
  readonly identifier: string;
  readonly secrets: DigestSecrets;
}

/** What the edge asks about trunks and telephones. Answered at once, from memory: it is asked for every request. */
export interface SipEdgeDirectory {
  /** The realm of challenges, and of every secret. */
  readonly realm: string;
  /** The trunk that a source belongs to by its address or certificate. */
  trunkOf(source: SipSource): { readonly trunkId: string } | undefined;
  /** The trunk that signs its requests with this user name. */
  trunkOfUsername(username: string): { readonly trunkId: string; readonly secrets: DigestSecrets } | undefined;
  /** The telephone that registers with this user name. */
  deviceOf(username: string): SipDevice | undefined;
}
