import { randomUUID } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bencoded, bencode, parseBencode } from './bencode.ts';
import type { CallServer } from './call-server.ts';
import { formats } from './telephone.ts';

const controlPort = 22_222;
const answerWithinMs = 5_000;

type Answer = Readonly<Record<string, Bencoded>>;

/** Debian's rtpengine in user space, with one worker, on one core. */
export async function openRtpengine(host: string, core: number): Promise<CallServer> {
  const folder = mkdtempSync(join(tmpdir(), 'dialplane-rtpengine-'));
  const words = ['rtpengine', '--config-file=none', '--foreground', '--log-stderr', '--log-level=2', '--table=-1', '--num-threads=1', `--interface=${host}`, `--listen-ng=127.0.0.1:${controlPort}`, '--port-min=30000', '--port-max=39999', `--pidfile=${join(folder, 'pid')}`];
  // taskset replaces itself by the program, so the process id is that of the program.
  const child = spawn('taskset', ['--cpu-list', String(core), ...words], { stdio: 'inherit' });
  const engine = new Rtpengine(child, folder);
  await engine.untilReady();
  return engine;
}

class Rtpengine implements CallServer {
  readonly title = 'rtpengine';
  readonly pids: readonly number[];
  private readonly child: ChildProcess;
  private readonly folder: string;
  private readonly control: Socket = createSocket('udp4');
  private readonly waiting = new Map<string, (answer: Answer) => void>();
  private readonly calls: string[] = [];

  constructor(child: ChildProcess, folder: string) {
    this.child = child;
    this.folder = folder;
    this.pids = [child.pid ?? 0];
    this.control.on('message', (datagram) => this.take(datagram));
  }

  async untilReady(): Promise<void> {
    for (let tries = 0; tries < 50; tries += 1) {
      const answer = await Promise.race([this.ask({ command: 'ping' }), new Promise<undefined>((resolve) => void setTimeout(() => resolve(undefined), 100))]);
      if (answer?.['result'] === 'pong') return;
    }
    throw new Error('rtpengine does not answer');
  }

  async connect({ offer, from, to, isSecured, answer }: Parameters<CallServer['connect']>[0]): Promise<string> {
    const call = { 'call-id': randomUUID(), 'from-tag': 'a' };
    this.calls.push(call['call-id']);
    const common = { ICE: 'remove', replace: ['origin'], 'rtcp-mux': ['demux'] };
    const codec = from === to ? {} : { codec: { mask: [formats[from].encoding.replace(/\/.*/, '')], transcode: [formats[to].encoding.replace('/2', '')] } };
    const offered = await this.ask({ command: 'offer', ...call, ...common, ...codec, 'transport-protocol': isSecured ? 'RTP/SAVP' : 'RTP/AVP', sdp: offer });
    const answered = await this.ask({ command: 'answer', ...call, 'to-tag': 'b', ...common, 'transport-protocol': 'RTP/AVP', sdp: answer(sdpOf(offered)) });
    return sdpOf(answered);
  }

  async hangUp(): Promise<void> {
    for (const call of this.calls.splice(0)) await this.ask({ command: 'delete', 'call-id': call, 'from-tag': 'a', 'delete-delay': 0 });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.control.close();
    this.child.kill('SIGTERM');
    if (this.child.exitCode === null) await once(this.child, 'exit');
    rmSync(this.folder, { recursive: true });
  }

  private ask(question: { readonly [key: string]: Bencoded }): Promise<Answer> {
    const cookie = randomUUID();
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const timer = setTimeout(() => reject(new Error(`rtpengine does not answer to ${JSON.stringify(question)}`)), answerWithinMs);
    this.waiting.set(cookie, (answer) => {
      clearTimeout(timer);
      resolve(answer);
    });
    this.control.send(`${cookie} ${bencode(question)}`, controlPort, '127.0.0.1');
    return promise;
  }

  private take(datagram: Buffer): void {
    const space = datagram.indexOf(' ');
    const cookie = datagram.toString('utf8', 0, space);
    this.waiting.get(cookie)?.(parseBencode(datagram.subarray(space + 1)) as Answer);
    this.waiting.delete(cookie);
  }
}

function sdpOf(answer: Answer): string {
  if (answer['result'] !== 'ok' || typeof answer['sdp'] !== 'string') throw new Error(`rtpengine says ${JSON.stringify(answer)}`);
  return answer['sdp'];
}
