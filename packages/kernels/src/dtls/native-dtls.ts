import { keyingMaterialBytes, type SrtpProfile } from '../srtp/srtp-profile.ts';
import type { Dtls, DtlsAssociation, DtlsIdentity, DtlsState, DtlsStep } from './dtls.ts';

type Identity = { readonly __kind: 'dtls-identity' };
type NativeStep = readonly [phase: number, timeoutMs: number, datagrams: readonly Uint8Array[]];

const phase = { handshaking: 0, connected: 1, closed: 2 } as const;

/** What native/dtls/module.cc exports. Associations are numbers; one that was destroyed throws. */
export interface NativeDtls {
  openIdentity(certificate: string, privateKey: string): readonly [identity: Identity, fingerprint: Uint8Array] | string;
  open(identity: Identity, isServer: number): number;
  start(association: number): NativeStep;
  feed(association: number, datagram: Uint8Array): NativeStep;
  handleTimeout(association: number): NativeStep;
  close(association: number): NativeStep;
  destroy(association: number): void;
  failure(association: number): string;
  peer(association: number): readonly [profile: SrtpProfile, fingerprint: Uint8Array];
  exportKeyingMaterial(association: number, material: Uint8Array): number;
}

/** DTLS over the native kernel. */
export class KernelDtls implements Dtls {
  private readonly native: NativeDtls;

  constructor(native: NativeDtls) {
    this.native = native;
  }

  openIdentity(certificate: string, privateKey: string): DtlsIdentity {
    const { native } = this;
    const opened = native.openIdentity(certificate, privateKey);
    if (typeof opened === 'string') throw new Error(`The certificate for DTLS cannot be used: ${opened}.`);
    const [identity, fingerprint] = opened;
    return { fingerprint, openAssociation: (role) => openAssociation(native, identity, role) };
  }
}

function openAssociation(native: NativeDtls, identity: Identity, role: 'client' | 'server'): DtlsAssociation {
  const number = native.open(identity, role === 'server' ? 1 : 0);
  if (number < 0) throw new RangeError('All numbers of DTLS associations are in use.');
  return new KernelDtlsAssociation(native, number);
}

class KernelDtlsAssociation implements DtlsAssociation {
  private readonly native: NativeDtls;
  private readonly number: number;
  private state: DtlsState = { kind: 'handshaking' };

  constructor(native: NativeDtls, number: number) {
    this.native = native;
    this.number = number;
  }

  start(): DtlsStep {
    return this.after(this.native.start(this.number));
  }

  feed(datagram: Uint8Array): DtlsStep {
    return this.after(this.native.feed(this.number, datagram));
  }

  handleTimeout(): DtlsStep {
    return this.after(this.native.handleTimeout(this.number));
  }

  close(): DtlsStep {
    return this.after(this.native.close(this.number));
  }

  destroy(): void {
    this.native.destroy(this.number);
  }

  private after([reached, timeoutMs, datagrams]: NativeStep): DtlsStep {
    this.state = this.stateAt(reached);
    return { datagrams, state: this.state, timeoutMs: timeoutMs < 0 ? undefined : timeoutMs };
  }

  private stateAt(reached: number): DtlsState {
    switch (reached) {
      case phase.handshaking:
        return this.state;
      case phase.connected:
        return this.state.kind === 'connected' ? this.state : this.connected();
      case phase.closed:
        return this.state.kind === 'closed' ? this.state : { kind: 'closed' };
      default:
        return this.state.kind === 'failed' ? this.state : { kind: 'failed', because: this.native.failure(this.number) };
    }
  }

  private connected(): DtlsState {
    const [profile, peerFingerprint] = this.native.peer(this.number);
    const keyingMaterial = new Uint8Array(keyingMaterialBytes(profile));
    if (this.native.exportKeyingMaterial(this.number, keyingMaterial) !== 1) return { kind: 'failed', because: 'OpenSSL exports no keying material' };
    return { kind: 'connected', profile, keyingMaterial, peerFingerprint };
  }
}
