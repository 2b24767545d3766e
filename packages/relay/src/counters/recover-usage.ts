import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Logger } from '@dialplane/telemetry';
import type { RelayUsageEvent } from '../relay-plane.ts';
import { readCrashedUsage } from './crashed-usage.ts';

const leftSuffix = '.left';
const damagedSuffix = '.damaged';

/**
 * Tells what earlier runs relayed and did not get into the ledger, and makes room for a new file of counters. Each file is kept under another name until all of its
 * events are stored, so that a start that crashes loses nothing; an event told twice is the same event. A file that cannot be read is kept too, and
 * told in the log.
 * @param path where the counters are, or will be. @param onUsage as the plane's.
 */
export function recoverUsage(path: string, onUsage: (event: RelayUsageEvent) => Promise<void>, logger: Logger): void {
  if (existsSync(path)) renameSync(path, unusedName(path));
  const folder = dirname(path);
  const isLeft = (name: string): boolean => name.startsWith(`${basename(path)}.`) && name.endsWith(leftSuffix);
  for (const name of (existsSync(folder) ? readdirSync(folder) : []).filter(isLeft)) recoverFile(join(folder, name), onUsage, logger);
}

function recoverFile(path: string, onUsage: (event: RelayUsageEvent) => Promise<void>, logger: Logger): void {
  const usage = readCrashedUsage(readFileSync(path));
  const setAside = (reason: string): void => {
    const aside = path.slice(0, -leftSuffix.length) + damagedSuffix;
    renameSync(path, aside);
    logger.error({ path: aside, reason }, 'A file of relay counters could not be read in full; it is set aside.');
  };
  if (!usage.ok) return setAside(usage.reason);
  if (usage.events.length > 0) logger.warn({ allocations: usage.events.length }, 'The relay ended without telling all usage; it is told now.');
  Promise.all(usage.events.map(onUsage)).then(
    () => (usage.damaged > 0 ? setAside(`${usage.damaged} of its entries are damaged`) : rmSync(path, { force: true })),
    (error: unknown) => logger.error({ err: error }, 'Usage of an earlier run could not be stored; the next start tells it again.'),
  );
}

function unusedName(path: string): string {
  for (let number = 1; ; number += 1) {
    const name = `${path}.${number}`;
    if (!existsSync(name + leftSuffix) && !existsSync(name + damagedSuffix)) return name + leftSuffix;
  }
}
