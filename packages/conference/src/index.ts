/**
 * What a conference decides: who is forwarded to whom in which layer, how much a line takes, who is loud enough to be mixed, how long a packet waits, where a picture
 * goes, and what telephones hear besides voices. Pure: it is given what was seen and the time, and returns what is to be done.
 *
 * Out of scope: packets on sockets, codecs, signaling.
 *
 * ```ts
 * const detection = new SpeakerDetection({ audibleCount: 7, capacity: mostParticipants });
 * const ada = detection.add();
 * detection.note(ada, level, now); // for each packet of hers, with its level of RFC 6464
 * if (detection.update(now)) tell(detection.speaking, detection.dominant);
 * ```
 */
export { mostParticipants } from './most-participants.ts';
export type { SpeakerDetectionOptions } from './forwarding/speaker-detection.ts';
export { SpeakerDetection } from './forwarding/speaker-detection.ts';
export { AudioSlots, emptySlot } from './forwarding/audio-slots.ts';
export type { BandwidthEstimatorOptions } from './forwarding/bandwidth/bandwidth-estimator.ts';
export { BandwidthEstimator } from './forwarding/bandwidth/bandwidth-estimator.ts';
export { LineMemory, trustedStart } from './forwarding/bandwidth/line-memory.ts';
export { BitrateMeter } from './forwarding/bandwidth/bitrate-meter.ts';
export { LinePacer } from './forwarding/line-pacer.ts';
export { TemporalLayerGate } from './forwarding/temporal-layer-gate.ts';
export type { OperatingPoint, PictureLayer } from './forwarding/operating-points.ts';
export { neededLayers, operatingPoints } from './forwarding/operating-points.ts';
export type { PictureDemand, PictureRank, PictureShare } from './forwarding/picture-allocator.ts';
export { PictureAllocator, pictureRank } from './forwarding/picture-allocator.ts';
export type { PictureUse } from './forwarding/watched-layers.ts';
export { WatchedLayers } from './forwarding/watched-layers.ts';
export type { LineObservation } from './forwarding/automatic-video-mode.ts';
export { AutomaticVideoMode } from './forwarding/automatic-video-mode.ts';
export { JitterBuffer, jitterStep, type JitterBufferOptions, type JitterStep } from './mixing/jitter-buffer.ts';
export type { BufferedPacket } from './mixing/packet-places.ts';
export { Loudness, LoudestSpeakers, type SpeakerCandidate } from './mixing/loudest-speakers.ts';
export { LineLoss } from './mixing/line-loss.ts';
export { MixGain } from './mixing/mix-gain.ts';
export { isOpusVoice, opusPacketMs } from './mixing/opus-packet.ts';
export { addDtmf } from './tones/dtmf-signals.ts';
export { DtmfDetector } from './tones/dtmf-detector.ts';
export { DtmfQueue, type DtmfFrame } from './tones/dtmf-queue.ts';
export { addProgressTone, type ProgressToneKind } from './tones/progress-tone.ts';
export { addHoldMusic } from './tones/hold-music.ts';
export { ComfortNoise } from './tones/comfort-noise.ts';
export { PictureLayout, type ComposablePicture } from './composing/picture-layout.ts';
