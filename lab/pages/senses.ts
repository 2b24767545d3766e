import { PictureReader } from './picture-reader.ts';
import { ToneMeter } from './tone-meter.ts';

const meters = new Map<string, ToneMeter>();
const screens = new Map<string, HTMLVideoElement>();
const readers = new Map<HTMLVideoElement, PictureReader>();

/** The meter of this track; made at first use. */
export function earsOn(track: MediaStreamTrack): ToneMeter {
  const meter = meters.get(track.id) ?? new ToneMeter(track);
  meters.set(track.id, meter);
  return meter;
}

/** The reader of this track; made at first use, with an element that shows it. */
export function eyesOn(track: MediaStreamTrack): PictureReader {
  const screen = screens.get(track.id) ?? screenFor(track);
  screens.set(track.id, screen);
  return eyesOnElement(screen);
}

/** The reader of what this element shows; made at first use. */
export function eyesOnElement(video: HTMLVideoElement): PictureReader {
  const reader = readers.get(video) ?? new PictureReader(video);
  readers.set(video, reader);
  return reader;
}

function screenFor(track: MediaStreamTrack): HTMLVideoElement {
  const video = document.createElement('video');
  Object.assign(video, { muted: true, autoplay: true, srcObject: new MediaStream([track]) });
  document.body.append(video);
  void video.play();
  return video;
}
