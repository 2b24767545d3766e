import type { RtpPacket } from '@dialplane/rtp';
import type { Instant } from '@dialplane/sansio';
import { type AudioPacket, type MixCodec, mixClockRates } from '../mixing/audio-mixer.ts';
import type { Conference } from './conference.ts';
import type { Leg } from './leg.ts';
import type { Mixing } from './mixing.ts';
import type { SentStream } from './sent-stream.ts';

/** A leg as a member of the mix. */
interface Membership {
  readonly member: number;
  /** What its payload types meant when it was added. */
  readonly payloadTypes: string;
  isMuted: boolean;
  stream: SentStream | undefined;
}

/** The mix of one conference: everybody who may speak is in it, and whoever's sound is mixed hears it. Without listeners nothing is pushed. */
export class ConferenceMix {
  private readonly conference: Conference;
  private readonly mixing: Mixing;
  private readonly memberships = new Map<Leg, Membership>();
  private readonly packet: AudioPacket = { ssrc: 0, sequenceNumber: 0, timestamp: 0, payloadType: 0, level: 0, arrivedAt: 0 as Instant, bytes: new Uint8Array(0), offset: 0, length: 0 };
  private mix: number | undefined;
  private listeners = 0;

  constructor(conference: Conference, mixing: Mixing) {
    this.conference = conference;
    this.mixing = mixing;
  }

  /** Legs came or went, or send or hear something else. */
  route(): void {
    this.listeners = 0;
    for (const leg of this.conference.legs.values()) this.routeLeg(leg);
  }

  forget(leg: Leg): void {
    const membership = this.memberships.get(leg);
    if (membership !== undefined) this.mixing.removeMember(membership.member);
    this.memberships.delete(leg);
  }

  /** Takes a packet of sound, of whose SSRC and payload type the mixer knows more than this thread. */
  push(leg: Leg, packet: RtpPacket, level: number, now: Instant): void {
    const membership = this.listeners === 0 ? undefined : this.memberships.get(leg);
    if (membership === undefined) return;
    const pushed = this.packet;
    pushed.ssrc = packet.ssrc >>> 0;
    pushed.sequenceNumber = packet.sequenceNumber;
    pushed.timestamp = packet.timestamp >>> 0;
    pushed.payloadType = packet.payloadType;
    pushed.level = level;
    pushed.arrivedAt = now;
    pushed.bytes = packet.bytes;
    pushed.offset = packet.payloadOffset;
    pushed.length = packet.payloadLength;
    this.mixing.current?.push(membership.member, pushed);
  }

  close(): void {
    for (const leg of this.memberships.keys()) this.forget(leg);
    if (this.mix !== undefined) this.mixing.current?.closeMix(this.mix);
  }

  private routeLeg(leg: Leg): void {
    const { current: mixer } = this.mixing;
    if (mixer === undefined || leg.transport === undefined) return this.forget(leg);
    const membership = this.join(leg);
    const stream = leg.sent.find(({ kind }) => kind === 'audio');
    const codec = stream?.settings.codecs.find(({ name }) => isMixCodec(name));
    const hears = !leg.isHeld && this.conference.modesOf(leg).audio === 'mixed' && stream !== undefined && codec !== undefined;
    const isMuted = !leg.maySend('audio');
    if (membership.isMuted !== isMuted) mixer.setMuted(membership.member, isMuted);
    membership.isMuted = isMuted;
    if (hears) this.listeners += 1;
    const wanted = hears ? stream : undefined;
    if (membership.stream === wanted) return;
    if (wanted === undefined) membership.stream?.endEncoded();
    membership.stream = wanted;
    this.mixing.setReception(membership.member, wanted === undefined || codec === undefined ? undefined : { stream: wanted, payloadType: codec.payloadType });
    mixer.setReception(membership.member, wanted === undefined || codec === undefined ? undefined : { codec: codec.name as MixCodec });
  }

  private join(leg: Leg): Membership {
    const types = leg.received.find(({ kind }) => kind === 'audio')?.codecs.flatMap(({ name, payloadType }) => (isMixCodec(name) ? [{ payloadType, codec: name }] : [])) ?? [];
    const payloadTypes = JSON.stringify(types);
    const known = this.memberships.get(leg);
    if (known?.payloadTypes === payloadTypes) return known;
    this.forget(leg);
    this.mix ??= this.mixing.current?.openMix() ?? 0;
    const isMuted = !leg.maySend('audio');
    const made = { member: this.mixing.addMember(this.mix, leg, { payloadTypes: types, isMuted }), payloadTypes, isMuted, stream: undefined };
    this.memberships.set(leg, made);
    return made;
  }
}

function isMixCodec(name: string): name is MixCodec {
  return name in mixClockRates;
}
