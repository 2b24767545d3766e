import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { join } from 'node:path';
import { JanusApi } from './janus-api.ts';

export interface JanusServer extends AsyncDisposable {
  readonly pid: number;
  readonly api: JanusApi;
}

const quotedList = (names: readonly string[]): string => `"${names.join(',')}"`;

/** Debian's janus as it comes, with one address, ICE-lite as our media processor, the two plugins that are measured, and no log. */
function configuration(host: string): string {
  const unused = ['duktape', 'echotest', 'lua', 'nosip', 'recordplay', 'sip', 'streaming', 'textroom', 'videocall', 'voicemail'].map((name) => `libjanus_${name}.so`);
  const silent = ['http', 'mqtt', 'nanomsg', 'pfunix', 'rabbitmq'].map((name) => `libjanus_${name}.so`);
  return `
general: { debug_level = 2  debug_timestamps = false  session_timeout = 0  interface = "${host}" }
certificates: {}
media: { ipv6 = false  rtp_port_range = "20000-40000" }
nat: { ice_lite = true  ice_tcp = false  full_trickle = false  ice_enforce_list = "${host}"  nice_debug = false }
plugins: { disable = ${quotedList(unused)} }
transports: { disable = ${quotedList(silent)} }
events: { broadcast = false }
`;
}

/** Starts janus on a core of its own and waits until it answers. */
export async function startJanus(folder: string, host: string, port: number, core: number): Promise<JanusServer> {
  const configs = join(folder, 'janus');
  mkdirSync(configs, { recursive: true });
  writeFileSync(join(configs, 'janus.jcfg'), configuration(host));
  writeFileSync(join(configs, 'janus.transport.websockets.jcfg'), `general: { json = "compact"  ws = true  ws_port = ${port}  ws_ip = "127.0.0.1"  wss = false }\nadmin: { admin_ws = false  admin_wss = false }\n`);
  for (const plugin of ['audiobridge', 'videoroom']) writeFileSync(join(configs, `janus.plugin.${plugin}.jcfg`), 'general: {}\n');
  const logFile = join(folder, 'janus.log');
  const log = openSync(logFile, 'w');
  const child = spawn('taskset', ['--cpu-list', String(core), 'janus', `--configs-folder=${configs}`, `--config=${join(configs, 'janus.jcfg')}`], { stdio: ['ignore', log, log] });
  const ended = once(child, 'exit').then(() => {
    throw new Error(`janus ended: ${readFileSync(logFile, 'utf8').slice(-2000)}`);
  });
  const api = await Promise.race([untilAnswered(port), ended]);
  ended.catch(() => {});
  return {
    pid: child.pid ?? 0,
    api,
    [Symbol.asyncDispose]: async () => {
      api.close();
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

async function untilAnswered(port: number): Promise<JanusApi> {
  for (;;) {
    const api = await JanusApi.open(`ws://127.0.0.1:${port}`).catch(() => undefined);
    if (api !== undefined) return api;
    await wait(100);
  }
}
