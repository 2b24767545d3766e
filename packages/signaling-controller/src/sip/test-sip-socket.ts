import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { EventEmitter, once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { parseSipMessage, type SipMessage, type SipRequest, type SipResponse, SipStreamFramer } from '@dialplane/sip';

/** A socket of somebody outside that speaks SIP by hand. */
export interface TestSipSocket {
  readonly port: number;
  send(text: string): void;
  /** The next message that has come, or comes. */
  next(): Promise<SipMessage>;
  nextRequest(): Promise<SipRequest>;
  /** The next response but 100: whether that comes is a matter of time (RFC 3261 §17.2.1). */
  nextResponse(): Promise<SipResponse>;
  /** The next bytes that come over a connection, whatever they are. */
  nextBytes(): Promise<string>;
  /** Messages that have come and were not asked for. */
  readonly unread: number;
  readonly closed: Promise<void>;
  end(): void;
}

export async function openUdp(t: TestContext, edgePort: number, address = '127.0.0.1'): Promise<TestSipSocket> {
  const socket: UdpSocket = createSocket('udp4');
  socket.bind(0, address);
  await once(socket, 'listening');
  const inbox = new Inbox();
  socket.on('message', (bytes) => inbox.take(bytes));
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  let isOpen = true;
  const end = (): void => {
    if (isOpen) socket.close();
    isOpen = false;
  };
  t.after(end);
  return inbox.asSocket({ nextBytes: async () => String((await once(socket, 'message'))[0]), port: socket.address().port, send: (text) => socket.send(crlf(text), edgePort, '127.0.0.1'), closed, end });
}

/** @param established The event that says that the connection is there; `undefined`: it is. */
export async function openTcp(t: TestContext, edgePort: number, made: Socket = connect(edgePort, '127.0.0.1'), established: string | undefined = edgePort === 0 ? undefined : 'connect'): Promise<TestSipSocket> {
  if (established !== undefined) await once(made, established);
  const inbox = new Inbox();
  const framer = new SipStreamFramer();
  made.on('data', (chunk) => {
    framer.push(chunk);
    for (let part = framer.next(); part.kind !== 'incomplete' && part.kind !== 'broken'; part = framer.next()) if (part.kind === 'message') inbox.take(part.bytes);
  });
  made.on('error', () => {});
  t.after(() => made.destroy());
  const closed = new Promise<void>((resolve) => made.once('close', () => resolve()));
  const nextBytes = async (): Promise<string> => String((await once(made, 'data'))[0]);
  return inbox.asSocket({ nextBytes, port: (made.address() as AddressInfo).port, send: (text) => void made.write(crlf(text)), closed, end: () => void made.destroy() });
}

class Inbox {
  private readonly messages: SipMessage[] = [];
  private readonly arrivals = new EventEmitter();

  take(bytes: Uint8Array): void {
    const message = parseSipMessage(bytes);
    if (message.kind === 'fault') throw new Error(message.sentence);
    this.messages.push(message);
    this.arrivals.emit('message');
  }

  asSocket(rest: Pick<TestSipSocket, 'nextBytes' | 'port' | 'send' | 'closed' | 'end'>): TestSipSocket {
    const next = async (): Promise<SipMessage> => {
      while (this.messages.length === 0) await once(this.arrivals, 'message');
      const [first] = this.messages.splice(0, 1);
      if (first === undefined) throw new Error('unreachable');
      return first;
    };
    const { messages } = this;
    return {
      ...rest,
      next,
      nextRequest: async () => expectKind(await next(), 'request'),
      nextResponse: async () => {
        let response = expectKind(await next(), 'response');
        while (response.status === 100) response = expectKind(await next(), 'response');
        return response;
      },
      get unread() {
        return messages.length;
      },
    };
  }
}

function expectKind<Kind extends SipMessage['kind']>(message: SipMessage, kind: Kind): Extract<SipMessage, { kind: Kind }> {
  if (message.kind !== kind) throw new Error(`a ${message.kind} came: ${message.kind === 'request' ? message.method : message.status}`);
  return message as Extract<SipMessage, { kind: Kind }>;
}

function crlf(text: string): string {
  return text.replaceAll(/\r?\n/g, '\r\n');
}

let count = 0;

/** A request from a test's socket; lines of `more` replace those of the same name. */
export function requestText(method: string, uri: string, options: { readonly port: number; readonly user?: string; readonly transport?: string; readonly more?: Readonly<Record<string, string | undefined>>; readonly body?: string }): string {
  count += 1;
  const { port, user = 'alice', transport = 'UDP', more = {}, body = '' } = options;
  const lines: Record<string, string | undefined> = {
    Via: `SIP/2.0/${transport} 127.0.0.1:${port};branch=z9hG4bKt${count};rport`,
    'Max-Forwards': '70',
    From: `<sip:${user}@dialplane.test>;tag=t${count}`,
    To: `<${uri}>`,
    'Call-ID': `call-${count}@127.0.0.1`,
    CSeq: `1 ${method}`,
    Contact: `<sip:${user}@127.0.0.1:${port}>`,
    ...more,
    'Content-Length': String(Buffer.byteLength(body)),
  };
  const text = Object.entries(lines).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`])).join('\n');
  return `${method} ${uri} SIP/2.0\n${text}\n\n${body}`;
}
