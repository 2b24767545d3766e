import { addMilliseconds, type Instant } from '@dialplane/sansio';
import type { Conference } from '../conference.ts';
import { CodecMatch, notAgreed } from '../streams/codec-match.ts';
import type { Leg } from '../legs/leg.ts';
import type { ReceivedSection } from '../legs/received-section.ts';
import type { ReceivedStream } from '../streams/received-stream.ts';
import { type PacketsWanted, RepacketizedStream, type RepacketizingParts } from './repacketized-stream.ts';
import { bytesPerMsOf, isDivisible } from './repacketizer.ts';

/** Of who is silent this long, the mix says that there is silence: a carrier that gets nothing takes the call for dead. */
const aliveMs = 500;
/**
 * Whose company has just changed is about to hear somebody, or to go itself: until then nothing is mixed for it. Two ends that both wait for the other's first packet get one of ours after that.
 */
const settlingMs = 200;
/** How long a pressed key keeps the leg in the mix, and all of them after the last. */
const keyMs = 250;
const afterKeysMs = 1_000;

/**
 * A telephone and one other who agree on a codec: what one sends, the other gets as it is, since to mix one voice is to spoil it; only how much of it is in a packet is as each has asked for. As soon as there is anything to mix (a third one, a sound of
 * ours, keys to be pressed) or to translate, or nothing comes, the leg hears the mix.
 */
export class PassThrough {
  private readonly conference: Conference;
  private readonly repacketizing: RepacketizingParts;
  /** Legs for which keys are pressed, until when. */
  private readonly pressing = new Map<Leg, Instant>();
  /** Stands for which legs got which stream as it is when it was last looked at. */
  private passed = 0;

  constructor(conference: Conference, repacketizing: RepacketizingParts) {
    this.conference = conference;
    this.repacketizing = repacketizing;
  }

  /** The stream that the leg gets as it is, but for how much is in a packet; undefined where it does not. */
  sourceFor(leg: Leg, now: Instant): ReceivedStream | RepacketizedStream | undefined {
    const source = this.follow(leg, now);
    if (typeof source !== 'object') return undefined;
    source.repacketized = this.repacketize(source, leg);
    return source.repacketized ?? source;
  }

  /** Whether the leg hears nothing of the mix: it gets what the other sends, or is about to. */
  passes(leg: Leg, now: Instant): boolean {
    return this.follow(leg, now) !== undefined;
  }

  /** Whether keys that the other presses get to the leg by themselves, as telephone events that it has agreed to. */
  carriesEvents(leg: Leg, now: Instant): boolean {
    const stream = this.sourceFor(leg, now);
    const section = leg.sent.find(({ kind }) => kind === 'audio');
    const events = stream?.section.codecs.filter(({ name }) => name === 'telephone-event') ?? [];
    if (stream === undefined || section === undefined || events.length === 0) return false;
    const match = new CodecMatch(stream.section, section.settings.codecs);
    return events.every(({ payloadType }) => match.payloadTypes[payloadType] !== notAgreed);
  }

  /** Keys are to be pressed for a leg, which needs the mix. @param count How many. */
  press(leg: Leg, count: number, now: Instant): void {
    const from = this.pressing.get(leg) ?? now;
    this.pressing.set(leg, addMilliseconds(from > now ? from : now, count * keyMs + afterKeysMs));
  }

  forget(leg: Leg): void {
    this.pressing.delete(leg);
  }

  /** The other leg, where two are connected and one of them is a telephone's. */
  onlyOther(leg: Leg): Leg | undefined {
    let other: Leg | undefined;
    for (const candidate of this.conference.legs.values()) {
      if (candidate === leg || candidate.transport === undefined) continue;
      if (other !== undefined) return undefined;
      other = candidate;
    }
    return other !== undefined && (leg.telephone !== undefined || other.telephone !== undefined) ? other : undefined;
  }

  /** The stream in packets of the length that the leg asks for; undefined where they have it, or cannot have another one. Who has once sent others may again. */
  private repacketize(stream: ReceivedStream, leg: Leg): RepacketizedStream | undefined {
    const wanted = wantedPackets(stream, leg);
    const { repacketized } = stream;
    if (wanted === undefined || (repacketized?.payloadType === wanted.payloadType && repacketized.packetMs === wanted.packetMs)) return repacketized;
    return new RepacketizedStream(stream, wanted, this.repacketizing);
  }

  private follow(leg: Leg, now: Instant): ReceivedStream | 'awaited' | undefined {
    if (leg.isHeld || leg.sound.kind !== 'none' || this.conference.plays.reaches(leg) || this.pressing.has(leg)) return undefined;
    const isSettling = now - this.conference.changedAt < settlingMs;
    const other = this.onlyOther(leg);
    if (other === undefined) return isSettling && this.isAlone(leg) ? 'awaited' : undefined;
    const section = audioSection(other);
    if (section === undefined || !other.maySend('Audio')) return undefined;
    const [stream] = section.layers;
    if (stream === undefined) return isSettling ? 'awaited' : undefined;
    return !other.hasKeysInSound && now - stream.heardAt < aliveMs && canPass(stream, leg) ? stream : undefined;
  }

  /** Whether a telephone is the only one there, with no keys to be listened for. */
  private isAlone(leg: Leg): boolean {
    for (const other of this.conference.legs.values()) if (other !== leg && other.transport !== undefined) return false;
    return leg.telephone !== undefined && !(leg.hasKeysInSound && audioSection(leg)?.layers[0] !== undefined);
  }

  /** To be called several times a second. @returns whether somebody is to be routed otherwise. */
  hasChanged(now: Instant): boolean {
    if (this.conference.telephones === 0) return false;
    for (const [leg, until] of this.pressing) if (until <= now) this.pressing.delete(leg);
    let passed = 0;
    for (const leg of this.conference.legs.values()) passed = (Math.imul(passed, 31) + numberOf(this.follow(leg, now), leg)) | 0;
    const hasChanged = passed !== this.passed;
    this.passed = passed;
    return hasChanged;
  }
}

/** What is sent now has to be agreed with the leg, and to run at the clock of its stream: that of the codec in which it gets the mix (RFC 7160 §4). */
function canPass({ section, payloadType }: ReceivedStream, leg: Leg): boolean {
  const codec = section.codecOf(payloadType);
  const codecs = leg.sent.find(({ kind }) => kind === 'audio')?.settings.codecs ?? [];
  return codec !== undefined && codec.clockRate === codecs[0]?.clockRate && codecs.some(({ name, clockRate }) => name === codec.name && clockRate === codec.clockRate);
}

function audioSection({ received }: Leg): ReceivedSection | undefined {
  return received.find(({ kind }) => kind === 'audio');
}

/** What the packets of a stream are to be for a leg, where they are something else now. */
function wantedPackets({ payloadType, section, soundBytes }: ReceivedStream, leg: Leg): PacketsWanted | undefined {
  const { packetMs } = leg.sent.find(({ kind }) => kind === 'audio')?.settings.send ?? {};
  const codec = section.codecOf(payloadType)?.name ?? '';
  if (packetMs === undefined || soundBytes === 0 || !isDivisible(codec) || soundBytes === packetMs * bytesPerMsOf(codec)) return undefined;
  return { codec, payloadType, packetMs };
}

function numberOf(source: ReceivedStream | 'awaited' | undefined, leg: Leg): number {
  if (typeof source !== 'object') return source === 'awaited' ? 2 : 1;
  return (source.ssrc + (source.repacketized?.packetMs ?? wantedPackets(source, leg)?.packetMs ?? 0)) | 0;
}
