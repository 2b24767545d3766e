import { randomBytes, randomInt } from 'node:crypto';
import { maxSdpLength, type MediaDescription, type StreamInfo } from '@dialplane/calling-api';
import type { MediaFailure } from '@dialplane/media-api';
import { agreeSections, describeSdpFault, parseOffer, sdpFault, writeAnswer, type AgreedSection, type LocalCandidate, type OfferedTransport, type SessionOffer } from '@dialplane/sdp';
import type { IceCredentials } from '@dialplane/ice';
import type { SectionSettings, WebrtcTransportSettings } from '../../process-api/leg-settings.ts';
import { sectionSettings } from './section-settings.ts';

/** What all legs of a process have in common. */
export interface LegSurroundings {
  /** SHA-256 over our certificate, 32 bytes. */
  readonly fingerprint: Uint8Array;
  readonly candidates: readonly LocalCandidate[];
  /** Of all our SSRCs. */
  readonly cname: string;
  readonly sectionsPerLeg: number;
}

export type Negotiated =
  | { readonly kind: 'agreed'; readonly answer: MediaDescription; readonly transport: WebrtcTransportSettings; readonly sections: readonly SectionSettings[] }
  | { readonly kind: 'refused'; readonly reason: MediaFailure; /** For people who look for the cause. */ readonly sentence: string };

/** Nothing is agreed ▶ agreed, replaced by each further agreement; a refused offer leaves it as it is (RFC 3264 §8). */
type Agreement =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'agreed';
      readonly offer: SessionOffer;
      readonly transport: WebrtcTransportSettings;
      readonly sections: readonly AgreedSection[];
      /** Sections of the offer, with those that were refused. */
      readonly sectionCount: number;
    };

/** Offer/answer of one leg: the client offers, as often as it likes, and each offer is answered at once. */
export class LegNegotiation {
  private readonly surroundings: LegSurroundings;
  private readonly sessionId = (randomBytes(8).readBigUInt64BE() >> 2n).toString();
  private answers = 0;
  private agreement: Agreement = { kind: 'none' };

  constructor(surroundings: LegSurroundings) {
    this.surroundings = surroundings;
  }

  /** Answers an offer, or says why there is nothing to agree on; then everything stays as it was. */
  handle({ type, sdp, revision, streams }: MediaDescription): Negotiated {
    if (type !== 'offer') return refused('DESCRIPTION_INVALID', 'The media processor answers offers and makes none, so there is nothing to answer.');
    const parsed = parseOffer(sdp);
    if (!parsed.ok) return refused('DESCRIPTION_INVALID', describeSdpFault(parsed));
    const { offer } = parsed;
    if (this.agreement.kind === 'agreed' && !isNewConnection(this.agreement.offer, offer) && offer.sections.length < this.agreement.sectionCount) {
      return refused('DESCRIPTION_INVALID', describeSdpFault(sdpFault('SECTION_MISSING')));
    }
    const sections = this.agree(offer);
    const accepted = sections.flatMap((section) => section ?? []);
    if (accepted.length === 0) return refused('NO_COMMON_CODEC', 'No m= section of the offer has a codec that is spoken here: Opus, G.722 or G.711 for audio; VP8, H.264, VP9 or AV1 for video.');
    if (accepted.length > this.surroundings.sectionsPerLeg) return refused('DESCRIPTION_INVALID', `The offer uses ${accepted.length} m= sections; a leg has ${this.surroundings.sectionsPerLeg} at most.`);
    const transport = this.transportFor(offer);
    const answer = this.write(offer, sections, transport);
    if (answer.length > maxSdpLength) return refused('DESCRIPTION_INVALID', 'The answer would be longer than a description may be: offer fewer sections or codecs.');
    this.agreement = { kind: 'agreed', offer, transport, sections: accepted, sectionCount: offer.sections.length };
    this.answers += 1;
    return {
      kind: 'agreed', transport,
      answer: { type: 'answer', sdp: answer, revision: this.answers, answers: revision, streams: accepted.flatMap(sentStream) },
      sections: accepted.map((section) => sectionSettings(section, streams)),
    };
  }

  private agree(offer: SessionOffer): ReadonlyArray<AgreedSection | undefined> {
    const previous = this.agreement.kind === 'agreed' ? this.agreement.sections : [];
    const used = new Set(previous.flatMap(({ send }) => (send === undefined ? [] : [send.ssrc, send.rtxSsrc])));
    return agreeSections(offer, previous, () => {
      let ssrc = randomSsrc();
      while (used.has(ssrc)) ssrc = randomSsrc();
      used.add(ssrc);
      return ssrc;
    });
  }

  /**
   * Another peer connection of the client gets another transport (RFC 8842 §5.5: another fingerprint is another association, too), other credentials of the same one an ICE restart, to which
   * we have new ones, too (RFC 8839 §4.4.1.1.1); otherwise all stays.
   */
  private transportFor(offer: SessionOffer): WebrtcTransportSettings {
    const { fingerprint: remoteFingerprint, setup, usernameFragment, password } = offer.transport;
    const remote = { usernameFragment, password };
    const before = this.agreement;
    if (before.kind === 'none' || isNewConnection(before.offer, offer)) {
      const generation = before.kind === 'none' ? 1 : before.transport.generation + 1;
      return { kind: 'webrtc', generation, local: newCredentials(), remote, dtlsRole: roleFor(setup), remoteFingerprint };
    }
    const isRestart = before.transport.remote.usernameFragment !== usernameFragment || before.transport.remote.password !== password;
    return isRestart ? { ...before.transport, local: newCredentials(), remote } : before.transport;
  }

  private write(offer: SessionOffer, sections: ReadonlyArray<AgreedSection | undefined>, { local, dtlsRole }: WebrtcTransportSettings): string {
    const { fingerprint, candidates, cname } = this.surroundings;
    return writeAnswer({
      offer, sections, cname, sessionId: this.sessionId, sessionVersion: this.answers + 1,
      transport: { ...local, fingerprint, candidates, setup: dtlsRole === 'server' ? 'passive' : 'active' },
    });
  }
}

function refused(reason: MediaFailure, sentence: string): Negotiated {
  return { kind: 'refused', reason, sentence };
}

/** Whether the client came with another peer connection. */
function isNewConnection(before: SessionOffer, now: SessionOffer): boolean {
  return before.sessionId !== now.sessionId || !Buffer.from(before.transport.fingerprint).equals(now.transport.fingerprint);
}

/** We are the server wherever the client leaves it to us (RFC 8842 §5.3), because it knows first when packets get through. */
function roleFor(setup: OfferedTransport['setup']): WebrtcTransportSettings['dtlsRole'] {
  return setup === 'passive' ? 'client' : 'server';
}

/** 48 and 144 bits (RFC 8445 §5.3 asks for 24 and 128), in the alphabet of ICE, which is that of Base64. */
export function newCredentials(): IceCredentials {
  return { usernameFragment: randomBytes(6).toString('base64'), password: randomBytes(18).toString('base64') };
}

function randomSsrc(): number {
  return randomInt(1, 2 ** 32);
}

function sentStream({ mid, kind, send }: AgreedSection): StreamInfo[] {
  return send === undefined ? [] : [{ mid, mediaStreamType: kind === 'audio' ? 'Audio' : 'Video' }];
}
