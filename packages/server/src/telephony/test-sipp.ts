import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { watch } from 'node:fs';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { freePort, missingOf, patienceMs, skipWithout } from '@dialplane/testing';
import { missingMediaKernels } from '../media/media-kernels.ts';
import { temporaryFolder } from '../test-server.ts';

const host = '127.0.0.1';

/** Why tests with telephones of SIPp cannot run here; in CI they have to. */
export const skip = skipWithout(missingMediaKernels() ?? missingOf('sipp'));

/** One step of a SIPp scenario, as XML. */
export type SippStep = string;

const contact = 'Contact: <sip:carrier@[local_ip]:[local_port];transport=[transport]>';
const sdp = (direction: string): string => [
  'v=0', 'o=sipp 1 [call_number] IN IP4 [local_ip]', 's=-', 'c=IN IP4 [media_ip]', 't=0 0', 'm=audio [media_port] RTP/AVP 0 101', 'a=rtpmap:0 PCMU/8000',
  'a=rtpmap:101 telephone-event/8000', 'a=fmtp:101 0-15', `a=${direction}`,
].join('\n');
const body = (direction: string | undefined): readonly string[] => (direction === undefined ? ['Content-Length: 0', ''] : ['Content-Type: application/sdp', 'Content-Length: [len]', '', sdp(direction)]);
const send = (lines: readonly string[], attributes = ''): SippStep => `<send ${attributes}><![CDATA[\n\n${lines.join('\n')}\n\n]]></send>`;

/** Waits for a request; remembers the route set and both ends of a first one. */
export function receive(method: string): SippStep {
  if (method !== 'INVITE') return `<recv request="${method}"/>`;
  const remember = (header: string, name: string): string => `<ereg regexp=".*" search_in="hdr" header="${header}:" assign_to="${name}"/>`;
  return `<recv request="INVITE" rrs="true"><action>${remember('From', 'theirs')}${remember('To', 'ours')}</action></recv>`;
}

/** Waits for a response; those before it may or may not come. */
export function response(status: number): SippStep {
  const optional = status < 200 ? [100] : [100, 180, 183].filter((each) => each !== status);
  return `${optional.map((each) => `<recv response="${each}" optional="true"/>`).join('')}<recv response="${status}" rrs="true"/>`;
}

/** Answers the last request. @param options.sdp Direction of a description of ours. */
export function respond(status: number, reason: string, options: { readonly sdp?: string; readonly headers?: readonly string[]; readonly isLast?: boolean } = {}): SippStep {
  return send([
    `SIP/2.0 ${status} ${reason}`, '[last_Via:]', '[last_From:]', `[last_To:]${options.isLast === true ? '' : ';tag=[pid]t[call_number]'}`, '[last_Call-ID:]', '[last_CSeq:]', '[last_Record-Route:]', contact,
    'Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, REFER, UPDATE, INFO, NOTIFY', ...(options.headers ?? []), ...body(options.sdp),
  ]);
}

/** Answers a request within the dialog, whose To has a tag already. */
export function confirm(options: { readonly sdp?: string } = {}): SippStep {
  return respond(200, 'OK', { ...options, isLast: true });
}

/** A request within the dialog, from whom was called. */
export function requestFromCallee(method: string, cseq: number, options: { readonly sdp?: string; readonly headers?: readonly string[] } = {}): SippStep {
  return send([
    `${method} [next_url] SIP/2.0`, 'Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]', '[routes]', 'From:[$ours];tag=[pid]t[call_number]', 'To:[$theirs]', '[last_Call-ID:]',
    `CSeq: ${cseq} ${method}`, 'Max-Forwards: 70', contact, ...(options.headers ?? []), ...body(options.sdp),
  ], method === 'ACK' ? '' : 'retrans="500"');
}

/** The first request of a caller: to the number that SIPp was given. */
export function invite(options: { readonly sdp?: string; readonly from?: string; readonly headers?: readonly string[] } = {}): SippStep {
  return send([
    'INVITE sip:[service]@[remote_ip]:[remote_port] SIP/2.0', 'Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]',
    `From: "Ada" <sip:${options.from ?? '+12025550100'}@[local_ip]:[local_port]>;tag=[pid]c[call_number]`, 'To: <sip:[service]@[remote_ip]:[remote_port]>', 'Call-ID: [call_id]', 'CSeq: 1 INVITE',
    'Max-Forwards: 70', contact, 'Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, REFER, UPDATE, INFO, NOTIFY', ...(options.headers ?? []), ...body(options.sdp),
  ], 'retrans="500"');
}

