import { VideoStreamRenderer, type RemoteVideoStream } from '@dialplane/calling';
import type { PictureReader } from './picture-reader.ts';
import { eyesOnElement, hangUp } from './senses.ts';

const views = new Map<RemoteVideoStream, Promise<HTMLElement>>();

/** Looks at what an application shows of a stream: the library's own view, which follows it to other connections and into composed pictures. */
export async function eyesOnStream(stream: RemoteVideoStream): Promise<PictureReader> {
  const shown = views.get(stream) ?? show(stream);
  views.set(stream, shown);
  return eyesOnElement(await shown);
}

async function show(stream: RemoteVideoStream): Promise<HTMLElement> {
  const { target } = await new VideoStreamRenderer(stream).createView({ scalingMode: 'Fit' });
  return hangUp(target);
}

/** Of each picture that the page shows: size and state of its element. */
export function shownPictures(): readonly string[] {
  return [...document.querySelectorAll('video')].map(
    ({ videoWidth, videoHeight, readyState, paused, currentTime, style, srcObject }) =>
      `shown: ${videoWidth}x${videoHeight}, ready ${readyState}, ${paused ? 'paused' : 'playing'} at ${currentTime.toFixed(1)} s, tracks ${(srcObject as MediaStream | null)?.getTracks().map(({ muted, readyState: state }) => `${state}${muted ? ' muted' : ''}`).join('+') ?? 'none'}, style ${style.cssText}`,
  );
}
