import type {
  AudioReceiveStats, AudioSendStats, MediaStatsReportSample, StreamStats, VideoLayerStats, VideoReceiveStats, VideoSendStats,
} from '../public/media-stats.ts';
import { growth, perSecond, ratio } from './rates.ts';
import type { ReceivedStream, SentStream, StatsSnapshot } from './stats-snapshot.ts';

/** Full scale of audio levels in ACS. */
const fullScale = 65_536;

/** `id` of the RemoteVideoStream that a received stream belongs to. */
export type StreamIdOf = (stream: ReceivedStream) => string | undefined;

/** Longest freeze of each received stream, which `getStats` does not tell: found by looking once a second. */
export type LongestFreezes = Map<string, number>;

/** The sample of one second: `after` with rates since `before`. `freezes` is kept by the caller for the whole call. */
export function mediaStatsSample(before: StatsSnapshot | undefined, after: StatsSnapshot, streamIdOf: StreamIdOf, freezes: LongestFreezes): MediaStatsReportSample {
  const elapsedMs = before === undefined ? 0 : after.at - before.at;
  const sentBefore = new Map(before?.sent.map((stream) => [stream.id, stream]));
  const receivedBefore = new Map(before?.received.map((stream) => [stream.id, stream]));
  const sent = (type: SentStream['mediaStreamType']) => after.sent.filter(({ mediaStreamType }) => mediaStreamType === type);
  const received = (type: ReceivedStream['mediaStreamType']) => after.received.filter(({ mediaStreamType }) => mediaStreamType === type);
  const sections = (type: 'Video' | 'ScreenSharing') => ({
    send: groupBySection(sent(type)).map((layers) => videoSend(layers, sentBefore, elapsedMs)),
    receive: received(type).map((stream) => videoReceive(stream, receivedBefore.get(stream.id), elapsedMs, streamIdOf(stream), freezes)),
  });
  return {
    audio: {
      send: sent('Audio').map((stream) => audioSend(stream, sentBefore.get(stream.id), elapsedMs)),
      receive: received('Audio').map((stream) => audioReceive(stream, receivedBefore.get(stream.id), elapsedMs)),
    },
    video: sections('Video'),
    screenShare: sections('ScreenSharing'),
    transports: after.transports.map(({ id, selectedPairId }) => {
      const pair = after.pairs.find((candidate) => candidate.id === selectedPairId) ?? after.pairs.find(({ isSelected }) => isSelected);
      return { id, rttInMs: pair?.rttMs, availableIncomingBitrate: pair?.availableIncomingBitrate, availableOutgoingBitrate: pair?.availableOutgoingBitrate };
    }),
  };
}

function streamStats(stream: SentStream | ReceivedStream, before: SentStream | ReceivedStream | undefined, elapsedMs: number): StreamStats {
  const bytesPerSecond = perSecond(before?.bytes, stream.bytes, elapsedMs);
  return {
    id: stream.id,
    codecName: stream.codecName,
    bitrate: bytesPerSecond === undefined ? undefined : bytesPerSecond * 8,
    jitterInMs: stream.jitterMs,
    packets: stream.packets,
    packetsPerSecond: perSecond(before?.packets, stream.packets, elapsedMs),
    packetsLost: stream.packetsLost,
    packetsLostPerSecond: perSecond(before?.packetsLost, stream.packetsLost, elapsedMs),
    rttInMs: stream.rttMs,
    transportId: stream.transportId,
  };
}

function audioSend(stream: SentStream, before: SentStream | undefined, elapsedMs: number): AudioSendStats {
  return { ...streamStats(stream, before, elapsedMs), audioInputLevel: level(stream.audioLevel) };
}

function audioReceive(stream: ReceivedStream, before: ReceivedStream | undefined, elapsedMs: number): AudioReceiveStats {
  return {
    ...streamStats(stream, before, elapsedMs),
    jitterBufferDelayInMs: jitterBufferMs(stream, before),
    audioOutputLevel: level(stream.audioLevel),
    healedRatio: ratio(growth(before?.concealedSamples, stream.concealedSamples), growth(before?.totalSamplesReceived, stream.totalSamplesReceived)),
  };
}

