import { PictureReader } from './picture-reader.ts';
import { ToneMeter } from './tone-meter.ts';

const meters = new Map<string, ToneMeter>();
const screens = new Map<string, HTMLElement>();
const readers = new Map<HTMLElement, PictureReader>();

/** The meter of what sounds in this stream; made at first use. */
export function earsOn(stream: MediaStream): ToneMeter {
  const meter = meters.get(stream.id) ?? new ToneMeter(stream);
  meters.set(stream.id, meter);
  return meter;
}

/** The reader of this track; made at first use, with an element that shows it. */
export function eyesOn(track: MediaStreamTrack): PictureReader {
  const screen = screens.get(track.id) ?? screenFor(track);
  screens.set(track.id, screen);
  return eyesOnElement(screen);
}

/** The reader of what is seen in this element; made at first use. */
export function eyesOnElement(element: HTMLElement): PictureReader {
  const reader = readers.get(element) ?? new PictureReader(element);
  readers.set(element, reader);
  return reader;
}

function screenFor(track: MediaStreamTrack): HTMLElement {
  const video = document.createElement('video');
  Object.assign(video, { muted: true, autoplay: true, srcObject: new MediaStream([track]) });
  const screen = hangUp(video);
  void video.play();
  return screen;
}

/** Puts what shows pictures onto the page, in a frame of its own. */
export function hangUp(content: HTMLElement): HTMLElement {
  const frame = document.createElement('div');
  Object.assign(frame.style, { position: 'relative', width: '320px', height: '240px', overflow: 'hidden' });
  frame.append(content);
  document.body.append(frame);
  return frame;
}
