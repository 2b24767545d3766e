import type { MediaStreamType } from '@dialplane/calling-api';

/** Cumulative figures of one outgoing RTP stream; times in ms. What a browser does not tell is undefined. */
export interface SentStream {
  readonly id: string;
  readonly mediaStreamType: MediaStreamType;
  readonly mid: string | undefined;
  readonly codecName: string | undefined;
  readonly transportId: string | undefined;
  readonly bytes: number;
  readonly packets: number;
  readonly packetsLost: number | undefined;
  readonly jitterMs: number | undefined;
  readonly rttMs: number | undefined;
  readonly ssrc: number | undefined;
  /** 0..1, before encoding. */
  readonly audioLevel: number | undefined;
  readonly totalAudioEnergy: number | undefined;
  readonly totalSamplesDurationSeconds: number | undefined;
  readonly source: { readonly frames: number | undefined; readonly frameRate: number | undefined; readonly width: number | undefined; readonly height: number | undefined };
  readonly framesEncoded: number | undefined;
  readonly framesSent: number | undefined;
  readonly keyFramesEncoded: number | undefined;
  readonly frameWidth: number | undefined;
  readonly frameHeight: number | undefined;
}

/** Cumulative figures of one incoming RTP stream. */
export interface ReceivedStream {
  readonly id: string;
  readonly mediaStreamType: MediaStreamType;
  readonly mid: string | undefined;
  readonly codecName: string | undefined;
  readonly transportId: string | undefined;
  readonly bytes: number;
  readonly packets: number;
  readonly packetsLost: number;
  readonly jitterMs: number | undefined;
  readonly rttMs: number | undefined;
  readonly ssrc: number | undefined;
  readonly jitterBufferDelaySeconds: number | undefined;
  readonly jitterBufferEmittedCount: number | undefined;
  readonly audioLevel: number | undefined;
  readonly concealedSamples: number | undefined;
  readonly totalSamplesReceived: number | undefined;
  readonly framesReceived: number | undefined;
  readonly framesDecoded: number | undefined;
  readonly framesDropped: number | undefined;
  readonly keyFramesDecoded: number | undefined;
  readonly frameWidth: number | undefined;
  readonly frameHeight: number | undefined;
  readonly freezeCount: number | undefined;
  readonly totalFreezesMs: number | undefined;
}

/** One end of a candidate pair, as the statistics tell it. */
export interface CandidateFigures {
  readonly candidateType: string | undefined;
  readonly protocol: string | undefined;
  readonly address: string | undefined;
  readonly port: number | undefined;
  readonly relayProtocol: string | undefined;
}

export interface CandidatePairFigures {
  readonly id: string;
  readonly state: string | undefined;
  readonly isSelected: boolean;
  readonly local: CandidateFigures;
  readonly remote: CandidateFigures;
  readonly rttMs: number | undefined;
  readonly availableIncomingBitrate: number | undefined;
  readonly availableOutgoingBitrate: number | undefined;
}

export interface TransportFigures {
  readonly id: string;
  readonly dtlsState: string | undefined;
  readonly dtlsCipher: string | undefined;
  readonly srtpCipher: string | undefined;
  readonly selectedPairId: string | undefined;
}

/** What one call of `getStats` said, by our words. */
export interface StatsSnapshot {
  /** Monotonic ms. */
  readonly at: number;
  readonly sent: readonly SentStream[];
  readonly received: readonly ReceivedStream[];
  readonly pairs: readonly CandidatePairFigures[];
  readonly transports: readonly TransportFigures[];
}
