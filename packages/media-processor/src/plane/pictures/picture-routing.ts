import type { WantedStream } from '@dialplane/media-api';
import type { Instant } from '@dialplane/sansio';
import type { Conference } from '../conference.ts';
import type { Leg } from '../legs/leg.ts';
import { AttainablePictures } from './attainable-pictures.ts';
import { LegPictures, type PictureNeeds, rankOf, type WatchedStream } from './leg-pictures.ts';
import type { ReceivedSection } from '../legs/received-section.ts';

/** Who is seen by whom: a client says which picture it wants in which of its sections. */
export class PictureRouting {
  private readonly conference: Conference;
  private readonly pictures = new Map<Leg, LegPictures>();
  private readonly attainable = new AttainablePictures();
  spotlight: readonly string[] = [];
  private prominent: ReadonlySet<string> = new Set();
  private prominentFor: { readonly spotlight: readonly string[]; readonly dominant: readonly string[] } | undefined;

  constructor(conference: Conference) {
    this.conference = conference;
  }

  /** The whole list, in place of the last one. */
  setWanted(leg: Leg, wanted: readonly WantedStream[], now: Instant): void {
    const pictures = this.of(leg);
    this.attainable.clear();
    pictures.wanted = wanted;
    pictures.share(now);
  }

  setSpotlight(identifiers: readonly string[]): void {
    this.spotlight = identifiers;
  }

  /** What the pictures that a client wants take of its line. */
  needsOf(leg: Leg): PictureNeeds {
    return this.of(leg).needs;
  }

  /** The pictures that a client sees, if they come in. */
  watchedBy(leg: Leg): readonly WatchedStream[] {
    return this.of(leg).watched;
  }

  forget(leg: Leg): void {
    this.pictures.delete(leg);
  }

  route(now: Instant): void {
    this.attainable.clear();
    for (const leg of this.conference.legs.values()) if (leg.telephone === undefined) this.of(leg).share(now);
  }

  /** To be called several times a second. */
  handleTimeout(): void {
    const { dominant } = this.conference.audio;
    const { spotlight, prominentFor } = this;
    if (prominentFor?.spotlight === spotlight && prominentFor.dominant === dominant) return;
    this.prominentFor = { spotlight, dominant };
    const [speaker] = dominant;
    this.prominent = new Set(speaker === undefined ? spotlight : [...spotlight, speaker]);
  }

  /** The same for each leg. */
  handleLegTimeout(leg: Leg, now: Instant): void {
    this.pictures.get(leg)?.handleTimeout(now);
  }

  private of(leg: Leg): LegPictures {
    const known = this.pictures.get(leg);
    if (known !== undefined) return known;
    const made = new LegPictures(leg, {
      sectionOf: (wanted) => this.find(wanted),
      rankOf: (wanted) => rankOf(wanted, this.prominent),
      pointsOf: (section, { height = 0 }, now) => this.attainable.pointsOf(section, height, now),
    });
    this.pictures.set(leg, made);
    return made;
  }

  /** The first of the participant's legs that sends such a picture. */
  private find({ identifier, mediaStreamType }: WantedStream): ReceivedSection | undefined {
    for (const leg of this.conference.legsOf(identifier)) {
      if (!leg.maySend(mediaStreamType)) continue;
      const section = leg.received.find((candidate) => candidate.mediaStreamType === mediaStreamType && candidate.layers.some((layer) => layer !== undefined));
      if (section !== undefined) return section;
    }
    return undefined;
  }
}
