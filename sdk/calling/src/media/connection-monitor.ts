import type { ReportMediaRequest } from '@dialplane/calling-api';
import type { Clock } from '../platform.ts';

export type MediaCause = NonNullable<ReportMediaRequest['cause']>;

export interface ConnectionMonitorOptions {
  readonly peerConnection: RTCPeerConnection;
  readonly clock: Clock;
  /** The impolite side restarts at once; the polite one leaves it the time to do so. */
  readonly isPolite: () => boolean;
  readonly restartIce: (why: string) => void;
  readonly report: (state: ReportMediaRequest['state'], cause?: MediaCause) => void;
  /** The other side has sent candidates, so there was something to try. */
  readonly hasRemoteCandidates: () => boolean;
}

/** A short gap heals on its own (a roaming telephone, a full queue). */
const graceMs = 1500;
const politeDelayMs = 2500;
/** How long one restart is given before the next. */
const restartPeriodMs = 8000;
/** Set-up that has not succeeded by then will not: the restarts included. */
const setupLimitMs = 30_000;
/** As long as the server waits for a lost participant. */
const interruptionLimitMs = 120_000;

type Phase =
  | { readonly kind: 'idle' }
  | { readonly kind: 'settingUp'; readonly since: number }
  | { readonly kind: 'connected' }
  | { readonly kind: 'interrupted'; readonly since: number };

/**
 * Watches whether media gets through, restarts ICE (RFC 8445 §9) where it does not, and tells the server.
 *
 * `idle` -> `settingUp` when ICE begins -> `connected` <-> `interrupted`. An interruption is told at once; a restart follows
 * after a grace and is repeated; at the limit of its phase the session is reported as failed, with the cause.
 */
export class ConnectionMonitor {
  private readonly options: ConnectionMonitorOptions;
  private phase: Phase = { kind: 'idle' };
  private cancelTimer: () => void = () => {};

  constructor(options: ConnectionMonitorOptions) {
    this.options = options;
    options.peerConnection.addEventListener('connectionstatechange', this.observe);
    options.peerConnection.addEventListener('iceconnectionstatechange', this.observe);
  }

  get isConnected(): boolean {
    return this.phase.kind === 'connected';
  }

  /** The host's network changed: the pair in use may be gone, however alive it looks. */
  networkChanged(): void {
    if (this.phase.kind === 'connected' || this.phase.kind === 'interrupted') this.options.restartIce('the network of this device changed');
  }

  close(): void {
    this.cancelTimer();
    this.options.peerConnection.removeEventListener('connectionstatechange', this.observe);
    this.options.peerConnection.removeEventListener('iceconnectionstatechange', this.observe);
  }

  private readonly observe = (): void => {
    const { peerConnection, clock, report } = this.options;
    const { connectionState, iceConnectionState } = peerConnection;
    if (connectionState === 'connected') {
      if (this.phase.kind === 'connected') return;
      this.cancelTimer();
      this.phase = { kind: 'connected' };
      report('connected');
    } else if (connectionState === 'connecting' && this.phase.kind === 'idle') {
      this.phase = { kind: 'settingUp', since: clock.now() };
      this.schedule(setupLimitMs);
    } else if (iceConnectionState === 'disconnected' || iceConnectionState === 'failed' || connectionState === 'failed') {
      this.interrupt(iceConnectionState === 'disconnected' ? graceMs : 0);
    }
  };

  private interrupt(delayMs: number): void {
    const { clock, report, isPolite } = this.options;
    if (this.phase.kind === 'connected') {
      this.phase = { kind: 'interrupted', since: clock.now() };
      report('interrupted');
    } else if (this.phase.kind === 'idle') this.phase = { kind: 'settingUp', since: clock.now() };
    this.schedule(delayMs + (isPolite() ? politeDelayMs : 0));
  }

  private schedule(delayMs: number): void {
    this.cancelTimer();
    this.cancelTimer = this.options.clock.after(delayMs, () => {
      this.retry();
    });
  }

  private retry(): void {
    const { clock, report, restartIce, hasRemoteCandidates } = this.options;
    const { phase } = this;
    if (phase.kind === 'connected' || phase.kind === 'idle') return;
    const limitMs = phase.kind === 'settingUp' ? setupLimitMs : interruptionLimitMs;
    if (clock.now() - phase.since >= limitMs) {
      this.phase = { kind: 'idle' };
      report('failed', phase.kind === 'interrupted' ? 'networkDropped' : hasRemoteCandidates() ? 'noMediaPath' : 'networkSetupFailed');
      return;
    }
    restartIce(phase.kind === 'settingUp' ? 'no candidate pair worked' : 'the connection was lost');
    this.schedule(Math.min(restartPeriodMs, Math.max(0, phase.since + limitMs - clock.now())));
  }
}
