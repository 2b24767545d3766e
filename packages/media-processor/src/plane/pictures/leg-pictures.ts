import { type OperatingPoint, PictureAllocator, type PictureDemand, pictureRank, type PictureRank } from '@dialplane/conference';
import type { WantedStream } from '@dialplane/media-api';
import { type Instant, instant } from '@dialplane/sansio';
import { ComposedStream } from './composed-stream.ts';
import type { Leg } from '../legs/leg.ts';
import type { ReceivedSection } from '../legs/received-section.ts';
import type { SentStream } from '../streams/sent-stream.ts';

/** A line is divided anew after this time at the least: one that has no room for all that is wanted of it, and one that has. */
const shareMs = 150;
const roomyShareMs = 450;

/** Finds whose picture is meant, and how much it matters. */
export interface PictureSources {
  sectionOf(wanted: WantedStream): ReceivedSection | undefined;
  rankOf(wanted: WantedStream): PictureRank;
  /** In which ways it can be had now, the least first. */
  pointsOf(section: ReceivedSection, wanted: WantedStream, now: Instant): readonly OperatingPoint[];
}

/** A picture that a client sees, or would see if it came in. */
export interface WatchedStream extends WantedStream {
  /** How many of its layers, lowest first, the client's line takes; `undefined` where that is not known, because nothing comes in. */
  readonly takenLayers: number | undefined;
}

export interface PictureNeeds {
  readonly wantedPictures: number;
  readonly leastBps: number;
}

interface Demand extends PictureDemand {
  readonly stream: SentStream;
  readonly section: ReceivedSection;
}

/** The pictures that one client wants to see, and which layer of each its line has room for. */
export class LegPictures {
  wanted: readonly WantedStream[] = [];
  /** How many pictures the client wanted when the line was divided last, and what they cost at the least, whether or not it gets them. */
  needs: PictureNeeds = { wantedPictures: 0, leastBps: 0 };
  private readonly leg: Leg;
  private readonly sources: PictureSources;
  private readonly allocator = new PictureAllocator();
  /** How many layers of each picture the line takes, by `mid`. */
  private taken: ReadonlyMap<string, number> = new Map();
  private sharedAt = instant(-Infinity);
  /** What the line has to take so that everything fits that it was asked for; `Infinity` where not everything did. */
  private roomyFromBps = Infinity;

  constructor(leg: Leg, sources: PictureSources) {
    this.leg = leg;
    this.sources = sources;
  }

  /** To be called often: divides the line anew when it is time. */
  handleTimeout(now: Instant): void {
    if (this.wanted.length > 0 && now - this.sharedAt >= (this.leg.pictureBps >= this.roomyFromBps ? roomyShareMs : shareMs)) this.share(now);
  }

  /** Gives each section the layer there is room for, or nothing. */
  share(now: Instant): void {
    this.sharedAt = now;
    const { leg, allocator } = this;
    const wanted = this.demands(now);
    this.needs = { wantedPictures: wanted.length, leastBps: wanted.reduce((sum, { points }) => sum + (points[0]?.bitrateBps ?? 0), 0) };
    const demands = this.mayReceive ? wanted : [];
    const shares = allocator.allocate(leg.pictureBps, demands, now);
    leg.wantPictures(demands.length === 0 ? 0 : allocator.wantedBps);
    this.taken = new Map(demands.flatMap(({ mid, points }, index) => (points.length === 0 ? [] : [[mid, (shares[index]?.point?.layer ?? -1) + 1]])));
    this.roomyFromBps = demands.every(({ points }, index) => shares[index]?.point === points.at(-1)) ? allocator.wantedBps : Infinity;
    for (const [index, { stream, section }] of demands.entries()) apply(stream, section, shares[index]?.point);
    for (const stream of leg.sent) if (stream.kind === 'video' && !demands.some((demand) => demand.stream === stream) && !(stream.wantedSource instanceof ComposedStream)) stream.setSource(undefined);
  }

  /** What of the wanted pictures the client is sent, if they come in; none while its pictures are mixed, or it is on hold. */
  get watched(): readonly WatchedStream[] {
    return this.mayReceive ? this.wanted.map((wanted) => ({ ...wanted, takenLayers: this.taken.get(wanted.mid) })) : [];
  }

  private get mayReceive(): boolean {
    return !this.leg.isHeld && this.leg.conference.modesOf(this.leg).video === 'forwarded';
  }

  private demands(now: Instant): readonly Demand[] {
    return this.leg.sent.flatMap((stream) => {
      const wanted = stream.kind === 'video' ? this.wanted.find(({ mid }) => mid === stream.mid) : undefined;
      const section = wanted === undefined ? undefined : this.sources.sectionOf(wanted);
      if (wanted === undefined || section === undefined || !stream.canCarry(section)) return [];
      return [{ mid: stream.mid, stream, section, rank: this.sources.rankOf(wanted), points: this.sources.pointsOf(section, wanted, now) }];
    });
  }
}

function apply(stream: SentStream, { layers }: ReceivedSection, point: OperatingPoint | undefined): void {
  stream.setSource(point === undefined ? undefined : layers[point.layer]);
  if (point !== undefined) stream.limitTemporalLayers(point.temporalLayer);
}

/** A screen before all, then whom everybody is to see. */
export function rankOf({ mediaStreamType, identifier }: WantedStream, prominent: ReadonlySet<string>): PictureRank {
  if (mediaStreamType === 'ScreenSharing') return pictureRank.screen;
  return prominent.has(identifier) ? pictureRank.prominent : pictureRank.other;
}
