/** Where a list of a ledger goes on: after the row of this instant, subject and step. */
export interface LedgerCursor {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly step: number;
  /** What the rows are about: an allocation, a line. */
  readonly subject: string;
}

/** Which page of a list is asked for; `cursor` as the page before gave it. */
export interface LedgerPageRequest {
  readonly limit: number;
  readonly cursor: string | undefined;
}

export interface LedgerPage<View> {
  value: View[];
  nextCursor?: string;
}

/**
 * A page of a ledger; `undefined` where the cursor is none that a page gave.
 *
 * @param read rows in the order of their cursors: so many at most, after one.
 */
export async function ledgerPage<Row, View>(
  { limit, cursor }: LedgerPageRequest,
  read: (limit: number, after: LedgerCursor | undefined) => Promise<readonly Row[]>,
  cursorOf: (row: Row) => LedgerCursor,
  view: (row: Row) => View,
): Promise<LedgerPage<View> | undefined> {
  const after = cursor === undefined ? undefined : parseCursor(cursor);
  if (cursor !== undefined && after === undefined) return undefined;
  const found = await read(limit + 1, after);
  const last = found.length > limit ? found[limit - 1] : undefined;
  return { value: found.slice(0, limit).map((row) => view(row)), ...(last !== undefined && { nextCursor: writeCursor(cursorOf(last)) }) };
}

function writeCursor({ at, step, subject }: LedgerCursor): string {
  return `${at}.${step}.${subject}`;
}

function parseCursor(text: string): LedgerCursor | undefined {
  const match = /^(\d{1,16})\.(\d{1,9})\.(.+)$/.exec(text);
  return match === null ? undefined : { at: Number(match[1]), step: Number(match[2]), subject: match[3] ?? '' };
}
