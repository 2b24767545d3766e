import { DiagnosticQuality } from '../../enumerations.ts';
import { growth, lossRate } from '../../stats/rates.ts';
import type { StatsSnapshot } from '../../stats/stats-snapshot.ts';

/** What one second of a direction was like. Rates 0..1, times in ms; undefined where nothing flowed or nothing is told. */
export interface NetworkFigures {
  readonly loss: number | undefined;
  readonly rttMs: number | undefined;
  readonly jitterMs: number | undefined;
  /** Estimated room on the path, bits per second. */
  readonly availableBitrate: number | undefined;
}

/**
 * Loss and round trip from which Azure's call diagnostics call a stream bad, and half-way to it a warning: 200 ms is the round
 * trip its documents recommend to stay below, 30 ms the jitter.
 */
const badLoss = 0.1;
const poorLoss = 0.03;
const badRttMs = 500;
const poorRttMs = 200;
const poorJitterMs = 30;
/** Speech (40 kbit/s) and the smallest picture do not fit below this. */
const poorBitrate = 100_000;

/** Judges one second; undefined when there is nothing to judge. */
export function judgeNetwork({ loss, rttMs, jitterMs, availableBitrate }: NetworkFigures): DiagnosticQuality | undefined {
  if (loss === undefined && rttMs === undefined) return undefined;
  if ((loss ?? 0) > badLoss || (rttMs ?? 0) > badRttMs) return DiagnosticQuality.Bad;
  const isPoor = (loss ?? 0) > poorLoss || (rttMs ?? 0) > poorRttMs || (jitterMs ?? 0) > poorJitterMs || (availableBitrate ?? poorBitrate) < poorBitrate;
  return isPoor ? DiagnosticQuality.Poor : DiagnosticQuality.Good;
}

/** The figures of the second between two snapshots. */
export function networkFigures(before: StatsSnapshot, after: StatsSnapshot): { readonly send: NetworkFigures; readonly receive: NetworkFigures } {
  const sentBefore = new Map(before.sent.map((stream) => [stream.id, stream]));
  const receivedBefore = new Map(before.received.map((stream) => [stream.id, stream]));
  const path = after.pairs.find(({ isSelected }) => isSelected);
  return {
    receive: {
      loss: lossRate(
        total(after.received.map((stream) => growth(receivedBefore.get(stream.id)?.packetsLost, stream.packetsLost))),
        total(after.received.map((stream) => growth(receivedBefore.get(stream.id)?.packets, stream.packets))),
      ),
      rttMs: path?.rttMs,
      jitterMs: largest(after.received.map(({ jitterMs }) => jitterMs)),
      availableBitrate: path?.availableIncomingBitrate,
    },
    send: {
      loss: sentLoss(after, sentBefore),
      rttMs: largest(after.sent.map(({ rttMs }) => rttMs)) ?? path?.rttMs,
      jitterMs: largest(after.sent.map(({ jitterMs }) => jitterMs)),
      availableBitrate: path?.availableOutgoingBitrate,
    },
  };
}

/** How many judgements are looked back on. */
const memory = 5;

/** The median of the last five seconds: three bad ones make it bad, three good ones good again, and a single one nothing. */
export class SteadyQuality {
  private readonly judgements: DiagnosticQuality[] = [];

  observe(judgement: DiagnosticQuality): DiagnosticQuality {
    this.judgements.push(judgement);
    if (this.judgements.length > memory) this.judgements.shift();
    const padded = [...this.judgements, ...Array.from({ length: memory - this.judgements.length }, () => DiagnosticQuality.Good)];
    return padded.sort()[(memory - 1) / 2] ?? DiagnosticQuality.Good;
  }
}

/** Loss that the other side reports: sent packets minus the lost ones arrived. */
function sentLoss(after: StatsSnapshot, before: ReadonlyMap<string, StatsSnapshot['sent'][number]>): number | undefined {
  const lost = total(after.sent.map((stream) => growth(before.get(stream.id)?.packetsLost, stream.packetsLost)));
  const sent = total(after.sent.map((stream) => growth(before.get(stream.id)?.packets, stream.packets)));
  return lost === undefined || sent === undefined ? undefined : lossRate(lost, Math.max(0, sent - lost));
}

function total(values: ReadonlyArray<number | undefined>): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : known.reduce((sum, value) => sum + value, 0);
}

function largest(values: ReadonlyArray<number | undefined>): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}
