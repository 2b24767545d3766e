import type { CallFlow, CallList, CallListEntry, CallRecords, FlowLane, SipMessageList } from '@dialplane/calling-api';
import { listEntry } from '../calls/list-entry.ts';
import { callDiagnostics } from '../calls/call-summaries.ts';
import type { CallDriver } from '../calls/call-driver.ts';
import type { CallKeeper } from '../calls/call-keeper.ts';
import type { EndedCall } from '../calls/ended-call.ts';
import type { CallCursor, CallStore, StoredCall } from '../calls/call-store.ts';
import type { RunningCall } from '../calls/running-call.ts';
import type { Clock } from '../clock.ts';
import type { EndpointRegistry } from '../endpoints/endpoint-registry.ts';
import { ApiError } from '../http/api-error.ts';
import type { OperatorCaller, UserCaller } from '../http/authentication.ts';
import type { OperationHandlers, OperationRequest } from '../http/operation-handler.ts';
import { writeSipCapture } from '../sip/messages/sip-capture.ts';
import type { SipMessageStore } from '../sip/messages/sip-message-store.ts';
import { writeSocketAddress } from '../sip/messages/stored-message.ts';
import { keptSafe } from './kept-safe.ts';

export interface RecordOperationsOptions {
  readonly clock: Clock;
  readonly registry: EndpointRegistry;
  readonly calls: CallDriver;
  readonly keeper: CallKeeper;
  readonly store: CallStore;
  readonly sipMessages: SipMessageStore;
}

const defaultPageSize = 50;

/** Reading what calls have left, and adding to it what clients saw. Users see calls they were part of, operators all. */
export class RecordOperations {
  private readonly options: RecordOperationsOptions;

  constructor(options: RecordOperationsOptions) {
    this.options = options;
  }

  handlers(): Pick<OperationHandlers, 'listCalls' | 'getCallFlow' | 'getCallRecords' | 'listSipMessages' | 'getCallCapture' | 'reportTelemetry'> {
    return {
      listCalls: (request) => this.list(request),
      getCallFlow: async ({ caller, params }) => this.flowOf(await this.find(params.callId, caller)),
      getCallRecords: async ({ caller, params }) => this.recordsOf((await this.find(params.callId, caller)).callId),
      listSipMessages: async ({ caller, params }) => this.sipMessagesOf((await this.find(params.callId, caller)).callId),
      getCallCapture: async ({ caller, params }) => this.captureOf((await this.find(params.callId, caller)).callId),
      reportTelemetry: (request) => this.report(request),
    };
  }

  private async list({ caller, query }: OperationRequest<'listCalls'>): Promise<CallList> {
    const limit = query.limit ?? defaultPageSize;
    const identifier = caller.kind === 'user' ? caller.identifier : query.identifier;
    if (caller.kind === 'user' && query.identifier !== undefined && query.identifier !== caller.identifier) {
      throw new ApiError('ROLE_MISSING', { message: "Only operators may list another user's calls." });
    }
    const stored = await keptSafe(this.options.store.list(limit + 1, parseCursor(query.cursor), identifier));
    const page = stored.slice(0, limit);
    const last = page.at(-1);
    return {
      value: page.flatMap((call) => this.entryOf(call) ?? []),
      ...(stored.length > limit && last !== undefined && { nextCursor: `${last.startedAt}.${last.callId}` }),
    };
  }

  private entryOf(stored: StoredCall): CallListEntry | undefined {
    const running = this.options.calls.get(stored.callId);
    return running === undefined ? stored.ending?.entry : this.outline(running);
  }

  private outline(call: RunningCall): CallListEntry {
    const { about, kind, lanes, parties, flow } = call;
    return listEntry({ about, kind, lanes, parties, facts: flow.facts }, this.options.clock.wallMs());
  }

  /** The stored call, if the caller may read of it; throws `RECORD_NOT_FOUND` otherwise. */
  private async find(callId: string, caller: UserCaller | OperatorCaller): Promise<StoredCall> {
    const { store } = this.options;
    const stored = await keptSafe(store.find(callId));
    const mayRead = stored !== undefined && (caller.kind === 'operator' || (await keptSafe(store.hasParty(callId, caller.identifier))));
    if (!mayRead) throw new ApiError('RECORD_NOT_FOUND', { target: 'callId' });
    return stored;
  }

