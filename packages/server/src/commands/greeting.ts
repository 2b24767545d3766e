import { demoNumbers, demoOwnedNumbers } from '@dialplane/telephony';
import type { ServerOptions } from '../command-line/options.ts';
import type { RunningServer } from '../start-server.ts';

/** What a person needs to know at the start. `signInLink` is absent where the output is kept: then no secrets are shown. */
export function greeting(server: RunningServer, options: ServerOptions, { signInLink, hasDemoCarrier }: { readonly signInLink: string | undefined; readonly hasDemoCarrier: boolean }): string {
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
      : [`  Operator sign-in     ${signInLink}`, '                       (for one person, once, within an hour; ./dialplane link makes another, with --caller for who only calls)', `  Connection string    ${server.connectionString}`]),
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
