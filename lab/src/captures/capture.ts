import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dissect } from './dissection.ts';
import type { Host } from '../network/host.ts';
import { malformedPackets } from './malformed-packets.ts';
import { eventually } from '../patience.ts';

/**
 * A finished or running recording of everything that passes interfaces of a host. Disposing of it deletes the file, and rejects when tshark has found a malformed packet or an
 * error of a protocol in it, whoever sent it.
 */
export interface Capture extends AsyncDisposable {
  /** Ends the recording; what had passed before is in the file. Harmless when it has ended. */
  readonly stop: () => Promise<void>;
  /** How many packets match a tshark display filter (all without one). Call `stop` first. */
  readonly count: (displayFilter?: string) => Promise<number>;
  /** The values of `fields` in each packet that matches, as tshark prints them; asked again, without another look. Call `stop` first. */
  readonly fields: (displayFilter: string, fields: readonly string[]) => Promise<ReadonlyArray<readonly string[]>>;
}

/** Starts recording on a host, on its first interface unless told others, and resolves when the first packet would be seen. */
export async function startCapture(host: Host, interfaces: readonly string[] = ['eth0']): Promise<Capture> {
  const folder = await mkdtemp(join(tmpdir(), 'dialplane-lab-capture-'));
  const file = join(folder, `${host.name}.pcapng`);
  // 64 MiB of buffer: a burst of video while tshark's writer waits for the disk must not lose packets.
  const recorder = host.start('dumpcap', [...interfaces.flatMap((name) => ['-i', name]), '-B', '64', '-q', '-w', file]);
  await recorder.line(/^File: /);
  const end = async (): Promise<void> => {
    await Promise.race([catchUp(host, interfaces, file), recorder.ended]);
    recorder.child.kill('SIGINT');
    await recorder.ended;
  };
  let ending: Promise<void> | undefined;
  const stop = (): Promise<void> => (ending ??= end());
  const answers = new Map<string, Promise<ReadonlyArray<readonly string[]>>>();
  const query = (displayFilter: string, fields: readonly string[]): Promise<ReadonlyArray<readonly string[]>> => {
    const question = [displayFilter, ...fields].join('\n');
    const answer = answers.get(question) ?? dissect(file, `(${displayFilter}) && !(udp.dstport == ${markerPort})`, fields);
    answers.set(question, answer);
    return answer;
  };
  return {
    stop,
    count: async (displayFilter = 'frame') => (await query(displayFilter, ['frame.number'])).length,
    fields: query,
    [Symbol.asyncDispose]: async () => {
      try {
        await stop();
        const malformed = await malformedPackets(file);
        if (malformed.length > 0) throw new Error(`tshark complains about what passed ${host.name}: ${JSON.stringify(malformed, undefined, 2)}`);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

/** Of the discard protocol (RFC 863): nobody answers. */
const markerPort = 9;

/**
 * The recorder learns of packets a quarter of a second after they passed, and forgets what it has not learned when it is told to end. So packets are sent that nobody
 * wants, one through each interface, and waited for in the file.
 */
async function catchUp(host: Host, interfaces: readonly string[], file: string): Promise<void> {
  const marks = interfaces.map((name) => `${name}=end of ${host.namespace} ${name}`);
  const send = (): Promise<string> => host.run(process.execPath, ['--disable-warning=ExperimentalWarning', join(import.meta.dirname, 'send-marks.ts'), String(markerPort), ...marks]);
  const missing = async (): Promise<readonly string[]> => {
    const recorded = await readFile(file);
    return marks.filter((mark) => !recorded.includes(mark.slice(mark.indexOf('=') + 1)));
  };
  await send();
  await eventually(missing, (marksMissing) => marksMissing.length === 0, (marksMissing) => `the recorder on ${host.name} is behind by more than it can make up, and misses ${marksMissing.join(', ')}`);
}
