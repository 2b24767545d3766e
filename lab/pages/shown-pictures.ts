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
