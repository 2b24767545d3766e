import { randomUUID } from 'node:crypto';
import { once } from 'node:events';

/** A description as janus passes it. */
export interface Jsep {
  readonly type: 'offer' | 'answer';
  readonly sdp: string;
}

/** What a plugin said to a message. */
export interface PluginReply {
  readonly data: Readonly<Record<string, unknown>>;
  readonly jsep?: Jsep;
}

interface JanusMessage {
  readonly janus: string;
  readonly transaction?: string;
  /** Of an event: the handle it is about. */
  readonly sender?: number;
  readonly data?: { readonly id: number };
  readonly plugindata?: { readonly data: Readonly<Record<string, unknown>> };
  readonly jsep?: Jsep;
  readonly error?: { readonly reason: string };
}

const keepAliveMs = 20_000;

/** One session of janus's WebSocket API. */
export class JanusApi {
  private readonly socket: WebSocket;
  private readonly waiting = new Map<string, { readonly resolve: (message: JanusMessage) => void; readonly reject: (error: Error) => void }>();
  private session = 0;
  private readonly up = new Set<number>();
  private readonly waitingForUp = new Map<number, () => void>();
  private readonly keepAlive = setInterval(() => this.send('keepalive', {}), keepAliveMs);

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.addEventListener('close', () => this.handleClosed());
    socket.addEventListener('message', ({ data }) => this.receive(JSON.parse(String(data)) as JanusMessage));
  }

  static async open(url: string): Promise<JanusApi> {
    const socket = new WebSocket(url, 'janus-protocol');
    await Promise.race([once(socket, 'open'), once(socket, 'error').then(() => Promise.reject(new Error(`nobody answers at ${url}`)))]);
    const api = new JanusApi(socket);
    api.session = (await api.ask('create', {})).data?.id ?? 0;
    return api;
  }

  /** @returns the number of the handle. */
  async attach(plugin: 'janus.plugin.audiobridge' | 'janus.plugin.videoroom'): Promise<number> {
    return (await this.ask('attach', { plugin })).data?.id ?? 0;
  }

  async detach(handle: number): Promise<void> {
    await this.ask('detach', { handle_id: handle });
  }

  /** @throws where the plugin refuses. */
  async message(handle: number, body: object, jsep?: Jsep): Promise<PluginReply> {
    const { plugindata, jsep: answer } = await this.ask('message', { handle_id: handle, body, ...(jsep !== undefined && { jsep }) });
    const data = plugindata?.data ?? {};
    if (data['error'] !== undefined) throw new Error(`janus refused ${JSON.stringify(body)}: ${String(data['error'])}`);
    return { data, ...(answer !== undefined && { jsep: answer }) };
  }

  /** Until the peer connection of a handle is there for janus, too. */
  async untilUp(handle: number): Promise<void> {
    if (!this.up.has(handle)) await new Promise<void>((resolve) => void this.waitingForUp.set(handle, resolve));
  }

  close(): void {
    clearInterval(this.keepAlive);
    this.socket.close();
  }

  private async ask(command: string, fields: object): Promise<JanusMessage> {
    const { promise, resolve, reject } = Promise.withResolvers<JanusMessage>();
    if (this.socket.readyState !== WebSocket.OPEN) throw new Error('janus is gone');
    this.waiting.set(this.send(command, fields), { resolve, reject });
    return promise;
  }

  private send(command: string, fields: object): string {
    const transaction = randomUUID();
    this.socket.send(JSON.stringify({ janus: command, transaction, ...(this.session > 0 && { session_id: this.session }), ...fields }));
    return transaction;
  }

  /** Whoever waits for a server that is gone would wait for ever. */
  private handleClosed(): void {
    clearInterval(this.keepAlive);
    for (const { reject } of this.waiting.values()) reject(new Error('janus has closed its connection'));
    this.waiting.clear();
  }

  /** `ack` only says that an answer will come. */
  private receive(message: JanusMessage): void {
    if (message.janus === 'webrtcup' && message.sender !== undefined) {
      this.up.add(message.sender);
      this.waitingForUp.get(message.sender)?.();
    }
    if (message.transaction === undefined || message.janus === 'ack') return;
    const waiting = this.waiting.get(message.transaction);
    this.waiting.delete(message.transaction);
    if (message.janus === 'error') waiting?.reject(new Error(`janus: ${message.error?.reason}`));
    else waiting?.resolve(message);
  }
}
