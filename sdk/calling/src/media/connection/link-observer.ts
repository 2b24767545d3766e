import type { ClientFlowDetail, FlowCandidate, MediaStreamType } from '@dialplane/calling-api';
import { Listeners } from '../../listeners.ts';
import type { Platform } from '../../platform.ts';
import type { Gathering } from './gathering.ts';
import { numberOf, statsOfType, type StatsEntry } from './stats-entries.ts';

/** One second's statistics of a peer connection. */
export interface LinkStats {
  readonly report: RTCStatsReport;
  /** Monotonic milliseconds. */
  readonly at: number;
}

const pollMs = 1000;
/** Until media has been seen both ways the statistics are read more often, so that the flow record is exact. */
const eagerPollMs = 250;
const eagerPolls = 40;
/** What a text of the flow record may have. */
const maxTextLength = 512;

export interface LinkObserverOptions {
  readonly peerConnection: RTCPeerConnection;
  readonly platform: Platform;
  readonly gathering: Gathering;
  readonly report: (detail: ClientFlowDetail) => void;
  readonly typeOfSection: (mid: string, direction: 'send' | 'receive') => MediaStreamType | undefined;
}

/**
 * Watches a peer connection for the call flow record: candidates gathered and servers that gave none, pairs tried and selected,
 * ICE and DTLS states, first media per direction and, at the end, the last counters. Its one poll of the statistics serves
 * whoever else needs them.
 */
export class LinkObserver {
  readonly onStats = new Listeners<[LinkStats]>();
  private readonly options: LinkObserverOptions;
  private readonly pairOutcomes = new Map<string, string>();
  private readonly toldUnreached = new Set<string>();
  private readonly flowing = new Map<string, StatsEntry>();
  private newest: LinkStats | undefined;
  private cancelTimer: () => void = () => {};
  private polls = 0;
  private lastSample = 0;
  private isReading = false;
  private isClosed = false;
  private dtlsState = '';

  constructor(options: LinkObserverOptions) {
    this.options = options;
    const { peerConnection, gathering, report } = options;
    gathering.onChanged.add(() => {
      if (gathering.endedAt !== undefined) this.tellUnreached();
    });
    peerConnection.addEventListener('icecandidate', ({ candidate }) => {
      if (candidate === null || candidate.candidate === '') return;
      const gathered = gatheredCandidate(candidate);
      if (gathered !== undefined) report({ kind: 'candidateGathered', candidate: gathered });
    });
    peerConnection.addEventListener('iceconnectionstatechange', () => {
      report({ kind: 'iceState', state: peerConnection.iceConnectionState });
      this.poll();
    });
    peerConnection.addEventListener('connectionstatechange', () => {
      if (this.polls === 0 && peerConnection.connectionState === 'connecting') this.poll();
    });
  }

  /** What was read last, be it a second after the one before or not. */
  get latest(): LinkStats | undefined {
    return this.newest;
  }

