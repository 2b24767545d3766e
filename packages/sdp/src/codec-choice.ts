import { sameCodecName } from './read-codecs.ts';
import type { OfferedCodec } from './session-offer.ts';

/** A codec as an answer agrees on it. */
export interface AgreedCodec extends OfferedCodec {
  /** In its usual case: `opus`, `VP8`, `H264`, `PCMU`, ... */
  readonly name: string;
  /** What the answer says of it: how we want to be sent to. */
  readonly answered: string;
}

interface KnownCodec {
  readonly name: string;
  readonly clockRate: number;
  readonly channels: number;
  /** How well an offered variant fits; 0 is not at all. */
  readonly fit: (parameters: string) => number;
  readonly answer: (parameters: string) => string;
}

const always = (): number => 1;
const nothing = (): string => '';
const same = (parameters: string): string => parameters;

/** RFC 4733 §7.1.1 and RFC 2198: no sound by themselves. */
const telephoneEvent = 'telephone-event';
const redundantAudio = 'red';

/**
 * What a section may agree on. Opus and VP8 come first in an answer, because they are what is mixed (RFC 7874 §3, RFC 7742 §5); the rest keeps the client's order. A client that wants
 * to send another codec leaves the common one out of its offer.
 *
 * Each is agreed once, in the one variant that everybody who has the codec decodes, so that its name and clock rate say whether a stream can be forwarded.
 */
const knownCodecs: Readonly<Record<'audio' | 'video', readonly KnownCodec[]>> = {
  audio: [
    { name: 'opus', clockRate: 48_000, channels: 2, fit: always, answer: () => 'minptime=10;useinbandfec=1' },
    { name: 'G722', clockRate: 8000, channels: 1, fit: always, answer: nothing },
    { name: 'PCMU', clockRate: 8000, channels: 1, fit: always, answer: nothing },
    { name: 'PCMA', clockRate: 8000, channels: 1, fit: always, answer: nothing },
    { name: redundantAudio, clockRate: 48_000, channels: 2, fit: always, answer: same },
    // Keys on the clock of each codec that they may stand between (RFC 4733 §2.1).
    { name: telephoneEvent, clockRate: 48_000, channels: 1, fit: always, answer: () => '0-15' },
    { name: telephoneEvent, clockRate: 8000, channels: 1, fit: always, answer: () => '0-15' },
  ],
  video: [
    { name: 'VP8', clockRate: 90_000, channels: 1, fit: always, answer: nothing },
    { name: 'H264', clockRate: 90_000, channels: 1, fit: fitOfH264, answer: same },
    { name: 'VP9', clockRate: 90_000, channels: 1, fit: (parameters) => (parameter(parameters, 'profile-id', '0') === '0' ? 1 : 0), answer: same },
    { name: 'AV1', clockRate: 90_000, channels: 1, fit: (parameters) => (parameter(parameters, 'profile', '0') === '0' ? 1 : 0), answer: same },
  ],
};

/** Codecs that every WebRTC endpoint has and that can be mixed. */
const commonCodecs: ReadonlySet<string> = new Set(['opus', 'VP8']);

/** What can be agreed of the offered codecs, the one to send with first; empty when there is none in common. */
export function chooseCodecs(kind: 'audio' | 'video', offered: readonly OfferedCodec[]): readonly AgreedCodec[] {
  const found = knownCodecs[kind].flatMap((known) => {
    const variants = offered.filter((codec) => isVariant(codec, known));
    const best = variants.toSorted((a, b) => known.fit(b.parameters) - known.fit(a.parameters))[0];
    return best === undefined ? [] : [{ ...best, name: known.name, answered: known.answer(best.parameters), feedback: chooseFeedback(kind, best.feedback) }];
  });
  const sounds = found.filter((codec) => codec.name !== redundantAudio || repeatsOpus(codec, found));
  if (sounds.every(({ name }) => name === telephoneEvent)) return [];
  const preference = offered.map(({ payloadType }) => payloadType);
  const rank = ({ name }: AgreedCodec): number => Number(commonCodecs.has(name)) || Number(name === redundantAudio && offersRedundancyFirst(offered));
  return sounds.toSorted((a, b) => rank(b) - rank(a) || preference.indexOf(a.payloadType) - preference.indexOf(b.payloadType));
}

/** RED that names Opus for each of its encodings (`111/111`, RFC 2198 §5). */
function repeatsOpus({ parameters }: OfferedCodec, codecs: readonly AgreedCodec[]): boolean {
  const opus = codecs.find(({ name }) => name === 'opus');
  return opus !== undefined && /^\d+(?:\/\d+)+$/.test(parameters) && parameters.split('/').every((number) => Number(number) === opus.payloadType);
}

/** Whoever names RED before Opus wants to send it; the others can be sent it. */
function offersRedundancyFirst(offered: readonly OfferedCodec[]): boolean {
  const first = offered.find(({ name }) => sameCodecName(name, redundantAudio) || sameCodecName(name, 'opus'));
  return first !== undefined && sameCodecName(first.name, redundantAudio);
}

function isVariant(codec: OfferedCodec, known: KnownCodec): boolean {
  return sameCodecName(codec.name, known.name) && codec.clockRate === known.clockRate && codec.channels === known.channels && known.fit(codec.parameters) > 0;
}

/** Baseline in packets that may be split, best constrained (RFC 6184 §8.1, RFC 7742 §6.2). */
function fitOfH264(parameters: string): number {
  const profile = /^42([0-9a-f]{2})[0-9a-f]{2}$/i.exec(parameter(parameters, 'profile-level-id', '420010'))?.[1];
  if (profile === undefined || parameter(parameters, 'packetization-mode', '0') !== '1') return 0;
  return (Number.parseInt(profile, 16) & 0x40) === 0 ? 1 : 2;
}

/** A value in an fmtp of `name=value` pairs. */
function parameter(parameters: string, name: string, otherwise: string): string {
  const pair = parameters.split(';').map((word) => word.trim()).find((word) => word.toLowerCase().startsWith(`${name}=`));
  return pair?.slice(name.length + 1) ?? otherwise;
}

/** Estimates of the receiver (`goog-remb`) only where there is no feedback on each packet. */
function chooseFeedback(kind: 'audio' | 'video', offered: readonly string[]): readonly string[] {
  const wanted = kind === 'audio' ? ['nack', 'transport-cc'] : ['nack', 'nack pli', 'ccm fir', 'transport-cc'];
  const chosen = wanted.filter((feedback) => offered.includes(feedback));
  return kind === 'video' && !chosen.includes('transport-cc') && offered.includes('goog-remb') ? [...chosen, 'goog-remb'] : chosen;
}
