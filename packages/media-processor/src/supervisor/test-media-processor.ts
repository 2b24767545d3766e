import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { absenceOf, loadDtls, loadKernel, loadSrtp } from '@dialplane/kernels';
import type { MediaCommand, MediaEvent } from '@dialplane/media-api';
import { createLogger } from '@dialplane/telemetry';
import { skipWithout } from '@dialplane/testing';
import { createMediaProcessor } from './create-media-processor.ts';
import type { MediaCertificate, MediaProcessorOptions } from './media-processor-options.ts';
import type { MediaProcessor } from './media-processor.ts';

/** A test with real media processes: where one of their kernels is not built it is skipped and says so, in CI it fails. */
export function processorTest(name: string, run: (t: TestContext) => Promise<void>): void {
  test(name, { skip: skipWithout(absenceOf(loadKernel('udp'), loadSrtp(), loadDtls())) }, run);
}

/** Made by the openssl program, for a day. */
export function testCertificate(): MediaCertificate {
  const folder = mkdtempSync(join(tmpdir(), 'dialplane-media-'));
  const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', key, '-out', certificate, '-days', '1', '-subj', '/CN=media'], { stdio: 'ignore' });
  const made = { certificatePem: readFileSync(certificate, 'utf8'), privateKeyPem: readFileSync(key, 'utf8') };
  rmSync(folder, { recursive: true });
  return made;
}

type EventOf<Kind extends MediaEvent['kind']> = Extract<MediaEvent, { readonly kind: Kind }>;

/** A Media Processor on the loopback interface with one process and its spare, and all that it told. */
export class TestMediaProcessor {
  readonly events: MediaEvent[] = [];
  readonly processor: MediaProcessor;
  private readonly waiting = new Set<() => void>();

  private constructor(options: Partial<MediaProcessorOptions>) {
    this.processor = createMediaProcessor({
      logger: createLogger({ level: 'silent' }), firstPort: 0, processes: 1, listenAddresses: ['127.0.0.1'], publicAddresses: [], certificate: testCertificate(), ...options,
    });
    this.processor.onEvent((event) => {
      this.events.push(event);
      for (const resolve of this.waiting) resolve();
      this.waiting.clear();
    });
  }

  static async start(t: TestContext, options: Partial<MediaProcessorOptions> = {}): Promise<TestMediaProcessor> {
    const test = new TestMediaProcessor(options);
    t.after(() => test.processor.close());
    await test.processor.start();
    return test;
  }

  send(command: MediaCommand): void {
    this.processor.send(command);
  }

  /** Opens a conference and resolves with the name of its process. */
  async openConference(conferenceId: string): Promise<string> {
    this.send({ kind: 'openConference', conferenceId, callId: `call of ${conferenceId}`, modes: { audio: 'forwarded', video: 'forwarded' } });
    return (await this.next('conferenceOpened', (event) => event.conferenceId === conferenceId)).process;
  }

  /** The first event of a kind, of those that were told already, too. */
  async next<Kind extends MediaEvent['kind']>(kind: Kind, condition: (event: EventOf<Kind>) => boolean = () => true): Promise<EventOf<Kind>> {
    for (;;) {
      const found = this.events.find((event): event is EventOf<Kind> => event.kind === kind && condition(event as EventOf<Kind>));
      if (found !== undefined) return found;
      const { promise, resolve } = Promise.withResolvers<void>();
      this.waiting.add(resolve);
      await promise;
    }
  }

  processIdOf(name: string): number {
    const processId = this.processor.status().processes.find((process) => process.name === name)?.processId;
    if (processId === undefined) throw new Error(`${name} does not run`);
    return processId;
  }
}
