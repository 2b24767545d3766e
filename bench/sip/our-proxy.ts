import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { followProcess } from '@dialplane/testing';
import { serverFlags } from '../server-flags.ts';
import type { SipPlaces, SipServer } from './sip-server.ts';

/** Starts our SIP edge as it runs in the server, in a process of its own, on one core. */
export async function startOurProxy({ host, serverPort, clientPort, uasPort }: SipPlaces, core: number): Promise<SipServer> {
  const words = [process.execPath, ...serverFlags, join(import.meta.dirname, 'start-our-proxy.ts'), host, serverPort, clientPort, uasPort].map(String);
  const child = spawn('taskset', ['--cpu-list', String(core), ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
  const { line, ended } = followProcess(child, 'our proxy');
  await line(/^ready$/);
  return {
    pids: () => (child.pid === undefined ? [] : [child.pid]),
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
