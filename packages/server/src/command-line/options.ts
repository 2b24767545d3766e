import { availableParallelism, homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { isIP } from 'node:net';
import { logLevels, type LogLevel } from '@dialplane/telemetry';
import { isDnsName } from '../certificates/local-names.ts';

/** Everything about a server that an operator can choose. Ports: 0 takes any free one. */
export interface ServerOptions {
  readonly httpsPort: number;
  /** On loopback only. */
  readonly httpPort: number;
  /** Address the HTTPS port is opened on; `undefined` is every address of the machine. */
  readonly host: string | undefined;
  /** Names and addresses by which others reach this server, beyond those of its interfaces. */
  readonly publicAddresses: readonly string[];
  /** Absolute. */
  readonly dataDir: string;
  readonly certFile: string | undefined;
  readonly keyFile: string | undefined;
  readonly domain: string | undefined;
  readonly acmeDirectory: string;
  readonly acmeEmail: string | undefined;
  /** Web origins that may use the API; `*` is any. */
  readonly allowedOrigins: readonly string[];
  readonly recordRetentionDays: number;
  readonly developmentSignIn: boolean;
  /** Whether the STUN and TURN service runs. */
  readonly relay: boolean;
  /** UDP and TCP. */
  readonly relayPort: number;
  /** UDP and TCP, for the test of the NAT. */
  readonly relaySecondPort: number;
  readonly relayPorts: { readonly first: number; readonly last: number };
  /** Ranges as `10.0.0.0/8`; `undefined` leaves it to what addresses the machine has. */
  readonly relayAllowPeers: readonly string[] | undefined;
  readonly relayAllocations: number;
  readonly relayAllocationsPerUser: number;
  readonly relayMegabitsPerUser: number;
  readonly relayUsageRetentionDays: number;
  /** Whether the Media Processor runs, which carries group calls. */
  readonly media: boolean;
  /** UDP, of the first media process; each further one has the next. */
  readonly mediaPort: number;
  readonly mediaProcesses: number;
  /** WAV, absolute. */
  readonly holdMusicFile: string | undefined;
  /** Whether the SIP edge runs, without which there are no telephones. */
  readonly sip: boolean;
  /** UDP and TCP. */
  readonly sipPort: number;
  readonly sipTlsPort: number;
  /** What SIP requests get that come neither from a trunk nor from a user's telephone. */
  readonly sipStrangers: 'silent' | 'refuse';
  readonly sipAuthorityFile: string | undefined;
  /** Where webhooks may be: public addresses over HTTPS, or anywhere. */
  readonly webhooks: 'public' | 'private';
  /** The ledger of telephone lines is kept so long. */
  readonly telephoneUsageRetentionDays: number;
  readonly trunkPorts: { readonly first: number; readonly last: number };
  readonly logLevel: LogLevel;
}

/** One option: how it is written, what it means, and how its text becomes a value. */
export interface OptionRow<Value> {
  /** Long name without dashes; the environment variable is `DIALPLANE_` and this in capitals with underscores. */
  readonly name: string;
  /** Placeholder of the value in help. */
  readonly value: string;
  /** As it would be written; `undefined`: unset. */
  readonly preset: () => string | undefined;
  /** The preset in words where it depends on the machine. */
  readonly presetNote?: string;
  readonly description: string;
  /** @throws {Error} with what a good value looks like. */
  readonly read: (text: string) => Value;
}

/** The one table of server options: parsing, `--help` and `docs/reference/options.md` come from it. */
export const optionTable: { readonly [Key in keyof ServerOptions]: OptionRow<Exclude<ServerOptions[Key], undefined>> } = {
  httpsPort: { name: 'https-port', value: 'PORT', preset: () => '8443', description: 'Port for HTTPS, on every address; 443 in production', read: readPort },
  httpPort: { name: 'http-port', value: 'PORT', preset: () => '8080', description: 'Port for HTTP, on loopback only: browsers on this machine need no certificate there', read: readPort },
  host: { name: 'host', value: 'ADDRESS', preset: () => undefined, presetNote: 'every address', description: 'Open the HTTPS port and those of the relay, of media processes and of SIP on this address only', read: (text) => text },
  publicAddresses: { name: 'public-address', value: 'NAME,...', preset: () => undefined, presetNote: 'addresses of the interfaces', description: 'Names and addresses by which others reach this server, when they differ from its own (behind a NAT, in a cloud)', read: readAddresses },
  dataDir: { name: 'data-dir', value: 'FOLDER', preset: () => join(homedir(), '.local/share/dialplane'), presetNote: '~/.local/share/dialplane', description: 'Where records, keys and certificates are kept', read: (text) => resolve(text) },
  certFile: { name: 'cert', value: 'FILE', preset: () => undefined, presetNote: 'a development certificate', description: 'Certificate chain (PEM, leaf first); read again whenever it changes. Needs --key', read: (text) => resolve(text) },
  keyFile: { name: 'key', value: 'FILE', preset: () => undefined, presetNote: 'a development certificate', description: 'Private key (PEM) of --cert', read: (text) => resolve(text) },
  domain: { name: 'domain', value: 'NAME', preset: () => undefined, presetNote: 'a development certificate', description: 'Get and renew a certificate for this name by ACME; port 443 of the name has to arrive at the HTTPS port. Agrees to the terms of the certificate authority', read: readDomain },
  acmeDirectory: { name: 'acme-directory', value: 'URL', preset: () => 'https://acme-v02.api.letsencrypt.org/directory', description: 'Certificate authority for --domain', read: readHttpsUrl },
  acmeEmail: { name: 'acme-email', value: 'ADDRESS', preset: () => undefined, presetNote: 'none', description: 'Where the certificate authority may write to', read: readEmail },
  allowedOrigins: { name: 'allow-origin', value: 'ORIGIN,...', preset: () => '*', description: 'Web origins whose pages may use the API (https://app.example.com); * is any: access tokens, not cookies, decide', read: readOrigins },
  recordRetentionDays: { name: 'record-retention-days', value: 'DAYS', preset: () => '30', description: 'Call records and call flows are deleted after this time', read: readDays },
  developmentSignIn: { name: 'development-sign-in', value: 'on|off', preset: () => 'on', description: 'Let people on this machine, and holders of a one-time link, sign in by a name of their choice', read: readSwitch },
  relay: { name: 'relay', value: 'on|off', preset: () => 'on', description: 'Run the STUN and TURN service, without which calls work between networks that reach each other only', read: readSwitch },
  relayPort: { name: 'relay-port', value: 'PORT', preset: () => '3478', description: 'Port for STUN and TURN, UDP and TCP, on every address; TURN over TLS is on the HTTPS port', read: readPort },
  relaySecondPort: { name: 'relay-second-port', value: 'PORT', preset: () => '3479', description: 'Second port for STUN, UDP and TCP: with it clients find out whether their NAT is symmetric', read: readPort },
  relayPorts: { name: 'relay-ports', value: 'FIRST-LAST', preset: () => '53248-65535', description: 'UDP and TCP ports for what is relayed', read: readPortRange },
  relayAllowPeers: { name: 'relay-allow-peers', value: 'RANGE,...|none', preset: () => undefined, presetNote: 'private ranges where the machine has private addresses only', description: 'Private ranges (10.0.0.0/8) that may be reached through the relay. Loopback, link-local and metadata addresses never are', read: readRanges },
  relayAllocations: { name: 'relay-allocations', value: 'NUMBER', preset: () => '2000', description: 'Most allocations at a time', read: readCount },
  relayAllocationsPerUser: { name: 'relay-user-allocations', value: 'NUMBER', preset: () => '64', description: 'Most allocations of one user at a time', read: readCount },
  relayMegabitsPerUser: { name: 'relay-user-megabits', value: 'NUMBER', preset: () => '32', description: 'Most megabits per second relayed for one user, both directions together; what exceeds it is dropped', read: readCount },
  relayUsageRetentionDays: { name: 'relay-usage-retention-days', value: 'DAYS', preset: () => '400', description: 'The ledger of the relay is kept for this time; addresses of clients in it go with the call records', read: readDays },
  media: { name: 'media', value: 'on|off', preset: () => 'on', description: 'Run the Media Processor, without which there are neither group calls nor telephone calls', read: readSwitch },
  mediaPort: { name: 'media-port', value: 'PORT', preset: () => '3480', description: 'UDP port of the first media process, on every address; each further process has the next port, and one more than serve is kept ready', read: readPort },
  mediaProcesses: { name: 'media-processes', value: 'NUMBER', preset: () => String(Math.max(1, availableParallelism() - 1)), presetNote: 'one less than the machine has cores, at least 1', description: 'Media processes that serve group calls and telephone calls', read: readProcesses },
  holdMusicFile: { name: 'hold-music', value: 'FILE', preset: () => undefined, presetNote: 'a melody of its own', description: 'WAV file that telephones on hold hear, over and over', read: (text) => resolve(text) },
  sip: { name: 'sip', value: 'on|off', preset: () => 'on', description: 'Take part in SIP, without which there are no telephone calls', read: readSwitch },
  sipPort: { name: 'sip-port', value: 'PORT', preset: () => '5060', description: 'Port for SIP, UDP and TCP, on every address', read: readPort },
  sipTlsPort: { name: 'sip-tls-port', value: 'PORT', preset: () => '5061', description: 'Port for SIP over TLS, on every address', read: readPort },
  sipStrangers: { name: 'sip-strangers', value: 'silent|refuse', preset: () => 'silent', description: 'What SIP requests get that come neither from a trunk nor from a telephone of a user: no answer, or 403', read: readStrangers },
  sipAuthorityFile: { name: 'sip-ca', value: 'FILE', preset: () => undefined, presetNote: 'those of the system alone', description: 'Certificate authorities (PEM) of trunks that have certificates of their own, for SIP over TLS', read: (text) => resolve(text) },
  webhooks: { name: 'webhooks', value: 'public|private', preset: () => 'public', description: 'Where webhooks of applications may be: at public addresses over HTTPS, or also at private addresses and over HTTP', read: readWebhooks },
  telephoneUsageRetentionDays: { name: 'telephone-usage-retention-days', value: 'DAYS', preset: () => '400', description: 'The ledger of telephone lines is kept for this time; numbers of telephones in it go with the call records', read: readDays },
  trunkPorts: { name: 'trunk-ports', value: 'FIRST-LAST', preset: () => '49152-53247', description: 'UDP ports for the sound of telephone calls, two for each; media processes share them', read: readPortRange },
  logLevel: { name: 'log-level', value: logLevels.join('|'), preset: () => 'info', description: 'How much the server writes to its log', read: readLogLevel },
};

/** The environment variable of an option. */
export function environmentVariable(name: string): string {
  return `DIALPLANE_${name.toUpperCase().replaceAll('-', '_')}`;
}

/** An option was given a value that it does not take. */
export class OptionError extends Error {}

/**
 * Puts the options together: command line before environment before preset.
 * @param given Texts by option name, from the command line.
 * @throws {OptionError} naming the option, the text and what would be right.
 */
export function readServerOptions(given: Readonly<Record<string, string | undefined>>, environment: NodeJS.ProcessEnv): ServerOptions {
  const values = Object.entries(optionTable).map(([key, row]: [string, OptionRow<unknown>]) => {
    const variable = environmentVariable(row.name);
    const fromEnvironment = environment[variable] === '' ? undefined : environment[variable];
    const text = given[row.name] ?? fromEnvironment ?? row.preset();
    if (text === undefined) return [key, key === 'publicAddresses' ? [] : undefined];
    try {
      return [key, row.read(text)];
    } catch (error) {
      const origin = given[row.name] === undefined ? variable : `--${row.name}`;
      throw new OptionError(`${origin} cannot be "${text}": ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
  });
  const options = Object.fromEntries(values) as ServerOptions;
  if ((options.certFile === undefined) !== (options.keyFile === undefined)) throw new OptionError('--cert and --key go together; give both.');
  if (options.certFile !== undefined && options.domain !== undefined) throw new OptionError('Give --cert and --key, or --domain, but not both.');
  if (options.httpsPort !== 0 && options.httpsPort === options.httpPort) throw new OptionError('--https-port and --http-port have to differ.');
  if (options.relay && options.relayPort !== 0 && options.relayPort === options.relaySecondPort) throw new OptionError('--relay-port and --relay-second-port have to differ.');
  if (options.sip && options.sipPort !== 0 && options.sipPort === options.sipTlsPort) throw new OptionError('--sip-port and --sip-tls-port have to differ.');
  const lastMediaPort = options.mediaPort + options.mediaProcesses;
  if (options.media && options.mediaPort !== 0 && lastMediaPort > 65_535) throw new OptionError(`--media-port ${options.mediaPort} leaves no room for ${options.mediaProcesses + 1} media processes.`);
  if (options.media && options.relay && options.mediaPort !== 0 && [options.relayPort, options.relaySecondPort].some((port) => port >= options.mediaPort && port <= lastMediaPort)) {
    throw new OptionError(`The ports of media processes (${options.mediaPort}-${lastMediaPort}) and those of the relay have to differ: --media-port, --relay-port, --relay-second-port.`);
  }
  return options;
}

function readPort(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) throw new Error('a port is a number from 0 (any free one) to 65535.');
  return port;
}

function readPortRange(text: string): { readonly first: number; readonly last: number } {
  const [, first, last] = /^(\d{1,5})-(\d{1,5})$/.exec(text)?.map(Number) ?? [];
  if (first === undefined || last === undefined || first < 1 || last > 65_535 || first >= last) throw new Error('a range is two ports, the lower one first, like 53248-65535.');
  return { first, last };
}

function readRanges(text: string): readonly string[] {
  if (text === 'none') return [];
  return readList(text, (entry) => {
    const [address = '', length = ''] = entry.split('/');
    const bits = isIP(address) === 6 ? 128 : 32;
    if (isIP(address) === 0 || !/^\d{1,3}$/.test(length) || Number(length) > bits) throw new Error('ranges like 10.0.0.0/8 or fd00::/8 are needed, separated by commas, or none.');
    return entry;
  });
}

function readCount(text: string): number {
  const count = Number(text);
  if (!/^\d{1,6}$/.test(text) || count < 1) throw new Error('a number from 1 to 999999 is needed.');
  return count;
}

function readProcesses(text: string): number {
  const count = Number(text);
  if (!/^\d{1,3}$/.test(text) || count < 1 || count > 256) throw new Error('a number from 1 to 256 is needed.');
  return count;
}

function readDays(text: string): number {
  const days = Number(text);
  if (!/^\d{1,4}$/.test(text) || days < 1 || days > 3650) throw new Error('a number of days from 1 to 3650 is needed.');
  return days;
}

function readSwitch(text: string): boolean {
  if (text !== 'on' && text !== 'off') throw new Error('it is on or off.');
  return text === 'on';
}

function readStrangers(text: string): 'silent' | 'refuse' {
  if (text !== 'silent' && text !== 'refuse') throw new Error('it is silent or refuse.');
  return text;
}

function readWebhooks(text: string): 'public' | 'private' {
  if (text !== 'public' && text !== 'private') throw new Error('it is public or private.');
  return text;
}

function readLogLevel(text: string): LogLevel {
  const level = logLevels.find((candidate) => candidate === text);
  if (level === undefined) throw new Error(`it is one of ${logLevels.join(', ')}.`);
  return level;
}

function readDomain(text: string): string {
  const domain = text.toLowerCase();
  if (!isDnsName(domain) || !domain.includes('.')) throw new Error('a public DNS name like calls.example.com is needed.');
  return domain;
}

function readAddresses(text: string): readonly string[] {
  return readList(text, (entry) => {
    const address = entry.toLowerCase();
    if (isIP(address) === 0 && !isDnsName(address)) throw new Error('host names and IP addresses are needed, separated by commas.');
    return address;
  });
}

function readOrigins(text: string): readonly string[] {
  return readList(text, (entry) => {
    if (entry !== '*' && (!URL.canParse(entry) || new URL(entry).origin !== entry)) throw new Error('an origin is a scheme, a host and perhaps a port, like https://app.example.com, or *.');
    return entry;
  });
}

function readHttpsUrl(text: string): string {
  if (!URL.canParse(text) || new URL(text).protocol !== 'https:') throw new Error('an https:// URL is needed.');
  return text;
}

function readEmail(text: string): string {
  if (!/^[^\s@]+@[^\s@]+$/.test(text)) throw new Error('an e-mail address is needed.');
  return text;
}

function readList(text: string, readEntry: (entry: string) => string): readonly string[] {
  return text.split(',').map((entry) => entry.trim()).filter((entry) => entry !== '').map(readEntry);
}
