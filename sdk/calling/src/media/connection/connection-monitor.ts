import type { ReportMediaRequest } from '@dialplane/calling-api';
import type { Clock } from '../../platform.ts';
import { Arrivals } from './arrivals.ts';
import { noPathAt, type PathFacts } from './path-verdict.ts';

export type MediaCause = NonNullable<ReportMediaRequest['cause']>;

export interface ConnectionMonitorOptions {
  readonly peerConnection: RTCPeerConnection;
  readonly clock: Clock;
  /** The impolite side acts at once; the polite one leaves it the time to do so. */
  readonly isPolite: () => boolean;
  /** Opens a connection that is to take the place of the one that is watched. */
  readonly openSuccessor: (why: string) => void;
  /** Media gets through again: a successor that has not been offered yet is not needed any more. */
  readonly openSuccessorNoMore: () => void;
  readonly report: (state: ReportMediaRequest['state'], cause?: MediaCause) => void;
  /** What is known of both sides' candidates, of the newest connection. */
  readonly pathFacts: () => Omit<PathFacts, 'since'>;
  /** False where the host says that it has no network at all: nothing can be offered then. */
  readonly isOnline: () => boolean;
  /** `pathState` is another one. */
  readonly onPathChanged: () => void;
}

/** What the monitor makes of the path: `doubtful` may still work, `lost` does not. */
export type PathState = 'new' | 'good' | 'doubtful' | 'lost';

/** Who has no reason of its own to think that its path is gone leaves the other side the first word, lest two offers cross. */
const politeDelayMs = 2000;
/** Operating systems tell of a new network before it can be used, and then tell several times. */
const networkSettlesMs = 150;
/** How long a successor, of either side, is given before the next one. Browsers learn of a new address up to 1.5 s after the page hears of it, and gather from it then. */
const successorPeriodsMs = [3000, 3000, 6000] as const;
const longestPeriodMs = 8000;
/** What was silent for less than this is there again: more than arrivals may go unnoticed, less than silence. */
const backMs = 800;
/** Set-up that has not succeeded by then will not, with as many connections as there was time for. */
const setupLimitMs = 30_000;
/** As long as the server waits for a lost participant. */
const interruptionLimitMs = 120_000;

/** Why the path is distrusted. */
const troubles = {
  networkChanged: 'the network of this device changed',
  silence: 'what arrived steadily has stopped',
  disconnected: 'the connection was lost',
} as const;

interface Trouble {
  readonly since: number;
  readonly cause: keyof typeof troubles;
  /** How many successors this side has opened for that cause. */
  readonly successors: number;
}

type Phase =
  | { readonly kind: 'idle' }
  /** `since` descriptions are in force on both sides. */
  | { readonly kind: 'settingUp'; readonly since: number }
  | { readonly kind: 'connected' }
  /** Connected as far as ICE knows, but the network changed, or what arrived steadily has stopped. */
  | ({ readonly kind: 'doubtful' } & Trouble)
  /** ICE has found out too, and the server is told. */
  | ({ readonly kind: 'interrupted' } & Trouble);

/**
 * Watches whether media gets through, has another connection opened where it does not, and tells the server.
 *
 * `idle` -> `settingUp` when both sides have described themselves -> `connected` <-> `doubtful`, `interrupted`. A doubt is
 * followed by a successor at once, and is over when that is connected, or something arrives; an interruption, which ICE itself finds,
 * is told the server too. Successors are repeated, less and less often; those of the other side count as well. At the limit of its
 * phase the session is reported as failed, with the cause; where nothing is left to try (`noPathAt`), sooner.
 */
export class ConnectionMonitor {
  private readonly options: ConnectionMonitorOptions;
  private peerConnection: RTCPeerConnection;
  private arrivals: Arrivals;
  private phase: Phase = { kind: 'idle' };
  private successorOfferedAt = Number.NEGATIVE_INFINITY;
  /** Since when the newest successor is agreed on that may end the present trouble. */
  private successorAgreedAt: number | undefined;
  private cancelTimer: () => void = () => {};
  private cancelVerdict: (() => void) | undefined;

  constructor(options: ConnectionMonitorOptions) {
    this.options = options;
    this.peerConnection = options.peerConnection;
    this.arrivals = this.watch();
  }

