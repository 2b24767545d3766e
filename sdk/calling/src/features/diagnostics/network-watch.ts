import type { CallInternals, MediaPath, StatsSample } from '../../call-internals.ts';
import { DiagnosticQuality } from '../../enumerations.ts';
import type { NetworkDiagnosticType } from '../../public/diagnostics.ts';
import { parseStats } from '../../stats/parse-stats.ts';
import type { StatsSnapshot } from '../../stats/stats-snapshot.ts';
import type { DiagnosticBoard } from './diagnostic-board.ts';
import { judgeNetwork, networkFigures, SteadyQuality } from './network-quality.ts';

/** Finds what is wrong with the network of a call and writes it on the board, until the call ends. */
export class NetworkWatch {
  private readonly call: CallInternals;
  private readonly board: DiagnosticBoard<NetworkDiagnosticType>;
  private readonly receiveQuality = new SteadyQuality();
  private readonly sendQuality = new SteadyQuality();
  private before: StatsSnapshot | undefined;

  constructor(call: CallInternals, board: DiagnosticBoard<NetworkDiagnosticType>) {
    this.call = call;
    this.board = board;
  }

  start(): void {
    const { call } = this;
    const { window } = call.platform;
    window?.addEventListener('online', this.onConnectivity);
    window?.addEventListener('offline', this.onConnectivity);
    const stop = [
      call.onPeerConnectionChanged(() => {
        this.before = undefined;
        this.onConnectivity();
      }),
      call.onPathChanged(this.onConnectivity),
      call.onSignalingChanged(this.onConnectivity),
      call.onStats((sample) => this.judge(sample)),
    ];
    call.onEnded(() => {
      for (const undo of stop) undo();
      window?.removeEventListener('online', this.onConnectivity);
      window?.removeEventListener('offline', this.onConnectivity);
    });
    this.onConnectivity();
  }

  private readonly onConnectivity = (): void => {
    const { call, board } = this;
    const path = call.path();
    const isOffline = call.platform.navigator?.onLine === false;
    this.judgeReconnection(isOffline, path);
    if (isOffline) board.setFlag('noNetwork', true);
    else if (path?.pathState === 'good') board.setFlag('noNetwork', false);
    if (path === undefined) return;
    const { hasCandidates, hasRelay, isWithoutRelay, mayBeDirect, endedAt } = path.gathering;
    // A network without a single candidate is none. One candidate proves the opposite; none proves it when there will be no more.
    if (hasCandidates && !isOffline) board.setFlag('noNetwork', false);
    else if (endedAt !== undefined && mayBeDirect) board.setFlag('noNetwork', true);
    if (hasRelay) board.setFlag('networkRelaysNotReachable', false);
    else if (isWithoutRelay && !isOffline) board.setFlag('networkRelaysNotReachable', true);
  };

  /** Bad: the device is offline, or both the server and the other side are gone. Poor: only the media path is, or it may be. */
  private judgeReconnection(isOffline: boolean, path: MediaPath | undefined): void {
    const isLost = path?.pathState === 'lost' || path?.pathState === 'doubtful';
    if (isOffline || (isLost && !this.call.isSignalingConnected())) this.board.setQuality('networkReconnect', DiagnosticQuality.Bad);
    else if (isLost) this.board.setQuality('networkReconnect', DiagnosticQuality.Poor);
    else if (path?.pathState === 'good') this.board.setQuality('networkReconnect', DiagnosticQuality.Good);
  }

  private judge({ report, at }: StatsSample): void {
    const after = parseStats(report, at, (mid, direction) => this.call.streamOf(mid, direction)?.mediaStreamType);
    const { before } = this;
    this.before = after;
    if (before === undefined) return;
    const { send, receive } = networkFigures(before, after);
    const received = judgeNetwork(receive);
    const sent = judgeNetwork(send);
    if (received !== undefined) this.board.setQuality('networkReceiveQuality', this.receiveQuality.observe(received));
    if (sent !== undefined) this.board.setQuality('networkSendQuality', this.sendQuality.observe(sent));
  }
}
