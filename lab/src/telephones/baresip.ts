import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { isIPv6 } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Host } from '../network/host.ts';
import { people, type Person } from '../browsers/test-signal.ts';
import { BaresipControl, type BaresipEvent } from './baresip-control.ts';
import { hearInFolder } from './ear.ts';
import { hearKeysInFolder, writeKeyTones } from './key-tones.ts';
import { patiently, type Telephone } from './telephone.ts';

export interface BaresipPlan {
  readonly person: Person;
  /** User part of its address of record. */
  readonly user: string;
  readonly domain: string;
  /** Where it registers and sends everything: a SIP URI (`sip:203.0.113.30;transport=tls`). */
  readonly registrar: string;
  readonly password?: string;
  /** In order of preference, as baresip writes them; PCMU and PCMA without it. */
  readonly codecs?: string;
  /** How media is encrypted: `srtp-mand` (SDES), `dtls_srtp`. */
  readonly encryption?: string;
  /** Keys that it presses as tones in its sound, again and again, instead of sending its person's tone. */
  readonly playsKeys?: string;
}

export interface BaresipTelephone extends Telephone {
  /** Turns it off as a person does: it signs off and ends. */
  readonly quit: () => Promise<void>;
}

const sipPort = 5060;
const controlPort = 4444;
const playedFile = 'played.wav';
const playedSeconds = 60;

/** Starts baresip on `host` and resolves when it is registered. */
export async function startBaresip(host: Host, plan: BaresipPlan): Promise<BaresipTelephone> {
  const folder = await mkdtemp(join(tmpdir(), 'dialplane-lab-baresip-'));
  const heard = join(folder, 'heard');
  await mkdir(heard);
  await Promise.all([
    writeFile(join(folder, 'config'), configurationOf(host, plan, folder, heard)),
    writeFile(join(folder, 'accounts'), `${accountOf(plan)}\n`),
    writeFile(join(folder, 'contacts'), ''),
    ...(plan.playsKeys === undefined ? [] : [writeKeyTones(plan.playsKeys, join(folder, playedFile), playedSeconds)]),
  ]);
  const baresip = host.start('baresip', ['-f', folder], { env: { ...process.env, TERM: 'dumb' } });
  await baresip.line(/baresip is ready/);
  const { control, bridge } = await BaresipControl.open(host, join(folder, 'control'), controlPort);
  const telephone = new Baresip(plan, control, heard);
  await patiently(baresip.line(/200 OK|\[\d+ binding/), () => `for baresip of ${plan.person} to register:\n${baresip.tail()}`);
  return Object.assign(telephone, {
    quit: async () => {
      control.command('quit');
      await patiently(baresip.ended, () => `for baresip of ${plan.person} to end:\n${baresip.tail()}`);
    },
    [Symbol.asyncDispose]: async () => {
      control.close();
      for (const { child, ended } of [bridge, baresip]) {
        child.kill('SIGKILL');
        await ended;
      }
      await rm(folder, { recursive: true, force: true });
    },
  });
}

function accountOf({ user, domain, registrar, password, codecs = 'PCMU,PCMA', encryption }: BaresipPlan): string {
  const parameters = [
    `outbound="${registrar}"`, 'regint=300', 'answermode=manual', `audio_codecs=${codecs}`, 'call_transfer=yes',
    ...(password === undefined ? [] : [`auth_pass=${password}`]),
    ...(encryption === undefined ? [] : [`mediaenc=${encryption}`]),
  ];
  const transport = /transport=\w+/.exec(registrar)?.[0];
  return `<sip:${user}@${domain}${transport === undefined ? '' : `;${transport}`}>;${parameters.join(';')}`;
}

function configurationOf(host: Host, { person, playsKeys }: BaresipPlan, folder: string, heard: string): string {
  const source = playsKeys === undefined ? [`audio_source ausine,${people[person].toneHz}`, 'ausrc_channels 2'] : [`audio_source aufile,${join(folder, playedFile)}`, 'ausrc_channels 1'];
  const modules = ['g711', 'g722', 'opus', 'aubridge', 'aufile', 'ausine', 'sndfile', 'srtp', 'dtls_srtp'].map((name) => `module ${name}.so`);
  return [
    'poll_method epoll', `sip_listen ${isIPv6(host.address) ? `[${host.address}]` : host.address}:${sipPort}`, 'sip_trans_def udp', 'sip_verify_server no', 'call_local_timeout 120', 'call_max_calls 4',
    // It has no loudspeaker: what it would play is thrown away, and what it decodes is written to a file.
    'audio_player aubridge,ear', ...source, 'ausrc_srate 48000', 'auplay_channels 1', 'auplay_srate 48000', 'ausrc_format s16', 'auplay_format s16',
    'module_path /usr/lib/baresip/modules', ...modules, 'module_tmp uuid.so', 'module_tmp account.so', 'module_app menu.so', 'module_app ctrl_tcp.so',
    `ctrl_tcp_listen 127.0.0.1:${controlPort}`, `snd_path ${heard}`, 'ringback_disabled yes', 'rtp_stats no', '',
  ].join('\n');
}

class Baresip implements Omit<Telephone, typeof Symbol.asyncDispose> {
  readonly person: Person;
  readonly user: string;
  readonly #control: BaresipControl;
  readonly #heard: string;
  /** Number of the first event that belongs to the present call. */
  #from = 0;

  constructor({ person, user }: BaresipPlan, control: BaresipControl, heard: string) {
    this.person = person;
    this.user = user;
    this.#control = control;
    this.#heard = heard;
  }

  dial = (target: string): void => {
    this.#from = this.#control.events.length;
    this.#control.command('dial', target);
  };

  ring = async (): Promise<string> => {
    const { peeruri } = await this.#event('CALL_INCOMING');
    return peeruri ?? '';
  };

  answer = (): void => this.#control.command('accept');
  hangUp = (): void => this.#control.command('hangup');
  hold = (): void => this.#control.command('hold');
  resume = (): void => this.#control.command('resume');
  transfer = (target: string): void => this.#control.command('transfer', target);

  press = (digits: string): void => {
    for (const digit of digits) this.#control.command('sndcode', digit);
  };

  talks = async (): Promise<void> => {
    await this.#event('CALL_ESTABLISHED');
  };

  ends = async (): Promise<string> => {
    const closed = await this.#event('CALL_CLOSED');
    this.#from = this.#control.events.indexOf(closed) + 1;
    return closed.param ?? '';
  };

  keys = async (digits: string): Promise<void> => {
    const pressed = (): string => this.#control.events.slice(this.#from).flatMap(({ type, param }) => (type === 'CALL_DTMF_START' ? [param ?? ''] : [])).join('');
    await this.#control.event(`the keys ${digits}`, () => pressed().includes(digits), this.#from);
  };

  keysInSound = (digits: string): Promise<void> => hearKeysInFolder(this.#heard, '-dec.wav', digits);
  hearsAll = (expected: readonly Person[]): Promise<void> => hearInFolder(this.#heard, '-dec.wav', expected);

  #event(type: string): Promise<BaresipEvent> {
    return this.#control.event(`${type} of ${this.person}`, (event) => event.type === type, this.#from);
  }
}
