import type { MediaStreamType } from '@dialplane/calling-api';
import type { CandidateFigures, CandidatePairFigures, ReceivedStream, SentStream, StatsSnapshot, TransportFigures } from './stats-snapshot.ts';

/** What a section of the peer connection carries; undefined for one that nobody uses now. */
export type StreamTypeOf = (mid: string, direction: 'send' | 'receive') => MediaStreamType | undefined;

/** An RTCStatsReport, or a recorded one. */
export interface StatsDictionaries {
  forEach(visit: (dictionary: object) => void): void;
}

/**
 * Reads a report of `getStats` (W3C Identifiers for WebRTC's Statistics API). Members are read without trust: browsers differ in
 * which they have. A stream whose section says nothing of its type is a camera.
 */
export function parseStats(report: StatsDictionaries, at: number, streamTypeOf: StreamTypeOf): StatsSnapshot {
  const all = new Map<string, Dictionary>();
  report.forEach((dictionary) => {
    const entry = new Dictionary(dictionary);
    all.set(entry.text('id') ?? '', entry);
  });
  const ofType = (type: string) => [...all.values()].filter((entry) => entry.text('type') === type);
  const transports = ofType('transport').map(parseTransport);
  const pairs = ofType('candidate-pair').map((entry) => parsePair(entry, all, transports));
  const pathRtt = pairs.find(({ isSelected }) => isSelected)?.rttMs;
  return {
    at,
    transports,
    pairs,
    sent: ofType('outbound-rtp').map((entry) => parseSent(entry, all, streamTypeOf, pathRtt)),
    received: ofType('inbound-rtp').map((entry) => parseReceived(entry, all, streamTypeOf, pathRtt)),
  };
}

/** A stats dictionary whose members are of the expected type or undefined. */
class Dictionary {
  private readonly members: Readonly<Record<string, unknown>>;

  constructor(members: object) {
    this.members = members as Readonly<Record<string, unknown>>;
  }

  number(name: string): number | undefined {
    const value = this.members[name];
    return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
  }

  /** A member in seconds, as ms. */
  ms(name: string): number | undefined {
    const seconds = this.number(name);
    return seconds === undefined ? undefined : seconds * 1000;
  }

  text(name: string): string | undefined {
    const value = this.members[name];
    return typeof value === 'string' ? value : undefined;
  }

  isTrue(name: string): boolean {
    return this.members[name] === true;
  }
}

type Dictionaries = ReadonlyMap<string, Dictionary>;
const nothing = new Dictionary({});

function follow(all: Dictionaries, entry: Dictionary, name: string): Dictionary {
  return all.get(entry.text(name) ?? '') ?? nothing;
}

function parseSent(entry: Dictionary, all: Dictionaries, streamTypeOf: StreamTypeOf, pathRtt: number | undefined): SentStream {
  const remote = follow(all, entry, 'remoteId');
  const source = follow(all, entry, 'mediaSourceId');
  return {
    ...parseStream(entry, all, 'send', streamTypeOf),
    bytes: entry.number('bytesSent') ?? 0,
    packets: entry.number('packetsSent') ?? 0,
    packetsLost: remote.number('packetsLost'),
    jitterMs: remote.ms('jitter'),
    rttMs: remote.ms('roundTripTime') ?? pathRtt,
    audioLevel: source.number('audioLevel'),
    totalAudioEnergy: source.number('totalAudioEnergy'),
    totalSamplesDurationSeconds: source.number('totalSamplesDuration'),
    source: { frames: source.number('frames'), frameRate: source.number('framesPerSecond'), width: source.number('width'), height: source.number('height') },
    framesEncoded: entry.number('framesEncoded'),
    framesSent: entry.number('framesSent'),
    keyFramesEncoded: entry.number('keyFramesEncoded'),
    frameWidth: entry.number('frameWidth'),
    frameHeight: entry.number('frameHeight'),
  };
}

function parseReceived(entry: Dictionary, all: Dictionaries, streamTypeOf: StreamTypeOf, pathRtt: number | undefined): ReceivedStream {
  return {
    ...parseStream(entry, all, 'receive', streamTypeOf),
    bytes: entry.number('bytesReceived') ?? 0,
    packets: entry.number('packetsReceived') ?? 0,
    packetsLost: entry.number('packetsLost') ?? 0,
    jitterMs: entry.ms('jitter'),
    rttMs: follow(all, entry, 'remoteId').ms('roundTripTime') ?? pathRtt,
    jitterBufferDelaySeconds: entry.number('jitterBufferDelay'),
    jitterBufferEmittedCount: entry.number('jitterBufferEmittedCount'),
    audioLevel: entry.number('audioLevel'),
    concealedSamples: entry.number('concealedSamples'),
    totalSamplesReceived: entry.number('totalSamplesReceived'),
    framesReceived: entry.number('framesReceived'),
    framesDecoded: entry.number('framesDecoded'),
    framesDropped: entry.number('framesDropped'),
    keyFramesDecoded: entry.number('keyFramesDecoded'),
    frameWidth: entry.number('frameWidth'),
    frameHeight: entry.number('frameHeight'),
    freezeCount: entry.number('freezeCount'),
    totalFreezesMs: entry.ms('totalFreezesDuration'),
  };
}

function parseStream(entry: Dictionary, all: Dictionaries, direction: 'send' | 'receive', streamTypeOf: StreamTypeOf) {
  const mid = entry.text('mid');
  const byKind: MediaStreamType = entry.text('kind') === 'audio' ? 'Audio' : 'Video';
  return {
    id: entry.text('id') ?? '',
    mediaStreamType: (mid === undefined ? undefined : streamTypeOf(mid, direction)) ?? byKind,
    mid,
    /** `video/VP8` -> `VP8`, as Azure writes it. */
    codecName: follow(all, entry, 'codecId').text('mimeType')?.split('/')[1]?.toUpperCase(),
    transportId: entry.text('transportId'),
    ssrc: entry.number('ssrc'),
  };
}

function parseTransport(entry: Dictionary): TransportFigures {
  return {
    id: entry.text('id') ?? '',
    dtlsState: entry.text('dtlsState'),
    dtlsCipher: entry.text('dtlsCipher'),
    srtpCipher: entry.text('srtpCipher'),
    selectedPairId: entry.text('selectedCandidatePairId'),
  };
}

/** Firefox marks the selected pair itself; others name it in the transport. */
function parsePair(entry: Dictionary, all: Dictionaries, transports: readonly TransportFigures[]): CandidatePairFigures {
  const id = entry.text('id') ?? '';
  return {
    id,
    state: entry.text('state'),
    isSelected: entry.isTrue('selected') || transports.some(({ selectedPairId }) => selectedPairId === id),
    local: parseCandidate(follow(all, entry, 'localCandidateId')),
    remote: parseCandidate(follow(all, entry, 'remoteCandidateId')),
    rttMs: entry.ms('currentRoundTripTime'),
    availableIncomingBitrate: entry.number('availableIncomingBitrate'),
    availableOutgoingBitrate: entry.number('availableOutgoingBitrate'),
  };
}

function parseCandidate(entry: Dictionary): CandidateFigures {
  return {
    candidateType: entry.text('candidateType'),
    protocol: entry.text('protocol'),
    address: entry.text('address'),
    port: entry.number('port'),
    relayProtocol: entry.text('relayProtocol'),
  };
}