  private async flowOf(stored: StoredCall): Promise<CallFlow> {
    const { calls, keeper, store } = this.options;
    const { callId, startedAt, ending } = stored;
    const running = calls.get(callId);
    const live = running ?? keeper.recent(callId);
    // Lines of before and after: what is not stored yet is taken first, so that nothing falls between.
    const unsaved = live?.flow.peekUnsaved() ?? [];
    const saved = await keptSafe(store.flowOf(callId));
    const newest = saved.at(-1)?.sequence ?? 0;
    const entry = running === undefined ? ending?.entry : this.outline(running);
    const progress = live?.flow.progress ?? stored.progress;
    const lanes: readonly FlowLane[] = running?.lanes ?? ending?.lanes ?? [];
    return {
      callId,
      startedAt: new Date(startedAt).toISOString(),
      ...(ending !== undefined && { endedAt: new Date(ending.endedAt).toISOString() }),
      lanes: [...lanes],
      events: [...saved, ...unsaved.filter((event) => event.sequence > newest)],
      conclusion: entry?.conclusion ?? '',
      isTruncated: progress.isTruncated,
    };
  }

  private async recordsOf(callId: string): Promise<CallRecords> {
    const { store } = this.options;
    return { summaries: await keptSafe(store.summariesOf(callId)), diagnostics: await keptSafe(store.diagnosticsOf(callId)) };
  }

  private async sipMessagesOf(callId: string): Promise<SipMessageList> {
    const messages = await keptSafe(this.options.sipMessages.of(callId));
    return {
      messages: messages.map(({ sequence, atMs, direction, transport, local, remote, bytes }) => ({
        messageId: String(sequence), time: new Date(atMs).toISOString(), direction, transport, local: writeSocketAddress(local), remote: writeSocketAddress(remote), text: Buffer.from(bytes).toString(),
      })),
    };
  }

  /** What passed between the proxy and the user agents was on no network, and is in no capture. */
  private async captureOf(callId: string): Promise<Uint8Array> {
    const messages = await keptSafe(this.options.sipMessages.of(callId));
    const onNetwork = messages.filter(({ transport }) => transport !== 'inside');
    return writeSipCapture(onNetwork.map(({ atMs, direction, local, remote, bytes }) => (direction === 'in' ? { atMs, source: remote, destination: local, bytes } : { atMs, source: local, destination: remote, bytes })));
  }

  /** Client clocks are corrected by the offset seen in `sentAt`; nothing is dated before the call or after now. */
  private async report({ caller, params, body }: OperationRequest<'reportTelemetry'>): Promise<undefined> {
    const { calls, keeper, registry, clock, store } = this.options;
    const { callId } = params;
    registry.attend(body.endpointId, caller.identifier);
    const call: RunningCall | EndedCall | undefined = calls.get(callId) ?? keeper.recent(callId);
    const participantId = call?.laneOf(body.endpointId);
    if (call === undefined || participantId === undefined) throw new ApiError('CALL_NOT_FOUND', { target: 'callId' });
    const now = clock.wallMs();
    const offset = now - Date.parse(body.sentAt);
    for (const { time, detail } of body.flow) {
      const corrected = Math.min(now, Math.max(call.about.startedAt, Date.parse(time) + offset));
      call.flow.appendReported(new Date(corrected).toISOString(), participantId, detail);
    }
    if (body.flow.length > 0) keeper.noteFlow(call);
    if (body.streams.length > 0) {
      const about = { callId, identifier: caller.identifier, participantId, endpointId: body.endpointId };
      await keptSafe(store.saveDiagnostics(callId, callDiagnostics(about, body.streams, new Date(now).toISOString())));
    }
    return undefined;
  }
}

function parseCursor(cursor: string | undefined): CallCursor | undefined {
  if (cursor === undefined) return undefined;
  const match = /^(\d{1,16})\.([0-9a-f-]{36})$/i.exec(cursor);
  if (match === null) throw new ApiError('REQUEST_INVALID', { message: 'The cursor is not one that this operation returned.', target: 'query.cursor' });
  return { startedAt: Number(match[1]), callId: match[2] ?? '' };
}
