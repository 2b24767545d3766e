import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { encodeSipText, SipHeaders, type SipRequest, type SipResponse } from '@dialplane/sip';
import type { SipEdge } from './sip-edge-options.ts';
import { startBaresip } from './test-baresip.ts';
import { TestAuthority } from './test-certificates.ts';
import { startTestEdge } from './test-edge.ts';

for (const transport of ['udp', 'tcp', 'tls'] as const) {
  test(`baresip registers with digest over ${transport}, is called and hung up`, async (t) => {
    const authority = new TestAuthority(await folderOf(t));
    const certificate = authority.issue('IP:127.0.0.1');
    const { edge, directory } = await startTestEdge(t, { tlsPort: 0, certificate: () => certificate });
    directory.addDevice('bob', 'bobs-secret');
    const { port, tlsPort = 0 } = edge.status();
    const registered = changed(edge, () => edge.registrationsOf('bob').length === 1);
    const edgePort = transport === 'tls' ? tlsPort : port;
    const phone = await startBaresip(t, { username: 'bob', password: 'bobs-secret', domain: `127.0.0.1:${edgePort}`, edgePort, transport, authorityFile: authority.certificateFile });
    await registered;
    const [registration] = edge.registrationsOf('bob');
    assert.equal(registration?.transport, transport);
    assert.match(registration?.userAgent ?? '', /baresip/);

    const responses: SipResponse[] = [];
    let heard = (): void => {};
    edge.link.onMessage((message) => {
      if (message.kind === 'response') responses.push(message);
      heard();
    });
    const final = async (cSeq: string): Promise<SipResponse> => {
      for (;;) {
        const found = responses.find((response) => response.status >= 200 && response.headers.first('CSeq') === cSeq);
        if (found !== undefined) return found;
        await new Promise<void>((resolve) => (heard = resolve));
      }
    };
    edge.link.send(request('INVITE', `sip:bob@127.0.0.1:${port}`, { body: description }));
    const ok = await final('1 INVITE');
    assert.equal(ok.status, 200);
    const dialog = { to: ok.headers.first('To') ?? '', routes: ok.headers.all('Record-Route').toReversed(), target: /<(.*?)>/.exec(ok.headers.first('Contact') ?? '')?.[1] ?? '' };
    edge.link.send(request('ACK', dialog.target, { ...dialog, cSeq: 1 }));
    edge.link.send(request('BYE', dialog.target, { ...dialog, cSeq: 2 }));
    assert.equal((await final('2 BYE')).status, 200);
    await phone.end();
  });
}

test('a wrong password registers nobody', async (t) => {
  const { edge, directory, metrics } = await startTestEdge(t);
  directory.addDevice('bob', 'bobs-secret');
  const { port } = edge.status();
  const phone = await startBaresip(t, { username: 'bob', password: 'guessed', domain: `127.0.0.1:${port}`, edgePort: port, transport: 'udp' });
  const challenged = async (): Promise<number> => Number(/^dialplane_sip_requests_challenged_total (\d+)$/m.exec((await metrics.render()).body)?.[1]);
  // Without credentials, then with wrong ones.
  while ((await challenged()) < 2) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(edge.registrationsOf('bob').length, 0);
  await phone.end();
});

function changed(edge: SipEdge, isSo: () => boolean): Promise<void> {
  return new Promise((resolve) => edge.onRegistration(() => isSo() && resolve()));
}

async function folderOf(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'dialplane-sip-'));
  t.after(() => rm(folder, { recursive: true }));
  return folder;
}

const description = ['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 'c=IN IP4 127.0.0.1', 't=0 0', 'm=audio 40000 RTP/AVP 0', 'a=rtpmap:0 PCMU/8000', ''].join('\r\n');

function request(method: string, uri: string, { to = `<${uri}>`, routes = [], cSeq = 1, body }: { readonly to?: string; readonly routes?: readonly string[]; readonly cSeq?: number; readonly body?: string }): SipRequest {
  const headers = SipHeaders.of(
    ['Via', `SIP/2.0/TCP telephony.invalid;branch=z9hG4bK${method}`], ['Max-Forwards', '70'], ['From', '<sip:+15550111@dialplane.test>;tag=ua'], ['To', to], ['Call-ID', 'b1'], ['CSeq', `${cSeq} ${method}`], ['Contact', '<sip:line1@127.0.0.1>'],
    ...routes.map((route) => ['Route', route] as const), ...(body === undefined ? [] : [['Content-Type', 'application/sdp'] as const]),
  );
  return { kind: 'request', method, uri, headers, body: encodeSipText(body ?? '') };
}
