import type { RtpPacket } from '@dialplane/rtp';
import type { Instant } from '@dialplane/sansio';
import { type AudioPacket, type MixCodec, type MixReception, mixClockRates, type ReceivedPayload } from '../../mixing/audio-mixer.ts';
import type { SectionCodec } from '../../process-api/leg-settings.ts';
import { redundantAudio } from '../streams/codec-match.ts';
import type { Conference } from '../conference.ts';
import type { Leg } from '../legs/leg.ts';
import type { Mixing } from './mixing.ts';
import { Repacketizer } from './repacketizer.ts';
import type { SentStream } from '../streams/sent-stream.ts';
import { SoundRepeater } from './sound-repeater.ts';

/** Of the mixer. */
const frameMs = 20;

/** A leg as a member of the mix. */
interface Membership {
  readonly member: number;
  /** What its payload types meant when it was added. */
  readonly payloadTypes: string;
  isMuted: boolean;
  sound: Leg['sound'];
  stream: SentStream | undefined;
  /** In which codec, payload types and packets it hears, in a line. */
  format: string;
}

/** How a leg hears the mix. */
interface Hearing {
  readonly stream: SentStream;
  readonly codec: SectionCodec;
  /** Of keys, where they are told beside sound. */
  readonly events: SectionCodec | undefined;
  /** Comfort noise, where that is agreed. */
  readonly noise: SectionCodec | undefined;
  readonly packetMs: number;
  readonly redundancy: NonNullable<MixReception['redundancy']>;
  /** In which each packet has the one before it with it, where the line loses so much (RFC 2198). */
  readonly repeats: SectionCodec | undefined;
}

/** The mix of one conference: from when somebody hears it on, everybody who may speak is in it. Without listeners nothing is pushed. */
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
  route(now: Instant): void {
    this.listeners = 0;
    if (this.isWanted(now)) for (const leg of this.conference.legs.values()) this.routeLeg(leg, now);
    this.conference.plays.followMembers();
  }

  /** To open a mix wakes its thread, which two telephones whose packets pass never need. */
  private isWanted(now: Instant): boolean {
    if (this.memberships.size > 0) return true;
    for (const leg of this.conference.legs.values()) if (leg.transport !== undefined && this.hearingOf(leg, now) !== undefined) return true;
    return false;
  }

  /** @returns Its number. */
  open(): number {
    return (this.mix ??= this.mixing.current?.openMix() ?? 0);
  }

  memberOf(leg: Leg): number | undefined {
    return this.memberships.get(leg)?.member;
  }

  forget(leg: Leg): void {
    const membership = this.memberships.get(leg);
    if (membership === undefined) return;
    membership.stream?.endEncoded();
    this.mixing.removeMember(membership.member);
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

  /** Presses keys for a leg that hears the mix; nothing for another one. */
  sendDtmf(leg: Leg, tones: string): void {
    const membership = this.memberships.get(leg);
    if (membership !== undefined) this.mixing.current?.sendDtmf(membership.member, tones);
  }

  close(): void {
    for (const leg of this.memberships.keys()) this.forget(leg);
    if (this.mix !== undefined) this.mixing.current?.closeMix(this.mix);
  }

  private routeLeg(leg: Leg, now: Instant): void {
    const { current: mixer } = this.mixing;
    if (mixer === undefined || leg.transport === undefined) return this.forget(leg);
    const membership = this.join(leg);
    const isMuted = !leg.maySend('Audio');
    if (membership.isMuted !== isMuted) mixer.setMuted(membership.member, isMuted);
    membership.isMuted = isMuted;
    if (membership.sound !== leg.sound) mixer.setSound(membership.member, leg.sound);
    membership.sound = leg.sound;
    const hearing = this.hearingOf(leg, now);
    if (hearing !== undefined) this.listeners += 1;
    const format = hearing === undefined ? '' : [hearing.codec.name, hearing.codec.payloadType, hearing.events?.payloadType, hearing.noise?.payloadType, hearing.packetMs, hearing.redundancy, hearing.repeats?.payloadType].join(' ');
    if (membership.stream === hearing?.stream && membership.format === format) return;
    // Another codec may have another clock, to which the stream goes over.
    membership.stream?.endEncoded();
    membership.stream = hearing?.stream;
    membership.format = format;
    if (hearing === undefined) this.stopHearing(membership);
    else this.startHearing(leg, membership, hearing);
  }

  /** Who is on hold hears nothing of the others, but the music, where there is some. */
  private hearingOf(leg: Leg, now: Instant): Hearing | undefined {
    const listens = (!leg.isHeld || leg.sound.kind === 'hold') && this.conference.soundOf(leg, now) === 'mixed';
    const stream = leg.sent.find(({ kind }) => kind === 'audio');
    const codecs = stream?.settings.codecs ?? [];
    const codec = codecs.find(({ name }) => isMixCodec(name));
    if (!listens || stream === undefined || codec === undefined) return undefined;
    const events = leg.telephone?.dtmf === 'inband' ? undefined : codecs.find(({ name, clockRate }) => name === telephoneEvent && clockRate === codec.clockRate);
    const noise = codecs.find(({ name, clockRate }) => isComfortNoise(name) && clockRate === codec.clockRate);
    return { stream, codec, events, noise, packetMs: stream.settings.send?.packetMs ?? frameMs, ...protectionOf(stream, codec) };
  }

  private startHearing(leg: Leg, { member }: Membership, { stream, codec, events, noise, packetMs, redundancy, repeats }: Hearing): void {
    const name = codec.name as MixCodec;
    const repacketizer = name === 'opus' || packetMs === frameMs ? undefined : new Repacketizer(name, packetMs);
    this.mixing.setReception(member, { stream, payloadType: codec.payloadType, eventPayloadType: events?.payloadType, noisePayloadType: noise?.payloadType, repacketizer, repeater: repeats === undefined ? undefined : new SoundRepeater(repeats.payloadType, codec.payloadType) });
    this.mixing.current?.setReception(member, { codec: name, keys: events === undefined ? 'sound' : 'events', inSilence: leg.telephone === undefined ? 'nothing' : takesPauses(codec, noise) ? 'word' : 'frames', redundancy });
  }

  private stopHearing({ member }: Membership): void {
    this.mixing.setReception(member, undefined);
    this.mixing.current?.setReception(member, undefined);
  }

  private join(leg: Leg): Membership {
    const codecs = leg.received.find(({ kind }) => kind === 'audio')?.codecs ?? [];
    const types = codecs.flatMap(({ name, payloadType }) => (isReceivedPayload(name) ? [{ payloadType, codec: name }] : []));
    const payloadTypes = JSON.stringify(types);
    const known = this.memberships.get(leg);
    if (known?.payloadTypes === payloadTypes) return known;
    this.forget(leg);
    const isMuted = !leg.maySend('Audio');
    const member = this.mixing.addMember(this.open(), leg, { payloadTypes: types, isMuted, hasKeysInSound: leg.hasKeysInSound });
    const made: Membership = { member, payloadTypes, isMuted, sound: { kind: 'none' }, stream: undefined, format: '' };
    this.memberships.set(leg, made);
    return made;
  }
}

