/** Says which call the SIP dialogs of a line belong to, and in which lane of its ladder the peer is: `trunk:NAME`, `phone:USERNAME`. */
export type NamingOutput =
  | { readonly kind: 'dialogNamed'; readonly sipCallId: string; readonly callId: string; readonly lane: string }
  | { readonly kind: 'dialogOver'; readonly sipCallId: string };

interface NamedLine {
  /** Not known before the owner of the call has said what becomes of an incoming line. */
  readonly callId: string | undefined;
  readonly dialogs: ReadonlyMap<string, string>;
}

/** Brings together what is learned at different times: the call of a line, and the Call-IDs of its dialogs. */
export class CallNames {
  readonly #lines = new Map<string, NamedLine>();
  readonly #put: (output: NamingOutput) => void;

  constructor(put: (output: NamingOutput) => void) {
    this.#put = put;
  }

  nameCall(lineId: string, callId: string): void {
    const { dialogs, ...line } = this.#of(lineId);
    if (line.callId === callId) return;
    this.#lines.set(lineId, { callId, dialogs });
    for (const [sipCallId, lane] of dialogs) this.#put({ kind: 'dialogNamed', sipCallId, callId, lane });
  }

  addDialog(lineId: string, sipCallId: string, lane: string): void {
    const { callId, dialogs } = this.#of(lineId);
    if (dialogs.has(sipCallId)) return;
    this.#lines.set(lineId, { callId, dialogs: new Map([...dialogs, [sipCallId, lane]]) });
    if (callId !== undefined) this.#put({ kind: 'dialogNamed', sipCallId, callId, lane });
  }

  /** No message of the line will come any more, but for repetitions. */
  forget(lineId: string): void {
    for (const sipCallId of this.#of(lineId).dialogs.keys()) this.#put({ kind: 'dialogOver', sipCallId });
    this.#lines.delete(lineId);
  }

  #of(lineId: string): NamedLine {
    return this.#lines.get(lineId) ?? { callId: undefined, dialogs: new Map() };
  }
}