  get isConnected(): boolean {
    return this.phase.kind === 'connected' || this.phase.kind === 'doubtful';
  }

  get pathState(): PathState {
    switch (this.phase.kind) {
      case 'idle':
      case 'settingUp':
        return 'new';
      case 'connected':
        return 'good';
      case 'doubtful':
        return 'doubtful';
      case 'interrupted':
        return 'lost';
    }
  }

  /** Offer and answer are both in force: from now on a path is sought. */
  negotiated(): void {
    if (this.phase.kind !== 'idle') return;
    this.enter({ kind: 'settingUp', since: this.options.clock.now() });
    this.schedule(setupLimitMs);
    this.judgePath();
  }

  /** Something new is known of the candidates of either side. */
  candidatesChanged(): void {
    this.judgePath();
  }

  /** The successor `peerConnection` is connected, and has taken the place of the connection watched so far. */
  follow(peerConnection: RTCPeerConnection): void {
    this.unwatch();
    this.peerConnection = peerConnection;
    this.arrivals = this.watch();
    if (this.phase.kind === 'connected' || this.phase.kind === 'doubtful') {
      this.arrivals.start();
      this.recovered();
    } else {
      this.observe();
    }
  }

  /** The host's network changed: the pair in use may be gone, however alive it looks. */
  networkChanged(): void {
    this.doubt('networkChanged');
  }

  /**
   * There are other servers to gather from than before: where nothing gets through, they may be what was missing; where media flows, it may
   * have flowed over one that is there no more.
   */
  serversChanged(): void {
    if (this.phase.kind === 'connected') this.arrivals.expect();
    if (this.phase.kind !== 'doubtful' && this.phase.kind !== 'interrupted') return;
    this.forgetAttempt();
    this.schedule(this.options.isPolite() ? politeDelayMs : 0);
  }

  /** A successor was offered, by either side. */
  successorOffered(): void {
    this.successorOfferedAt = this.options.clock.now();
  }

  /** Offer and answer of a successor are both in force: from now on its path is sought. */
  successorAgreed(): void {
    this.successorAgreedAt = this.options.clock.now();
    this.judgePath();
  }

  close(): void {
    this.cancelTimer();
    this.forgetVerdict();
    this.unwatch();
  }

  private watch(): Arrivals {
    this.peerConnection.addEventListener('connectionstatechange', this.observe);
    this.peerConnection.addEventListener('iceconnectionstatechange', this.observe);
    return new Arrivals(this.peerConnection, this.options.clock, () => this.doubt('silence'));
  }

  private unwatch(): void {
    this.arrivals.close();
    this.peerConnection.removeEventListener('connectionstatechange', this.observe);
    this.peerConnection.removeEventListener('iceconnectionstatechange', this.observe);
  }

  private readonly observe = (): void => {
    const { connectionState, iceConnectionState } = this.peerConnection;
    if (connectionState === 'connected') this.connected();
    else if (iceConnectionState === 'disconnected' || iceConnectionState === 'failed' || connectionState === 'failed') this.interrupted();
  };

  private connected(): void {
    const { kind } = this.phase;
    if (kind === 'connected' || kind === 'doubtful') return;
    this.arrivals.start();
    this.recovered();
    this.options.report('connected');
  }

  private recovered(): void {
    this.cancelTimer();
    this.forgetAttempt();
    this.options.openSuccessorNoMore();
    this.enter({ kind: 'connected' });
  }

  private interrupted(): void {
    const { clock, report } = this.options;
    const { phase } = this;
    if (phase.kind === 'settingUp') {
      this.judgePath();
      this.schedule(this.patienceMs);
    } else if (phase.kind === 'connected' || phase.kind === 'doubtful') {
      const before = phase.kind === 'doubtful' ? phase : { cause: 'disconnected', successors: 0 } as const;
      this.enter({ ...before, kind: 'interrupted', since: clock.now() });
      report('interrupted');
      this.schedule(this.patienceMs);
    }
  }

  private doubt(cause: 'networkChanged' | 'silence'): void {
    const { phase } = this;
    const isNews = cause === 'networkChanged';
    if (phase.kind === 'connected') this.enter({ kind: 'doubtful', since: this.options.clock.now(), cause, successors: 0 });
    // Silence adds nothing to a doubt that there is already.
    else if (isNews && (phase.kind === 'doubtful' || phase.kind === 'interrupted')) this.phase = { ...phase, cause, successors: 0 };
    else return;
    if (isNews) this.forgetAttempt();
    this.schedule(isNews ? networkSettlesMs : this.patienceMs);
  }

