import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SipServer, SipPlaces } from './sip-server.ts';
import { sipBench } from './sip-bench-options.ts';

const startMs = 10_000;

/**
 * kamailio as it is measured: one child, stateful, record-routing, no log, users in memory. What it is asked to do is what our edge does: REGISTER of these users with digest, anything else to
 * where its Request-URI or its route set leads.
 */
function configuration({ host, serverPort }: SipPlaces): string {
  return `
debug=-3
log_stderror=no
children=1
auto_aliases=no
dns=no
rev_dns=no
disable_tcp=yes
listen=udp:${host}:${serverPort}
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "maxfwd.so"
loadmodule "pv.so"
loadmodule "siputils.so"
loadmodule "textops.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
loadmodule "auth.so"
modparam("usrloc", "db_mode", 0)
modparam("auth", "nonce_count", 0)
modparam("registrar", "max_contacts", 8)
request_route {
  if (!mf_process_maxfwd_header("10")) { sl_send_reply("483", "Too Many Hops"); exit; }
  if (is_method("REGISTER")) {
    if (!pv_auth_check("${sipBench.realm}", "secret-of-$fU", "0", "0")) { auth_challenge("${sipBench.realm}", "0"); exit; }
    save("location");
    exit;
  }
  if (is_method("CANCEL")) { if (t_check_trans()) t_relay(); exit; }
  if (has_totag()) {
    if (loose_route()) { t_relay(); exit; }
    if (is_method("ACK")) { if (t_check_trans()) t_relay(); exit; }
    sl_send_reply("404", "Not here");
    exit;
  }
  t_check_trans();
  if (is_method("INVITE|SUBSCRIBE")) record_route();
  t_relay();
}
`;
}

/** Starts kamailio, all of its processes on one core. */
export async function startKamailio(folder: string, places: SipPlaces, core: number): Promise<SipServer> {
  const file = join(folder, 'kamailio.cfg');
  await writeFile(file, configuration(places));
  const child: ChildProcess = spawn('taskset', ['--cpu-list', String(core), 'kamailio', '-DD', '-E', '-f', file, '-Y', folder, '-P', join(folder, 'kamailio.pid'), '-m', '1024', '-M', '64'], { stdio: 'ignore' });
  const ended = once(child, 'exit');
  const root = child.pid ?? 0;
  for (const until = performance.now() + startMs; childrenOf(root).length < 3;) {
    if (performance.now() > until || child.exitCode !== null) throw new Error('kamailio did not start');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    pids: () => [root, ...childrenOf(root)],
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

function childrenOf(parent: number): number[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(Number).filter((pid) => {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === parent;
    } catch {
      return false;
    }
  });
}
