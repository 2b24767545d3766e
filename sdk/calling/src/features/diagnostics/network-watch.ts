import type { CallInternals, StatsSample } from '../../call-internals.ts';
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
  private watched: RTCPeerConnection | undefined;

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
      call.onPeerConnectionChanged(() => this.watchPeerConnection()),
      call.onSignalingChanged(this.onConnectivity),
      call.onStats((sample) => this.judge(sample)),
    ];
    call.onEnded(() => {
      for (const undo of stop) undo();
      window?.removeEventListener('online', this.onConnectivity);
      window?.removeEventListener('offline', this.onConnectivity);
      this.unwatch();
    });
    this.watchPeerConnection();
  }

  private watchPeerConnection(): void {
    this.unwatch();
    this.before = undefined;
    this.watched = this.call.peerConnection();
    this.watched?.addEventListener('connectionstatechange', this.onConnectivity);
    this.watched?.addEventListener('icegatheringstatechange', this.onGathering);
    this.onConnectivity();
    this.onGathering();
  }

  private unwatch(): void {
    this.watched?.removeEventListener('connectionstatechange', this.onConnectivity);
    this.watched?.removeEventListener('icegatheringstatechange', this.onGathering);
    this.watched = undefined;
  }

  /** Bad: the device is offline, or both the server and the other side are gone. Poor: only the media path is. */
  private readonly onConnectivity = (): void => {
    const isOffline = this.call.platform.navigator?.onLine === false;
    const state = this.watched?.connectionState;
    const isMediaLost = state === 'disconnected' || state === 'failed';
    if (isOffline) this.board.setFlag('noNetwork', true);
    else if (state === 'connected') this.board.setFlag('noNetwork', false);
    if (isOffline || (isMediaLost && !this.call.isSignalingConnected())) this.board.setQuality('networkReconnect', DiagnosticQuality.Bad);
    else if (isMediaLost) this.board.setQuality('networkReconnect', DiagnosticQuality.Poor);
    else if (state === 'connected') this.board.setQuality('networkReconnect', DiagnosticQuality.Good);
  };

  /** When gathering has ended, the local description holds every candidate there is (RFC 8829 §4.1.9). */
  private readonly onGathering = (): void => {
    if (this.watched?.iceGatheringState !== 'complete') return;
    const sdp = this.watched.localDescription?.sdp ?? '';
    this.board.setFlag('noNetwork', !sdp.includes('a=candidate:'));
    const urls = (this.watched.getConfiguration().iceServers ?? []).flatMap((server) => server.urls);
    const hasRelays = urls.some((url) => url.startsWith('turn:') || url.startsWith('turns:'));
    if (hasRelays) this.board.setFlag('networkRelaysNotReachable', !sdp.includes(' typ relay'));
  };

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
