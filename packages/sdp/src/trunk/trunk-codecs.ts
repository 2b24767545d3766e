import type { AgreedCodec } from '../codec-choice.ts';
import { sameCodecName } from '../read-codecs.ts';
import type { OfferedCodec } from '../session-offer.ts';

interface TrunkCodec {
  /** In its usual case. */
  readonly name: string;
  /** Other names that are met. */
  readonly aliases?: readonly string[];
  readonly clockRate: number;
  readonly channels: number;
  /** In offers of ours, unless the session has used another: static (RFC 3551 §6), or one that is usual for the codec. */
  readonly payloadType: number;
  /** What we say of it. */
  readonly parameters: string;
}

/** What can be spoken on a trunk. */
const voices: readonly TrunkCodec[] = [
  { name: 'opus', clockRate: 48_000, channels: 2, payloadType: 111, parameters: 'useinbandfec=1' },
  { name: 'G722', clockRate: 8000, channels: 1, payloadType: 9, parameters: '' },
  { name: 'PCMU', clockRate: 8000, channels: 1, payloadType: 0, parameters: '' },
  { name: 'PCMA', clockRate: 8000, channels: 1, payloadType: 8, parameters: '' },
  // Without silence descriptions (annex B), which is the default only on paper.
  { name: 'G729', aliases: ['G729A', 'G729AB'], clockRate: 8000, channels: 1, payloadType: 18, parameters: 'annexb=no' },
];

/** Keys that are pressed (RFC 4733), at the clock of each voice. */
const events: readonly TrunkCodec[] = [
  { name: 'telephone-event', clockRate: 8000, channels: 1, payloadType: 101, parameters: '0-15' },
  { name: 'telephone-event', clockRate: 48_000, channels: 1, payloadType: 110, parameters: '0-15' },
];

/** Comfort noise (RFC 3389): taken where it is offered, never offered, since it asks for gaps in speech. */
const comfortNoise: TrunkCodec = { name: 'CN', clockRate: 8000, channels: 1, payloadType: 13, parameters: '' };

/** What a name in a policy stands for, in its usual case; undefined where that is not spoken here. */
export function trunkCodecNamed(name: string): string | undefined {
  return voices.find((known) => hasName(known, name))?.name;
}

/** Which codecs a trunk is to have. */
export interface TrunkCodecPolicy {
  /** Names in order of preference, in any case; what is not known is passed over. */
  readonly codecs: readonly string[];
  /** Whether keys travel as events. */
  readonly dtmf: 'rfc4733' | 'info' | 'inband';
}

/** What we offer. @param used What payload types of the session have meant so far: none gets another meaning (RFC 3264 §8.3.2). */
export function offeredTrunkCodecs(policy: TrunkCodecPolicy, used: readonly OfferedCodec[] = []): readonly AgreedCodec[] {
  const wanted = wantedVoices(policy);
  const taken = new Map(used.map((codec) => [codec.payloadType, codec]));
  return [...wanted, ...eventsFor(wanted, policy)].map((known) => {
    const before = used.find((codec) => isSame(codec, known));
    const payloadType = before?.payloadType ?? freePayloadType(known.payloadType, taken);
    const codec = { payloadType, name: known.name, clockRate: known.clockRate, channels: known.channels, parameters: known.parameters, answered: known.parameters, feedback: [] };
    taken.set(payloadType, codec);
    return codec;
  });
}

/** What can be agreed of the other side's codecs, in our order, with its payload types; the first is a voice. Empty when no voice is in common. */
export function chooseTrunkCodecs(policy: TrunkCodecPolicy, offered: readonly OfferedCodec[]): readonly AgreedCodec[] {
  const agreed = wantedVoices(policy).flatMap((known) => agreedCodec(known, offered));
  if (agreed.length === 0) return [];
  const companions = [...eventsFor(agreed, policy), ...(agreed.some(({ clockRate }) => clockRate === 8000) ? [comfortNoise] : [])];
  return [...agreed, ...companions.flatMap((known) => agreedCodec(known, offered))];
}

function wantedVoices({ codecs }: TrunkCodecPolicy): readonly TrunkCodec[] {
  return [...new Set(codecs.flatMap((name) => voices.find((known) => hasName(known, name)) ?? []))];
}

function eventsFor(chosen: ReadonlyArray<{ readonly clockRate: number }>, { dtmf }: TrunkCodecPolicy): readonly TrunkCodec[] {
  return dtmf === 'rfc4733' ? events.filter(({ clockRate }) => chosen.some((voice) => voice.clockRate === clockRate)) : [];
}

function agreedCodec(known: TrunkCodec, offered: readonly OfferedCodec[]): readonly AgreedCodec[] {
  const codec = offered.find((candidate) => isSame(candidate, known));
  return codec === undefined ? [] : [{ payloadType: codec.payloadType, name: known.name, clockRate: known.clockRate, channels: known.channels, parameters: codec.parameters, answered: known.parameters, feedback: [] }];
}

/** Channels are left out by some where there are two of them (RFC 7587 §7 has no other Opus). */
function isSame({ name, clockRate }: OfferedCodec, known: TrunkCodec): boolean {
  return hasName(known, name) && clockRate === known.clockRate;
}

function hasName({ name, aliases = [] }: TrunkCodec, wanted: string): boolean {
  return [name, ...aliases].some((candidate) => sameCodecName(candidate, wanted));
}

/** The usual one, or one of the dynamic range (RFC 3551 §3). */
function freePayloadType(usual: number, taken: ReadonlyMap<number, OfferedCodec>): number {
  let candidate = taken.has(usual) ? 96 : usual;
  while (taken.has(candidate)) candidate += 1;
  return candidate;
}
