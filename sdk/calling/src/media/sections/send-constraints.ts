import { clientError } from '../../communication-services-error.ts';
import type { VideoSendConstraints } from '../../public/call-options.ts';
import { cameraLayers } from './simulcast.ts';

/** A layer with less than this is not worth its packets. */
const leastLayerBps = 30_000;

/**
 * Fits the layers of a sender to the size of its picture, and limits what it sends, all layers together. Height is reached by scaling down; 0 or an absent limit
 * lifts it. Of its layers only the lowest `watchedLayers` are sent. Rejects with `CONSTRAINTS_REFUSED` where the host cannot, and sends as before.
 */
export async function limitSender(sender: RTCRtpSender, constraints: VideoSendConstraints, watchedLayers = Number.POSITIVE_INFINITY): Promise<void> {
  const parameters = sender.getParameters();
  const before = JSON.stringify(parameters.encodings);
  limitEncodings(parameters.encodings, sender.track?.getSettings?.() ?? {}, constraints);
  for (const [index, encoding] of parameters.encodings.entries()) if (index >= watchedLayers) encoding.active = false;
  if (JSON.stringify(parameters.encodings) === before) return;
  try {
    await sender.setParameters(parameters);
  } catch (error) {
    throw clientError('CONSTRAINTS_REFUSED', { cause: error });
  }
}

function limitEncodings(encodings: readonly RTCRtpEncodingParameters[], size: MediaTrackSettings, { frameHeight, frameRate, bitrate }: VideoSendConstraints): void {
  const shrink = isLimit(frameHeight?.max) ? Math.max(1, (size.height ?? 0) / frameHeight.max) : 1;
  const layers = encodings.length === 1 ? [] : cameraLayers(size);
  let leftBps = isLimit(bitrate?.max) ? bitrate.max : undefined;
  for (const encoding of encodings) {
    const layer = layers.find(({ rid }) => rid === encoding.rid);
    const scale = shrink * (layer?.scaleResolutionDownBy ?? 1);
    if (scale !== (encoding.scaleResolutionDownBy ?? 1)) encoding.scaleResolutionDownBy = scale;
    if (isLimit(frameRate?.max)) encoding.maxFramerate = frameRate.max;
    else delete encoding.maxFramerate;
    const isAfforded = layer === undefined || leftBps === undefined || leftBps >= leastLayerBps;
    encoding.active = layer === undefined || (layer.active && isAfforded);
    const maxBps = least(layer?.maxBitrate, isAfforded ? leftBps : undefined);
    if (maxBps === undefined) delete encoding.maxBitrate;
    else encoding.maxBitrate = maxBps;
    if (leftBps !== undefined && layer?.active !== false) leftBps -= maxBps ?? 0;
  }
}

function isLimit(max: number | undefined): max is number {
  return max !== undefined && max > 0;
}

function least(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined ? other : other === undefined ? one : Math.min(one, other);
}
