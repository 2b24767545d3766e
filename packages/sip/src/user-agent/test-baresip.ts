import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** baresip on the loopback interface, driven over its control port. */
export class TestBaresip {
  private readonly child: ChildProcess;
  private readonly folder: string;
  private readonly socket: Socket;

  private constructor(child: ChildProcess, folder: string, socket: Socket) {
    this.child = child;
    this.folder = folder;
    this.socket = socket;
  }

  /** Starts it and waits until it takes commands; it answers calls at once. Calls go out to `outbound`. */
  static async open(sipPort: number, controlPort: number, outbound: number): Promise<TestBaresip> {
    const folder = mkdtempSync(join(tmpdir(), 'dialplane-baresip-'));
    const modules = ['g711', 'aubridge', 'ausine'].map((name) => `module ${name}.so`);
    writeFileSync(join(folder, 'contacts'), '');
    writeFileSync(join(folder, 'accounts'), `<sip:bob@127.0.0.1:${sipPort}>;outbound="sip:127.0.0.1:${outbound}";regint=0;answermode=auto;audio_codecs=PCMU,PCMA;call_transfer=yes\n`);
    const settings = [
      'poll_method epoll', `sip_listen 127.0.0.1:${sipPort}`, 'audio_player aubridge,none', 'audio_source ausine,440', 'ausrc_channels 2', 'ausrc_srate 48000', 'module_path /usr/lib/baresip/modules',
      ...modules, 'module_tmp uuid.so', 'module_tmp account.so', 'module_app menu.so', 'module_app ctrl_tcp.so', `ctrl_tcp_listen 127.0.0.1:${controlPort}`, '',
    ];
    writeFileSync(join(folder, 'config'), settings.join('\n'));
    const child = spawn('baresip', ['-f', folder], { stdio: ['ignore', 'pipe', 'ignore'], env: { ...process.env, TERM: 'dumb' } });
    let said = '';
    await new Promise<void>((resolve, reject) => {
      child.stdout.on('data', (chunk) => {
        if ((said += String(chunk)).includes('baresip is ready')) resolve();
      });
      child.once('exit', () => reject(new Error(`baresip has ended: ${said}`)));
    });
    const socket = connect(controlPort, '127.0.0.1');
    await once(socket, 'connect');
    socket.resume();
    return new TestBaresip(child, folder, socket);
  }

  command(command: string, params = ''): void {
    const text = JSON.stringify({ command, params, token: command });
    this.socket.write(`${Buffer.byteLength(text)}:${text},`);
  }

  async close(): Promise<void> {
    this.socket.destroy();
    this.child.kill('SIGKILL');
    await once(this.child, 'exit');
    rmSync(this.folder, { recursive: true, force: true });
  }
}
