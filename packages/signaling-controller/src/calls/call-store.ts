import type { CallDiagnostics, CallListEntry, CallSummary, FlowEvent, FlowLane } from '@dialplane/calling-api';
import { reusableStatement, type Schema, type Statement, type Store } from '@dialplane/store';
import type { FlowProgress } from './call-flow-recorder.ts';
import type { PartChanges } from './stored-parts.ts';

/** What is left of an ended call. Instants are wall-clock milliseconds. */
interface CallEnding {
  readonly endedAt: number;
  readonly lanes: readonly FlowLane[];
  readonly entry: CallListEntry;
}

/** A call as it is stored: with its ending, or still running. */
export interface StoredCall {
  readonly callId: string;
  readonly startedAt: number;
  readonly progress: FlowProgress;
  readonly ending: CallEnding | undefined;
}

/** What changes together, and is committed together. */
export interface CallChange extends StoredCall {
  /** The engine's snapshot as JSON, and what has changed about its parts; absent once the call has ended. `isNew` while the store does not hold the call. */
  readonly running: { readonly isNew: boolean; readonly snapshot: string; readonly parts: PartChanges } | undefined;
  readonly savedAt: number;
  /** Identifiers that were not in the call before. */
  readonly parties: readonly string[];
  readonly flow: readonly FlowEvent[];
  readonly summaries: readonly CallSummary[];
}

/** A call that was running when the process ended. */
export interface InterruptedCall extends StoredCall {
  readonly snapshot: string;
  readonly parts: Readonly<Record<string, string>>;
  readonly savedAt: number;
  readonly parties: readonly string[];
}

/** Where a list of calls goes on. */
export interface CallCursor {
  readonly startedAt: number;
  readonly callId: string;
}

/** Calls in the store: running ones with what it takes to go on after a restart, ended ones with their records. */
export class CallStore {
  private readonly store: Store;
  private readonly statements: ReturnType<typeof callStatements>;

  constructor(store: Store) {
    this.store = store;
    this.statements = callStatements(store);
  }

  /** Commits a change of one call, all of it or nothing. */
  async save(change: CallChange): Promise<void> {
    const { callId, startedAt, running } = change;
    const statements = [this.callStatement(change)];
    if (running === undefined) statements.push(this.statements.deleteParts({ call_id: callId }));
    else statements.push(...this.partStatements(callId, running.parts));
    for (const identifier of change.parties) statements.push(this.statements.putParty({ identifier, started_at: startedAt, call_id: callId }));
    statements.push(...this.flowStatements(callId, change.flow));
    for (const summary of change.summaries) {
      statements.push(this.statements.putSummary({ call_id: callId, participant_id: summary.participantId, summary: JSON.stringify(summary) }));
    }
    await this.store.write(statements);
  }

  /** Commits lines that were added to a call's flow record, with the list entry of an ended call, which sums them up. */
  async saveFlow(callId: string, progress: FlowProgress, events: readonly FlowEvent[], entry: CallListEntry | undefined): Promise<void> {
    const statements = [this.statements.putFlowProgress({ id: callId, flow_progress: JSON.stringify(progress) }), ...this.flowStatements(callId, events)];
    if (entry !== undefined) statements.push(this.statements.putEntry({ id: callId, entry: JSON.stringify(entry) }));
    await this.store.write(statements);
  }

  /** Commits the newest quality of streams; what was stored of the same stream is replaced. */
  async saveDiagnostics(callId: string, rows: readonly CallDiagnostics[]): Promise<void> {
    await this.store.write(
      rows.map((row) =>
        this.statements.putDiagnostics({
          call_id: callId,
          participant_id: row.participantId,
          stream: `${row.streamId} ${row.streamDirection} ${row.mediaType}`,
          diagnostics: JSON.stringify(row),
        }),
      ),
    );
  }

  /** Calls that were running when the process ended, with the engine's snapshot. */
  async loadRunning(): Promise<InterruptedCall[]> {
    const { database } = this.store;
    const rows = await database.selectFrom('call').selectAll().where('snapshot', 'is not', null).execute();
    const parties = await database
      .selectFrom('call_party')
      .innerJoin('call', 'call.id', 'call_party.call_id')
      .select(['call_party.call_id', 'call_party.identifier'])
      .where('call.snapshot', 'is not', null)
      .execute();
    const partiesOf = Map.groupBy(parties, (party) => party.call_id);
    const partsOf = Map.groupBy(await database.selectFrom('call_snapshot_part').selectAll().execute(), (part) => part.call_id);
    return rows.map((row) =>
      Object.assign(storedCall(row), {
        snapshot: row.snapshot ?? '',
        parts: Object.fromEntries((partsOf.get(row.id) ?? []).map(({ name, text }) => [name, text])),
        savedAt: row.saved_at,
        parties: (partiesOf.get(row.id) ?? []).map(({ identifier }) => identifier),
      }));
  }

