import { neededLayers, WatchedLayers } from '@dialplane/conference';
import type { WantedStream, WatchedPicture } from '@dialplane/media-api';
import type { Instant } from '@dialplane/sansio';
import type { Conference } from './conference.ts';
import type { Leg } from './leg.ts';
import type { ReceivedSection } from './received-section.ts';

const observeMs = 500;

/** Who sees what. */
export interface Viewers {
  /** The pictures that a client is sent by themselves. */
  watchedBy(leg: Leg): readonly WantedStream[];
  /** How high a picture is in the composed one, in pixels; 0 where it is not in it, `Infinity` where that is not known yet. */
  composedHeight(section: ReceivedSection): number;
}

/** Of the pictures that clients send, which layers anybody sees. Who sends more than that is told, so that a camera costs nothing while nobody looks. */
export class WatchedPictures {
  private readonly conference: Conference;
  private readonly viewers: Viewers;
  /** By `mid`: agreed on anew, a section is what its client was told of it. */
  private readonly layers = new Map<Leg, Map<string, WatchedLayers>>();
  private observedAt: Instant | undefined;
  private isStale = false;

  constructor(conference: Conference, viewers: Viewers) {
    this.conference = conference;
    this.viewers = viewers;
  }

  /** A client wants to see other pictures: who sends too little for that is told at once. */
  handleWanted(leg: Leg): void {
    this.isStale = true;
    const watched = this.viewers.watchedBy(leg);
    const displays = displaysOf(watched);
    for (const sender of new Set(watched.flatMap(({ identifier }) => this.conference.legsOf(identifier)))) {
      this.settle(sender, (picture, section) => picture.raise(needed(section, displays.get(nameOf(section)))));
    }
  }

  /** Somebody came, went, or is shown things otherwise. */
  route(): void {
    this.isStale = true;
  }

  forget(leg: Leg): void {
    this.layers.delete(leg);
    this.isStale = true;
  }

  /** To be called many times a second. */
  handleTimeout(now: Instant): void {
    if (!this.isStale && this.observedAt !== undefined && now - this.observedAt < observeMs) return;
    this.isStale = false;
    this.observedAt = now;
    const legs = [...this.conference.legs.values()];
    const displays = displaysOf(legs.flatMap((leg) => this.viewers.watchedBy(leg)));
    for (const sender of legs) {
      this.settle(sender, (picture, section) => {
        const height = Math.max(displays.get(nameOf(section)) ?? 0, this.viewers.composedHeight(section));
        return picture.observe({ needed: needed(section, height), sent: section.layersSent(now) }, now);
      });
    }
  }

  /** Looks at what a client sends, and tells it where that changes what it is to send. */
  private settle(leg: Leg, hasChanged: (picture: WatchedLayers, section: ReceivedSection) => boolean): void {
    const sections = leg.received.filter(({ kind }) => kind === 'video');
    if (sections.length === 0) return;
    const known = this.layers.get(leg) ?? new Map<string, WatchedLayers>();
    this.layers.set(leg, known);
    let isNews = false;
    const watched: WatchedPicture[] = [];
    for (const section of sections) {
      const { mid, rids } = section;
      const picture = known.get(mid) ?? new WatchedLayers(rids.length);
      known.set(mid, picture);
      if (hasChanged(picture, section)) isNews = true;
      if (picture.told < rids.length) watched.push({ mid, layers: picture.told });
    }
    if (isNews) this.conference.tell({ kind: 'watchedChanged', conferenceId: this.conference.conferenceId, legId: leg.legId, watched });
  }
}

/** How high each picture is displayed at the most, in pixels, by {@link nameOf}. */
function displaysOf(watched: readonly WantedStream[]): ReadonlyMap<string, number> {
  const displays = new Map<string, number>();
  for (const { identifier, mediaStreamType, height = 0 } of watched) {
    const name = `${mediaStreamType} ${identifier}`;
    displays.set(name, Math.max(displays.get(name) ?? 0, height === 0 ? Infinity : height));
  }
  return displays;
}

function nameOf({ mediaStreamType, leg: { identifier } }: ReceivedSection): string {
  return `${mediaStreamType} ${identifier}`;
}

function needed({ layers }: ReceivedSection, displayedHeight = 0): number {
  return displayedHeight === 0 ? 0 : neededLayers(layers.map((layer) => layer?.height ?? 0), displayedHeight);
}
