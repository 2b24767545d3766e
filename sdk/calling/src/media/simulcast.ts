/**
 * The layers of a camera towards the backend, smallest first as Chromium wants them (RFC 8853): a quarter, half and the whole of its size. The server forwards to
 * each receiver the one that fits.
 */
export const cameraLayers: readonly RTCRtpEncodingParameters[] = [
  { rid: 'q', scaleResolutionDownBy: 4, maxBitrate: 150_000 },
  { rid: 'h', scaleResolutionDownBy: 2, maxBitrate: 500_000 },
  { rid: 'f', scaleResolutionDownBy: 1, maxBitrate: 1_500_000 },
];

/** Adds the section of a camera: with layers, or with one encoding where the host has no simulcast. */
export function addCameraSection(peerConnection: RTCPeerConnection): RTCRtpTransceiver {
  try {
    return peerConnection.addTransceiver('video', { direction: 'sendrecv', sendEncodings: structuredClone([...cameraLayers]) });
  } catch {
    return peerConnection.addTransceiver('video', { direction: 'sendrecv' });
  }
}