  async find(callId: string): Promise<StoredCall | undefined> {
    const row = await this.store.database.selectFrom('call').selectAll().where('id', '=', callId).executeTakeFirst();
    return row === undefined ? undefined : storedCall(row);
  }

  async hasParty(callId: string, identifier: string): Promise<boolean> {
    const { rows } = await this.store.database.executeQuery(this.statements.findParty({ call_id: callId, identifier }).compile());
    return rows.length > 0;
  }

  async flowOf(callId: string): Promise<FlowEvent[]> {
    const rows = await this.store.database.selectFrom('call_flow').select('events').where('call_id', '=', callId).orderBy('first_sequence').execute();
    return rows.flatMap((row) => JSON.parse(row.events) as FlowEvent[]);
  }

  async summariesOf(callId: string): Promise<CallSummary[]> {
    const rows = await this.store.database.selectFrom('call_summary').select('summary').where('call_id', '=', callId).execute();
    return rows.map((row) => JSON.parse(row.summary) as CallSummary);
  }

  async diagnosticsOf(callId: string): Promise<CallDiagnostics[]> {
    const rows = await this.store.database.selectFrom('call_diagnostics').select('diagnostics').where('call_id', '=', callId).orderBy('stream').execute();
    return rows.map((row) => JSON.parse(row.diagnostics) as CallDiagnostics);
  }

  /** Calls newest first, those of one identifier or all. */
  async list(limit: number, after: CallCursor | undefined, identifier: string | undefined): Promise<StoredCall[]> {
    let query = this.store.database.selectFrom('call').selectAll('call');
    if (identifier !== undefined) {
      query = query.innerJoin('call_party', 'call_party.call_id', 'call.id').where('call_party.identifier', '=', identifier);
    }
    if (after !== undefined) {
      query = query.where((where) =>
        where.or([where('call.started_at', '<', after.startedAt), where.and([where('call.started_at', '=', after.startedAt), where('call.id', '<', after.callId)])]),
      );
    }
    const rows = await query.orderBy('call.started_at', 'desc').orderBy('call.id', 'desc').limit(limit).execute();
    return rows.map(storedCall);
  }

  /** Deletes calls that ended before `endedBefore`, a bounded number at a time; says how many. */
  async deleteEnded(endedBefore: number): Promise<number> {
    const { database } = this.store;
    const old = database.selectFrom('call').select('id').where('ended_at', '<', endedBefore).limit(500);
    const [deleted = 0] = await this.store.write([database.deleteFrom('call').where('id', 'in', old)]);
    return deleted;
  }

  /** Deletes every ended call that `identifier` was in. A call's record is of all its participants together. */
  async deleteOf(identifier: string): Promise<void> {
    const { database } = this.store;
    const theirs = database.selectFrom('call_party').select('call_id').where('identifier', '=', identifier);
    await this.store.write([database.deleteFrom('call').where('ended_at', 'is not', null).where('id', 'in', theirs)], 'powerLoss');
  }

  /** Ends a call whose state cannot be read; its flow record stays. */
  async endUnreadable({ callId, startedAt, progress, parties }: InterruptedCall, endedAt: number): Promise<void> {
    const [caller = '8:unknown'] = parties;
    const entry: CallListEntry = {
      callId,
      callType: parties.length > 2 ? 'Group' : 'P2P',
      startedAt: new Date(startedAt).toISOString(),
      endedAt: new Date(endedAt).toISOString(),
      caller: { identifier: caller },
      participants: parties.map((identifier) => ({ identifier })),
      conclusion: 'Ended by a fault of the server: its state could not be read after a restart.',
      resultCategory: 'UnexpectedServerError',
    };
    const ending = { endedAt, lanes: [], entry };
    await this.save({ callId, startedAt, progress, ending, running: undefined, savedAt: endedAt, parties: [], flow: [], summaries: [] });
  }

  /** Deletes everything that is stored of a call. */
  async erase(callId: string): Promise<void> {
    await this.store.write([this.store.database.deleteFrom('call').where('id', '=', callId)], 'powerLoss');
  }

  /** Proves that the store can be written, by writing; throws the store's error otherwise. */
  async probe(): Promise<void> {
    await this.store.write([this.store.database.updateTable('call').set({ snapshot: null }).where('id', '=', '')]);
  }

  private callStatement({ callId, startedAt, savedAt, progress, running, ending }: CallChange): Statement {
    const state = { id: callId, snapshot: running?.snapshot ?? null, saved_at: savedAt, flow_progress: JSON.stringify(progress) };
    if (running?.isNew === false) return this.statements.putState(state);
    return this.statements.putCall({
      ...state,
      started_at: startedAt,
      ended_at: ending?.endedAt ?? null,
      lanes: ending === undefined ? null : JSON.stringify(ending.lanes),
      entry: ending === undefined ? null : JSON.stringify(ending.entry),
    });
  }

  private partStatements(callId: string, { added, removed }: PartChanges): Statement[] {
    return [
      ...added.map(([name, text]) => this.statements.putPart({ call_id: callId, name, text })),
      ...removed.map((name) => this.statements.deletePart({ call_id: callId, name })),
    ];
  }

