import type { Instant } from '@dialplane/sansio';
import type { WantedStream } from '@dialplane/media-api';
import type { Conference } from './conference.ts';
import type { Leg } from './leg.ts';
import type { ReceivedSection } from './received-section.ts';
import type { ReceivedStream } from './received-stream.ts';

/** Who is seen by whom: a client says which picture it wants in which of its sections. */
export class PictureRouting {
  private readonly conference: Conference;
  private readonly wanted = new Map<Leg, readonly WantedStream[]>();
  private now: Instant | undefined;

  constructor(conference: Conference) {
    this.conference = conference;
  }

  /** The whole list, in place of the last one. */
  setWanted(leg: Leg, wanted: readonly WantedStream[]): void {
    this.wanted.set(leg, wanted);
    this.routeTo(leg);
  }

  forget(leg: Leg): void {
    this.wanted.delete(leg);
  }

  route(): void {
    for (const leg of this.conference.legs.values()) this.routeTo(leg);
  }

  handleTimeout(now: Instant): void {
    this.now = now;
    this.route();
  }

  private routeTo(leg: Leg): void {
    const wanted = leg.isHeld || this.conference.modesOf(leg).video === 'mixed' ? [] : (this.wanted.get(leg) ?? []);
    for (const stream of leg.sent) {
      if (stream.kind !== 'video') continue;
      const want = wanted.find(({ mid }) => mid === stream.mid);
      const section = want === undefined ? undefined : this.find(want);
      stream.setSource(section === undefined || !stream.canCarry(section) ? undefined : this.layerOf(section));
    }
  }

  private find({ identifier, mediaStreamType }: WantedStream): ReceivedSection | undefined {
    for (const leg of this.conference.legs.values()) {
      if (leg.identifier !== identifier || !leg.maySend('video')) continue;
      const section = leg.received.find((candidate) => candidate.mediaStreamType === mediaStreamType);
      if (section !== undefined) return section;
    }
    return undefined;
  }

  private layerOf({ layers }: ReceivedSection): ReceivedStream | undefined {
    return layers.findLast((stream) => stream !== undefined && (this.now === undefined || stream.isAlive(this.now)));
  }
}
