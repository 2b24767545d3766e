import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
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

/** The thread of the plane: makes the driver, obeys commands until `close`, and ends when all usage is stored. */
async function run({ settings, statistics }: PlaneWorkerData, main: MessagePort): Promise<void> {
  const report = (message: PlaneReport): void => main.postMessage(message);
  const usage = new Gathered<UsageStep>((steps) => report({ kind: 'usage', steps }));
  const log = new LimitedLog((level, fields, message) => report({ kind: 'log', level, fields, message }));
  const addresses = new MachineAddresses(settings);
  if (addresses.local.length === 0) throw new RelayError('RELAY_NO_ADDRESS');
  const counterFile = openCounters(settings);
  const driver = new RelayDriver({
    settings,
    addresses,
    counterFile,
    counters: new PlaneCounters(statistics),
    log: log.write,
    runId: randomBytes(8).toString('hex'),
    tellUsage: (event, token) => usage.add({ event, token }),
    catchUp: () => {
      for (let next = receiveMessageOnPort(main); next !== undefined; next = receiveMessageOnPort(main)) {
        const command = next.message as PlaneCommand;
        // The machine is at work and asks about a credential: what else has come is not to be given to it now.
        if (command.kind === 'admit') obey(command);
        else queueMicrotask(() => obey(command));
      }
    },
  });
  const closing = Promise.withResolvers<void>();
  let onAnswered = (): void => undefined;
  const obey = (command: PlaneCommand): void => {
    switch (command.kind) {
      case 'admit':
        return driver.admit(command.grant);
      case 'revoke':
        return driver.revoke(command.credentialId);
      case 'stored':
        for (const token of command.tokens) driver.confirm(token);
        return onAnswered();
      case 'notStored':
        for (const token of command.tokens) driver.usage.giveUp(token);
        return onAnswered();
      case 'drain':
        return driver.drain();
      default:
        return closing.resolve();
    }
  };

  const ports = await driver.listeners.start(addresses.local, settings.ports ?? defaultPorts);
  const handover = await HandoverPort.open((socket, { remote, local }) => driver.streams.add(socket, { remote, local, transport: 'tls' }));
  main.on('message', obey);
  driver.keepHouse();
  const houseKeeping = setInterval(() => driver.keepHouse(), houseKeepingMs);
  let followed = Promise.resolve();
  const following = setInterval(() => {
    addresses.refresh();
    followed = followed.then(() => driver.listeners.follow(addresses.local));
  }, followAddressesMs);
  const { implementation: udpImplementation, absentBecause } = driver.sockets;
  report({ kind: 'listening', ports, udpImplementation, absentBecause, countersAbsentBecause: counterFile.absentBecause, handoverPath: handover.path });

  await closing.promise;
  clearInterval(following);
  clearInterval(houseKeeping);
  await handover.close();
  driver.shutdown();
  driver.keepHouse();
  await new Promise<void>((resolve) => {
    onAnswered = () => driver.usage.unsettled === 0 && resolve();
    setTimeout(resolve, settleMs).unref();
    onAnswered();
  });
  const { leftForNextStart } = driver.usage;
  if (leftForNextStart === 0) rmSync(settings.countersPath, { force: true });
  else log.write('warn', { allocations: leftForNextStart }, 'The relay ends before the ledger has all of its usage; the next start tells the rest.');
  driver.destroy();
  counterFile.close();
}

function openCounters({ countersPath, limits }: RelayPlaneSettings): CounterFile {
  try {
    return new CounterFile(countersPath, limits?.allocations ?? defaultRelayLimits.allocations);
  } catch (error) {
    throw new RelayError('RELAY_COUNTERS_UNWRITABLE', `${countersPath}: ${error instanceof Error ? error.message : String(error)}`, error);
  }
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
