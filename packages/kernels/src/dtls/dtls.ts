import type { SrtpProfile } from '../srtp/srtp-profile.ts';

/** The handshake is going on ▶ connected ▶ closed; from each, failed. */
export type DtlsState =
  | { readonly kind: 'handshaking' }
  | DtlsConnected
  /** The peer has said goodbye (close_notify), or we have. */
  | { readonly kind: 'closed' }
  | { readonly kind: 'failed'; /** What went wrong, in OpenSSL's words, for a log. */ readonly because: string };

export interface DtlsConnected {
  readonly kind: 'connected';
  /** What both sides agreed on; a peer without `use_srtp` fails the handshake (RFC 5764 §4.1). */
  readonly profile: SrtpProfile;
  /** For `splitKeyingMaterial`. */
  readonly keyingMaterial: Uint8Array;
  /** SHA-256 over the peer's certificate (RFC 8122 §5), 32 bytes. Nothing is known of the peer until it was compared with what signaling said: {@link sameFingerprint}. */
  readonly peerFingerprint: Uint8Array;
}

/** What a step of an association came to. */
export interface DtlsStep {
  /** Datagrams to send to the peer now, in order, each at most 1,200 bytes. */
  readonly datagrams: readonly Uint8Array[];
  readonly state: DtlsState;
  /** In how many milliseconds `handleTimeout` has work; undefined when nothing is pending. */
  readonly timeoutMs: number | undefined;
}

/**
 * One DTLS 1.2 association (RFC 6347) that negotiates keys for SRTP (RFC 5764). It is given what arrives and says what is to be sent; only its retransmission timer reads a clock.
 * Application data is discarded, renegotiation refused.
 */
export interface DtlsAssociation {
  /** Begins: a client says hello, a server waits. */
  start(): DtlsStep;
  /** Takes one datagram of the peer. Rubbish is dropped, as DTLS says (RFC 6347 §4.1.2.7). */
  feed(datagram: Uint8Array): DtlsStep;
  /** Retransmits what is due. Calling it early is harmless. */
  handleTimeout(): DtlsStep;
  /** Says goodbye (close_notify). */
  close(): DtlsStep;
  /** Frees it without a word; to be called once for each. */
  destroy(): void;
}

/** A certificate with its key, with which any number of associations are opened; parsed once. */
export interface DtlsIdentity {
  /** SHA-256 over the certificate, 32 bytes. */
  readonly fingerprint: Uint8Array;
  openAssociation(role: 'client' | 'server'): DtlsAssociation;
}

export interface Dtls {
  /**
   * @param certificate PEM; ECDSA P-256 is what every browser takes.
   * @param privateKey PEM, of that certificate.
   * @throws {Error} Where one of them cannot be read, or they do not belong together.
   */
  openIdentity(certificate: string, privateKey: string): DtlsIdentity;
}
