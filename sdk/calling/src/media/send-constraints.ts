import type { VideoSendConstraints } from '../public/call-options.ts';

/**
 * Limits what a sender sends, as far as the host can. Height is reached by scaling down; 0 or an absent limit lifts it. Best
 * effort: a host that refuses keeps sending as before, and the error says so to who asked.
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
  await sender.setParameters(parameters);
}

function isLimit(max: number | undefined): max is number {
  return max !== undefined && max > 0;
}
