import type { Clock } from '../../platform.ts';
import { numberOf, statsOfType } from './stats-entries.ts';

const lookMs = 250;
/** Sound arrives fifty times a second: after this long without any the statistics are asked whether anything else does. */
const doubtMs = 500;
/** Nothing at all for this long is silence; a queue that is full for less, or a telephone that changes its cell, is not. */
const silenceMs = 1000;
/** Silence means something only after this many looks in a row that found something: media is not sent at all times. */
const steadyLooks = 8;

/**
 * Watches whether anything arrives over a peer connection, and tells when what flowed steadily has stopped. It knows that a path
 * has died after a second; browsers take five to call ICE `disconnected`, and consent (RFC 7675 §5.1) lasts thirty.
 *
 * Looking is cheap while sound arrives: the statistics are read only in doubt.
 */
export class Arrivals {
  private readonly peerConnection: RTCPeerConnection;
  private readonly clock: Clock;
  private readonly onSilence: () => void;
  private lastSource = 0;
  /** Counted since the newest sound; undefined before the first doubt after it. */
  private lastPackets: number | undefined;
  private arrivedAt: number;
  private steadiness = 0;
  private isClosed = false;
  private cancelTimer: () => void = () => {};

  constructor(peerConnection: RTCPeerConnection, clock: Clock, onSilence: () => void) {
    this.peerConnection = peerConnection;
    this.clock = clock;
    this.onSilence = onSilence;
    this.arrivedAt = clock.now();
  }

  /** Media can flow from now on. */
  start(): void {
    this.arrivedAt = this.clock.now();
    this.cancelTimer();
    this.schedule();
  }

  /** From now on silence means something, however short the time was in which media flowed. */
  expect(): void {
    this.steadiness = steadyLooks;
  }

  /** When something arrived last, on the monotonic clock, as far as was looked. */
  get lastAt(): number {
    return this.arrivedAt;
  }

  /** How long nothing has arrived, in ms, as far as was looked: up to 750 while something does. */
  get silentForMs(): number {
    return this.clock.now() - this.arrivedAt;
  }

  close(): void {
    this.isClosed = true;
    this.cancelTimer();
  }

  private schedule(): void {
    this.cancelTimer = this.clock.after(lookMs, () => {
      void this.look().then(() => {
        if (!this.isClosed) this.schedule();
      });
    });
  }

  private async look(): Promise<void> {
    const { clock } = this;
    const source = newestSource(this.peerConnection);
    // A source that has been silent for ten seconds is named no more.
    if (source > this.lastSource) {
      this.lastSource = source;
      this.lastPackets = undefined;
      this.arrived();
      return;
    }
    if (this.silentForMs < doubtMs) return;
    const packets = await packetsReceived(this.peerConnection);
    if (this.isClosed) return;
    const before = this.lastPackets;
    this.lastPackets = packets;
    // Fewer than before: pairs that were given up are in the statistics no more.
    if (before !== undefined && packets > before) this.arrived();
    else if (clock.now() - this.arrivedAt >= silenceMs && this.steadiness >= steadyLooks) {
      this.steadiness = 0;
      // Held, the other side sends nothing, and that is as it should be.
      if (expectsMedia(this.peerConnection)) this.onSilence();
    }
  }

  private arrived(): void {
    const now = this.clock.now();
    this.steadiness = now - this.arrivedAt <= doubtMs + lookMs ? this.steadiness + 1 : 0;
    this.arrivedAt = now;
  }
}

function expectsMedia(peerConnection: RTCPeerConnection): boolean {
  return peerConnection.getTransceivers().some(({ currentDirection }) => currentDirection === 'sendrecv' || currentDirection === 'recvonly');
}

/** The time of the newest packet of any sender that is played out (W3C webrtc §5.3); 0 where there is none or it is not told. */
export function newestSource(peerConnection: RTCPeerConnection): number {
  let newest = 0;
  for (const receiver of peerConnection.getReceivers()) {
    if (!('getSynchronizationSources' in receiver)) return 0;
    for (const { timestamp } of receiver.getSynchronizationSources()) newest = Math.max(newest, timestamp);
  }
  return newest;
}

/** Everything that has come: media and what belongs to it, and the checks of ICE, which go on where no media flows. */
async function packetsReceived(peerConnection: RTCPeerConnection): Promise<number> {
  const report = await peerConnection.getStats().catch(() => undefined);
  if (report === undefined) return 0;
  const sum = (type: string, name: string) => statsOfType(report, type).reduce((total, entry) => total + (numberOf(entry, name) ?? 0), 0);
  const checks = sum('candidate-pair', 'requestsReceived') + sum('candidate-pair', 'responsesReceived');
  return checks + Math.max(sum('transport', 'packetsReceived'), sum('inbound-rtp', 'packetsReceived'));
}
