import { PictureReader } from './picture-reader.ts';
import { ToneMeter } from './tone-meter.ts';

const meters = new Map<string, ToneMeter>();
const readers = new Map<string, PictureReader>();

/** The meter of this track; made at first use. */
export function earsOn(track: MediaStreamTrack): ToneMeter {
  const meter = meters.get(track.id) ?? new ToneMeter(track);
  meters.set(track.id, meter);
  return meter;
}

/** The reader of this track; made at first use. */
export function eyesOn(track: MediaStreamTrack): PictureReader {
  const reader = readers.get(track.id) ?? new PictureReader(track);
  readers.set(track.id, reader);
  return reader;
}
