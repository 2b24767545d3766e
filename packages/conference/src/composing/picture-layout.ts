import type { VideoTile } from '@dialplane/media-api';

/** A picture that could be shown, in the order in which people came. */
export type ComposablePicture = Pick<VideoTile, 'identifier' | 'mediaStreamType'>;

/** Cameras at most, without and with something large beside them. */
const mostInGallery = 9;
const mostInStrip = 5;
/** What is large, and the column beside it; both keep the proportions of the whole. */
const largePart = 0.8;
const stripPart = 0.2;

/**
 * Who is where in a composed picture. Three shapes, by what there is to see:
 * - *screen*: somebody shares a screen; it is large, cameras are in a column beside it.
 * - *speaker*: one person is in the spotlight; the same with that person's camera.
 * - *gallery*: rows of cameras of one size.
 *
 * Nobody jumps: who is shown keeps the place; who comes gets the next one. Where there are more than fit, whoever speaks takes the place of one who has not spoken.
 */
export class PictureLayout {
  private shown: readonly string[] = [];

  /**
   * @param prominent raw identifiers of who is to be shown before others: those in the spotlight, then who spoke last.
   * @param spotlight how many of them are in the spotlight.
   */
  arrange(pictures: readonly ComposablePicture[], prominent: readonly string[], spotlight: number): readonly VideoTile[] {
    const screen = pictures.find(({ mediaStreamType }) => mediaStreamType === 'ScreenSharing');
    const cameras = pictures.filter(({ mediaStreamType }) => mediaStreamType === 'Video').map(({ identifier }) => identifier);
    const speaker = screen === undefined && spotlight === 1 ? cameras.find((identifier) => identifier === prominent[0]) : undefined;
    const large: ComposablePicture | undefined = screen ?? (speaker === undefined ? undefined : { identifier: speaker, mediaStreamType: 'Video' });
    const others = cameras.filter((identifier) => identifier !== speaker);
    this.shown = choose(others, this.shown, prominent, large === undefined ? mostInGallery : mostInStrip);
    return large === undefined ? gallery(this.shown) : besides(large, this.shown);
  }
}

/** Who is shown: those who were, then newcomers; the prominent take the places of others. */
function choose(cameras: readonly string[], before: readonly string[], prominent: readonly string[], most: number): readonly string[] {
  const there = new Set(cameras);
  const kept = before.filter((identifier) => there.has(identifier)).slice(0, most);
  const newcomers = cameras.filter((identifier) => !kept.includes(identifier));
  const chosen = [...kept, ...newcomers.slice(0, most - kept.length)];
  const important = prominent.filter((identifier) => there.has(identifier)).slice(0, most);
  for (const identifier of important) {
    if (chosen.includes(identifier)) continue;
    const place = chosen.findLastIndex((other) => !important.includes(other));
    if (place >= 0) chosen[place] = identifier;
  }
  return chosen;
}

/** Rows as long as there are rows, the last one in the middle. */
function gallery(identifiers: readonly string[]): readonly VideoTile[] {
  const count = identifiers.length;
  const columns = Math.ceil(Math.sqrt(count));
  const rows = Math.ceil(count / Math.max(1, columns));
  const size = 1 / Math.max(1, columns);
  const top = (1 - rows * size) / 2;
  return identifiers.map((identifier, index) => {
    const row = Math.floor(index / columns);
    const inRow = row === rows - 1 ? count - row * columns : columns;
    const left = (1 - inRow * size) / 2;
    return tile({ identifier, mediaStreamType: 'Video' }, left + (index % columns) * size, top + row * size, size);
  });
}

function besides(large: ComposablePicture, strip: readonly string[]): readonly VideoTile[] {
  if (strip.length === 0) return [tile(large, 0, 0, 1)];
  const top = (1 - strip.length * stripPart) / 2;
  const column = strip.map((identifier, index) => tile({ identifier, mediaStreamType: 'Video' }, largePart, top + index * stripPart, stripPart));
  return [tile(large, 0, (1 - largePart) / 2, largePart), ...column];
}

/** A tile has the proportions of the whole. */
function tile({ identifier, mediaStreamType }: ComposablePicture, x: number, y: number, size: number): VideoTile {
  return { identifier, mediaStreamType, x: Math.max(0, x), y: Math.max(0, y), width: size, height: size };
}
