import { PictureLayout } from '@dialplane/conference';
import type { VideoTile } from '@dialplane/media-api';
import type { Instant } from '@dialplane/sansio';
import { isDeepStrictEqual } from 'node:util';
import { type ComposedFrame, type ComposedSize, composedSizes, type ComposedTile } from '../../composing/video-composer.ts';
import { ComposedStream } from './composed-stream.ts';
import type { Composing } from './composing.ts';
import type { Conference } from '../conference.ts';
import type { Leg } from '../legs/leg.ts';
import { PictureSource } from './picture-source.ts';
import type { ReceivedSection } from '../legs/received-section.ts';
import type { ReceivedStream } from '../streams/received-stream.ts';
import type { SentStream } from '../streams/sent-stream.ts';

const arrangeMs = 250;
/** A line that takes so much gets the large picture, and keeps it until it takes less. */
const largeFromBps = 1_100_000;
const largeUntilBps = 750_000;
/** Of the slowest line of a size, what its picture takes; within what the size needs and can use. */
const usedPart = 0.85;
const bitrates: Readonly<Record<ComposedSize, { readonly least: number; readonly most: number }>> = { large: { least: 600_000, most: 1_800_000 }, small: { least: 80_000, most: 500_000 } };
/** Another bitrate is set where it differs by more than this. */
const bitrateStep = 0.1;

/** Who is in the spotlight, then who spoke last. */
export interface Prominence {
  readonly spotlight: readonly string[];
  readonly dominant: readonly string[];
}

/** A composition while somebody receives it. */
interface OpenComposition {
  readonly number: number;
  readonly sources: Map<ReceivedSection, PictureSource>;
  readonly streams: Readonly<Record<ComposedSize, ComposedStream>>;
  readonly bitrates: Map<ComposedSize, number>;
}

/**
 * The composed picture of one conference. Everybody whose pictures are mixed gets it in the first video section, in the size that the line takes; who receives it sees
 * its own picture in it, too: one encoding serves all.
 */
export class ConferencePicture {
  private readonly conference: Conference;
  private readonly composing: Composing;
  private readonly prominence: () => Prominence;
  private readonly layout = new PictureLayout();
  private readonly watchers = new Map<Leg, { readonly stream: SentStream; size: ComposedSize }>();
  private open: OpenComposition | undefined;
  /** As it was told, and as the composer has it: somebody who comes back is another source in the same place. */
  private tiles: readonly VideoTile[] = [];
  private placed: readonly ComposedTile[] = [];
  private arrangedAt: Instant | undefined;

  constructor(conference: Conference, composing: Composing, prominence: () => Prominence) {
    this.conference = conference;
    this.composing = composing;
    this.prominence = prominence;
  }

  /** Legs came or went, or send or see something else. */
  route(now: Instant): void {
    for (const leg of this.conference.legs.values()) this.routeLeg(leg);
    if (this.watchers.size === 0) return this.close();
    this.arrange(now);
  }

  forget(leg: Leg): void {
    this.stop(leg);
  }

  handleTimeout(now: Instant): void {
    const { open } = this;
    if (open === undefined) return;
    for (const stream of Object.values(open.streams)) stream.handleTimeout(now);
    for (const leg of this.watchers.keys()) leg.wantPictures(bitrates.large.most);
    if (this.arrangedAt === undefined || now - this.arrangedAt >= arrangeMs) this.arrange(now);
  }

  /** How high a picture is in the composed one, in pixels; 0 where it is not in it, `Infinity` where that will be known once it comes. */
  heightOf(section: ReceivedSection): number {
    const { open } = this;
    if (open === undefined || !open.sources.has(section)) return 0;
    if (section.layers.every((layer) => layer === undefined)) return Infinity;
    const tile = this.tiles.find((one) => shows(one, section));
    return tile === undefined ? 0 : heightIn(tile, open);
  }

  send(frame: ComposedFrame, now: Instant): void {
    this.open?.streams[frame.size].send(frame, now);
  }

  close(): void {
    const { open } = this;
    if (open === undefined) return;
    for (const leg of this.watchers.keys()) this.stop(leg);
    for (const source of open.sources.values()) this.composing.removeSource(source);
    this.composing.removePicture(open.number);
    this.open = undefined;
    this.tiles = [];
    this.placed = [];
  }

  private routeLeg(leg: Leg): void {
    const stream = leg.sent.find(({ kind }) => kind === 'video');
    const watches = !leg.isHeld && leg.transport !== undefined && this.conference.modesOf(leg).video === 'mixed';
    if (!watches || stream === undefined) return this.stop(leg);
    const known = this.watchers.get(leg);
    if (known?.stream === stream) return;
    this.stop(leg);
    const open = (this.open ??= this.begin());
    if (open === undefined || !stream.canCarry(open.streams.small.section)) return;
    this.watchers.set(leg, { stream, size: leg.estimateBps >= largeFromBps ? 'large' : 'small' });
  }

  private begin(): OpenComposition | undefined {
    const composer = this.composing.current;
    if (composer === undefined) return undefined;
    const number = composer.openComposition();
    this.composing.addPicture(number, this);
    const stream = (size: ComposedSize) => new ComposedStream(this.composing.sender, this.composing.fanOut, () => composer.needKeyFrame(number, size));
    return { number, sources: new Map(), streams: { large: stream('large'), small: stream('small') }, bitrates: new Map() };
  }

