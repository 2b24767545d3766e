import { sameCodecName } from '../read-codecs.ts';
import type { AgreedCodec } from '../codec-choice.ts';
import { reverse } from '../extension-choice.ts';
import type { Direction, OfferedCodec } from '../session-offer.ts';
import { type SdesKey, type SdesSuite } from './sdes-keys.ts';
import { chooseTrunkCodecs, type TrunkCodecPolicy } from './trunk-codecs.ts';
import { sentPacketMs } from './packet-length.ts';
import type { TrunkAudioSection, TrunkDescription, TrunkIce } from './trunk-description.ts';

export interface TrunkPolicy extends TrunkCodecPolicy {
  /** `allowed` takes SRTP where it is offered and offers it in a way that who does not know it may pass over (keys under RTP/AVP). */
  readonly srtp: 'forbidden' | 'allowed' | 'required';
  /** Milliseconds of sound in a packet that we would like, and send to who says nothing about it; 20 without it. */
  readonly packetMs?: number;
  /** Whether offers of ours say that we answer checks (ICE), to be checked where the other side does that; `answered`, the default, is for offers of theirs only. */
  readonly ice?: 'answered' | 'offered';
}

/** How packets are secured. Keys are those with which each side sends (RFC 4568 §6.1). */
export type TrunkSecurity =
  | { readonly kind: 'none' }
  | { readonly kind: 'sdes'; readonly local: SdesKey; readonly remote: SdesKey }
  | { readonly kind: 'dtls'; /** Ours in the handshake. */ readonly role: 'client' | 'server'; readonly fingerprint: Uint8Array };

/** The one section for sound that offer and answer agree on. */
export interface AgreedTrunk {
  /** Of the m= section. */
  readonly index: number;
  /** Ours. */
  readonly direction: Direction;
  readonly remote: Pick<TrunkAudioSection, 'rtp' | 'rtcp'>;
  /** With the payload types that we are sent, the first being the one that we would like. */
  readonly receive: readonly AgreedCodec[];
  /** The same with the payload types that we send. */
  readonly send: readonly AgreedCodec[];
  readonly security: TrunkSecurity;
  /** Milliseconds of sound in the packets that we send: a multiple of 10, 10 to 60. */
  readonly packetMs: number;
  /** Where the other side checks (ICE), with us as its lite agent (RFC 8445 §2.5). */
  readonly ice?: { readonly local: TrunkIce; readonly remote: TrunkIce };
}

export type TrunkAgreement = { readonly kind: 'agreed'; readonly trunk: AgreedTrunk } | TrunkDisagreement;

export interface TrunkDisagreement {
  readonly kind: 'disagreed';
  /** Nothing to speak; nothing to secure it with that the policy allows; no section for sound at all. */
  readonly reason: 'noCommonCodec' | 'noCommonSecurity' | 'noSound';
  /** For people who look for the cause. */
  readonly sentence: string;
}

/** What we would like of a session, and what was agreed in it before. */
export interface TrunkWishes {
  readonly policy: TrunkPolicy;
  readonly direction: Direction;
  readonly previous: AgreedTrunk | undefined;
  /** Makes key and salt for a suite, as Base64; `previous` keys are kept where they can be. */
  readonly drawKey: (suite: SdesSuite) => string;
  /** Makes credentials of ours; kept until the other side has others, which is a restart (RFC 8839 §4.4.1.1.1). */
  readonly drawIce: () => TrunkIce;
}

/**
 * Decides what an answer to an offer accepts: one section for sound, where there are several the one that goes on, or a secured one, or the first (RFC 3264 §6). The rest is refused.
 */
export function answerTrunk({ sections }: TrunkDescription, wishes: TrunkWishes): TrunkAgreement {
  const { policy, previous } = wishes;
  const sounds = sections.flatMap((section, index) => (section.kind === 'audio' ? [{ section, index }] : []));
  if (sounds.length === 0) return disagreed('noSound', 'No m= section is for sound over RTP with an IP address and a port.');
  const spoken = sounds.flatMap((sound) => {
    const codecs = chooseTrunkCodecs(policy, sound.section.codecs);
    return codecs.length === 0 ? [] : [{ ...sound, codecs }];
  });
  if (spoken.length === 0) return disagreed('noCommonCodec', `None of the codecs is spoken on this trunk (${namesOf(sounds.flatMap(({ section }) => section.codecs))}): it has ${policy.codecs.join(', ')}.`);
  const secured = spoken.flatMap((sound) => {
    const security = securityForAnswer(sound.section, wishes);
    return security === undefined ? [] : [{ ...sound, security }];
  });
  const rank = ({ index, security }: (typeof secured)[number]): number => (index === previous?.index ? 0 : security.kind === 'none' ? 2 : 1);
  const chosen = secured.toSorted((a, b) => rank(a) - rank(b))[0];
  if (chosen === undefined) return disagreed('noCommonSecurity', securitySentence(policy));
  const { section, index, codecs, security } = chosen;
  return { kind: 'agreed', trunk: { index, security, direction: both(wishes.direction, reverse(section.direction)), remote: section, receive: codecs, send: codecs, packetMs: sentPacketMs(section, policy), ...iceForAnswer(section, wishes) } };
}

/** What we offered, as far as an answer refers to it. */
export interface OfferedTrunk {
  /** Ours, where the session has ICE. */
  readonly ice?: TrunkIce;
  readonly index: number;
  readonly direction: Direction;
  readonly codecs: readonly AgreedCodec[];
  /** Empty without SDES. */
  readonly keys: readonly SdesKey[];
  readonly profile: TrunkAudioSection['profile'];
}

