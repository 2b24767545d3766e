import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { parseIpAddress, type TransportAddress, transportAddress } from '@dialplane/stun';
import { longestGrant } from './counters/counters-layout.ts';
import { recoverUsage } from './counters/recover-usage.ts';
import { Gathered } from './plane/gathered.ts';
import { handOver } from './plane/streams/handover-port.ts';
import type { PlaneCommand, PlaneReport, PlaneWorkerData, UsageToken } from './plane/plane-messages.ts';
import { PlaneCounters, type PlaneStatistics } from './plane/plane-statistics.ts';
import { RelayError } from './relay-error.ts';
import type { RelayGrant } from './relay-grant.ts';
import type { RelayPlaneOptions } from './relay-plane-options.ts';
import type { HandedOverStream, RelayPlane } from './relay-plane.ts';

type Listening = Extract<PlaneReport, { kind: 'listening' }>;

/**
 * Starts the data plane of the relay in a thread of its own: first tells the usage that an earlier run could not, then opens the ports.
 *
 * A thread that fails is started again, with the credentials that were admitted, on the same ports; its allocations are gone and told as `crashed`.
 * @throws {RelayError} When it cannot start.
 */
export async function startRelayPlane(options: RelayPlaneOptions): Promise<RelayPlane> {
  const plane = new ThreadedRelayPlane(options);
  await plane.start();
  return plane;
}

/** starting → listening → closing, whose end is that of the thread; a thread that fails while listening leads back to starting. */
type PlaneState =
  | { readonly kind: 'starting' }
  | { readonly kind: 'listening'; readonly worker: Worker; readonly at: Listening }
  | { readonly kind: 'closing' };

/** What the thread is answered about usage, gathered. */
interface UsageAnswers {
  readonly stored: Gathered<UsageToken>;
  readonly notStored: Gathered<UsageToken>;
}

const restartDelayMs = 1_000;
const fewGrants = 1_024;

class ThreadedRelayPlane implements RelayPlane {
  private readonly options: RelayPlaneOptions;
  private readonly counters = new PlaneCounters();
  /** What a thread that is started again has to admit. */
  private readonly grants = new Map<string, RelayGrant>();
  private forgetAtSize = fewGrants;
  private state: PlaneState = { kind: 'starting' };
  private isDraining = false;
  /** The start that is under way after a thread has failed. */
  private starting: Promise<void> | undefined;
  private listening: Listening | undefined;

  constructor(options: RelayPlaneOptions) {
    this.options = options;
  }

  get ports(): readonly number[] {
    return this.listening?.ports ?? [];
  }

  get udpImplementation(): 'native' | 'dgram' {
    return this.listening?.udpImplementation ?? 'dgram';
  }

  statistics(): PlaneStatistics {
    return this.counters.read();
  }

  admit(grant: RelayGrant): void {
    const length = Buffer.byteLength(JSON.stringify(grant));
    if (length > longestGrant) throw new RangeError(`A relay grant has at most ${longestGrant} bytes as JSON, not ${length}.`);
    this.grants.set(grant.credentialId, grant);
    if (this.grants.size >= this.forgetAtSize) this.forgetExpired();
    this.command({ kind: 'admit', grant });
  }

  revoke(credentialId: string): void {
    this.grants.delete(credentialId);
    this.command({ kind: 'revoke', credentialId });
  }

  takeStream({ stream, remoteAddress, remotePort, localAddress = '' }: HandedOverStream): void {
    const remote = addressOf(remoteAddress, remotePort);
    if (this.state.kind !== 'listening' || remote === undefined) stream.destroy();
    else handOver(stream, { remote, local: addressOf(localAddress, 0) }, this.state.at.handoverPath);
  }

  drain(): void {
    this.isDraining = true;
    this.command({ kind: 'drain' });
  }

  async close(): Promise<void> {
    const { state } = this;
    this.state = { kind: 'closing' };
    if (state.kind === 'listening') await closeThread(state.worker);
    else await this.starting;
  }

