import type { FollowedProcess } from '@dialplane/testing';
import type { Host } from './network/host.ts';

/** Opens a Unix socket at `path` of this machine that leads to a TCP port of a host's own loopback interface; who comes from there is a program on that host. Whoever opened it ends it. */
export async function bridgeToLoopback(host: Host, path: string, port: number): Promise<FollowedProcess> {
  const bridge = host.start('socat', ['-dd', `UNIX-LISTEN:${path},fork`, `TCP:127.0.0.1:${port}`]);
  await bridge.line(/listening on/);
  return bridge;
}