/** A request of the caller's within the dialog. */
export function requestFromCaller(method: string, cseq: number, options: { readonly sdp?: string; readonly headers?: readonly string[] } = {}): SippStep {
  return callersRequest(method, cseq, '[next_url]', '[branch]', ['[routes]'], options);
}

/** CANCEL of the INVITE, or ACK of its refusal: with the branch of the INVITE, which was `stepsAgo` steps ago; optional responses are steps, too. */
export function requestOfInvite(method: 'CANCEL' | 'ACK', stepsAgo: number): SippStep {
  return callersRequest(method, 1, 'sip:[service]@[remote_ip]:[remote_port]', `[branch-${stepsAgo}]`, [], {});
}

function callersRequest(method: string, cseq: number, uri: string, branch: string, routes: readonly string[], options: { readonly sdp?: string; readonly headers?: readonly string[] }): SippStep {
  const from = 'From: "Ada" <sip:+12025550100@[local_ip]:[local_port]>;tag=[pid]c[call_number]';
  return send([
    `${method} ${uri} SIP/2.0`, `Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=${branch}`, ...routes, from,
    `To: <sip:[service]@[remote_ip]:[remote_port]>${method === 'CANCEL' ? '' : '[peer_tag_param]'}`,
    'Call-ID: [call_id]', `CSeq: ${cseq} ${method}`, 'Max-Forwards: 70', contact, ...(options.headers ?? []), ...body(options.sdp),
  ], method === 'ACK' ? '' : 'retrans="500"');
}

export function pause(milliseconds: number): SippStep {
  return `<pause milliseconds="${milliseconds}"/>`;
}

/** SIPp at work: a carrier's telephone that does as its scenario says. */
export class Sipp {
  readonly port: number;
  readonly #process: ChildProcess;
  readonly #folder: string;
  readonly #ended: Promise<number | null>;

  private constructor(port: number, folder: string, process: ChildProcess) {
    this.port = port;
    this.#folder = folder;
    this.#process = process;
    this.#ended = once(process, 'exit').then(([code]) => code as number | null);
  }

  /** @param options.calls Where it calls: `number` at the port of the SIP edge; without it waits to be called. @param options.port Own port. */
  static async start(t: TestContext, steps: readonly SippStep[], options: { readonly port?: number; readonly calls?: { readonly number: string; readonly edgePort: number } } = {}): Promise<Sipp> {
    const folder = await temporaryFolder(t);
    const port = options.port ?? (await freePort());
    const scenario = join(folder, 'scenario.xml');
    await writeFile(scenario, `<?xml version="1.0" encoding="ISO-8859-1"?>\n<scenario name="carrier">\n${steps.join('\n')}\n<Reference variables="theirs,ours"/>\n</scenario>\n`.replace(usesNoNames(steps) ? '<Reference variables="theirs,ours"/>' : '', ''));
    const { calls } = options;
    const target = calls === undefined ? [] : [`${host}:${calls.edgePort}`, '-s', calls.number];
    const process = spawn('sipp', [...target, '-sf', scenario, '-i', host, '-p', String(port), '-mi', host, '-m', '1', '-nostdin', '-timeout', `${patienceMs / 1000}s`, '-timeout_error', '-trace_err', '-trace_msg', '-rtp_echo'], { cwd: folder, stdio: 'ignore' });
    const sipp = new Sipp(port, folder, process);
    t.after(() => process.kill('SIGKILL'));
    return sipp;
  }

  /** Resolves when its scenario was played to the end. */
  async finished(): Promise<void> {
    const code = await this.#ended;
    assert.equal(code, 0, await this.log());
  }

  /** Resolves when what it sent and received is so. */
  async until(pattern: RegExp): Promise<void> {
    const watcher = watch(this.#folder);
    const patience = AbortSignal.timeout(patienceMs);
    try {
      for (;;) {
        const changed = once(watcher, 'change', { signal: patience });
        changed.catch(() => undefined);
        if (pattern.test(await this.log())) return;
        await changed;
      }
    } finally {
      watcher.close();
    }
  }

  /** What it sent and received. */
  async log(): Promise<string> {
    const names = (await readdir(this.#folder)).filter((name) => name.endsWith('.log'));
    return (await Promise.all(names.map((name) => readFile(join(this.#folder, name), 'utf8')))).join('\n');
  }

  /** Vanishes without a word. */
  kill(): void {
    this.#process.kill('SIGKILL');
  }
}

function usesNoNames(steps: readonly SippStep[]): boolean {
  return !steps.some((step) => step.includes('assign_to="theirs"')) || steps.some((step) => step.includes('[$ours]'));
}
