import { connect, type Socket } from 'node:net';
import type { FollowedProcess } from '@dialplane/testing';
import type { Host } from '../network/host.ts';
import { bridgeToLoopback } from '../loopback-bridge.ts';
import { patiently } from './telephone.ts';

/** What baresip tells of a call, as its ctrl_tcp module prints it; a command that it refuses is an event of the type `REFUSED`. */
export interface BaresipEvent {
  readonly type: string;
  readonly id?: string;
  readonly peeruri?: string;
  readonly param?: string;
  readonly accountaor?: string;
}

type BaresipMessage = (BaresipEvent & { readonly event: true }) | { readonly response: true; readonly ok: boolean; readonly data: string; readonly token: string };

/** Speaks with the ctrl_tcp module of a baresip on a host: JSON in netstrings, over a Unix socket that a bridge inside the namespace carries to it. */
export class BaresipControl {
  readonly events: BaresipEvent[] = [];
  readonly #socket: Socket;
  readonly #waiting = new Set<() => void>();
  readonly #answered = Promise.withResolvers<void>();
  #received = Buffer.alloc(0);

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('error', () => undefined);
  }

  /** Opens the bridge at `path`, connects to it and resolves when baresip has answered: what happens before it has taken the connection, it tells nobody. */
  static async open(host: Host, path: string, port: number): Promise<{ readonly control: BaresipControl; readonly bridge: FollowedProcess }> {
    const bridge = await bridgeToLoopback(host, path, port);
    const socket = connect(path);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    const control = new BaresipControl(socket);
    control.command('about');
    await patiently(control.#answered.promise, () => `for baresip on ${host.name} to answer:\n${bridge.tail()}`);
    return { control, bridge };
  }

  command(command: string, params = ''): void {
    const text = JSON.stringify({ command, params, token: command });
    this.#socket.write(`${Buffer.byteLength(text)}:${text},`);
  }

  /** Resolves with the first event from number `from` on that matches; rejects with those that came instead. */
  event(what: string, matches: (event: BaresipEvent) => boolean, from = 0): Promise<BaresipEvent> {
    const found = this.#first(matches, from);
    return patiently(found, () => `for ${what}, after ${this.events.slice(from).map(({ type, param = '' }) => `${type} ${param}`).join(', ') || 'nothing'}`);
  }

  #first(matches: (event: BaresipEvent) => boolean, from: number): Promise<BaresipEvent> {
    return new Promise((resolve) => {
      const look = (): void => {
        const found = this.events.slice(from).find(matches);
        if (found === undefined) return;
        this.#waiting.delete(look);
        resolve(found);
      };
      this.#waiting.add(look);
      look();
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    this.#received = Buffer.concat([this.#received, chunk]);
    for (;;) {
      const colon = this.#received.indexOf(':');
      if (colon === -1) break;
      const length = Number(this.#received.toString('ascii', 0, colon));
      if (this.#received.length < colon + length + 2) break;
      const message = JSON.parse(this.#received.toString('utf8', colon + 1, colon + 1 + length)) as BaresipMessage;
      this.#received = this.#received.subarray(colon + length + 2);
      if ('event' in message) {
        this.events.push(message);
        continue;
      }
      this.#answered.resolve();
      if (!message.ok) this.events.push({ type: 'REFUSED', param: `${message.token}: ${message.data}` });
    }
    for (const look of this.#waiting) look();
  }
}
