import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const host = '127.0.0.1';
const sdp = 'v=0\no=sipp 1 1 IN IP4 [local_ip]\ns=-\nc=IN IP4 [media_ip]\nt=0 0\nm=audio [media_port] RTP/AVP 0\na=rtpmap:0 PCMU/8000';
const withSdp = `Content-Type: application/sdp\nContent-Length: [len]\n\n${sdp}`;
const empty = 'Content-Length: 0\n';
const send = (text: string, attributes = ''): string => `<send ${attributes}><![CDATA[\n\n${text}\n\n]]></send>`;
const response = (line: string, body: string): string => send(`SIP/2.0 ${line}\n[last_Via:]\n[last_From:]\n[last_To:];tag=[pid]t[call_number]\n[last_Call-ID:]\n[last_CSeq:]\n[last_Record-Route:]\nContact: <sip:[local_ip]:[local_port]>\n${body}`);
const request = (method: string, uri: string, cseq: number, body: string): string => send([
  `${method} ${uri} SIP/2.0`, 'Via: SIP/2.0/UDP [local_ip]:[local_port];branch=[branch]', ...(method === 'INVITE' ? [] : ['[routes]']), 'From: <sip:+12025550111@[local_ip]:[local_port]>;tag=[pid]c[call_number]',
  `To: <sip:[service]@[remote_ip]:[remote_port]>${method === 'INVITE' ? '' : '[peer_tag_param]'}`, 'Call-ID: [call_id]', `CSeq: ${cseq} ${method}`, 'Max-Forwards: 70', 'Contact: <sip:[local_ip]:[local_port]>', body,
].join('\n'), method === 'ACK' ? '' : 'retrans="500"');
const scenario = (steps: readonly string[]): string => `<?xml version="1.0" encoding="ISO-8859-1"?>\n<scenario name="b2bua">\n${steps.join('\n')}\n</scenario>\n`;

const callee = scenario([
  '<recv request="INVITE" rrs="true"/>', response('180 Ringing', empty), response('200 OK', withSdp), '<recv request="ACK"/>', '<recv request="BYE"/>',
  send(`SIP/2.0 200 OK\n[last_Via:]\n[last_From:]\n[last_To:]\n[last_Call-ID:]\n[last_CSeq:]\n${empty}`),
]);
const caller = (holdMs: number): string => scenario([
  request('INVITE', 'sip:[service]@[remote_ip]:[remote_port]', 1, withSdp), '<recv response="100" optional="true"/>', '<recv response="180" optional="true"/>', '<recv response="200" rrs="true"/>',
  request('ACK', '[next_url]', 1, empty), ...(holdMs === 0 ? [] : [`<pause milliseconds="${holdMs}"/>`]), request('BYE', '[next_url]', 2, empty), '<recv response="200"/>',
]);

/** Telephones that are called, for as long as they are not stopped. */
export function startCallee(folder: string, port: number): ChildProcess {
  const file = join(folder, 'callee.xml');
  writeFileSync(file, callee);
  return spawn('sipp', ['-sf', file, '-i', host, '-p', String(port), '-mi', host, '-mp', '30000', '-nostdin'], { stdio: 'ignore' });
}

export interface CallLoad {
  readonly port: number;
  readonly target: number;
  readonly number: string;
  readonly calls: number;
  readonly perSecond: number;
  /** No further call begins while there are so many. */
  readonly atOnce: number;
  readonly holdMs: number;
}

/** Calls that are made at a rate, answered, held for a moment and hung up. @returns whether all of them went through. */
export async function makeCalls(folder: string, { port, target, number, calls, perSecond, atOnce, holdMs }: CallLoad): Promise<boolean> {
  const file = join(folder, 'caller.xml');
  writeFileSync(file, caller(holdMs));
  const child = spawn('sipp', [`${host}:${target}`, '-s', number, '-sf', file, '-i', host, '-p', String(port), '-mi', host, '-mp', '32000', '-m', String(calls), '-r', String(perSecond), '-l', String(atOnce), '-timeout', '60s', '-nostdin'], { stdio: 'ignore' });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code === 0;
}
