import { fstatSync } from 'node:fs';
import { demoNumbers, demoOwnedNumbers } from '@dialplane/telephony';
import type { Command } from '../command-line/command.ts';
import { optionTable, type ServerOptions } from '../command-line/options.ts';
import { prepareBuilds } from '../preparation/builds.ts';
import { outdatedKernels, prepareKernels } from '../preparation/kernels.ts';
import { prepareSystemPackages } from '../preparation/system-packages.ts';
import type { RunningServer } from '../start-server.ts';

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
      if (outdatedKernels().length > 0) await prepareSystemPackages('up', true);
      await prepareKernels();
    }
    const toldToEnd = untilToldToEnd();
    const { startServer } = await import('../start-server.ts');
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

function relayLines({ relayPorts }: RunningServer, options: ServerOptions): readonly string[] {
  if (relayPorts.length === 0) return ['  Relay (STUN, TURN)   off: calls work between networks that reach each other only'];
  return [
    `  Relay (STUN, TURN)   UDP and TCP ${relayPorts.join(', ')}; what is relayed: UDP ${options.relayPorts.first}-${options.relayPorts.last}.`,
    '                       A firewall has to let these and the HTTPS port in; ./dialplane doctor looks.',
  ];
}

function mediaLines({ mediaPorts }: RunningServer): readonly string[] {
  if (mediaPorts.length === 0) return ['  Group calls          none: ./dialplane doctor says why'];
  return [`  Media of group calls UDP ${mediaPorts.join(', ')}, which a firewall has to let in, too`];
}

function telephoneLines({ sipPort }: RunningServer, { sipTlsPort, trunkPorts }: ServerOptions): readonly string[] {
  if (sipPort === undefined) return ['  Telephone calls      none: SIP is off'];
  return [`  Telephone calls      SIP on UDP and TCP ${sipPort}, TLS ${sipTlsPort}; their sound: UDP ${trunkPorts.first}-${trunkPorts.last}`];
}

function demoLines(): readonly string[] {
  return [
    '',
    '  The demonstration carrier answers at these numbers; none of them is anybody\'s (docs/guides/demonstration-carrier.md):',
    ...demoNumbers.map(({ number, summary }) => `    ${number.replace(/^\+1(\d{3})(\d{3})/, '+1 $1 $2 ')}  ${summary}`),
    `  Show one of ${demoOwnedNumbers.join(', ')} as your caller id.`,
  ];
}

/** What a person needs to know at the start. `signInLink` is absent where the output is kept: then no secrets are shown. */
function greeting(server: RunningServer, options: ServerOptions, { signInLink, hasDemoCarrier }: { readonly signInLink: string | undefined; readonly hasDemoCarrier: boolean }): string {
  const authority = server.certificateAuthorityFile;
  const publicUrl = server.publicUrls[0] ?? server.httpsUrl;
  return [
    '',
    'Dialplane is ready.',
    '',
    `  On this computer     ${server.httpUrl}`,
    `                       ${server.httpsUrl}`,
    ...server.publicUrls.map((url, index) => `${index === 0 ? '  From other computers' : '                      '} ${url}`),
    ...relayLines(server, options),
    ...mediaLines(server),
    ...telephoneLines(server, options),
    ...(signInLink === undefined
      ? ['  Operator sign-in     ./dialplane link', '  Connection string    ./dialplane connection-string']
      : [`  Operator sign-in     ${signInLink}`, '                       (for one person, once, within an hour; ./dialplane link makes another)', `  Connection string    ${server.connectionString}`]),
    `  Data                 ${options.dataDir}`,
    ...(authority === undefined ? [] : [
      `  Development CA       ${authority}`,
      '',
      `  A browser on another computer gives a page camera and microphone once that computer trusts the CA: open`,
      `  ${publicUrl}/ca.crt there, go past the warning, and add the file to its trusted certificate authorities.`,
      `  Node programs: NODE_EXTRA_CA_CERTS=${authority}`,
    ]),
    ...(hasDemoCarrier ? demoLines() : []),
    '',
    '  Ctrl+C ends it.',
    '',
    '',
  ].join('\n');
}
