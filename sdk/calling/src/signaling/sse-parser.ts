/** One server-sent event. */
export interface ServerSentEvent {
  /** The last `id:` seen, of this event or an earlier one; empty when there was none. */
  readonly id: string;
  /** From `event:`; `message` without one. */
  readonly type: string;
  readonly data: string;
}

/** Longest event accepted, in characters: a hostile or broken stream must not fill the memory. */
const maxEventLength = 8_000_000;

/**
 * An incremental parser of `text/event-stream` (WHATWG HTML §9.2.6). Give it the stream in pieces of any size, cut anywhere,
 * also inside a character or between CR and LF; it returns the events that are complete. Comments and unknown fields are
 * skipped. An incomplete last event is dropped, as the standard says. Throws `RangeError` on an endless event.
 */
export class SseParser {
  private readonly decoder = new TextDecoder();
  private buffer = '';
  private skipLineFeed = false;
  private data: string[] = [];
  private dataLength = 0;
  private type = '';
  private id = '';

  /** `chunk` is read before the method returns and not kept. */
  push(chunk: Uint8Array): ServerSentEvent[] {
    const events: ServerSentEvent[] = [];
    let text = this.decoder.decode(chunk, { stream: true });
    if (this.skipLineFeed && text !== '') {
      if (text.startsWith('\n')) text = text.slice(1);
      this.skipLineFeed = false;
    }
    const searchFrom = this.buffer.length;
    this.buffer += text;
    const lineEnd = /\r\n|\n|\r/g;
    lineEnd.lastIndex = searchFrom;
    let start = 0;
    for (let match = lineEnd.exec(this.buffer); match !== null; match = lineEnd.exec(this.buffer)) {
      const event = this.takeLine(this.buffer.slice(start, match.index));
      if (event !== undefined) events.push(event);
      start = match.index + match[0].length;
      this.skipLineFeed = match[0] === '\r' && start === this.buffer.length;
    }
    this.buffer = this.buffer.slice(start);
    if (this.buffer.length + this.dataLength > maxEventLength) throw new RangeError('The event stream contains an endless event.');
    return events;
  }

  private takeLine(line: string): ServerSentEvent | undefined {
    if (line === '') return this.dispatch();
    const colon = line.indexOf(':');
    if (colon === 0) return undefined;
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (field === 'data') {
      this.data.push(value);
      this.dataLength += value.length;
    } else if (field === 'event') this.type = value;
    else if (field === 'id' && !value.includes('\0')) this.id = value;
    return undefined;
  }

  private dispatch(): ServerSentEvent | undefined {
    const { data, type, id } = this;
    this.data = [];
    this.dataLength = 0;
    this.type = '';
    return data.length === 0 ? undefined : { id, type: type === '' ? 'message' : type, data: data.join('\n') };
  }
}
