import type { MediaStatsReportSample } from '@dialplane/calling';

/** The figures of one second that people can act on. Absent: nothing flowed that would tell. */
export interface QualityPoint {
  /** Epoch ms. */
  readonly atMs: number;
  readonly rttMs?: number;
  /** Of what was received. */
  readonly jitterMs?: number;
  /** Share of received packets that were lost in this second, 0..1. */
  readonly loss?: number;
  /** Bits a second, all streams together. */
  readonly sentBps: number;
  readonly receivedBps: number;
  readonly sentVideo?: Picture;
  readonly receivedVideo?: Picture;
  readonly audioCodec?: string;
  readonly videoCodec?: string;
}

/** The size and pace of a picture. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly framesPerSecond?: number;
}

/** How the connection feels: nobody notices, some notice, everybody does. */
export type QualityLevel = 'good' | 'fair' | 'poor';

/** Condenses a sample; `before` gives the loss where the library reports only totals. */
export function qualityPoint(sample: MediaStatsReportSample, atMs: number): QualityPoint {
  const sent = [...sample.audio.send, ...sample.video.send, ...sample.screenShare.send];
  const received = [...sample.audio.receive, ...sample.video.receive, ...sample.screenShare.receive];
  const lost = sum(received.map(({ packetsLostPerSecond }) => Math.max(0, packetsLostPerSecond ?? 0)));
  const arrived = sum(received.map(({ packetsPerSecond }) => packetsPerSecond ?? 0));
  const [videoOut] = [...sample.screenShare.send, ...sample.video.send];
  const [videoIn] = [...sample.screenShare.receive, ...sample.video.receive];
  return defined({
    atMs,
    rttMs: largest([...sample.transports.map(({ rttInMs }) => rttInMs), ...received.map(({ rttInMs }) => rttInMs)]),
    jitterMs: largest(received.map(({ jitterInMs }) => jitterInMs)),
    loss: arrived + lost > 0 ? lost / (arrived + lost) : undefined,
    sentBps: sum(sent.map(({ bitrate }) => bitrate ?? 0)),
    receivedBps: sum(received.map(({ bitrate }) => bitrate ?? 0)),
    sentVideo: picture(videoOut?.frameWidthSent, videoOut?.frameHeightSent, videoOut?.frameRateSent),
    receivedVideo: picture(videoIn?.frameWidthReceived, videoIn?.frameHeightReceived, videoIn?.frameRateDecoded ?? videoIn?.frameRateReceived),
    audioCodec: (sample.audio.receive[0] ?? sample.audio.send[0])?.codecName,
    videoCodec: (videoIn ?? videoOut)?.codecName,
  });
}

/** A remote picture as it arrives. */
export interface ArrivingPicture extends Picture {
  /** Share of its packets that were lost in this second, 0..1. */
  readonly loss?: number;
}

/** The remote pictures that arrive each in a stream of its own, by the id of that stream. */
export function picturesOf(sample: MediaStatsReportSample): ReadonlyMap<string, ArrivingPicture> {
  const arriving = [...sample.video.receive, ...sample.screenShare.receive];
  return new Map(arriving.flatMap(({ streamId, frameWidthReceived, frameHeightReceived, frameRateDecoded, packetsPerSecond = 0, packetsLostPerSecond = 0 }) => {
    const shown = picture(frameWidthReceived, frameHeightReceived, frameRateDecoded);
    const total = packetsPerSecond + Math.max(0, packetsLostPerSecond);
    return streamId === undefined || shown === undefined ? [] : [[streamId, total > 0 ? { ...shown, loss: Math.max(0, packetsLostPerSecond) / total } : shown] as const];
  }));
}

/** The worst of round trip, jitter and loss, by the bounds at which conversation suffers (ITU-T G.114, G.1010). */
export function qualityLevel({ rttMs = 0, jitterMs = 0, loss = 0 }: Pick<QualityPoint, 'rttMs' | 'jitterMs' | 'loss'>): QualityLevel {
  if (rttMs > 600 || jitterMs > 80 || loss > 0.08) return 'poor';
  return rttMs > 300 || jitterMs > 30 || loss > 0.02 ? 'fair' : 'good';
}

/** `1280 × 720, 30 fps`. */
export function pictureText({ width, height, framesPerSecond }: Picture): string {
  return `${width} × ${height}${framesPerSecond === undefined ? '' : `, ${Math.round(framesPerSecond)} fps`}`;
}

function picture(width: number | undefined, height: number | undefined, framesPerSecond: number | undefined): Picture | undefined {
  if (width === undefined || height === undefined || width === 0 || height === 0) return undefined;
  return framesPerSecond === undefined ? { width, height } : { width, height, framesPerSecond };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

function largest(values: ReadonlyArray<number | undefined>): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

type WithoutUndefined<Value> = { [Key in keyof Value as undefined extends Value[Key] ? never : Key]: Value[Key] } & { [Key in keyof Value as undefined extends Value[Key] ? Key : never]?: Exclude<Value[Key], undefined> };

function defined<Value extends object>(value: Value): WithoutUndefined<Value> {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as WithoutUndefined<Value>;
}
