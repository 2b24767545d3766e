import type { EventReader } from './event-channel.ts';
import type { LoggedEvent } from './event-log.ts';

/** What a stream needs of a response, of HTTP/1.1 or HTTP/2. */
export interface EventSink {
  writeHead(status: number, headers: Record<string, string>): unknown;
  write(chunk: string | Uint8Array): boolean;
  end(): unknown;
  destroy(): unknown;
  readonly writableLength: number;
}

/** A reader that has more than this waiting in its socket is too slow; it is let go and resumes from the log. */
const maxUnreadBytes = 256 * 1024;

const keepAliveComment = Buffer.from(':\n\n');

/** An open `text/event-stream` response (HTML standard §9.2.6). */
export class EventStream implements EventReader {
  private readonly sink: EventSink;

  constructor(sink: EventSink, headers: Record<string, string>, missed: readonly LoggedEvent[]) {
    this.sink = sink;
    sink.writeHead(200, {
      ...headers,
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      // For a reverse proxy that would otherwise hold events back.
      'x-accel-buffering': 'no',
    });
    sink.write(missed.length === 0 ? keepAliveComment : missed.map(frame).join(''));
  }

  deliver(event: LoggedEvent): boolean {
    return this.write(frame(event));
  }

  tick(_now: number, isKeepAliveDue: boolean): boolean {
    return !isKeepAliveDue || this.write(keepAliveComment);
  }

  end(): void {
    this.sink.end();
  }

  private write(chunk: string | Uint8Array): boolean {
    this.sink.write(chunk);
    if (this.sink.writableLength <= maxUnreadBytes) return true;
    this.sink.destroy();
    return false;
  }
}

function frame(event: LoggedEvent): string {
  return `id: ${event.eventId}\nevent: ${event.type}\ndata: ${event.data}\n\n`;
}
