import { fork, type ChildProcess } from 'node:child_process';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Logger } from '@dialplane/telemetry';
import type { ConferenceEvent, PortsEvent, ProcessCommand, ProcessEvent, ProcessSettings } from '../process-api/process-messages.ts';
import { TurnBatch } from '../threads/turn-batch.ts';
import { LastWords } from './last-words.ts';
import { MediaProcessorError } from './media-processor-error.ts';

export interface ProcessSlotOptions {
  readonly logger: Logger;
  readonly settings: ProcessSettings;
  /** Absolute; its files may be read. */
  readonly soundFolder?: string;
}

export interface ProcessSlotEvents {
  /** It takes conferences. */
  running(slot: ProcessSlot): void;
  /** It had been running and is not any more, with all that was on it. */
  lost(slot: ProcessSlot): void;
  /** Whether others serve meanwhile. */
  canWait(slot: ProcessSlot): boolean;
  told(slot: ProcessSlot, event: ConferenceEvent | PortsEvent): void;
}

/** Where a media process listens, and how busy it said it is. */
export interface RunningProcess {
  readonly processId: number;
  readonly addresses: readonly string[];
  readonly port: number;
  /** Of one core, 0 to 1: of the two seconds before it was told. */
  readonly load: number;
}

/**
 * starting ▶ running ▶ resting ▶ starting ...; a start that fails leads to resting, too. From each, closed.
 */
type SlotState =
  | { readonly kind: 'resting'; readonly timer: NodeJS.Timeout | undefined }
  | { readonly kind: 'starting'; readonly child: ChildProcess; readonly settle: (failure?: MediaProcessorError) => void }
  | { readonly kind: 'running'; readonly child: ChildProcess; readonly process: RunningProcess; readonly since: number; readonly asked: number; readonly answered: number }
  | { readonly kind: 'closed'; readonly ended: Promise<void> };

const entry = fileURLToPath(new URL('../plane/media-process.ts', import.meta.url));
const repositoryRoot = resolve(import.meta.dirname, '../../../..');
/** What a packet thread may do to this machine: read the program and sounds, run its kernels and threads. Neither write files nor start programs. */
function permissions(soundFolder: string | undefined): readonly string[] {
  const readable = [repositoryRoot, ...(soundFolder === undefined ? [] : [soundFolder])].map((folder) => `--allow-fs-read=${folder}/*`);
  return ['--permission', ...readable, '--allow-addons', '--allow-worker', '--disable-warning=SecurityWarning'];
}

/**
 * What a packet thread leaves behind is little and short-lived: room for more of it (in MiB), which V8 does not give back, makes each collection longer. There is nothing in it that
 * other threads could share: they would look for work for longer than there is some.
 */
export const heapFlags: readonly string[] = ['--max-semi-space-size=4', '--no-parallel-scavenge'];

const startWithinMs = 60_000;
/** Heartbeats without an answer after which a process is ended; they are `heartbeatEveryMs` apart. */
const heartbeatsUnanswered = 10;
export const heartbeatEveryMs = 500;
const closeWithinMs = 2_000;
/**
 * One that ran this long starts again soon; one that ends sooner waits longer each time. Soon is at once where no other serves; else when the calls of the lost one are back, since a start
 * takes most of a second of processor time, which they need more.
 */
const steadyMs = 10_000;
const recoveryMs = 2_000;
const firstRestMs = 250;
const longestRestMs = 10_000;

/** The place of one media process: starts it, watches it, and starts another when it ends. */
export class ProcessSlot {
  private readonly options: ProcessSlotOptions;
  private readonly events: ProcessSlotEvents;
  private state: SlotState = { kind: 'resting', timer: undefined };
  private port: number;
  private addresses: readonly string[];
  private failures = 0;
  private startCount = 0;
  private readonly commands = new TurnBatch<ProcessCommand>((commands) => {
    if (this.state.kind === 'running') this.state.child.send([...commands], () => undefined);
  });

  constructor(options: ProcessSlotOptions, events: ProcessSlotEvents) {
    this.options = options;
    this.events = events;
    this.port = options.settings.port;
    this.addresses = options.settings.addresses;
  }

  get name(): string {
    return this.options.settings.name;
  }

  get running(): RunningProcess | undefined {
    return this.state.kind === 'running' ? this.state.process : undefined;
  }

  /** How often a process of this place was lost or did not start. */
  get restarts(): number {
    return Math.max(0, this.startCount - 1);
  }

  /**
   * Starts a process and resolves when it listens.
   * @throws {MediaProcessorError} When it does not; it is tried again later all the same.
   */
  async start(): Promise<void> {
    this.startCount += 1;
    const child = this.fork();
    const lastWords = new LastWords(child.stderr);
    const outOfPatience = setTimeout(() => child.kill('SIGKILL'), startWithinMs);
    child.on('message', (events) => (events as readonly ProcessEvent[]).forEach((event) => this.handle(child, event)));
    child.on('error', (error) => {
      this.options.logger.warn({ err: error, process: this.name }, 'A media process could not be started or reached.');
      if (child.pid === undefined) this.handleEnd(child, error.message);
    });
    child.on('exit', (code, signal) => {
      clearTimeout(outOfPatience);
      this.handleEnd(child, signal ?? `exit code ${code}`);
    });
    child.on('close', () => {
      if (lastWords.text !== '') this.options.logger.error({ process: this.name, lastWords: lastWords.text }, 'A media process left these words.');
    });
    child.send([{ kind: 'start', settings: { ...this.options.settings, addresses: this.addresses, port: this.port } }] satisfies ProcessCommand[], () => undefined);
    await new Promise<void>((done, failed) => {
      const settle = (failure?: MediaProcessorError): void => {
        clearTimeout(outOfPatience);
        if (failure === undefined) done();
        else failed(failure);
      };
      this.state = { kind: 'starting', child, settle };
    });
  }

