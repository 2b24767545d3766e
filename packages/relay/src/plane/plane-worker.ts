import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { invariant } from '@dialplane/sansio';
import { CounterFile } from '../counters/counter-file.ts';
import { RelayError } from '../relay-error.ts';
import { defaultRelayLimits, type RelayPlaneSettings } from '../relay-plane-options.ts';
import { Gathered } from './gathered.ts';
import { HandoverPort } from './streams/handover-port.ts';
import { LimitedLog } from './limited-log.ts';
import { MachineAddresses } from './ports/machine-addresses.ts';
import type { PlaneCommand, PlaneReport, PlaneWorkerData, UsageStep } from './plane-messages.ts';
import { PlaneCounters } from './plane-statistics.ts';
import { RelayDriver } from './relay-driver.ts';

const defaultPorts: readonly number[] = [3478, 3479];
const houseKeepingMs = 1_000;
const followAddressesMs = 5_000;
/** How long usage may take to be stored when the plane closes. */
const settleMs = 5_000;

/** The thread of the plane: obeys commands until `close`, and ends when all usage is stored. */
class PlaneThread {
  private readonly settings: RelayPlaneSettings;
  private readonly main: MessagePort;
  private readonly log: LimitedLog;
  private readonly addresses: MachineAddresses;
  private readonly counterFile: CounterFile;
  private readonly driver: RelayDriver;
  private readonly closing = Promise.withResolvers<void>();
  /** The ledger has answered; of interest when the plane ends. */
  private onAnswered: () => void = () => undefined;

  /** @throws {RelayError} */
  constructor({ settings, statistics }: PlaneWorkerData, main: MessagePort) {
    this.settings = settings;
    this.main = main;
    this.addresses = new MachineAddresses(settings);
    if (this.addresses.local.length === 0) throw new RelayError('RELAY_NO_ADDRESS');
    const usage = new Gathered<UsageStep>((steps) => this.report({ kind: 'usage', steps }));
    this.log = new LimitedLog((level, fields, message) => this.report({ kind: 'log', level, fields, message }));
    this.counterFile = openCounters(settings);
    this.driver = new RelayDriver({
      settings,
      addresses: this.addresses,
      counterFile: this.counterFile,
      counters: new PlaneCounters(statistics),
      log: this.log.write,
      runId: randomBytes(8).toString('hex'),
      tellUsage: (event, token) => usage.add({ event, token }),
      catchUp: () => this.catchUp(),
    });
  }

  async run(): Promise<void> {
    const { driver, addresses, settings } = this;
    const ports = await driver.listeners.start(addresses.local, settings.ports ?? defaultPorts);
    const handover = await HandoverPort.open(dirname(settings.countersPath), (socket, { remote, local }) => driver.streams.add(socket, { remote, local, transport: 'tls' }));
    this.main.on('message', (command: PlaneCommand) => this.obey(command));
    driver.keepHouse();
    const houseKeeping = setInterval(() => driver.keepHouse(), houseKeepingMs);
    let followed = Promise.resolve();
    const following = setInterval(() => {
      addresses.refresh();
      followed = followed.then(() => driver.listeners.follow(addresses.local));
    }, followAddressesMs);
    const { implementation: udpImplementation, absentBecause } = driver.sockets;
    this.report({ kind: 'listening', ports, udpImplementation, absentBecause, countersAbsentBecause: this.counterFile.absentBecause, handoverPath: handover.path });

    await this.closing.promise;
    clearInterval(following);
    clearInterval(houseKeeping);
    await handover.close();
    await this.end();
  }

  /** Ends all allocations, waits until their usage is stored, and leaves what is not to the next start. */
  private async end(): Promise<void> {
    const { driver } = this;
    driver.shutdown();
    driver.keepHouse();
    await new Promise<void>((resolve) => {
      this.onAnswered = () => driver.usage.unsettled === 0 && resolve();
      setTimeout(resolve, settleMs).unref();
      this.onAnswered();
    });
    const { leftForNextStart } = driver.usage;
    if (leftForNextStart === 0) rmSync(this.settings.countersPath, { force: true });
    else this.log.write('warn', { allocations: leftForNextStart }, 'The relay ends before the ledger has all of its usage; the next start tells the rest.');
    driver.destroy();
    this.counterFile.close();
  }

  private obey(command: PlaneCommand): void {
    const { driver } = this;
    switch (command.kind) {
      case 'admit':
        return driver.admit(command.grant);
      case 'revoke':
        return driver.revoke(command.credentialId);
      case 'stored':
        for (const token of command.tokens) driver.confirm(token);
        return this.onAnswered();
      case 'notStored':
        for (const token of command.tokens) driver.usage.giveUp(token);
        return this.onAnswered();
      case 'drain':
        return driver.drain();
      default:
        return this.closing.resolve();
    }
  }

  /** The machine is at work and asks about a credential: what else has come is not to be given to it now. */
  private catchUp(): void {
    for (let next = receiveMessageOnPort(this.main); next !== undefined; next = receiveMessageOnPort(this.main)) {
      const command = next.message as PlaneCommand;
      if (command.kind === 'admit') this.obey(command);
      else queueMicrotask(() => this.obey(command));
    }
  }

  private report(message: PlaneReport): void {
    this.main.postMessage(message);
  }
}

function openCounters({ countersPath, limits }: RelayPlaneSettings): CounterFile {
  try {
    return new CounterFile(countersPath, limits?.allocations ?? defaultRelayLimits.allocations);
  } catch (error) {
    throw new RelayError('RELAY_COUNTERS_UNWRITABLE', `${countersPath}: ${error instanceof Error ? error.message : String(error)}`, error);
  }
}

/** @throws {RelayError} */
async function run(data: PlaneWorkerData, main: MessagePort): Promise<void> {
  await new PlaneThread(data, main).run();
}

invariant(parentPort !== null, 'the plane runs in a thread of its own');
const main = parentPort;
run(workerData as PlaneWorkerData, main).then(
  () => main.close(),
  (error: unknown) => {
    const { code, detail } = error instanceof RelayError ? error : { code: 'RELAY_FAILED' as const, detail: String(error) };
    main.postMessage({ kind: 'failed', code, detail } satisfies PlaneReport);
    process.exit(1);
  },
);
