import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FollowedProcess } from '@dialplane/testing';
import type { Host } from '../network/host.ts';
import { writeSteadyTone } from '../browsers/fake-devices.ts';
import type { Person } from '../browsers/test-signal.ts';
import { hearInFolder } from './ear.ts';
import { hearKeysInFolder } from './key-tones.ts';
import type { Telephone } from './telephone.ts';

export interface LinphonePlan {
  readonly person: Person;
  readonly user: string;
  readonly domain: string;
  /** A SIP URI (`sip:203.0.113.30;transport=tcp`). */
  readonly registrar: string;
  readonly password?: string;
  readonly encryption?: 'none' | 'srtp' | 'dtls';
  readonly digitsAs?: 'events' | 'info';
}

export interface LinphoneTelephone extends Telephone {
  /** Hands its first call over to its second: REFER with Replaces (RFC 3891). */
  readonly transferFirstToSecond: () => void;
}

const sipPort = 5060;
const toneSeconds = 60;

/** Starts linphonec on `host`, whose sound comes with a 183, before it answers. The host needs a default route; where it registers can be asked whether it has. */
export async function startLinphone(host: Host, plan: LinphonePlan): Promise<LinphoneTelephone> {
  const folder = await mkdtemp(join(tmpdir(), 'dialplane-lab-linphone-'));
  const heard = join(folder, 'heard');
  const tone = join(folder, 'tone.wav');
  await Promise.all([heard, join(folder, '.local/share/linphone')].map((path) => mkdir(path, { recursive: true })));
  await Promise.all([writeSteadyTone(plan.person, tone, toneSeconds), writeFile(join(folder, 'linphonerc'), configurationOf(host, plan))]);
  const linphone = host.start('linphonec', ['-c', join(folder, 'linphonerc'), '-d', '0', '--real-early-media'], { env: { ...process.env, HOME: folder }, stdin: 'pipe' });
  const telephone = new Linphone(plan, linphone, heard);
  telephone.command('soundcard use files', `play ${tone}`, `record ${join(heard, 'heard.wav')}`);
  return Object.assign(telephone, {
    [Symbol.asyncDispose]: async () => {
      linphone.child.kill('SIGKILL');
      await linphone.ended;
      await rm(folder, { recursive: true, force: true });
    },
  });
}

function configurationOf(host: Host, { user, domain, registrar, password, encryption = 'none', digitsAs = 'events' }: LinphonePlan): string {
  return [
    '[sip]', `sip_port=${sipPort}`, `sip_tcp_port=${sipPort}`, 'sip_tls_port=-1', 'inc_timeout=120', 'incoming_calls_early_media=1', ...(digitsAs === 'info' ? ['use_info=1', 'use_rfc2833=0'] : []), 'use_ipv6=0', `media_encryption=${encryption}`, 'default_proxy=0', 'verify_server_certs=0', 'verify_server_cn=0',
    `contact=sip:${user}@${host.address}`, 'register_only_when_network_is_up=0',
    '[net]', 'firewall_policy=0', 'mtu=1300', '[rtp]', 'audio_rtp_port=7078', '[video]', 'enabled=0', '[misc]', 'uuid=00000000-0000-4000-8000-000000000001',
    '[proxy_0]', `reg_proxy=<${registrar}>`, `reg_route=<${registrar};lr>`, `reg_identity=sip:${user}@${domain}`, 'reg_expires=300', 'reg_sendregister=1', 'publish=0',
    ...(password === undefined ? [] : ['[auth_info_0]', `username=${user}`, `passwd=${password}`, `domain=${domain}`]), '',
  ].join('\n');
}

class Linphone implements Omit<LinphoneTelephone, typeof Symbol.asyncDispose> {
  readonly person: Person;
  readonly user: string;
  readonly #process: FollowedProcess;
  readonly #heard: string;

  constructor({ person, user }: LinphonePlan, process: FollowedProcess, heard: string) {
    this.person = person;
    this.user = user;
    this.#process = process;
    this.#heard = heard;
  }

  command(...lines: readonly string[]): void {
    for (const line of lines) this.#process.child.stdin?.write(`${line}\n`);
  }

  dial = (target: string): void => this.command(`call ${target}`);
  ring = async (): Promise<string> => (await this.#process.line(/new incoming call from (.*), assigned id/))[1] ?? '';
  answer = (): void => this.command('answer');
  hangUp = (): void => this.command('terminate');
  hold = (): void => this.command('pause');
  resume = (): void => this.command('resume 1');
  transfer = (target: string): void => this.command(`transfer 1 ${target}`);
  transferFirstToSecond = (): void => this.command('transfer 1 --to-call 2');
  press = (digits: string): void => this.command(...digits);
  talks = async (): Promise<void> => void (await this.#process.line(/Media streams established/));
  ends = async (): Promise<string> => (await this.#process.line(/^(?:linphonec> )?Call \d+ with .* ended \((.*)\)/))[1] ?? '';
  keys = async (digits: string): Promise<void> => {
    for (const digit of new Set(digits)) await this.#process.line(new RegExp(`Receiving tone ${digit.replace(/[*]/, '\\*')} from`));
  };

  keysInSound = (digits: string): Promise<void> => hearKeysInFolder(this.#heard, '.wav', digits);
  hearsAll = (expected: readonly Person[]): Promise<void> => hearInFolder(this.#heard, '.wav', expected);
}
