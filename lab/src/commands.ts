import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Runs a program to its end and returns what it printed. Rejects with its standard error when it fails. */
export async function run(program: string, args: readonly string[], options: { readonly env?: NodeJS.ProcessEnv } = {}): Promise<string> {
  try {
    const { stdout } = await execute(program, [...args], { maxBuffer: 64 * 1024 * 1024, ...options });
    return stdout;
  } catch (error) {
    const { stderr } = error as { stderr?: string };
    throw new Error(`${program} ${args.join(' ')} failed: ${stderr?.trim() ?? ''}`, { cause: error });
  }
}

/** Gives iproute2 many commands at once, in `namespace` or in the root namespace; stops at the first that fails. */
export async function ipBatch(commands: readonly string[], namespace?: string): Promise<void> {
  if (commands.length === 0) return;
  const child = execFile('ip', [...(namespace === undefined ? [] : ['-n', namespace]), '-batch', '-']);
  let complaint = '';
  child.stderr?.on('data', (text: string) => (complaint += text));
  child.stdin?.end(`${commands.join('\n')}\n`);
  const [code] = await new Promise<[number | null]>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve([status]));
  });
  if (code !== 0) throw new Error(`ip -batch failed: ${complaint.trim()}\n${commands.join('\n')}`);
}