  /** @throws {RelayError} When the thread ends before it listens. */
  async start(): Promise<void> {
    const { logger, onUsage, ...settings } = this.options;
    recoverUsage(settings.countersPath, onUsage, logger);
    const ports = this.listening?.ports ?? settings.ports;
    const data: PlaneWorkerData = { settings: { ...settings, ...(ports === undefined ? {} : { ports }) }, statistics: this.counters.memory };
    const worker = new Worker(new URL('./plane/plane-worker.ts', import.meta.url), { workerData: data, name: 'relay' });
    const answers: UsageAnswers = {
      stored: new Gathered((tokens) => worker.postMessage({ kind: 'stored', tokens } satisfies PlaneCommand)),
      notStored: new Gathered((tokens) => worker.postMessage({ kind: 'notStored', tokens } satisfies PlaneCommand)),
    };
    let failure: unknown;
    worker.on('error', (error) => (failure = error));
    const at = await new Promise<Listening>((resolve, reject) => {
      worker.on('message', (report: PlaneReport) => {
        if (report.kind === 'listening') resolve(report);
        else if (report.kind === 'failed') reject(new RelayError(report.code, report.detail));
        else this.handleReport(report, answers);
      });
      worker.on('exit', () => reject(new RelayError('RELAY_FAILED', undefined, failure)));
    });
    worker.on('exit', () => this.handleExit(failure));
    if (this.state.kind === 'closing') await closeThread(worker);
    else this.handleListening(at, worker);
  }

  private handleListening(at: Listening, worker: Worker): void {
    const { logger } = this.options;
    this.listening = at;
    this.state = { kind: 'listening', worker, at };
    if (at.absentBecause !== undefined) logger.warn({ reason: at.absentBecause }, 'The relay uses node:dgram, at more than twice the cost of its native kernel.');
    if (at.countersAbsentBecause !== undefined) logger.warn({ reason: at.countersAbsentBecause }, 'The relay saves its live counters every second only: a crash may lose the last one.');
    this.forgetExpired();
    for (const grant of this.grants.values()) worker.postMessage({ kind: 'admit', grant } satisfies PlaneCommand);
    if (this.isDraining) worker.postMessage({ kind: 'drain' } satisfies PlaneCommand);
  }

  /** Goes through all grants only when their number has doubled, so that one costs the same however many there are. */
  private forgetExpired(): void {
    const now = Date.now();
    for (const [credentialId, grant] of this.grants) if (grant.expiresAt <= now) this.grants.delete(credentialId);
    this.forgetAtSize = Math.max(fewGrants, 2 * this.grants.size);
  }

  private handleReport(report: Exclude<PlaneReport, { kind: 'listening' | 'failed' }>, answers: UsageAnswers): void {
    const { logger, onUsage } = this.options;
    if (report.kind === 'log') return logger[report.level](report.fields, report.message);
    for (const { event, token } of report.steps) {
      onUsage(event).then(
        () => answers.stored.add(token),
        (error: unknown) => {
          logger.error({ err: error }, 'Relay usage could not be stored; the next start tells it again.');
          answers.notStored.add(token);
        },
      );
    }
  }

  private handleExit(failure: unknown): void {
    if (this.listening !== undefined) rmSync(dirname(this.listening.handoverPath), { recursive: true, force: true });
    if (this.state.kind === 'closing') return;
    this.options.logger.error({ err: failure }, 'The thread of the relay has ended; it is started again.');
    this.state = { kind: 'starting' };
    setTimeout(() => this.restart(), restartDelayMs);
  }

  private restart(): void {
    if (this.state.kind !== 'starting') return;
    this.starting = this.start().then(
      () => this.options.logger.info({ ports: this.ports }, 'The relay listens again.'),
      (error: unknown) => this.handleExit(error),
    );
  }

  private command(command: PlaneCommand): void {
    if (this.state.kind === 'listening') this.state.worker.postMessage(command);
  }
}

async function closeThread(worker: Worker): Promise<void> {
  const ended = once(worker, 'exit');
  worker.postMessage({ kind: 'close' } satisfies PlaneCommand);
  await ended;
}

/** A port that listens on both families tells an IPv4 address as `::ffff:192.0.2.1`. */
function addressOf(text: string, port: number): TransportAddress | undefined {
  const ip = parseIpAddress(text.replace(/^::ffff:(?=\d+\.)/i, ''));
  return ip === undefined ? undefined : transportAddress(ip, port);
}
