import { spawn, type ChildProcess } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { TestContext } from 'node:test';
import { freePort, missingOf, skipWithout } from '@dialplane/testing';
import { processorTest } from '../test-media-processor.ts';

const skip = skipWithout(missingOf('rtpengine'));

/** A test beside Debian's rtpengine: where that is not installed it is skipped and says so, in CI it fails. */
export function rtpengineTest(name: string, run: (t: TestContext) => Promise<void>): void {
  processorTest(name, async (t) => {
    if (skip === false) await run(t);
    else t.skip(skip);
  });
}

/** Fields of a question: texts, or lists of texts. */
export type RtpengineQuestion = Readonly<Record<string, string | readonly string[]>>;

/** rtpengine in user space, asked by its control protocol (bencoded dictionaries over UDP): a media proxy that other people wrote, as a carrier has it. */
export class TestRtpengine {
  private readonly control: Socket;
  private readonly port: number;
  private count = 0;

  private constructor(control: Socket, port: number) {
    this.control = control;
    this.port = port;
  }

  static async start(t: TestContext): Promise<TestRtpengine> {
    const control = createSocket('udp4').bind(0, '127.0.0.1');
    await once(control, 'listening');
    const port = await freePort();
    const words = ['--config-file=none', '--foreground', '--log-stderr', '--log-level=3', '--table=-1', '--num-threads=1', '--interface=127.0.0.1', `--listen-ng=127.0.0.1:${port}`, '--port-min=23000', '--port-max=23999', '--pidfile=/dev/null'];
    const child: ChildProcess = spawn('rtpengine', words, { stdio: 'ignore' });
    t.after(async () => {
      control.close();
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    });
    const engine = new TestRtpengine(control, port);
    await engine.ask({ command: 'ping' });
    return engine;
  }

  /** Has it change a description on its way. @returns the changed one. */
  async pass(question: RtpengineQuestion): Promise<string> {
    const answer = await this.ask(question);
    const [, length = '0'] = /3:sdp(\d+):/.exec(answer) ?? [];
    const at = answer.indexOf(`3:sdp${length}:`) + 6 + length.length;
    if (length === '0') throw new Error(`rtpengine says ${answer}`);
    return answer.slice(at, at + Number(length));
  }

  /** Again and again until it is answered: it may just be starting. */
  private async ask(question: RtpengineQuestion): Promise<string> {
    const cookie = `question-${(this.count += 1)}`;
    const { promise, resolve } = Promise.withResolvers<string>();
    const take = (datagram: Buffer): void => {
      const text = datagram.toString('latin1');
      if (text.startsWith(`${cookie} `)) resolve(text.slice(cookie.length + 1));
    };
    this.control.on('message', take);
    const asking = setInterval(() => this.control.send(Buffer.from(`${cookie} ${bencode(question)}`, 'latin1'), this.port, '127.0.0.1'), 50);
    try {
      return await promise;
    } finally {
      clearInterval(asking);
      this.control.off('message', take);
    }
  }
}

function bencode(question: RtpengineQuestion): string {
  const text = (value: string): string => `${value.length}:${value}`;
  const entries = Object.entries(question).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `d${entries.map(([key, value]) => text(key) + (typeof value === 'string' ? text(value) : `l${value.map(text).join('')}e`)).join('')}e`;
}
