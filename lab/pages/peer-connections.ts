import type { ChosenCandidate, ChosenPair } from '../src/browsers/page-contracts.ts';

/** Makes every RTCPeerConnection of this page reachable, so that a story can read the truth from the browser's own statistics. */
export const peerConnections: RTCPeerConnection[] = [];

const watchers = new Set<(connection: RTCPeerConnection) => void>();

/** Tells of every peer connection that is made from now on; returns how to stop that. */
export function onPeerConnection(watch: (connection: RTCPeerConnection) => void): () => void {
  watchers.add(watch);
  return () => watchers.delete(watch);
}

const Original = globalThis.RTCPeerConnection;
globalThis.RTCPeerConnection = class extends Original {
  constructor(configuration?: RTCConfiguration) {
    super(configuration);
    peerConnections.push(this);
    for (const watch of watchers) watch(this);
  }
};

/** The chosen pairs of all connected peer connections. */
export async function chosenPairs(): Promise<readonly ChosenPair[]> {
  const connected = peerConnections.filter((connection) => connection.connectionState === 'connected');
  const reports = await Promise.all(connected.map((connection) => connection.getStats()));
  return reports.flatMap((report) => [...report.values()].flatMap((entry: Record<string, unknown>) => (entry['type'] === 'transport' ? pairOf(report, entry) : [])));
}

/** Of each stream of pictures that connected peer connections receive: section, size, and what of it was decoded. */
export async function picturesReceived(): Promise<readonly string[]> {
  const connected = peerConnections.filter((connection) => connection.connectionState === 'connected');
  const reports = await Promise.all(connected.map((connection) => connection.getStats()));
  return reports.flatMap((report, index) =>
    [...report.values()].flatMap((entry: Record<string, unknown>) => {
      if (entry['type'] !== 'inbound-rtp' || entry['kind'] !== 'video') return [];
      const said = ['mid', 'frameWidth', 'frameHeight', 'packetsReceived', 'packetsLost', 'framesReceived', 'framesDecoded', 'keyFramesDecoded', 'pliCount', 'nackCount'].map((name) => `${name} ${String(entry[name])}`);
      return [`connection ${index}: ${said.join(', ')}`];
    }),
  );
}

function pairOf(report: RTCStatsReport, transport: Record<string, unknown>): ChosenPair[] {
  const pair = report.get(String(transport['selectedCandidatePairId'])) as Record<string, unknown> | undefined;
  return pair === undefined ? [] : [{ local: candidateOf(report, pair['localCandidateId']), remote: candidateOf(report, pair['remoteCandidateId']) }];
}

function candidateOf(report: RTCStatsReport, id: unknown): ChosenCandidate {
  const candidate = report.get(String(id)) as Record<string, unknown> | undefined;
  return {
    type: String(candidate?.['candidateType']),
    protocol: String(candidate?.['protocol']),
    address: String(candidate?.['address'] ?? ''),
    ...(candidate?.['relayProtocol'] === undefined ? {} : { relayProtocol: String(candidate['relayProtocol']) }),
  };
}
