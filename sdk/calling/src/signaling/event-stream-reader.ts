import type { EventEnvelope } from '@dialplane/calling-api';
import type { Clock } from '../platform.ts';
import { SseParser } from './sse-parser.ts';

/** The answer began, or should have, and no byte came: something in between collects the stream before it hands it on. */
export class StreamSilentError extends Error {
  constructor() {
    super('The event stream stays silent: a proxy may be holding it back.');
  }
}

export interface EventStreamOptions {
  readonly clock: Clock;
  readonly open: (signal: AbortSignal) => Promise<Response>;
  readonly signal: AbortSignal;
  /** Wait for the first byte, in milliseconds after the request. */
  readonly firstByteMs: number;
  /** A stream that was alive is taken for dead after this long without a byte. */
  readonly silenceMs: number;
  readonly onByte: () => void;
  readonly onEvent: (envelope: EventEnvelope) => void;
}

/**
 * Reads one event stream to its end. Resolves when the server ends it in order (it is draining); rejects with
 * {@link StreamSilentError}, the error of `open`, or whatever broke the connection.
 */
export async function readEventStream(options: EventStreamOptions): Promise<void> {
  const { clock, open, signal, onEvent } = options;
  const abort = new AbortController();
  const forward = () => {
    abort.abort(signal.reason);
  };
  signal.addEventListener('abort', forward);
  if (signal.aborted) forward();
  let hasBytes = false;
  let cancelWatchdog = clock.after(options.firstByteMs, () => {
    abort.abort(new StreamSilentError());
  });
  try {
    const response = await open(abort.signal);
    const parser = new SseParser();
    for await (const chunk of chunksOf(response)) {
      hasBytes = true;
      cancelWatchdog();
      cancelWatchdog = clock.after(options.silenceMs, () => {
        abort.abort(new Error('The event stream went silent.'));
      });
      options.onByte();
      for (const { data } of parser.push(chunk)) onEvent(parseEnvelope(data));
    }
  } catch (error) {
    const reason: unknown = abort.signal.reason;
    throw abort.signal.aborted && !(reason instanceof StreamSilentError && hasBytes) ? reason : error;
  } finally {
    cancelWatchdog();
    signal.removeEventListener('abort', forward);
    abort.abort();
  }
}

async function* chunksOf(response: Response): AsyncGenerator<Uint8Array> {
  if (response.body === null) return;
  const reader = response.body.getReader();
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) yield part.value;
  } finally {
    reader.releaseLock();
  }
}

function parseEnvelope(data: string): EventEnvelope {
  const envelope: unknown = JSON.parse(data);
  if (typeof envelope === 'object' && envelope !== null && 'event' in envelope && 'eventId' in envelope) return envelope as EventEnvelope;
  throw new TypeError('The event stream carries something that is not an event.');
}