  private flowStatements(callId: string, events: readonly FlowEvent[]): Statement[] {
    const first = events[0];
    if (first === undefined) return [];
    return [this.statements.putFlow({ call_id: callId, first_sequence: first.sequence, events: JSON.stringify(events) })];
  }
}

/** The statements of the path that every command of a call takes. */
function callStatements({ database }: Store) {
  return {
    putCall: reusableStatement<Schema['call']>(['id', 'started_at', 'ended_at', 'snapshot', 'saved_at', 'flow_progress', 'lanes', 'entry'], (row) =>
      database.insertInto('call').values(row).onConflict((conflict) =>
        conflict.column('id').doUpdateSet((set) => ({
          ended_at: set.ref('excluded.ended_at'),
          snapshot: set.ref('excluded.snapshot'),
          saved_at: set.ref('excluded.saved_at'),
          flow_progress: set.ref('excluded.flow_progress'),
          lanes: set.ref('excluded.lanes'),
          entry: set.ref('excluded.entry'),
        })),
      ),
    ),
    putState: reusableStatement<Pick<Schema['call'], 'id' | 'snapshot' | 'saved_at' | 'flow_progress'>>(['id', 'snapshot', 'saved_at', 'flow_progress'], ({ id, ...state }) =>
      database.updateTable('call').set(state).where('id', '=', id),
    ),
    putPart: reusableStatement<Schema['call_snapshot_part']>(['call_id', 'name', 'text'], (row) =>
      database.insertInto('call_snapshot_part').values(row).onConflict((conflict) => conflict.doNothing()),
    ),
    deletePart: reusableStatement<Pick<Schema['call_snapshot_part'], 'call_id' | 'name'>>(['call_id', 'name'], (row) =>
      database.deleteFrom('call_snapshot_part').where('call_id', '=', row.call_id).where('name', '=', row.name),
    ),
    deleteParts: reusableStatement<Pick<Schema['call_snapshot_part'], 'call_id'>>(['call_id'], (row) =>
      database.deleteFrom('call_snapshot_part').where('call_id', '=', row.call_id),
    ),
    putFlowProgress: reusableStatement<Pick<Schema['call'], 'id' | 'flow_progress'>>(['id', 'flow_progress'], (row) =>
      database.updateTable('call').set({ flow_progress: row.flow_progress }).where('id', '=', row.id),
    ),
    putEntry: reusableStatement<Pick<Schema['call'], 'id' | 'entry'>>(['id', 'entry'], (row) =>
      database.updateTable('call').set({ entry: row.entry }).where('id', '=', row.id),
    ),
    putParty: reusableStatement<Schema['call_party']>(['identifier', 'started_at', 'call_id'], (row) =>
      database.insertInto('call_party').values(row).onConflict((conflict) => conflict.doNothing()),
    ),
    findParty: reusableStatement<Pick<Schema['call_party'], 'call_id' | 'identifier'>>(['call_id', 'identifier'], (row) =>
      database.selectFrom('call_party').select('call_id').where('call_id', '=', row.call_id).where('identifier', '=', row.identifier),
    ),
    putFlow: reusableStatement<Schema['call_flow']>(['call_id', 'first_sequence', 'events'], (row) =>
      database.insertInto('call_flow').values(row).onConflict((conflict) =>
        conflict.columns(['call_id', 'first_sequence']).doUpdateSet((set) => ({ events: set.ref('excluded.events') })),
      ),
    ),
    putSummary: reusableStatement<Schema['call_summary']>(['call_id', 'participant_id', 'summary'], (row) =>
      database.insertInto('call_summary').values(row).onConflict((conflict) =>
        conflict.columns(['call_id', 'participant_id']).doUpdateSet((set) => ({ summary: set.ref('excluded.summary') })),
      ),
    ),
    putDiagnostics: reusableStatement<Schema['call_diagnostics']>(['call_id', 'participant_id', 'stream', 'diagnostics'], (row) =>
      database.insertInto('call_diagnostics').values(row).onConflict((conflict) =>
        conflict.columns(['call_id', 'participant_id', 'stream']).doUpdateSet((set) => ({ diagnostics: set.ref('excluded.diagnostics') })),
      ),
    ),
  };
}

interface CallRow {
  readonly id: string;
  readonly started_at: number;
  readonly ended_at: number | null;
  readonly flow_progress: string;
  readonly lanes: string | null;
  readonly entry: string | null;
}

function storedCall(row: CallRow): StoredCall {
  const isEnded = row.ended_at !== null && row.lanes !== null && row.entry !== null;
  return {
    callId: row.id,
    startedAt: row.started_at,
    progress: JSON.parse(row.flow_progress) as FlowProgress,
    ending: isEnded ? { endedAt: row.ended_at, lanes: JSON.parse(row.lanes) as FlowLane[], entry: JSON.parse(row.entry) as CallListEntry } : undefined,
  };
}
