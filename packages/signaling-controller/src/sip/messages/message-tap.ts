import type { FlowDetail } from '@dialplane/calling-api';
import { type SipFlow, type SipMessage, startLineOf, writeSipMessage } from '@dialplane/sip';
import type { Logger } from '@dialplane/telemetry';
import { blankSecrets } from './blanked-secrets.ts';
import type { SipMessageStore } from './sip-message-store.ts';
import { type PassedMessage, writeSocketAddress } from './stored-message.ts';

/** A line for the flow record of a call: who said what to whom. */
export interface SipFlowNote {
  readonly callId: string;
  readonly atMs: number;
  /** Lanes of the ladder. */
  readonly from: string;
  readonly to: string;
  readonly detail: Extract<FlowDetail, { kind: 'sip' }>;
}

export interface MessageTapOptions {
  readonly store: SipMessageStore;
  readonly logger: Logger;
  readonly wallMs: () => number;
  readonly onFlowNote: (note: SipFlowNote) => void;
}

/** Dialogs of which nobody has said yet which call they belong to, and how much is kept of each, and for how long. */
const unclaimedDialogs = 2_000;
const unclaimedMessages = 40;
const unclaimedMs = 40_000;
const messagesPerCall = 2_000;
const bytesPerCall = 4 * 1024 * 1024;
/** How long messages of a dialog are still expected after its user agent has let go of it: 64·T1 and some. */
const lateMs = 60_000;
const tickMs = 500;
/** The call itself may reach the store later than its first message. */
const attempts = 20;

interface Dialog {
  readonly messages: PassedMessage[];
  readonly summaries: MessageSummary[];
  claim: { readonly call: TappedCall; readonly lane: string } | undefined;
  until: number;
}

interface MessageSummary {
  readonly summary: string;
  readonly method: string;
  readonly cseq: number;
}

interface TappedCall {
  readonly callId: string;
  /** Number of the latest message: microseconds since 1970, so that those after a restart come behind. */
  sequence: number;
  count: number;
  bytes: number;
  unsaved: Array<PassedMessage & { readonly sequence: number }>;
  failures: number;
}

/**
 * Writes down every message of a call: a line of its flow record and the bytes, secrets blanked. What goes by before somebody has said which call a dialog belongs to is
 * kept for a while. What is kept is bounded: of strangers' dialogs nothing is, since they never get this far.
 */
export class MessageTap {
  private readonly options: MessageTapOptions;
  private readonly dialogs = new Map<string, Dialog>();
  private readonly calls = new Map<string, TappedCall>();
  private readonly timer: NodeJS.Timeout;
  private ticks = 0;

  constructor(options: MessageTapOptions) {
    this.options = options;
    this.timer = setInterval(() => void this.tick(), tickMs);
    this.timer.unref();
  }

  /** A message goes by. @param bytes as they are on the network; without them they are made, where anybody wants them. */
  note(direction: 'in' | 'out', message: SipMessage, flow: SipFlow, bytes?: Uint8Array): void {
    const sipCallId = message.headers.first('Call-ID');
    if (sipCallId === undefined) return;
    const dialog = this.dialogs.get(sipCallId) ?? this.open(sipCallId, message);
    if (dialog === undefined || (dialog.claim === undefined && dialog.messages.length >= unclaimedMessages)) return;
    const passed: PassedMessage = {
      atMs: this.options.wallMs(), direction, transport: flow.transport, local: flow.local, remote: flow.remote, bytes: blankSecrets(bytes ?? writeSipMessage(message)),
    };
    const summary = summaryOf(message);
    if (dialog.claim === undefined) {
      dialog.messages.push(passed);
      dialog.summaries.push(summary);
    } else this.keep(sipCallId, dialog.claim, passed, summary);
  }

