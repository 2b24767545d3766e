import { clientError } from '../communication-services-error.ts';
import type { VideoSendConstraints } from '../public/call-options.ts';

/**
 * Limits what a sender sends. Height is reached by scaling down; 0 or an absent limit lifts it. Rejects with
 * `CONSTRAINTS_REFUSED` where the host cannot, and sends as before.
 */
export async function limitSender(sender: RTCRtpSender, { frameHeight, frameRate, bitrate }: VideoSendConstraints): Promise<void> {
  const parameters = sender.getParameters();
  const [encoding] = parameters.encodings;
  if (encoding === undefined) return;
  const height = sender.track?.getSettings?.().height ?? 0;
  encoding.scaleResolutionDownBy = isLimit(frameHeight?.max) ? Math.max(1, height / frameHeight.max) : 1;
  if (isLimit(frameRate?.max)) encoding.maxFramerate = frameRate.max;
  else delete encoding.maxFramerate;
  if (isLimit(bitrate?.max)) encoding.maxBitrate = bitrate.max;
  else delete encoding.maxBitrate;
  try {
    await sender.setParameters(parameters);
  } catch (error) {
    throw clientError('CONSTRAINTS_REFUSED', { cause: error });
  }
}

function isLimit(max: number | undefined): max is number {
  return max !== undefined && max > 0;
}
