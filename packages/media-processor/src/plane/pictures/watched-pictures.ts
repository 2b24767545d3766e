import { neededLayers, type PictureUse, WatchedLayers } from '@dialplane/conference';
import type { WatchedPicture } from '@dialplane/media-api';
import type { Instant } from '@dialplane/sansio';
import type { Conference } from '../conference.ts';
import type { Leg } from '../legs/leg.ts';
import type { WatchedStream } from './leg-pictures.ts';
import type { ReceivedSection } from '../legs/received-section.ts';

const observeMs = 500;

/** Who sees what. */
export interface Viewers {
  /** The pictures that a client is sent by themselves. */
  watchedBy(leg: Leg): readonly WatchedStream[];
  /** How high a picture is in the composed one, in pixels; 0 where it is not in it, `Infinity` where that is not known yet. */
  composedHeight(section: ReceivedSection): number;
}

/** What of a picture those have a use for who are sent it by itself. */
interface Audience {
  /** How high it is displayed at the most, in pixels. */
  readonly height: number;
  /** How many of its layers the widest of their lines takes. */
  readonly takenLayers: number;
}

const nobody: Audience = { height: 0, takenLayers: Infinity };

/** Of the pictures that clients send, which layers anybody sees and some line takes. Who sends more than that is told, so that a camera costs nothing while nobody looks. */
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

  /** A client wants to see other pictures: who sends too little for that is told at once, whatever the line takes, which shows when it comes. */
  handleWanted(leg: Leg, now: Instant): void {
    this.isStale = true;
    const watched = this.viewers.watchedBy(leg);
    const audiences = audiencesOf(watched);
    for (const sender of new Set(watched.flatMap(({ identifier }) => this.conference.legsOf(identifier)))) {
      this.settle(sender, now, (picture, section) => (picture.raise(shownLayers(section, audiences.get(nameOf(section))?.height ?? 0)) ? 'somebody wants to see it' : undefined));
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
    const audiences = audiencesOf(legs.flatMap((leg) => this.viewers.watchedBy(leg)));
    for (const sender of legs) {
      this.settle(sender, now, (picture, section) => {
        const { told, limit } = picture;
        const use = this.useOf(section, audiences.get(nameOf(section)) ?? nobody, now);
        return picture.observe(use, now) ? reasonOf(use, { told, limit }) : undefined;
      });
    }
  }

  private useOf(section: ReceivedSection, { height, takenLayers }: Audience, now: Instant): PictureUse {
    const shown = shownLayers(section, height);
    const composed = shownLayers(section, this.viewers.composedHeight(section));
    const needed = Math.max(Math.min(shown, takenLayers), composed);
    return { needed, limit: needed < shown ? 'lines' : 'displays', sent: section.layersSent(now) };
  }

  /** Looks at what a client sends, and tells it where that changes what it is to send. @param reasonFor why it is another number of layers than before, where it is. */
  private settle(leg: Leg, now: Instant, reasonFor: (picture: WatchedLayers, section: ReceivedSection) => string | undefined): void {
    const sections = leg.received.filter(({ kind }) => kind === 'video');
    if (sections.length === 0) return;
    const known = this.layers.get(leg) ?? new Map<string, WatchedLayers>();
    this.layers.set(leg, known);
    const reasons: string[] = [];
    const watched: WatchedPicture[] = [];
    for (const section of sections) {
      const { mid, rids, mediaStreamType } = section;
      const picture = known.get(mid) ?? new WatchedLayers(rids.length);
      known.set(mid, picture);
      const reason = reasonFor(picture, section);
      section.ask(picture.told, now);
      if (reason !== undefined) reasons.push(`${mediaStreamType === 'Video' ? 'camera' : 'screen'}: ${amountOf(picture.told, rids.length)}, as ${reason}`);
      if (picture.told < rids.length) watched.push({ mid, layers: picture.told });
    }
    if (reasons.length > 0) this.conference.tell({ kind: 'watchedChanged', conferenceId: this.conference.conferenceId, legId: leg.legId, watched, why: reasons.join('; ') });
  }
}

/** How much of a picture is asked for, in words. */
function amountOf(layers: number, all: number): string {
  if (layers === 0) return 'no picture';
  if (layers === all) return all === 1 ? 'the picture' : `all ${all} sizes`;
  return layers === 1 ? `the smallest of ${all} sizes` : `the ${layers} smaller of ${all} sizes`;
}

function reasonOf({ needed, limit }: PictureUse, before: Pick<WatchedLayers, 'told' | 'limit'>): string {
  if (needed > before.told) return before.limit === 'lines' ? 'a line takes more of it' : 'it is seen again, or larger';
  if (limit === 'lines') return needed === 0 ? 'no line of those who want to see it takes it' : 'no line of those who see it takes more';
  return needed === 0 ? 'nobody sees it' : 'nobody shows it larger';
}

/** What is made of each picture, by {@link nameOf}. */
function audiencesOf(watched: readonly WatchedStream[]): ReadonlyMap<string, Audience> {
  const audiences = new Map<string, Audience>();
  for (const { identifier, mediaStreamType, height = 0, takenLayers = Infinity } of watched) {
    const name = `${mediaStreamType} ${identifier}`;
    const others = audiences.get(name);
    audiences.set(name, { height: Math.max(others?.height ?? 0, height === 0 ? Infinity : height), takenLayers: Math.max(others?.takenLayers ?? 0, takenLayers) });
  }
  return audiences;
}

function nameOf({ mediaStreamType, leg: { identifier } }: ReceivedSection): string {
  return `${mediaStreamType} ${identifier}`;
}

function shownLayers({ layers }: ReceivedSection, displayedHeight: number): number {
  return displayedHeight === 0 ? 0 : neededLayers(layers.map((layer) => layer?.height ?? 0), displayedHeight);
}
