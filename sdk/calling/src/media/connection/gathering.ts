import { Listeners } from '../../listeners.ts';
import { relayTransport, relayTransports } from './ice-configuration.ts';

/** A STUN or TURN server that gave this client no candidate, and what the browser says about it (W3C webrtc §4.8.2). */
export interface UnreachedServer {
  readonly url: string;
  /** A STUN error code, or 701 where no answer came. */
  readonly errorCode: number;
  readonly errorText: string;
}

/** What the gathering of candidates (RFC 8445 §5.1.1) has brought so far. Starts over with every ICE restart. */
export class Gathering {
  /** A candidate came, a server failed, or gathering began or ended. */
  readonly onChanged = new Listeners<[]>();
  private readonly peerConnection: RTCPeerConnection;
  private readonly clock: { now(): number };
  private readonly candidates: RTCIceCandidate[] = [];
  private readonly errors = new Map<string, UnreachedServer>();
  private completeSince: number | undefined;

  constructor(peerConnection: RTCPeerConnection, clock: { now(): number }) {
    this.peerConnection = peerConnection;
    this.clock = clock;
    peerConnection.addEventListener('icecandidate', this.onCandidate);
    peerConnection.addEventListener('icecandidateerror', this.onError);
    peerConnection.addEventListener('icegatheringstatechange', this.onState);
  }

  /** When it ended, on the monotonic clock; undefined while it goes on. */
  get endedAt(): number | undefined {
    return this.completeSince;
  }

  get hasCandidates(): boolean {
    return this.candidates.length > 0;
  }

  get hasRelay(): boolean {
    return this.candidates.some(({ type }) => type === 'relay');
  }

  /** A relay was asked for one, or still is. */
  get expectsRelay(): boolean {
    return relayTransports(this.peerConnection.getConfiguration()).size > 0;
  }

  /**
   * A relay was asked for a candidate, and none will come. Chromium stops to gather once a pair works, as it does at once where the other side is a server: then nothing
   * is known of the relay, unless it was heard to fail over every transport by which it may be reached: over TLS it fails wherever its certificate is not trusted. Browsers
   * that tell of no failures gather to the end.
   */
  get isWithoutRelay(): boolean {
    if (this.completeSince === undefined || this.hasRelay || !this.expectsRelay) return false;
    if (!('onicecandidateerror' in this.peerConnection)) return true;
    const failed = new Set(this.unreached.map(({ url }) => relayTransport(url)));
    return [...relayTransports(this.peerConnection.getConfiguration())].every((transport) => failed.has(transport));
  }

  /** Candidates of this device's own addresses count too, not only relayed ones. */
  get mayBeDirect(): boolean {
    return this.peerConnection.getConfiguration().iceTransportPolicy !== 'relay';
  }

  /**
   * Servers that failed from every address of this device. The browser tells a failure per address, so a server counts only
   * where no candidate came from it.
   */
  get unreached(): readonly UnreachedServer[] {
    return [...this.errors.values()].filter(({ url }) => !this.candidates.some((candidate) => isFrom(candidate, url)));
  }

  close(): void {
    this.onChanged.clear();
    this.peerConnection.removeEventListener('icecandidate', this.onCandidate);
    this.peerConnection.removeEventListener('icecandidateerror', this.onError);
    this.peerConnection.removeEventListener('icegatheringstatechange', this.onState);
  }

  private readonly onCandidate = ({ candidate }: RTCPeerConnectionIceEvent): void => {
    if (candidate === null || candidate.candidate === '') return;
    this.candidates.push(candidate);
    this.onChanged.call();
  };

  private readonly onError = ({ url, errorCode, errorText }: RTCPeerConnectionIceErrorEvent): void => {
    this.errors.set(url, { url, errorCode, errorText });
    this.onChanged.call();
  };

  private readonly onState = (): void => {
    const { iceGatheringState } = this.peerConnection;
    if (iceGatheringState === 'gathering') {
      this.candidates.length = 0;
      this.errors.clear();
    }
    this.completeSince = iceGatheringState === 'complete' ? this.clock.now() : undefined;
    this.onChanged.call();
  };
}

/** Whether `candidate` came from the server `url`; where the browser does not tell, from one like it. */
function isFrom(candidate: RTCIceCandidate & { readonly url?: string | null; readonly relayProtocol?: string | null }, url: string): boolean {
  if (typeof candidate.url === 'string' && candidate.url !== '') return candidate.url === url;
  const transport = relayTransport(url);
  return transport === undefined ? candidate.type === 'srflx' : candidate.type === 'relay' && (candidate.relayProtocol ?? transport) === transport;
}
