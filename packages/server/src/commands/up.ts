import { fstatSync } from 'node:fs';
import type { Command } from '../command-line/command.ts';
import { optionTable, type ServerOptions } from '../command-line/options.ts';
import { prepareBuilds } from '../preparation/builds.ts';
import { prepareSystemPackages } from '../preparation/system-packages.ts';

const serverOptionKeys = Object.keys(optionTable) as (keyof ServerOptions)[];

/** `./dialplane up`: starts the server and stays until it is told to end. */
export const upCommand: Command = {
  name: 'up',
  summary: 'Start the server',
  details: 'SIGTERM and Ctrl+C end it gracefully, a second one at once; SIGHUP looks for a changed certificate, or ends a server whose terminal was closed. Calls that run are taken up by the next start.',
  options: serverOptionKeys,
  flags: { 'demo-carrier': { type: 'boolean', description: 'Run a carrier inside the server, with numbers that answer, echo, play, are busy and call back: to try telephone calls without a contract' } },
  run: async ({ options, flags }) => {
    if (flags['no-install'] !== true) {
      await prepareBuilds();
      const { outdatedKernels, prepareKernels } = await import('../preparation/kernels.ts');
      if (outdatedKernels().length > 0) await prepareSystemPackages('up', true);
      await prepareKernels();
    }
    const toldToEnd = untilToldToEnd();
    const [{ startServer }, { greeting }] = await Promise.all([import('../start-server.ts'), import('./greeting.ts')]);
    const hasDemoCarrier = flags['demo-carrier'] === true;
    const server = await startServer({ ...options, ...(hasDemoCarrier && { demoCarrier: {} }) });
    process.stdout.write(greeting(server, options, { signInLink: goesToJournal() ? undefined : await server.createSignInLink(), hasDemoCarrier }));
    if (!process.stdout.isTTY) process.on('SIGHUP', () => void server.reloadCertificates());
    await toldToEnd;
    console.error('Ending: event streams are told to come back, requests get a moment to finish. Once more ends at once.');
    await server.close();
    return 0;
  },
};

/**
 * Whether standard output is kept in systemd's journal, where others may read it: no secrets there. The variable names the
 * stream's device and inode, because programs started by a service inherit it with another output (systemd.exec(5)).
 */
function goesToJournal(): boolean {
  const { dev, ino } = fstatSync(1);
  return process.env['JOURNAL_STREAM'] === `${dev}:${ino}`;
}

/** Resolves at the first signal to end, also one that comes while the server still starts; the second ends the process there and then. */
function untilToldToEnd(): Promise<void> {
  const signals = [['SIGTERM', 15], ['SIGINT', 2], ...(process.stdout.isTTY ? [['SIGHUP', 1] as const] : [])] as const;
  return new Promise((resolve) => {
    let wasTold = false;
    for (const [signal, number] of signals) {
      process.on(signal, () => {
        if (wasTold) process.exit(128 + number);
        wasTold = true;
        resolve();
      });
    }
  });
}
