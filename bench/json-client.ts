import { randomUUID } from 'node:crypto';
import { Agent, request, type IncomingMessage } from 'node:http';

/** Plain HTTP/1.1 with kept connections, as light as Node makes it: what is measured is the other side. */
const agent = new Agent({ keepAlive: true, maxSockets: Infinity });

/** Sends JSON and returns the answer's text. Rejects with the answer when its status is not 2xx. */
export function post(base: string, path: string, token: string | undefined, body: unknown): Promise<string> {
  return send('POST', base, path, token, body);
}

/** As {@link post}. */
export function patch(base: string, path: string, token: string | undefined, body: unknown): Promise<string> {
  return send('PATCH', base, path, token, body);
}

function send(method: 'POST' | 'PATCH', base: string, path: string, token: string | undefined, body: unknown): Promise<string> {
  const text = JSON.stringify(body);
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    'repeatability-request-id': randomUUID(),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  };
  return new Promise((resolve, reject) => {
    const outgoing = request(`${base}${path}`, { method, agent, headers }, (response) => {
      let answer = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (answer += chunk));
      response.on('end', () => {
        if ((response.statusCode ?? 500) < 300) resolve(answer);
        else reject(new Error(`${method} ${path} was answered ${response.statusCode}: ${answer}`));
      });
    });
    outgoing.on('error', reject);
    outgoing.end(text);
  });
}

/** An event as it came over the wire. */
export interface ReceivedEvent {
  readonly type: string;
  readonly data: string;
}

/** An open event stream. Events that nobody has asked for yet are kept. */
export class EventReader {
  readonly #kept: ReceivedEvent[] = [];
  readonly #response: IncomingMessage;
  #take: ((event: ReceivedEvent) => void) | undefined;
  #rest = '';

  private constructor(response: IncomingMessage) {
    this.#response = response;
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => this.#read(chunk));
    response.on('error', () => undefined);
  }

  static open(base: string, path: string, token: string): Promise<EventReader> {
    return new Promise((resolve, reject) => {
      const headers = { authorization: `Bearer ${token}`, accept: 'text/event-stream' };
      const outgoing = request(`${base}${path}`, { headers, agent: false }, (response) => {
        if (response.statusCode === 200) resolve(new EventReader(response));
        else reject(new Error(`GET ${path} was answered ${response.statusCode}`));
      });
      outgoing.on('error', reject);
      outgoing.end();
    });
  }

  /** The first event of this type whose data has `part` in it; those before it are returned too. */
  async until(type: string, part = ''): Promise<readonly ReceivedEvent[]> {
    const passed: ReceivedEvent[] = [];
    for (;;) {
      const event = this.#kept.shift() ?? (await new Promise<ReceivedEvent>((resolve) => (this.#take = resolve)));
      passed.push(event);
      if (event.type === type && event.data.includes(part)) return passed;
    }
  }

  close(): void {
    this.#response.destroy();
  }

  #read(chunk: string): void {
    const blocks = (this.#rest + chunk).split('\n\n');
    this.#rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const type = /^event: ?(.*)$/m.exec(block)?.[1];
      const data = /^data: ?(.*)$/m.exec(block)?.[1];
      if (type === undefined || data === undefined) continue;
      const take = this.#take;
      this.#take = undefined;
      if (take === undefined) this.#kept.push({ type, data });
      else take({ type, data });
    }
  }
}
