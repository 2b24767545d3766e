import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { TestContext } from 'node:test';

/** A real kamailio on loopback as the next hop: loose routing, record-routing with a value for each side, over UDP and TCP. */
export async function startKamailio(t: TestContext, port: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'dialplane-kamailio-'));
  const file = join(folder, 'kamailio.cfg');
  await writeFile(file, `
debug=-3
children=1
tcp_children=1
auto_aliases=no
enable_tls=no
alias="127.0.0.1:${port}"
listen=udp:127.0.0.1:${port}
listen=tcp:127.0.0.1:${port}
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "siputils.so"
loadmodule "textops.so"
modparam("rr", "enable_double_rr", 2)
request_route {
  if (is_method("CANCEL")) { if (t_check_trans()) t_relay(); exit; }
  loose_route();
  if (!has_totag() && is_method("INVITE")) record_route();
  t_relay();
}
`);
  const child = spawn('kamailio', ['-DD', '-E', '-f', file, '-Y', folder, '-P', join(folder, 'pid'), '-m', '32', '-M', '8'], { stdio: 'ignore' });
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  t.after(async () => {
    child.kill('SIGTERM');
    if (!hasEnded()) await once(child, 'exit');
    await rm(folder, { recursive: true, force: true });
  });
  for (;;) {
    const attempt = connect(port, '127.0.0.1');
    try {
      await once(attempt, 'connect');
      return;
    } catch {
      if (hasEnded()) throw new Error('kamailio did not start');
      await delay(20);
    } finally {
      attempt.destroy();
    }
  }
}
