import { deriveSessionKeys } from './derive-session-keys.ts';
import type { Forwarding } from './forwarding.ts';
import { longestKeyIdentifier, type SrtpMasterKey } from './srtp-profile.ts';
import { protectWords, type Srtp, unprotectWords } from './srtp.ts';

const direction = { inbound: 0, outbound: 1 } as const;

/** What native/srtp/module.cc exports. */
export interface NativeSrtp {
  open(
    direction: number,
    rtpKey: Uint8Array, rtpSalt: Uint8Array, rtpAuthenticationKey: Uint8Array, rtpTagBytes: number,
    rtcpKey: Uint8Array, rtcpSalt: Uint8Array, rtcpAuthenticationKey: Uint8Array, rtcpTagBytes: number, keyIdentifier: Uint8Array,
  ): number;
  close(context: number): void;
  unprotect(slab: Uint8Array, descriptors: Int32Array, count: number): void;
  protect(slab: Uint8Array, descriptors: Int32Array, count: number, payloads: Uint8Array): void;
  forward(
    slab: Uint8Array, packets: Int32Array, streams: Int32Array, lines: Int32Array, receivers: Int32Array, outgoing: Int32Array, reports: Int32Array, call: Int32Array,
  ): number;
}

/** SRTP over the native kernel. */
export class KernelSrtp implements Srtp {
  private readonly native: NativeSrtp;

  constructor(native: NativeSrtp) {
    this.native = native;
  }

  openInbound(master: SrtpMasterKey): number {
    return this.open(direction.inbound, master, master.identifier);
  }

  openOutbound(master: SrtpMasterKey): number {
    return this.open(direction.outbound, master);
  }

  close(context: number): void {
    this.native.close(context);
  }

  unprotect(slab: Uint8Array, descriptors: Int32Array, count: number): void {
    checkCount(descriptors, count, unprotectWords.stride);
    this.native.unprotect(slab, descriptors, count);
  }

  protect(slab: Uint8Array, descriptors: Int32Array, count: number, payloads = slab): void {
    checkCount(descriptors, count, protectWords.stride);
    this.native.protect(slab, descriptors, count, payloads);
  }

  forward(slab: Uint8Array, { packets, streams, lines, receivers, reports, call }: Forwarding, outgoing: Int32Array): boolean {
    return this.native.forward(slab, packets, streams, lines, receivers, outgoing, reports, call) === 1;
  }

  private open(direction: number, master: SrtpMasterKey, identifier: Uint8Array = new Uint8Array()): number {
    if (identifier.length > longestKeyIdentifier) throw new RangeError(`A key identifier of ${identifier.length} bytes is longer than ${longestKeyIdentifier}.`);
    const { rtp, rtcp } = deriveSessionKeys(master);
    const opened = this.native.open(direction, rtp.cipherKey, rtp.salt, rtp.authenticationKey, rtp.tagBytes, rtcp.cipherKey, rtcp.salt, rtcp.authenticationKey, rtcp.tagBytes, identifier);
    if (opened < 0) throw new RangeError(opened === -1 ? 'All numbers of SRTP contexts are in use.' : 'OpenSSL does not take the keys of this SRTP profile.');
    return opened;
  }
}

function checkCount(descriptors: Int32Array, count: number, stride: number): void {
  const most = Math.floor(descriptors.length / stride);
  if (!(Number.isInteger(count) && count >= 0 && count <= most)) throw new RangeError(`${count} is not a number of SRTP descriptors: 0 to ${most}.`);
}
