import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { heapFlags, type ProcessCommand, type ProcessEvent } from '@dialplane/media-processor';
import type { CertificateFiles } from '../../certificate.ts';

const entry = fileURLToPath(import.meta.resolve('@dialplane/media-processor').replace(/index\.ts$/, 'plane/media-process.ts'));

/** One media process as the supervisor starts it, on a core of its own, driven over its contract. */
export class MediaProcess implements AsyncDisposable {
  readonly pid: number;
  port = 0;
  private readonly child: ReturnType<typeof spawn>;
  private readonly waiting = new Map<string, () => void>();
  private readonly failed = Promise.withResolvers<never>();

  private constructor(core: number) {
    this.child = spawn('taskset', ['--cpu-list', String(core), process.execPath, '--disable-warning=ExperimentalWarning', ...heapFlags, entry], { serialization: 'advanced', stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    // taskset replaces itself by the program, so the process id is that of the program.
    this.pid = this.child.pid ?? 0;
    this.child.on('message', (events: readonly ProcessEvent[]) => {
      for (const event of events) this.follow(event);
    });
  }

  static async start(host: string, core: number, { certificate, privateKey }: CertificateFiles): Promise<MediaProcess> {
    const started = new MediaProcess(core);
    started.send({ kind: 'start', settings: { name: 'bench', addresses: [host], port: 0, certificate, privateKey, cname: 'bench' } });
    await Promise.race([started.until('started'), started.failed.promise, once(started.child, 'exit').then(() => Promise.reject(new Error('the media process ended')))]);
    return started;
  }

  send(command: ProcessCommand): void {
    this.child.send([command] satisfies readonly ProcessCommand[]);
  }

  /** Until a leg is connected. */
  untilConnected(legId: string): Promise<void> {
    return this.until(`connected ${legId}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.disconnect();
    await once(this.child, 'exit');
  }

  private until(what: string): Promise<void> {
    return new Promise((resolve) => void this.waiting.set(what, resolve));
  }

  private follow(event: ProcessEvent): void {
    switch (event.kind) {
      case 'started':
        this.port = event.port;
        return this.resolve('started');
      case 'startFailed':
        return this.failed.reject(new Error(event.sentence));
      case 'legStateChanged':
        return this.resolve(`${event.state} ${event.legId}`);
      case 'logged':
        if (event.level === 'error' || event.level === 'warn') console.error(`media process: ${event.message}`);
    }
  }

  private resolve(what: string): void {
    this.waiting.get(what)?.();
    this.waiting.delete(what);
  }
}