  /** Stops, and tells the last counters. */
  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.cancelTimer();
    this.onStats.clear();
    this.tellUnreached();
    if (this.newest !== undefined) {
      this.observeMedia(this.newest.report);
      this.tellUnanswered(this.newest.report);
    }
    for (const entry of this.flowing.values()) {
      this.options.report({
        kind: 'lastMedia',
        direction: directionOf(entry),
        mediaStreamType: this.typeOf(entry),
        packets: numberOf(entry, directionOf(entry) === 'send' ? 'packetsSent' : 'packetsReceived') ?? 0,
        bytes: numberOf(entry, directionOf(entry) === 'send' ? 'bytesSent' : 'bytesReceived') ?? 0,
        ...(numberOf(entry, 'packetsLost') === undefined ? {} : { packetsLost: numberOf(entry, 'packetsLost') ?? 0 }),
      });
    }
  }

  /** Reads the statistics now, and again in a while. Never two readings at a time: the next is due once this one is in. */
  private poll(): void {
    if (this.isClosed || this.isReading) return;
    this.isReading = true;
    this.cancelTimer();
    this.polls += 1;
    this.options.peerConnection
      .getStats()
      .then(
        (report) => this.take(report),
        (error: unknown) => this.options.platform.logger.verbose('no statistics', error),
      )
      .finally(() => {
        this.isReading = false;
        if (this.isClosed) return;
        const isEager = this.polls < eagerPolls && this.flowing.size < 2;
        this.cancelTimer = this.options.platform.clock.after(isEager ? eagerPollMs : pollMs, () => this.poll());
      });
  }

  private take(report: RTCStatsReport): void {
    if (this.isClosed) return;
    const at = this.options.platform.clock.now();
    this.newest = { report, at };
    this.observePairs(report);
    this.observeDtls(report);
    this.observeMedia(report);
    if (at - this.lastSample < pollMs - eagerPollMs / 2) return;
    this.lastSample = at;
    this.onStats.call({ report, at });
  }

  /** Before gathering has ended a server may yet answer from another address of this device. */
  private tellUnreached(): void {
    for (const { url, errorCode, errorText } of this.options.gathering.unreached) {
      const failure = `${url} ${errorCode}`;
      if (this.toldUnreached.has(failure)) continue;
      this.toldUnreached.add(failure);
      this.options.report({ kind: 'candidateError', url: url.slice(0, maxTextLength), errorCode, errorText: errorText.slice(0, maxTextLength) });
    }
  }

  /** Pairs that were checked to the end without an answer: the browser calls them failed much later, or never. */
  private tellUnanswered(report: RTCStatsReport): void {
    for (const pair of statsOfType(report, 'candidate-pair')) {
      const wasChecked = (numberOf(pair, 'requestsSent') ?? 0) > 0 && (numberOf(pair, 'responsesReceived') ?? 0) === 0;
      if (wasChecked && !this.pairOutcomes.has(pair.id)) this.tellPair(report, pair, 'failed');
    }
  }

  private observePairs(report: RTCStatsReport): void {
    const selected = new Set(statsOfType(report, 'transport').map((transport) => transport['selectedCandidatePairId']));
    for (const pair of statsOfType(report, 'candidate-pair')) {
      const outcome = selected.has(pair.id) ? 'selected' : pair['state'] === 'succeeded' || pair['state'] === 'failed' ? pair['state'] : undefined;
      if (outcome !== undefined) this.tellPair(report, pair, outcome);
    }
  }

  private tellPair(report: RTCStatsReport, pair: StatsEntry, outcome: 'succeeded' | 'failed' | 'selected'): void {
    const local = statsCandidate(report, pair['localCandidateId']);
    const remote = statsCandidate(report, pair['remoteCandidateId']);
    if (local === undefined || remote === undefined) return;
    if (outcome === 'succeeded' && this.pairOutcomes.get(pair.id)?.startsWith('selected') === true) return;
    // A check may arrive before the candidate it came from: then the remote end is peer-reflexive until that is signaled.
    const finding = `${outcome} ${local.candidateType} ${remote.candidateType}`;
    if (this.pairOutcomes.get(pair.id) === finding) return;
    this.pairOutcomes.set(pair.id, finding);
    const rtt = numberOf(pair, 'currentRoundTripTime');
    this.options.report({ kind: 'candidatePair', outcome, local, remote, ...(rtt === undefined ? {} : { rttMs: rtt * 1000 }) });
  }

  private observeDtls(report: RTCStatsReport): void {
    const [transport] = statsOfType(report, 'transport');
    const state = transport?.['dtlsState'];
    if (transport === undefined || typeof state !== 'string' || state === this.dtlsState) return;
    this.dtlsState = state;
    const { dtlsCipher, srtpCipher } = transport as StatsEntry & { dtlsCipher?: unknown; srtpCipher?: unknown };
    this.options.report({
      kind: 'dtlsState',
      state,
      ...(typeof dtlsCipher === 'string' ? { cipher: dtlsCipher } : {}),
      ...(typeof srtpCipher === 'string' ? { srtpCipher } : {}),
    });
  }

  private observeMedia(report: RTCStatsReport): void {
    for (const entry of [...statsOfType(report, 'inbound-rtp'), ...statsOfType(report, 'outbound-rtp')]) {
      const packets = numberOf(entry, entry.type === 'inbound-rtp' ? 'packetsReceived' : 'packetsSent') ?? 0;
      if (packets === 0) continue;
      const isFirst = !this.flowing.has(entry.id);
      this.flowing.set(entry.id, entry);
      if (!isFirst) continue;
      const codec: unknown = typeof entry['codecId'] === 'string' ? (report.get(entry['codecId']) as StatsEntry | undefined)?.['mimeType'] : undefined;
      const ssrc = numberOf(entry, 'ssrc');
      this.options.report({
        kind: 'firstMedia',
        direction: directionOf(entry),
        mediaStreamType: this.typeOf(entry),
        ...(typeof codec === 'string' ? { codec } : {}),
        ...(ssrc === undefined ? {} : { ssrc }),
      });
    }
  }

  private typeOf(entry: StatsEntry): MediaStreamType {
    const mid = entry['mid'];
    const known = typeof mid === 'string' ? this.options.typeOfSection(mid, directionOf(entry)) : undefined;
    return known ?? (entry['kind'] === 'audio' ? 'Audio' : 'Video');
  }
}

function directionOf(entry: StatsEntry): 'send' | 'receive' {
  return entry.type === 'outbound-rtp' ? 'send' : 'receive';
}

function gatheredCandidate(candidate: RTCIceCandidate): FlowCandidate | undefined {
  const { type, protocol, address, port, relayProtocol } = candidate as RTCIceCandidate & { readonly relayProtocol?: unknown };
  return flowCandidate({ candidateType: type, protocol, address, port, relayProtocol });
}

function statsCandidate(report: RTCStatsReport, id: unknown): FlowCandidate | undefined {
  const entry = typeof id === 'string' ? (report.get(id) as StatsEntry | undefined) : undefined;
  return entry === undefined ? undefined : flowCandidate({ ...entry, address: entry['address'] ?? entry['ip'] });
}

/** Addresses that the browser hides (mDNS names) are left out. */
function flowCandidate(from: Readonly<Record<string, unknown>>): FlowCandidate | undefined {
  const { candidateType, protocol, address, port, relayProtocol } = from;
  if (candidateType !== 'host' && candidateType !== 'srflx' && candidateType !== 'prflx' && candidateType !== 'relay') return undefined;
  return {
    candidateType,
    protocol: protocol === 'tcp' ? 'tcp' : 'udp',
    ...(typeof address === 'string' && address !== '' && !address.endsWith('.local') ? { address } : {}),
    ...(typeof port === 'number' ? { port } : {}),
    ...(relayProtocol === 'udp' || relayProtocol === 'tcp' || relayProtocol === 'tls' ? { relayProtocol } : {}),
  };
}