  /** A command to a process that is not running is lost with its conferences. */
  send(command: ProcessCommand): void {
    if (this.state.kind === 'running') this.commands.add(command);
  }

  /** The machine has these addresses from now on. */
  listen(addresses: readonly string[]): void {
    this.addresses = addresses;
    this.send({ kind: 'listen', addresses });
  }

  /** Asks whether it is alive, every {@link heartbeatEveryMs}; ends it when it has been silent for too long. */
  beat(): void {
    if (this.state.kind !== 'running') return;
    const { child, asked, answered } = this.state;
    if (asked - answered >= heartbeatsUnanswered) {
      this.options.logger.error({ process: this.name }, 'A media process does not answer; it is ended.');
      child.kill('SIGKILL');
      return;
    }
    this.state = { ...this.state, asked: asked + 1 };
    this.send({ kind: 'heartbeat', sequence: asked + 1 });
  }

  /** Ends the process and starts no other. Repeatable. */
  async close(): Promise<void> {
    const { state } = this;
    if (state.kind === 'closed') return state.ended;
    if (state.kind === 'resting') clearTimeout(state.timer);
    const ended = state.kind === 'resting' ? Promise.resolve() : endChild(state.child);
    this.state = { kind: 'closed', ended };
    if (state.kind === 'starting') state.settle(new MediaProcessorError('MEDIA_PROCESS_FAILED', 'It was closed.'));
    return ended;
  }

  private handle(child: ChildProcess, event: ProcessEvent): void {
    const { state } = this;
    if ((state.kind !== 'starting' && state.kind !== 'running') || state.child !== child) return;
    switch (event.kind) {
      case 'started':
        if (state.kind === 'starting') this.handleStarted(state, event);
        return;
      case 'startFailed':
        if (state.kind === 'starting') state.settle(new MediaProcessorError('MEDIA_PROCESS_FAILED', event.sentence));
        child.kill('SIGKILL');
        return;
      case 'alive':
        if (state.kind === 'running') this.state = { ...state, answered: event.sequence, process: { ...state.process, load: event.load } };
        return;
      case 'listening':
        if (state.kind === 'running') this.state = { ...state, process: { ...state.process, addresses: event.addresses } };
        return;
      case 'logged':
        this.options.logger[event.level]({ process: this.name }, event.message);
        return;
      default:
        this.events.told(this, event);
    }
  }

  private handleStarted({ child, settle }: Extract<SlotState, { kind: 'starting' }>, { addresses, port }: Extract<ProcessEvent, { kind: 'started' }>): void {
    this.port = port;
    this.state = { kind: 'running', child, process: { processId: child.pid ?? 0, addresses, port, load: 0 }, since: performance.now(), asked: 0, answered: 0 };
    // The machine's addresses may be others than when it was started.
    this.send({ kind: 'listen', addresses: this.addresses });
    this.events.running(this);
    settle();
  }

  private fork(): ChildProcess {
    try {
      return fork(entry, [], { serialization: 'advanced', execArgv: [...permissions(this.options.soundFolder), ...heapFlags], env: {}, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    } catch (error) {
      this.rest(false);
      throw new MediaProcessorError('MEDIA_PROCESS_FAILED', 'The system has no room for another process.', error);
    }
  }

  /** Its conferences are told at once; the next start may have to wait. */
  private handleEnd(child: ChildProcess, how: string): void {
    const { state } = this;
    if ((state.kind !== 'starting' && state.kind !== 'running') || state.child !== child) return;
    this.rest(state.kind === 'running' && performance.now() - state.since >= steadyMs);
    this.options.logger.error({ process: this.name, how }, state.kind === 'running' ? 'A media process has ended; it is started again.' : 'A media process did not start; it is tried again.');
    if (state.kind === 'running') this.events.lost(this);
    else state.settle(new MediaProcessorError('MEDIA_PROCESS_FAILED', `It ended (${how}).`));
  }

  private rest(wasSteady: boolean): void {
    this.failures = wasSteady ? 0 : this.failures + 1;
    const steadyRestMs = this.events.canWait(this) ? recoveryMs : 0;
    const restMs = wasSteady ? steadyRestMs : Math.min(longestRestMs, firstRestMs * 2 ** (this.failures - 1));
    this.state = { kind: 'resting', timer: setTimeout(() => this.startAgain(), restMs) };
  }

  private startAgain(): void {
    this.start().then(
      () => this.options.logger.info({ process: this.name }, 'The media process runs again.'),
      (error: unknown) => this.options.logger.debug({ err: error, process: this.name }, 'The media process does not start yet.'),
    );
  }
}

/** Disconnected, a process says goodbye to its legs and ends; one that does not is killed. */
async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const outOfPatience = setTimeout(() => child.kill('SIGKILL'), closeWithinMs);
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  if (child.connected) child.disconnect();
  await ended;
  clearTimeout(outOfPatience);
}