  private stop(leg: Leg): void {
    this.watchers.get(leg)?.stream.setSource(undefined);
    this.watchers.delete(leg);
  }

  /** Brings sources, tiles, sizes and layers in line with what there is now. */
  private arrange(now: Instant): void {
    const { open } = this;
    if (open === undefined) return;
    this.arrangedAt = now;
    this.findSources(open);
    this.share(open);
    const { spotlight, dominant } = this.prominence();
    const pictures = [...open.sources.keys()].filter(({ layers }) => layers.some((layer) => layer !== undefined)).map(({ leg, mediaStreamType }) => ({ identifier: leg.identifier, mediaStreamType: mediaStreamType === 'ScreenSharing' ? ('ScreenSharing' as const) : ('Video' as const) }));
    const tiles = this.layout.arrange(unique(pictures), [...spotlight, ...dominant], spotlight.length);
    for (const source of open.sources.values()) source.follow(layerFor(source.section, tiles.find((tile) => shows(tile, source.section)), open, now));
    const placed = tiles.flatMap((tile) => composedTile(tile, open.sources));
    if (!isDeepStrictEqual(placed, this.placed)) this.composing.current?.setTiles(open.number, placed);
    this.placed = placed;
    if (isDeepStrictEqual(tiles, this.tiles)) return;
    this.tiles = tiles;
    this.conference.tell({ kind: 'layoutChanged', conferenceId: this.conference.conferenceId, layout: tiles });
  }

  private findSources({ number, sources }: OpenComposition): void {
    const composer = this.composing.current;
    const sections = [...this.conference.legs.values()].flatMap((leg) => leg.received.filter((section) => isComposable(section) && leg.maySend(section.mediaStreamType)));
    for (const [section, source] of sources) {
      if (sections.includes(section)) continue;
      this.composing.removeSource(source);
      sources.delete(section);
    }
    for (const section of sections) {
      if (composer === undefined || sources.has(section)) continue;
      const source = new PictureSource(composer.addSource(number), section, composer);
      sources.set(section, source);
      this.composing.addSource(source);
    }
  }

  /** Gives each watcher the size its line takes, and each size the bitrate its slowest line takes. */
  private share(open: OpenComposition): void {
    const slowest = new Map<ComposedSize, number>();
    for (const [leg, watcher] of this.watchers) {
      const available = leg.pictureBps;
      watcher.size = available >= (watcher.size === 'large' ? largeUntilBps : largeFromBps) ? 'large' : 'small';
      watcher.stream.setSource(open.streams[watcher.size]);
      slowest.set(watcher.size, Math.min(available, slowest.get(watcher.size) ?? Infinity));
    }
    for (const size of Object.keys(composedSizes) as ComposedSize[]) this.setBitrate(open, size, slowest.get(size));
  }

  private setBitrate({ number, bitrates: set, streams }: OpenComposition, size: ComposedSize, availableBps: number | undefined): void {
    // Until the last one has had its key frame of the other size, this one goes on.
    if (availableBps === undefined && streams[size].subscribers.length > 0) return;
    const { least, most } = bitrates[size];
    const wanted = availableBps === undefined ? undefined : Math.round(Math.min(most, Math.max(least, availableBps * usedPart)));
    const before = set.get(size);
    if (wanted === before || (wanted !== undefined && before !== undefined && Math.abs(wanted - before) < before * bitrateStep)) return;
    if (wanted === undefined) set.delete(size);
    else set.set(size, wanted);
    this.composing.current?.setBitrate(number, size, wanted);
  }
}

function isComposable({ kind, codecs }: ReceivedSection): boolean {
  return kind === 'video' && codecs.some(({ name }) => name === 'VP8');
}

function shows({ identifier, mediaStreamType }: VideoTile, section: ReceivedSection): boolean {
  return identifier === section.leg.identifier && mediaStreamType === section.mediaStreamType;
}

/** Of somebody with several devices the first picture is shown. */
function unique<Picture extends { readonly identifier: string; readonly mediaStreamType: string }>(pictures: readonly Picture[]): readonly Picture[] {
  return pictures.filter((picture, index) => pictures.findIndex((other) => other.identifier === picture.identifier && other.mediaStreamType === picture.mediaStreamType) === index);
}

function composedTile(tile: VideoTile, sources: OpenComposition['sources']): readonly ComposedTile[] {
  const section = [...sources.keys()].find((candidate) => shows(tile, candidate));
  const source = section === undefined ? undefined : sources.get(section);
  if (source === undefined) return [];
  const { x, y, width, height } = tile;
  return [{ source: source.number, x, y, width, height, isWhole: tile.mediaStreamType === 'ScreenSharing' }];
}

/** The lowest layer that fills the tile in the largest size that is encoded; the best there is where none does; nothing for who is in no tile. */
function layerFor(section: ReceivedSection, tile: VideoTile | undefined, open: OpenComposition, now: Instant): ReceivedStream | undefined {
  if (tile === undefined) return undefined;
  const needed = heightIn(tile, open);
  const layers = section.pictureLayers(now);
  const layer = layers.find(({ height }) => height >= needed * 0.9) ?? layers.at(-1);
  return layer === undefined ? undefined : section.layers[layer.layer];
}

/** In pixels of the largest size that is encoded. */
function heightIn({ height }: VideoTile, { bitrates: encoded }: OpenComposition): number {
  return height * composedSizes[encoded.has('large') ? 'large' : 'small'].height;
}