  /** How long to wait before a successor that no news of this device demands. */
  private get patienceMs(): number {
    const lastOneMs = this.successorOfferedAt + successorPeriodsMs[0] - this.options.clock.now();
    return Math.max(lastOneMs, this.options.isPolite() ? politeDelayMs : 0);
  }

  /** Something arrives: media now, or since the doubt the checks that go on where no media is sent. */
  private isBack(doubtedSince: number): boolean {
    return this.arrivals.silentForMs < backMs || this.arrivals.lastAt > Math.max(doubtedSince, this.successorOfferedAt) + backMs;
  }

  private schedule(delayMs: number): void {
    this.cancelTimer();
    this.cancelTimer = this.options.clock.after(delayMs, () => {
      this.retry();
    });
  }

  private retry(): void {
    const { clock, openSuccessor, isOnline } = this.options;
    const { phase } = this;
    if (phase.kind === 'connected' || phase.kind === 'idle') return;
    if (phase.kind === 'doubtful' && (phase.successors > 0 || phase.cause === 'silence') && this.isBack(phase.since)) {
      this.recovered();
      return;
    }
    const endsAt = phase.since + (phase.kind === 'settingUp' ? setupLimitMs : interruptionLimitMs);
    if (clock.now() >= endsAt) {
      if (phase.kind === 'settingUp') this.fail(this.options.pathFacts().remote.hasAny ? 'noMediaPath' : 'networkSetupFailed');
      else this.fail('networkDropped');
      return;
    }
    this.schedule(Math.min(periodAfter(phase), endsAt - clock.now()));
    if (!isOnline()) return;
    // What is being judged is the last attempt: where no relay can help, another one would find the same.
    if (phase.kind !== 'settingUp' && this.cancelVerdict !== undefined) return;
    if (phase.kind !== 'settingUp') this.phase = { ...phase, successors: phase.successors + 1 };
    openSuccessor(phase.kind === 'settingUp' ? 'no candidate pair worked' : troubles[phase.cause]);
  }

  /** Gives the session up when nothing is left to try, or looks again when that may be so. */
  private judgePath(): void {
    const { clock } = this.options;
    this.forgetVerdict();
    const facts = this.factsToJudge();
    const giveUpAt = facts === undefined ? undefined : noPathAt(facts);
    if (giveUpAt === undefined) return;
    if (giveUpAt <= clock.now()) this.fail('noMediaPath');
    else {
      this.cancelVerdict = clock.after(giveUpAt - clock.now(), () => {
        this.judgePath();
      });
    }
  }

  /**
   * What a session is given up by. One that was connected is given its whole time, unless it is left without a relay: turned off meanwhile, or never there,
   * while the network became one that needs it. Then there is nothing to wait for.
   */
  private factsToJudge(): PathFacts | undefined {
    const { phase } = this;
    const facts = this.options.pathFacts();
    if (phase.kind === 'settingUp') return { since: phase.since, ...facts };
    if (phase.kind !== 'doubtful' && phase.kind !== 'interrupted') return undefined;
    const since = this.successorAgreedAt;
    return since === undefined || facts.local.expectsRelay || this.isBack(phase.since) ? undefined : { since, ...facts };
  }

  private forgetAttempt(): void {
    this.successorAgreedAt = undefined;
    this.forgetVerdict();
  }

  private forgetVerdict(): void {
    this.cancelVerdict?.();
    this.cancelVerdict = undefined;
  }

  private fail(cause: MediaCause): void {
    this.cancelTimer();
    this.forgetVerdict();
    this.enter({ kind: 'idle' });
    this.options.report('failed', cause);
  }

  private enter(phase: Phase): void {
    this.phase = phase;
    this.options.onPathChanged();
  }
}

/** How long the successor that is due now is given. */
function periodAfter(phase: Exclude<Phase, { readonly kind: 'idle' | 'connected' }>): number {
  return phase.kind === 'settingUp' ? longestPeriodMs : (successorPeriodsMs[phase.successors] ?? longestPeriodMs);
}
