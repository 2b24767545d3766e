import type { Host } from '../host.ts';
import type { World } from '../world.ts';
import type { ClientProgram } from './client-program.ts';
import type { CallMessage } from './messages.ts';

export type ClientHost = Host<CallMessage, ClientProgram>;

/** Some clients are closed, some crash for good, and some lose their way to the controller for a while. */
export function troubleClients(world: World<CallMessage>, clients: readonly ClientHost[], activeMs: number): void {
  const { chance } = world;
  for (const client of clients) {
    if (chance.happens(0.03)) client.program?.intend({ kind: 'close' }, client.localTime(chance.between(0, activeMs)));
    else if (chance.happens(0.05)) world.after(chance.between(0, activeMs), () => world.crash(client.name));
    else if (chance.happens(0.3)) {
      const from = chance.between(0, activeMs);
      world.after(from, () => world.setPartition(client.name, 'controller', true));
      world.after(from + chance.between(1_000, 180_000), () => world.setPartition(client.name, 'controller', false));
    }
  }
}

/** The controller and its media processor crash now and then, and come back after up to 15 seconds. */
export class ServerCrashes {
  /** Times they came back. */
  restarts = 0;

  constructor(world: World<CallMessage>, untilMs: number) {
    const { chance } = world;
    for (let at = chance.between(5_000, 60_000); at < untilMs; at += chance.between(20_000, 120_000)) {
      const downMs = chance.between(10, 15_000);
      world.after(at, () => {
        world.crash('controller');
        world.crash('media');
      });
      world.after(at + downMs, () => {
        world.restart('media');
        world.restart('controller');
        this.restarts += 1;
      });
      at += downMs;
    }
  }
}
