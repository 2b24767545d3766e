import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './commands.ts';
import type { Host } from './host.ts';

/** A finished or running recording of everything that passes interfaces of a host. Disposing of it deletes the file. */
export interface Capture extends AsyncDisposable {
  /** Ends the recording; what had passed before is in the file. Harmless when it has ended. */
  readonly stop: () => Promise<void>;
  /** How many packets match a tshark display filter (all without one). Call `stop` first. */
  readonly count: (displayFilter?: string) => Promise<number>;
  /** The values of `fields` in each packet that matches, as tshark prints them. Call `stop` first. */
  readonly fields: (displayFilter: string, fields: readonly string[]) => Promise<ReadonlyArray<readonly string[]>>;
}

/** Starts recording on a host, on its first interface unless told others, and resolves when the first packet would be seen. */
export async function startCapture(host: Host, interfaces: readonly string[] = ['eth0']): Promise<Capture> {
  const folder = await mkdtemp(join(tmpdir(), 'dialplane-lab-capture-'));
  const file = join(folder, `${host.name}.pcapng`);
  // 64 MiB of buffer: a burst of video while tshark's writer waits for the disk must not lose packets.
  const recorder = host.start('dumpcap', [...interfaces.flatMap((name) => ['-i', name]), '-B', '64', '-q', '-w', file]);
  await recorder.line(/^File: /);
  const stop = async (): Promise<void> => {
    recorder.child.kill('SIGINT');
    await recorder.ended;
  };
  const query = async (displayFilter: string, fields: readonly string[]): Promise<ReadonlyArray<readonly string[]>> => {
    const selection = fields.flatMap((field) => ['-e', field]);
    const output = await run('tshark', ['-n', '-r', file, '-Y', displayFilter, '-T', 'fields', ...selection]);
    return output.split('\n').filter(Boolean).map((line) => line.split('\t'));
  };
  return {
    stop,
    count: async (displayFilter = 'frame') => (await query(displayFilter, ['frame.number'])).length,
    fields: query,
    [Symbol.asyncDispose]: async () => {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
