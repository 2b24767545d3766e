/** A layer of a camera, as an encoding of its sender. */
export interface CameraLayer {
  readonly rid: string;
  readonly scaleResolutionDownBy: number;
  /** Bits per second. */
  readonly maxBitrate: number;
  readonly active: boolean;
}

/** Smallest first, as Chromium wants them. */
const threeLayers: readonly CameraLayer[] = [
  { rid: 'q', scaleResolutionDownBy: 4, maxBitrate: 150_000, active: true },
  { rid: 'h', scaleResolutionDownBy: 2, maxBitrate: 500_000, active: true },
  { rid: 'f', scaleResolutionDownBy: 1, maxBitrate: 1_500_000, active: true },
];
const twoLayers: readonly CameraLayer[] = [
  { rid: 'q', scaleResolutionDownBy: 2, maxBitrate: 200_000, active: true },
  { rid: 'h', scaleResolutionDownBy: 1, maxBitrate: 800_000, active: true },
  { rid: 'f', scaleResolutionDownBy: 1, maxBitrate: 1_500_000, active: false },
];
const oneLayer: readonly CameraLayer[] = [
  { rid: 'q', scaleResolutionDownBy: 1, maxBitrate: 350_000, active: true },
  { rid: 'h', scaleResolutionDownBy: 1, maxBitrate: 800_000, active: false },
  { rid: 'f', scaleResolutionDownBy: 1, maxBitrate: 1_500_000, active: false },
];

/**
 * The layers of a picture of this size towards the backend (RFC 8853), which forwards to each receiver the one that fits. Chromium sends small pictures in fewer
 * layers than it is asked for, and leaves out the largest; so it is asked for as many as it sends, the last of them whole. An unknown size counts as large.
 */
export function cameraLayers({ width, height }: Pick<MediaTrackSettings, 'width' | 'height'> = {}): readonly CameraLayer[] {
  const pixels = width === undefined || height === undefined ? Number.POSITIVE_INFINITY : width * height;
  if (pixels >= 960 * 540) return threeLayers;
  return pixels >= 480 * 270 ? twoLayers : oneLayer;
}

/** Adds the section of a camera: with layers, or with one encoding where the host has no simulcast. */
export function addCameraSection(peerConnection: RTCPeerConnection): RTCRtpTransceiver {
  try {
    return peerConnection.addTransceiver('video', { direction: 'sendrecv', sendEncodings: structuredClone([...threeLayers]) });
  } catch {
    return peerConnection.addTransceiver('video', { direction: 'sendrecv' });
  }
}
