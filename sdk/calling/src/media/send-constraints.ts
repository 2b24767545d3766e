import { clientError } from '../communication-services-error.ts';
import type { VideoSendConstraints } from '../public/call-options.ts';
import { cameraLayers } from './simulcast.ts';

/** A layer with less than this is not worth its packets. */
const leastLayerBps = 30_000;

/**
 * Limits what a sender sends, all its layers together. Height is reached by scaling down; 0 or an absent limit lifts it. Rejects with
 * `CONSTRAINTS_REFUSED` where the host cannot, and sends as before.
 */
export async function limitSender(sender: RTCRtpSender, { frameHeight, frameRate, bitrate }: VideoSendConstraints): Promise<void> {
  const parameters = sender.getParameters();
  if (parameters.encodings.length === 0) return;
  const height = sender.track?.getSettings?.().height ?? 0;
  const shrink = isLimit(frameHeight?.max) ? Math.max(1, height / frameHeight.max) : 1;
  let leftBps = isLimit(bitrate?.max) ? bitrate.max : undefined;
  for (const encoding of parameters.encodings) {
    const layer = parameters.encodings.length === 1 ? undefined : cameraLayers.find(({ rid }) => rid === encoding.rid);
    encoding.scaleResolutionDownBy = shrink * (layer?.scaleResolutionDownBy ?? 1);
    if (isLimit(frameRate?.max)) encoding.maxFramerate = frameRate.max;
    else delete encoding.maxFramerate;
    const isAfforded = layer === undefined || leftBps === undefined || leftBps >= leastLayerBps;
    if (layer !== undefined) encoding.active = isAfforded;
    const maxBps = least(layer?.maxBitrate, isAfforded ? leftBps : undefined);
    if (maxBps === undefined) delete encoding.maxBitrate;
    else encoding.maxBitrate = maxBps;
    if (leftBps !== undefined) leftBps -= maxBps ?? 0;
  }
  try {
    await sender.setParameters(parameters);
  } catch (error) {
    throw clientError('CONSTRAINTS_REFUSED', { cause: error });
  }
}

function isLimit(max: number | undefined): max is number {
  return max !== undefined && max > 0;
}

function least(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined ? other : other === undefined ? one : Math.min(one, other);
}