/** Names in an rtpmap (RFC 4733 §7.1.1, RFC 3389 §4). */
const telephoneEvent = 'telephone-event';

function isMixCodec(name: string): name is MixCodec {
  return name in mixClockRates;
}

function isComfortNoise(name: string): name is 'CN' {
  return name === 'CN';
}

function isReceivedPayload(name: string): name is ReceivedPayload {
  return isMixCodec(name) || isComfortNoise(name) || name === redundantAudio;
}

/** How what a line loses is made good: not at all, by what the codec repeats coarsely, or, where much is lost, by whole packets; in each as far as the other side takes it. */
function protectionOf({ loss: { state }, settings }: SentStream, codec: SectionCodec): Pick<Hearing, 'redundancy' | 'repeats'> {
  const red = settings.codecs.find(({ name }) => name === redundantAudio);
  const repeats = codec.name === 'opus' && (state === 'veryLossy' || (state === 'lossy' && !takesRedundancy(codec))) ? red : undefined;
  return { repeats, redundancy: state !== 'clear' && repeats === undefined && takesRedundancy(codec) ? 'inBand' : 'none' };
}

/** Whether the other side has agreed to pauses: by comfort noise, which G.729 has of its own and nobody else's, or by the DTX of Opus (RFC 7587 §7). */
function takesPauses({ name, parameters }: SectionCodec, noise: SectionCodec | undefined): boolean {
  return name === 'opus' ? hasParameter(parameters, 'usedtx') : name !== 'G729' && noise !== undefined;
}

/** Whether the other side makes use of in-band FEC (RFC 7587 §6.1). */
function takesRedundancy({ name, parameters }: SectionCodec): boolean {
  return name === 'opus' && hasParameter(parameters, 'useinbandfec');
}

/** Whether an fmtp of `name=value` pairs has `name=1`. */
function hasParameter(parameters: string, name: string): boolean {
  return parameters.toLowerCase().split(/[;\s]+/).includes(`${name}=1`);
}