/** Reads what an answer made of our offer. Another answer to the same offer, of another telephone that rings (RFC 3261 §12.1.2), is read likewise. */
export function readTrunkAnswer({ sections }: TrunkDescription, offered: OfferedTrunk, policy: TrunkPolicy): TrunkAgreement {
  const section = sections[offered.index];
  if (section?.kind !== 'audio') return disagreed('noSound', 'The answer refuses the section for sound.');
  const send = offered.codecs.flatMap((ours) => {
    const codec = section.codecs.find((candidate) => isSame(candidate, ours));
    return codec === undefined ? [] : [{ ...ours, payloadType: codec.payloadType, parameters: codec.parameters }];
  });
  if (!send.some(({ name }) => !companionNames.has(name))) return disagreed('noCommonCodec', `The answer has none of the codecs that were offered (${namesOf(section.codecs)}).`);
  const security = securityOfAnswer(section, offered, policy);
  if (security === undefined) return disagreed('noCommonSecurity', securitySentence(policy));
  // Who answers prefers by its own order (RFC 3264 §6.1), and may send with its own numbers, too.
  const order = (codec: AgreedCodec): number => section.codecs.findIndex((theirs) => isSame(theirs, codec)) + (companionNames.has(codec.name) ? 1000 : 0);
  const ours = offered.codecs.filter((codec) => send.some((sent) => isSame(sent, codec)));
  const taken = new Set(ours.map(({ payloadType }) => payloadType));
  const theirs = send.filter(({ payloadType }) => !taken.has(payloadType));
  const sorted = (codecs: readonly AgreedCodec[]): readonly AgreedCodec[] => codecs.toSorted((a, b) => order(a) - order(b));
  return { kind: 'agreed', trunk: { index: offered.index, security, direction: both(offered.direction, reverse(section.direction)), remote: section, receive: sorted([...ours, ...theirs]), send: sorted(send), packetMs: sentPacketMs(section, policy), ...(offered.ice !== undefined && section.ice !== undefined && { ice: { local: offered.ice, remote: section.ice } }) } };
}

/** Both of two limits. */
export function both(a: Direction, b: Direction): Direction {
  const sends = maySend(a) && maySend(b);
  const receives = mayReceive(a) && mayReceive(b);
  if (sends) return receives ? 'sendrecv' : 'sendonly';
  return receives ? 'recvonly' : 'inactive';
}

export function maySend(direction: Direction): boolean {
  return direction === 'sendrecv' || direction === 'sendonly';
}

export function mayReceive(direction: Direction): boolean {
  return direction === 'sendrecv' || direction === 'recvonly';
}

const companionNames: ReadonlySet<string> = new Set(['telephone-event', 'CN']);

/** `undefined` where the policy takes none of what is offered. Best effort, keys under RTP/AVP, is SRTP. */
function securityForAnswer({ profile, keys, dtls }: TrunkAudioSection, { policy, previous, drawKey }: TrunkWishes): TrunkSecurity | undefined {
  if (policy.srtp === 'forbidden') return profile === 'plain' ? { kind: 'none' } : undefined;
  if (profile === 'dtls') return dtls === undefined ? undefined : { kind: 'dtls', role: dtls.setup === 'passive' ? 'client' : 'server', fingerprint: dtls.fingerprint };
  // The first that can be used is what the other side likes best (RFC 4568 §5.1.2).
  const [remote] = keys;
  if (remote === undefined) return profile === 'plain' && policy.srtp === 'allowed' ? { kind: 'none' } : undefined;
  const before = previous?.security.kind === 'sdes' ? previous.security.local : undefined;
  const keyAndSalt = before?.suite === remote.suite ? before.keyAndSalt : drawKey(remote.suite);
  const { identifier: _theirs, ...local } = remote;
  return { kind: 'sdes', remote, local: { ...local, keyAndSalt } };
}

function iceForAnswer({ ice: remote }: TrunkAudioSection, { previous, drawIce }: TrunkWishes): Pick<AgreedTrunk, 'ice'> {
  if (remote === undefined) return {};
  const before = previous?.ice;
  const isSame = before?.remote.usernameFragment === remote.usernameFragment && before.remote.password === remote.password;
  return { ice: { remote, local: isSame ? before.local : drawIce() } };
}

/** An answer has one key, with the tag of the offered one that it took (RFC 4568 §5.1.3). */
function securityOfAnswer({ keys, dtls, profile }: TrunkAudioSection, offered: OfferedTrunk, { srtp }: TrunkPolicy): TrunkSecurity | undefined {
  if (offered.profile === 'dtls') {
    if (profile !== 'dtls' || dtls === undefined) return undefined;
    return { kind: 'dtls', role: dtls.setup === 'passive' ? 'client' : 'server', fingerprint: dtls.fingerprint };
  }
  for (const remote of keys) {
    const local = offered.keys.find(({ tag, suite }) => tag === remote.tag && suite === remote.suite);
    if (local !== undefined) return { kind: 'sdes', local, remote };
  }
  return profile === 'plain' && srtp !== 'required' && offered.profile === 'plain' ? { kind: 'none' } : undefined;
}

function isSame(a: OfferedCodec, b: OfferedCodec): boolean {
  return sameCodecName(a.name, b.name) && a.clockRate === b.clockRate;
}

function namesOf(codecs: readonly OfferedCodec[]): string {
  return [...new Set(codecs.map(({ name }) => name))].join(', ') || 'none';
}

function securitySentence({ srtp }: TrunkPolicy): string {
  return srtp === 'forbidden' ? 'SRTP is offered and nothing else, which this trunk forbids.' : 'There is no security in common: this trunk takes SRTP with keys in the description or by DTLS (SHA-256).';
}

function disagreed(reason: TrunkDisagreement['reason'], sentence: string): TrunkDisagreement {
  return { kind: 'disagreed', reason, sentence };
}
