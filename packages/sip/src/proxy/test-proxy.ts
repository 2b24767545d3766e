import assert from 'node:assert/strict';
import { instant, seededRandomness } from '@dialplane/sansio';
import type { SipFlow } from '../link/sip-flow.ts';
import { parseSipMessage } from '../message/parse-sip-message.ts';
import { responseTo } from '../message/response-to.ts';
import type { SipMessage, SipRequest, SipResponse } from '../message/sip-message.ts';
import { writeSipMessage } from '../message/write-sip-message.ts';
import type { SipUri } from '../uri/sip-uri.ts';
import { ProxyCore, type ProxyOutput } from './proxy-core.ts';
import type { ProxiedRequest, ProxyDecision, ProxySurroundings, ProxyTarget } from './proxy-surroundings.ts';

export const proxyAddress = { address: '192.0.2.100', port: 5060 };

/** The flow between the proxy and an address. */
export function flowWith(address: string, transport: SipFlow['transport'] = 'udp', port = 5060): SipFlow {
  return { transport, local: proxyAddress, remote: { address, port } };
}

/** A proxy in a world of its own: time is given, and what it puts out is collected. */
export class TestProxy {
  readonly core: ProxyCore;
  now = instant(0);
  targets: readonly ProxyTarget[] = [{}];
  decision: ((proxied: ProxiedRequest) => ProxyDecision) | undefined;
  staysOnPath = true;

  constructor(surroundings: Partial<ProxySurroundings> = {}) {
    this.core = new ProxyCore({
      randomness: seededRandomness(7),
      surroundings: {
        isOwn: (uri: SipUri) => uri.host === '192.0.2.100' || uri.host === 'proxy.example.com',
        sentBy: () => '192.0.2.100:5060',
        decide: (proxied) => this.decision?.(proxied) ?? { kind: 'forward', targets: this.targets, staysOnPath: this.staysOnPath },
        recordRoutes: () => ['<sip:192.0.2.100;lr>'],
        flowTo: (uri) => (/^\d/.test(uri.host) ? flowWith(uri.host, 'udp', uri.port ?? 5060) : undefined),
        ...surroundings,
      },
    });
  }

  /** Gives it a message as it comes over the network: written and read again. */
  receive(message: SipMessage, flow: SipFlow): ProxyOutput[] {
    const parsed = parseSipMessage(writeSipMessage(message));
    if (parsed.kind === 'fault') assert.fail(parsed.sentence);
    this.core.handle({ kind: 'received', message: parsed, flow }, this.now);
    return this.drain();
  }

  wait(milliseconds: number): ProxyOutput[] {
    const end = instant(this.now + milliseconds);
    const outputs: ProxyOutput[] = [];
    for (let next = this.core.pollTimeout(); next !== undefined && next <= end; next = this.core.pollTimeout()) {
      this.now = next;
      this.core.handleTimeout(next);
      outputs.push(...this.drain());
    }
    this.now = end;
    return outputs;
  }

  resolve(resolutionId: number, flow: SipFlow | undefined): ProxyOutput[] {
    this.core.handle({ kind: 'resolved', resolutionId, flow }, this.now);
    return this.drain();
  }

  drain(): ProxyOutput[] {
    const outputs: ProxyOutput[] = [];
    for (let output = this.core.poll(); output !== undefined; output = this.core.poll()) outputs.push(output);
    return outputs;
  }
}

/** A request of alice at 192.0.2.1. */
export function aliceSends(method: string, uri: string, ...more: readonly (readonly [name: string, value: string])[]): SipRequest {
  const lines = [
    `${method} ${uri} SIP/2.0`, 'Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKalice1', 'Max-Forwards: 70', 'From: <sip:alice@192.0.2.1>;tag=a1', 'To: <sip:bob@proxy.example.com>',
    'Call-ID: c1@192.0.2.1', `CSeq: 1 ${method}`, 'Contact: <sip:alice@192.0.2.1>', 'Content-Length: 0', '', '',
  ];
  const message = parseSipMessage(new TextEncoder().encode(lines.join('\r\n')));
  assert.ok(message.kind === 'request');
  for (const [name, value] of more) message.headers.set(name, value);
  return message;
}

export const alice = flowWith('192.0.2.1');

/** The only messages that were put out, as requests or responses; anything else fails. */
export function sentRequests(outputs: readonly ProxyOutput[]): readonly SipRequest[] {
  return outputs.map((output) => {
    assert.ok(output.kind === 'send' && output.message.kind === 'request', describe(outputs));
    return output.message;
  });
}

export function sentResponses(outputs: readonly ProxyOutput[]): readonly SipResponse[] {
  return outputs.map((output) => {
    assert.ok(output.kind === 'send' && output.message.kind === 'response', describe(outputs));
    return output.message;
  });
}

/** `INVITE sip:bob@192.0.2.2 > 192.0.2.2:5060`, `180 > 192.0.2.1:5060`, `resolve sip:...`. */
export function describe(outputs: readonly ProxyOutput[]): string {
  return outputs.map((output) => {
    if (output.kind === 'resolve') return `resolve ${output.uri} ${output.attempt}`;
    const { message, flow } = output;
    return `${message.kind === 'request' ? `${message.method} ${message.uri}` : message.status} > ${flow.remote.address}:${flow.remote.port}`;
  }).join('; ');
}

export function answer(request: SipRequest, status: number, toTag = 'b1'): SipResponse {
  return responseTo(request, status, status === 100 ? {} : { toTag });
}
