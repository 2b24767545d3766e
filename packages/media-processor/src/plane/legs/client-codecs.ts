import type { SectionCodec } from '../../process-api/leg-settings.ts';
import { isMedia } from '../streams/codec-match.ts';
import type { Conference } from '../conference.ts';
import type { Leg } from './leg.ts';

/** What a client and a telephone may both have (RFC 7874 §3 asks clients for G.711); Opus is what clients speak anyway. */
const telephoneCodecs: ReadonlySet<string> = new Set(['G722', 'PCMU', 'PCMA']);

/**
 * What clients are asked to speak. Alone with a telephone whose trunk wants it so, a client gets and sends the telephone's codec, and packets pass as they are ({@link PassThrough}); what is mixed for it meanwhile
 * (a ringing tone, music, keys) has that codec, too. In every other company it is Opus.
 */
export class ClientCodecs {
  private readonly conference: Conference;
  /** What each leg was told; absent is any. */
  private readonly told = new Map<Leg, string>();

  constructor(conference: Conference) {
    this.conference = conference;
  }

  /** Legs came or went, or were described otherwise. */
  route(): void {
    for (const leg of this.conference.legs.values()) {
      if (leg.telephone === undefined && leg.transport !== undefined) this.tell(leg, this.wantedOf(leg));
    }
  }

  forget(leg: Leg): void {
    this.told.delete(leg);
  }

  private tell(leg: Leg, codec: string | undefined): void {
    if (codec === this.told.get(leg)) return;
    if (codec === undefined) this.told.delete(leg);
    else this.told.set(leg, codec);
    const why = codec === undefined ? 'It is not alone any more with a telephone whose packets it could get as they are.' : `Packets of the telephone, in ${codec}, can pass as they are.`;
    const { conferenceId, tell } = this.conference;
    tell({ kind: 'codecWanted', conferenceId, legId: leg.legId, ...(codec !== undefined && { codec }), why });
  }

  private wantedOf(leg: Leg): string | undefined {
    const other = this.conference.passThrough.onlyOther(leg);
    if (other?.telephone?.clientCodec !== 'telephone') return undefined;
    const codec = codecsOf(other).find(isMedia);
    // On hold it says nothing, and will go on as it was.
    if (codec === undefined) return this.told.get(leg);
    return telephoneCodecs.has(codec.name) && codecsOf(leg).some(({ name }) => name === codec.name) ? codec.name : undefined;
  }
}

/** As agreed for sound, in the order of preference. */
function codecsOf({ sent, received }: Leg): readonly SectionCodec[] {
  return sent.find(({ kind }) => kind === 'audio')?.settings.codecs ?? received.find(({ kind }) => kind === 'audio')?.codecs ?? [];
}