  /** Says which call a dialog belongs to, and which lane its peer outside is. @returns how to say that the dialog is over. */
  watch(sipCallId: string, { callId, lane }: { readonly callId: string; readonly lane: string }): () => void {
    const call = this.callOf(callId);
    const dialog: Dialog = this.dialogs.get(sipCallId) ?? { messages: [], summaries: [], claim: undefined, until: 0 };
    dialog.claim = { call, lane };
    dialog.until = Infinity;
    this.dialogs.set(sipCallId, dialog);
    for (const [at, passed] of dialog.messages.entries()) {
      const summary = dialog.summaries[at];
      if (summary !== undefined) this.keep(sipCallId, dialog.claim, passed, summary);
    }
    dialog.messages.length = 0;
    dialog.summaries.length = 0;
    return () => {
      dialog.until = this.options.wallMs() + lateMs;
    };
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    for (const call of this.calls.values()) await this.save(call);
  }

  /** Dialogs begin with a request that opens one; anything else of a dialog that is not known belongs to none that matters. */
  private open(sipCallId: string, message: SipMessage): Dialog | undefined {
    if (message.kind !== 'request' || (message.method !== 'INVITE' && message.method !== 'REFER') || this.dialogs.size >= unclaimedDialogs + this.calls.size * 4) return undefined;
    const dialog: Dialog = { messages: [], summaries: [], claim: undefined, until: this.options.wallMs() + unclaimedMs };
    this.dialogs.set(sipCallId, dialog);
    return dialog;
  }

  private callOf(callId: string): TappedCall {
    const known = this.calls.get(callId);
    if (known !== undefined) return known;
    const call: TappedCall = { callId, sequence: 0, count: 0, bytes: 0, unsaved: [], failures: 0 };
    this.calls.set(callId, call);
    return call;
  }

  private keep(sipCallId: string, { call, lane }: { readonly call: TappedCall; readonly lane: string }, passed: PassedMessage, { summary, method, cseq }: MessageSummary): void {
    if (call.count >= messagesPerCall || call.bytes >= bytesPerCall) return;
    call.count += 1;
    call.sequence = Math.max(call.sequence + 1, Math.floor(passed.atMs) * 1000);
    call.bytes += passed.bytes.length;
    call.unsaved.push({ ...passed, sequence: call.sequence });
    const peer = passed.transport === 'inside' ? 'telephony' : lane;
    this.options.onFlowNote({
      callId: call.callId,
      atMs: passed.atMs,
      from: passed.direction === 'in' ? peer : 'controller',
      to: passed.direction === 'in' ? 'controller' : peer,
      detail: {
        kind: 'sip', messageId: String(call.sequence), direction: passed.direction, summary: summary.slice(0, 256), method: method.slice(0, 64), cseq, sipCallId: sipCallId.slice(0, 256),
        transport: passed.transport, local: writeSocketAddress(passed.local), remote: writeSocketAddress(passed.remote), bytes: passed.bytes.length,
      },
    });
  }

  private async tick(): Promise<void> {
    for (const call of this.calls.values()) if (call.unsaved.length > 0) await this.save(call);
    this.ticks += 1;
    if (this.ticks % 20 === 0) this.forget();
  }

  private async save(call: TappedCall): Promise<void> {
    if (call.unsaved.length === 0) return;
    const messages = call.unsaved;
    call.unsaved = [];
    try {
      await this.options.store.add(call.callId, messages);
      call.failures = 0;
    } catch (error) {
      call.failures += 1;
      if (call.failures < attempts) call.unsaved = [...messages, ...call.unsaved];
      else this.options.logger.warn({ err: error, callId: call.callId, messages: messages.length }, 'SIP messages of a call could not be stored.');
    }
  }

  private forget(): void {
    const now = this.options.wallMs();
    const used = new Set<TappedCall>();
    for (const [sipCallId, dialog] of this.dialogs) {
      if (dialog.until < now) this.dialogs.delete(sipCallId);
      else if (dialog.claim !== undefined) used.add(dialog.claim.call);
    }
    for (const [callId, call] of this.calls) if (!used.has(call) && call.unsaved.length === 0) this.calls.delete(callId);
  }
}

function summaryOf(message: SipMessage): MessageSummary {
  const cSeq = message.headers.first('CSeq') ?? '';
  return { summary: startLineOf(message), method: cSeq.replace(/^\s*\d+\s+/, ''), cseq: Number.parseInt(cSeq, 10) || 0 };
}
