import type { Instant } from '@dialplane/sansio';
import { formatTransportAddress } from '@dialplane/stun';
import type { Leg } from './leg.ts';

/** So long nothing flows where it should. It is looked at twice a second, so that it is told within 3 s. */
const stalledMs = 2_400;
const lookMs = 450;
/** Who told that it will be silent (comfort noise, RFC 3389) may be so for longer. */
const quietMs = 30_000;
/** Packets that have to have been sent before nobody has got them. */
const leastSent = 50;

/** What a direction is like: nothing is due ▶ due since then ▶ told as stalled, and what for. */
type WatchState = { readonly kind: 'idle' } | { readonly kind: 'due'; readonly since: Instant } | { readonly kind: 'stalled'; readonly since: Instant };

type Direction = 'send' | 'receive';

/**
 * Watches whether sound flows where a description says that it should, for each direction of a leg, and names the hop that is silent. It looks at packets, not at loudness, and ends nothing: a silent
 * call may be meant, and its owner knows.
 */
export class MediaWatchdog {
  private readonly leg: Leg;
  private receive: WatchState = { kind: 'idle' };
  private send: WatchState = { kind: 'idle' };
  private lookedAt: Instant | undefined;

  constructor(leg: Leg) {
    this.leg = leg;
  }

  /** To be called several times a second. */
  poll(now: Instant): void {
    if (this.lookedAt !== undefined && now - this.lookedAt < lookMs) return;
    this.lookedAt = now;
    this.receive = this.follow('receive', this.receive, this.dueToReceive() ? this.lastReceived() : undefined, now);
    this.send = this.follow('send', this.send, this.dueToSend() ? this.lastDelivered(now) : undefined, now);
  }

  /** @param flowed When something flowed last; -Infinity where nothing has, undefined where nothing is due. */
  private follow(direction: Direction, state: WatchState, flowed: number | undefined, now: Instant): WatchState {
    if (flowed === undefined) {
      if (state.kind === 'stalled') this.tellResumed(direction);
      return { kind: 'idle' };
    }
    if (state.kind === 'idle') return { kind: 'due', since: now };
    if (state.kind === 'stalled') {
      if (flowed <= state.since) return state;
      this.tellResumed(direction);
      return { kind: 'due', since: now };
    }
    const silentMs = now - Math.max(flowed, state.since);
    if (silentMs < this.patience(direction)) return state;
    this.tellStalled(direction, flowed === -Infinity, silentMs);
    return { kind: 'stalled', since: now };
  }

  private patience(direction: Direction): number {
    const isQuiet = direction === 'receive' && this.leg.bindings.streams.some(({ section, announcesSilence }) => section.kind === 'audio' && announcesSilence);
    return isQuiet ? quietMs : stalledMs;
  }

  /** A client that is muted, or has no microphone, may send nothing; a telephone always sends. */
  private dueToReceive(): boolean {
    const { leg } = this;
    if (leg.transport?.state.kind !== 'connected' || leg.isHeld || !leg.received.some(({ kind }) => kind === 'audio')) return false;
    return leg.telephone !== undefined || (!leg.isMuted && this.lastReceived() !== -Infinity);
  }

  private lastReceived(): number {
    return this.leg.bindings.streams.reduce((last, { section, heardAt }) => (section.kind === 'audio' ? Math.max(last, heardAt) : last), -Infinity);
  }

  private dueToSend(): boolean {
    const { leg } = this;
    return leg.transport?.state.kind === 'connected' && !leg.isHeld && leg.sent.some(({ kind, numbers: { packets } }) => kind === 'audio' && packets >= leastSent);
  }

  /** When what was sent is known to have got through, or nothing says otherwise. */
  private lastDelivered(now: Instant): number {
    const { transport, sent } = this.leg;
    if (transport?.kind === 'rtp' && isRecent(transport.unreachable?.at, now)) return -Infinity;
    const stuck = sent.find(({ kind, delivery }) => kind === 'audio' && delivery.isStuck);
    return stuck?.delivery.progressedAt ?? now;
  }

  private tellStalled(direction: Direction, isNever: boolean, silentMs: number): void {
    const { conference, legId } = this.leg;
    const cause = direction === 'receive' ? this.receiveCause(isNever, silentMs) : this.sendCause(silentMs);
    conference.tell({ kind: 'mediaStalled', conferenceId: conference.conferenceId, legId, direction, cause });
  }

  private tellResumed(direction: Direction): void {
    const { conference, legId } = this.leg;
    conference.tell({ kind: 'mediaResumed', conferenceId: conference.conferenceId, legId, direction });
  }

  private receiveCause(isNever: boolean, silentMs: number): string {
    const { transport } = this.leg;
    if (transport === undefined) return 'The leg has no way to anybody.';
    const seconds = inSeconds(silentMs);
    const from = transport.route === undefined ? 'anywhere' : formatTransportAddress(transport.route.remote);
    if (transport.kind !== 'rtp') return `Client leg: nothing received from ${from} for ${seconds} s.`;
    const { latch, stranger } = transport;
    const described = latch.description === undefined ? 'nowhere' : formatTransportAddress(latch.description);
    const what = isNever ? `nothing received for ${seconds} s since it was described at ${described}` : `nothing received from ${from} for ${seconds} s${described === from ? '' : `, its description said ${described}`}`;
    return `Trunk leg: ${what}${stranger === undefined ? '' : `; what comes from ${formatTransportAddress(stranger.source)} is not taken for its`}.`;
  }

  private sendCause(silentMs: number): string {
    const { transport } = this.leg;
    if (transport?.route === undefined) return 'There is nowhere to send to.';
    const to = formatTransportAddress(transport.route.remote);
    const leg = transport.kind === 'rtp' ? 'Trunk leg' : 'Client leg';
    const unreachable = transport.kind === 'rtp' ? transport.unreachable : undefined;
    if (unreachable !== undefined) return `${leg}: nobody is at ${to}, to which sound is sent (${unreachable.icmp}).`;
    return `${leg}: ${to} reports that none of the sound sent to it has arrived for ${inSeconds(silentMs)} s.`;
  }
}

function isRecent(at: Instant | undefined, now: Instant): boolean {
  return at !== undefined && now - at < stalledMs;
}

function inSeconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(1);
}