function videoReceive(stream: ReceivedStream, before: ReceivedStream | undefined, elapsedMs: number, streamId: string | undefined, freezes: LongestFreezes): VideoReceiveStats {
  const newFreeze = ratio(growth(before?.totalFreezesMs, stream.totalFreezesMs), growth(before?.freezeCount, stream.freezeCount)) ?? 0;
  if (stream.totalFreezesMs !== undefined) freezes.set(stream.id, Math.max(freezes.get(stream.id) ?? 0, newFreeze));
  return {
    ...streamStats(stream, before, elapsedMs),
    streamId,
    jitterBufferDelayInMs: jitterBufferMs(stream, before),
    frameRateDecoded: perSecond(before?.framesDecoded, stream.framesDecoded, elapsedMs),
    frameRateReceived: perSecond(before?.framesReceived, stream.framesReceived, elapsedMs),
    frameWidthReceived: stream.frameWidth,
    frameHeightReceived: stream.frameHeight,
    longestFreezeDurationInMs: freezes.get(stream.id),
    totalFreezeDurationInMs: stream.totalFreezesMs,
    framesReceived: stream.framesReceived,
    framesDropped: stream.framesDropped,
    framesDecoded: stream.framesDecoded,
    keyFramesDecoded: stream.keyFramesDecoded,
  };
}

/** The largest layer stands for the stream; the others are its alternatives. */
function videoSend(layers: readonly SentStream[], before: ReadonlyMap<string, SentStream>, elapsedMs: number): VideoSendStats {
  const [main, ...others] = layers.toSorted((one, other) => area(other) - area(one));
  const stream = main as SentStream;
  return {
    ...streamStats(stream, before.get(stream.id), elapsedMs),
    frameRateInput: stream.source.frameRate,
    frameWidthInput: stream.source.width,
    frameHeightInput: stream.source.height,
    ...encoderStats(stream, before.get(stream.id), elapsedMs),
    altLayouts: others.map((layer) => layerStats(layer, before.get(layer.id), elapsedMs)),
  };
}

function layerStats(layer: SentStream, before: SentStream | undefined, elapsedMs: number): VideoLayerStats {
  const { id, bitrate, packets, packetsPerSecond } = streamStats(layer, before, elapsedMs);
  return { id, bitrate, packets, packetsPerSecond, ...encoderStats(layer, before, elapsedMs) };
}

function encoderStats(stream: SentStream, before: SentStream | undefined, elapsedMs: number) {
  return {
    framesEncoded: stream.framesEncoded,
    frameRateEncoded: perSecond(before?.framesEncoded, stream.framesEncoded, elapsedMs),
    framesSent: stream.framesSent,
    frameRateSent: perSecond(before?.framesSent, stream.framesSent, elapsedMs),
    frameWidthSent: stream.frameWidth,
    frameHeightSent: stream.frameHeight,
    keyFramesEncoded: stream.keyFramesEncoded,
  };
}

function groupBySection(streams: readonly SentStream[]): SentStream[][] {
  return [...Map.groupBy(streams, ({ mid, id }) => mid ?? id).values()];
}

function jitterBufferMs(stream: ReceivedStream, before: ReceivedStream | undefined): number | undefined {
  const delay = ratio(growth(before?.jitterBufferDelaySeconds, stream.jitterBufferDelaySeconds), growth(before?.jitterBufferEmittedCount, stream.jitterBufferEmittedCount));
  return delay === undefined ? undefined : delay * 1000;
}

function level(audioLevel: number | undefined): number | undefined {
  return audioLevel === undefined ? undefined : Math.round(audioLevel * fullScale);
}

function area({ frameWidth, frameHeight }: SentStream): number {
  return (frameWidth ?? 0) * (frameHeight ?? 0);
}
