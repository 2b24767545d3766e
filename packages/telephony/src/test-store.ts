import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { openStore, type Store } from '@dialplane/store';
import { createLogger } from '@dialplane/telemetry';
import { openTelephonyBooks, type TelephonyBooks, type TelephonyBooksOptions } from './open-telephony-books.ts';

/** A wall clock that stands until it is moved. */
export interface StandingClock {
  at: number;
}

export interface OpenedBooks {
  readonly store: Store;
  readonly books: TelephonyBooks;
  readonly clock: StandingClock;
  readonly logLines: readonly string[];
}

export const noon = Date.parse('2026-11-26T12:00:00Z');

/** Opens the books of a store of the test's own; called again, those of the same store closed and opened, or not closed but abandoned as by `kill -9`. */
export function testBooks(t: TestContext, more: Partial<TelephonyBooksOptions> = {}): (before?: 'closed' | 'abandoned') => Promise<OpenedBooks> {
  const dataDir = mkdtempSync(join(tmpdir(), 'dialplane-telephony-'));
  const clock: StandingClock = { at: noon };
  const logLines: string[] = [];
  let current: OpenedBooks | undefined;
  t.after(async () => {
    await current?.books.close();
    await current?.store.close();
    rmSync(dataDir, { recursive: true, force: true });
  });
  return async (before = 'closed') => {
    if (before === 'closed') await current?.books.close();
    await current?.store.close();
    const store = await openStore({ dataDir });
    const logger = createLogger({ destination: { write: (line) => logLines.push(line) } });
    const books = await openTelephonyBooks({
      store, dataDir, logger, resourceId: () => 'r1', numberRetentionMs: 30 * 86_400_000, usageRetentionMs: 400 * 86_400_000, now: () => clock.at, random: () => 0, ...more,
    });
    current = { store, books, clock, logLines };
    return current;
  };
}
