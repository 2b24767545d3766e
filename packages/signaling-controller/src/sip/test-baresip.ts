import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

export interface BaresipAccount {
  readonly username: string;
  readonly password: string;
  readonly domain: string;
  readonly edgePort: number;
  readonly transport: 'udp' | 'tcp' | 'tls';
  /** Of the authority that has signed the edge's certificate. */
  readonly authorityFile?: string;
}

/** Starts a real telephone program that registers at the edge, answers by itself, and ends with the test. */
export async function startBaresip(t: TestContext, { username, password, domain, edgePort, transport, authorityFile }: BaresipAccount): Promise<{ end(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'dialplane-baresip-'));
  const account = `<sip:${username}@${domain};transport=${transport}>;outbound="sip:127.0.0.1:${edgePort};transport=${transport}";auth_pass=${password};regint=120;answermode=auto;audio_codecs=PCMU`;
  const modules = ['module g711.so', 'module aubridge.so', 'module_tmp uuid.so', 'module_tmp account.so', 'module_app menu.so'];
  const config = [
    'sip_listen 127.0.0.1:0', 'sip_verify_server yes', ...(authorityFile === undefined ? [] : [`sip_cafile ${authorityFile}`]), 'audio_player aubridge,x', 'audio_source aubridge,x', 'audio_alert aubridge,x',
    'module_path /usr/lib/baresip/modules', ...modules, 'rtp_stats no', '',
  ];
  await Promise.all([writeFile(join(folder, 'config'), config.join('\n')), writeFile(join(folder, 'accounts'), `${account}\n`), writeFile(join(folder, 'contacts'), '')]);
  const child = spawn('baresip', ['-f', folder], { stdio: ['ignore', 'ignore', 'ignore'], env: { ...process.env, TERM: 'dumb' } });
  const end = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    await once(child, 'exit');
  };
  t.after(async () => {
    child.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });
  return { end };
}
