import { type DtlsAssociation, type DtlsConnected, type DtlsIdentity, type DtlsStep, sameFingerprint, splitKeyingMaterial, type Srtp } from '@dialplane/kernels';
import type { MediaFailure } from '@dialplane/media-api';
import { addMilliseconds, type Instant } from '@dialplane/sansio';

/** Who is reached and does not get through its handshake in this time is given up. */
const handshakeMs = 20_000;

export interface DtlsHandshakeOptions {
  readonly identity: DtlsIdentity;
  readonly srtp: Srtp;
  /** Ours (RFC 8842 §5.3). */
  readonly role: 'client' | 'server';
  /** SHA-256 over the certificate that signaling announced, 32 bytes. */
  readonly remoteFingerprint: Uint8Array;
  readonly send: (datagram: Uint8Array) => void;
  /** Who is there is who was announced; numbers of SRTP contexts, which are the listener's to close. */
  readonly onSecured: (inbound: number, outbound: number, now: Instant) => void;
  readonly onFailure: (reason: MediaFailure, now: Instant) => void;
  readonly log: (message: string) => void;
}

/** One DTLS association and the SRTP keys that come of it (RFC 5764). */
export class DtlsHandshake {
  private readonly options: DtlsHandshakeOptions;
  private readonly association: DtlsAssociation;
  private phase: 'waiting' | 'begun' | 'secured' | 'over' = 'waiting';
  private begunAt: Instant | undefined;
  private dueAt: Instant | undefined;

  constructor(options: DtlsHandshakeOptions) {
    this.options = options;
    this.association = options.identity.openAssociation(options.role);
  }

  /** The other side is reached: says hello where that is ours to do. Repeatable. */
  begin(now: Instant): void {
    if (this.phase !== 'waiting') return;
    this.phase = 'begun';
    this.begunAt = now;
    if (this.options.role === 'client') this.perform(this.association.start(), now);
  }

  feed(datagram: Uint8Array, now: Instant): void {
    if (this.phase !== 'over') this.perform(this.association.feed(datagram), now);
  }

  handleTimeout(now: Instant): void {
    if (this.phase === 'over') return;
    if (this.dueAt !== undefined && this.dueAt <= now) this.perform(this.association.handleTimeout(), now);
    if (this.phase === 'begun' && this.begunAt !== undefined && now - this.begunAt >= handshakeMs) this.fail('HANDSHAKE_FAILED', now);
  }

  /** Says goodbye and frees the association; to be called once. */
  end(): void {
    for (const datagram of this.association.close().datagrams) this.options.send(datagram);
    this.association.destroy();
    this.phase = 'over';
  }

  private perform({ datagrams, state, timeoutMs }: DtlsStep, now: Instant): void {
    for (const datagram of datagrams) this.options.send(datagram);
    this.dueAt = timeoutMs === undefined ? undefined : addMilliseconds(now, timeoutMs);
    if (state.kind === 'connected' && this.phase !== 'secured') this.secure(state, now);
    else if (state.kind === 'closed') this.fail('CLOSED_BY_PEER', now);
    else if (state.kind === 'failed') {
      this.options.log(`A DTLS handshake failed: ${state.because}.`);
      this.fail('HANDSHAKE_FAILED', now);
    }
  }

  /** RFC 5763 §5: nobody is there until the certificate is the one that signaling announced. */
  private secure({ profile, keyingMaterial, peerFingerprint }: DtlsConnected, now: Instant): void {
    const { srtp, role, remoteFingerprint, onSecured } = this.options;
    if (!sameFingerprint(remoteFingerprint, peerFingerprint)) return this.fail('FINGERPRINT_MISMATCH', now);
    const keys = splitKeyingMaterial(profile, keyingMaterial);
    this.phase = 'secured';
    onSecured(srtp.openInbound(role === 'server' ? keys.client : keys.server), srtp.openOutbound(role === 'server' ? keys.server : keys.client), now);
  }

  private fail(reason: MediaFailure, now: Instant): void {
    this.options.onFailure(reason, now);
  }
}
